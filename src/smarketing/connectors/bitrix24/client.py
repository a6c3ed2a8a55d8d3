"""How is a portal asked: one call, a walk by rising ids, many calls in one request?

A walk is never tried again as a whole: one request is, and the walk goes on from the last id. Only ``write``
changes anything there, and it is sent once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import TracebackType
from typing import Any, Self

import httpx

from smarketing.connectors.bitrix24 import errors
from smarketing.connectors.bitrix24.access import Access
from smarketing.connectors.bitrix24.budget import WorkBudget
from smarketing.connectors.bitrix24.commands import command
from smarketing.connectors.bitrix24.errors import TimeSpent, TokenExpired
from smarketing.connectors.outside.http import MASK, Http, Traffic
from smarketing.connectors.outside.pace import Pace, Sleep
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble, WrongAnswer
from smarketing.facts.language import Text

PAGE = 50  # rows of a page, always
DEPTH = 50  # commands of a batch, at most
SHALLOW = 10  # commands of a batch where fifty were too much for the portal's minute
_PATIENCE = 4  # times a method may be found to have spent its budget before the run gives up

Row = Mapping[str, Any]
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """``result`` as it came; ``next`` where there is another page; ``asked_at``: the server's clock."""

    result: Any
    total: int | None = None
    next: int | None = None
    asked_at: str | None = None


@dataclass(frozen=True)
class Listing:
    """A method that gives rows by rising id: where its rows lie and how it is asked for those after an id."""

    method: str
    params: Params
    rows: tuple[str, ...] = ()  # the way from ``result`` to the rows
    id: str = "ID"
    filter: str = "filter"
    order: Params | None = None
    start: int | None = -1  # without counting, where the method knows it
    row_id: str = ""  # as a row calls its id, where that is not ``id``

    def after(self, last: int | str) -> dict[str, Any]:
        """The parameters of the page after an id."""
        asked = {**self.params, **(self.order if self.order is not None else {"order": {self.id: "ASC"}})}
        asked[self.filter] = {**self.params.get(self.filter, {}), f">{self.id}": last}
        if self.start is not None:
            asked["start"] = self.start
        return asked

    def found(self, result: Any) -> list[Row]:
        """The rows of a page; a map of number to row is taken, too."""
        for step in self.rows:
            result = result.get(step, []) if isinstance(result, Mapping) else []
        rows = list(result.values()) if isinstance(result, Mapping) else result
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise _not_rows(self.method)
        return rows

    def reference(self, place: str) -> str:
        """The id of the last row of a full page, as a later command of the same batch names it."""
        way = "".join(f"[{step}]" for step in (place, *self.rows, PAGE - 1, self.row_id or self.id))
        return f"$result{way}"


class Portal:
    """A portal's REST. Clock, sleep and pace are injected, so that tests of an hour take no time."""

    def __init__(
        self,
        access: Access,
        *,
        pace: Pace | None = None,
        wall: Callable[[], float] = time.time,
        sleep: Sleep = time.sleep,
        timeout: float = 65.0,
        attempts: int = 6,
    ) -> None:
        self._access = access
        self.work = WorkBudget(wall=wall, sleep=sleep)
        self._depth = DEPTH
        self._http = Http(
            access.base_url,
            judge=self._judge,
            pace=pace or Pace(1.8, 40, sleep=sleep),
            secrets=access.secrets,
            timeout=timeout,
            attempts=attempts,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    @property
    def traffic(self) -> Traffic:
        """What was asked so far, with the seconds of work by method."""
        self._http.traffic.notes.update({f"work {method}": spent for method, spent in self.work.spent.items()})
        return self._http.traffic

    # ── one call ───────────────────────────────────────────────────────────────────────────────────────────────

    def call(self, method: str, params: Params | None = None) -> Answer:
        """A call that changes nothing; raises :class:`Trouble`."""
        return _answer(self._patiently(method, {method}, dict(params or {}), self._http.read))

    def write(self, method: str, params: Params) -> Answer:
        """A call that changes something, sent exactly once. Only a call refused at the door is sent again."""
        return _answer(self._patiently(method, {method}, dict(params), self._http.once))

    def call_all(self, method: str, params: Params | None = None, rows: tuple[str, ...] = ()) -> list[Row]:
        """Every row of a small directory, by offsets."""
        listing = Listing(method, params or {}, rows)
        found: list[Row] = []
        answer = self.call(method, params)
        while True:
            page = listing.found(answer.result)
            found += page
            if answer.next is None or not page:
                return found
            answer = self.call(method, {**(params or {}), "start": answer.next})

    # ── walks by rising ids ────────────────────────────────────────────────────────────────────────────────────

    def keyset(self, listing: Listing, after: int = 0) -> Iterator[list[Row]]:
        """Pages one by one; the last one is shorter than fifty rows and may be empty."""
        while True:
            page = listing.found(self.call(listing.method, listing.after(after)).result)
            after = _rising(listing, page, after)
            yield page
            if len(page) < PAGE:
                return

    def batch_chain(self, listing: Listing, after: int = 0) -> Iterator[list[Row]]:
        """The same, fifty pages in one request: each command asks for what follows the one before.

        The first short page ends the walk: what stands after it in the same request, errors included, is rubbish.
        """
        while True:
            pages, problem = self._chained(listing, after)
            for page in pages:
                after = _rising(listing, page, after)
                yield page
                if len(page) < PAGE:
                    return
            if problem is not None and not pages:
                page = self._alone(listing, after, problem)
                after = _rising(listing, page, after)
                yield page
                if len(page) < PAGE:
                    return

    def batch_calls(self, calls: Mapping[str, tuple[str, Params]]) -> dict[str, Answer | Trouble]:
        """Independent calls, fifty in a request: name → answer or what went wrong with this one."""
        found: dict[str, Answer | Trouble] = {}
        names = list(calls)
        for start in range(0, len(names), DEPTH):
            chosen = {name: calls[name] for name in names[start : start + DEPTH]}
            found.update(self._batch(chosen, halt=False))
        return found

    # ── inside ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _judge(self, response: httpx.Response) -> Trouble | None:
        trouble = errors.judge(response)
        if trouble is not None:  # the portal's own words may repeat what we sent
            trouble.text = Text(*map(self._masked, (trouble.text.ru, trouble.text.en)))
            trouble.args = (f"{trouble.code}: {trouble.text.en}",)
        return trouble

    def _masked(self, text: str) -> str:
        for secret in self._access.secrets:
            text = text.replace(secret, MASK)
        return text

    def _patiently(
        self, method: str, of: set[str], params: dict[str, Any], send: Callable[..., httpx.Response]
    ) -> dict[str, Any]:
        """One call, with the budget of its methods kept and an old token renewed once."""
        renewed, spent = False, 0
        while True:
            self.work.before(of)
            try:
                answer = errors.answer_of(send("POST", method, json=self._access.sign(params)))
            except TokenExpired:
                if renewed or not self._access.renew():
                    raise _expired() from None
                renewed = True
            except TimeSpent as trouble:
                spent += 1
                if spent >= _PATIENCE:
                    raise PassingTrouble(trouble.code, trouble.text) from None
                for one in of:
                    self.work.refused(one)
            else:
                self.work.saw(method, _map(answer.get("time")))
                return answer

    def _chained(self, listing: Listing, after: int) -> tuple[list[list[Row]], Trouble | None]:
        """The good pages of one request in order, and what went wrong with the first one that is not good."""
        names = [f"p{place}" for place in range(self._depth)]
        asked: list[int | str] = [after, *(listing.reference(name) for name in names)]
        calls = {name: (listing.method, listing.after(last)) for name, last in zip(names, asked, strict=False)}
        try:
            answers = self._batch(calls, halt=True)
        except PassingTrouble:
            if self._depth == SHALLOW:
                raise
            self._depth = SHALLOW  # fifty pages may be more than the portal manages in its minute
            return [], None
        return _good_pages(listing, [answers.get(name) for name in names])

    def _batch(self, calls: Mapping[str, tuple[str, Params]], *, halt: bool) -> dict[str, Answer | Trouble]:
        methods = {method for method, _ in calls.values()}
        commands = {name: command(method, params) for name, (method, params) in calls.items()}
        answer = self._patiently("batch", methods, {"halt": int(halt), "cmd": commands}, self._http.read)
        parts = _map(answer["result"])
        results, refusals = _map(parts.get("result")), _map(parts.get("result_error"))
        times, nexts = _map(parts.get("result_time")), _map(parts.get("result_next"))
        found: dict[str, Answer | Trouble] = {}
        for name, (method, _) in calls.items():
            if name in refusals:
                found[name] = _refusal(refusals[name])
            elif name in results:
                taken = _map(times.get(name))
                self.work.saw(method, taken)
                found[name] = Answer(results[name], None, _whole(nexts.get(name)), taken.get("date_start"))
        return found

    def _alone(self, listing: Listing, after: int, problem: Trouble) -> list[Row]:
        """The next page by a request of its own, which waits and tries again, where that can help."""
        if isinstance(problem, TimeSpent):
            self.work.refused(listing.method)
        elif not isinstance(problem, PassingTrouble):
            raise problem
        return listing.found(self.call(listing.method, listing.after(after)).result)


def _good_pages(
    listing: Listing, answers: Sequence[Answer | Trouble | None]
) -> tuple[list[list[Row]], Trouble | None]:
    pages: list[list[Row]] = []
    for answer in answers:
        if isinstance(answer, Trouble):
            return pages, answer
        if answer is None:
            return pages, None if pages else _not_rows(listing.method)
        pages.append(listing.found(answer.result))
        if len(pages[-1]) < PAGE:
            break
    return pages, None


def _rising(listing: Listing, page: Sequence[Row], after: int) -> int:
    """The last id of a page; raises :class:`NotRising` where the portal does not go by ids."""
    ids = [after, *(_id(listing, row) for row in page)]
    if any(later <= earlier for earlier, later in pairwise(ids)):
        raise NotRising(listing.method)
    return ids[-1]


def _id(listing: Listing, row: Row) -> int:
    number = _whole(row.get(listing.row_id or listing.id))
    if number is None:
        raise _not_rows(listing.method)
    return number


class NotRising(WrongAnswer):
    """The rows do not come by rising ids although they were asked for so."""

    def __init__(self, method: str) -> None:
        super().__init__(
            "not-rising",
            Text(
                f"Портал отдал записи не по порядку номеров ({method}). Загрузка остановлена, чтобы ничего не "
                "потерять: сообщите нам.",
                f"The portal gave records out of the order of their numbers ({method}). The load stopped so that "
                "nothing is lost: please tell us.",
            ),
        )


def _answer(body: Mapping[str, Any]) -> Answer:
    started = _map(body.get("time")).get("date_start")
    return Answer(body["result"], _whole(body.get("total")), _whole(body.get("next")), started)


def _refusal(said: object) -> Trouble:
    parts = _map(said)
    return errors.trouble(str(parts.get("error") or said), str(parts.get("error_description") or ""))


def _map(value: object) -> Mapping[str, Any]:
    """An empty map comes as ``[]``, a map of the numbers 0, 1, … as a list."""
    if isinstance(value, Mapping):
        return value
    return {str(place): item for place, item in enumerate(value)} if isinstance(value, list) else {}


def _whole(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def _expired() -> LastingTrouble:
    return LastingTrouble("invalid-grant", errors.WAY_OUT["INVALID_GRANT"])


def _not_rows(method: str) -> WrongAnswer:
    return WrongAnswer(
        "no-rows",
        Text(
            f"Портал ответил на {method} не списком записей. Сообщите нам: такая версия портала нам незнакома.",
            f"The portal's answer to {method} is no list of records. Please tell us: this version is new to us.",
        ),
    )
