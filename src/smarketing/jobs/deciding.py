"""When do figures follow what people say of clients, enquiries, campaign names and settings, and how far is that?

A word is on the disk before the page answers: a pair of names and every other setting in ``company.toml``, a word
on two ids in ``words.jsonl``. The figures follow beside the pages. Several words wait for one build, a crash
loses none, and every load takes along what still waits.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from smarketing.facts.errors import SmarketingError, WrongState
from smarketing.facts.language import Text, plural
from smarketing.facts.stored import read_back
from smarketing.jobs.journal import append_line, as_json
from smarketing.jobs.same_people import RULE, Match, Verdict, Word, batch, queue, said_of, second_enquiries, words
from smarketing.jobs.standing import Trouble
from smarketing.jobs.workspace import Workspace, write_whole
from smarketing.lake.lock import holding
from smarketing.lake.manifest import is_read_alike
from smarketing.lake.store import Change

log = logging.getLogger("smarketing.work")
PATIENCE = 600.0  # seconds to wait for another build
_QUICK = 10.0  # seconds to wait for whoever writes a line
_BUSY = "lake-busy"  # another load holds the lake: passes by itself
_WAITING = Text("Ждёт очереди: {what}.", "Waiting for its turn: {what}.")
_RUNNING = Text(
    "Лиды и деньги собираются заново: {what}.",
    "Leads and money are being put together anew: {what}.",
)
_OURS = Text(
    "Ошибка на нашей стороне. Решение записано; запись есть в журнале сервера.",
    "An error on our side. The decision is kept; the server's log has a record of it.",
)
_WORDS = ("решение", "решения", "решений"), ("decision", "decisions")
_SETTINGS = Text("новые настройки", "new settings")


@dataclass(frozen=True)
class Following:
    """Where the figures stand behind what was said. ``trouble``: why they could not follow."""

    state: Literal["waiting", "running", "failed"]
    text: Text
    waiting: int  # words, pairs and settings (as one) that the figures do not follow yet
    trouble: Trouble | None = None


def keep_words(
    workspace: Workspace, matches: Iterable[Match | Word], verdict: Verdict, who: str, now: datetime
) -> tuple[Word, ...]:
    """Note a word on these pairs for the next build; raises :class:`WrongState` where none is named."""
    said = said_of(matches, verdict, who, now)
    with holding(_words_lock(workspace), _QUICK):
        for word in said:
            append_line(_words_path(workspace), asdict(word))
    _forget_trouble(workspace)
    return said


def kept_words(workspace: Workspace) -> tuple[Word, ...]:
    """Words that figures do not follow yet, the last one on every pair, newest first."""
    last = {(word.kind, word.one, word.other): word for word in _read(workspace)}
    return tuple(reversed(last.values()))


def is_behind(workspace: Workspace) -> bool:
    """Whether something was said that the newest figures do not follow."""
    return bool(_count_behind(workspace))


def standing(workspace: Workspace) -> Following | None:
    """How far the figures are with what was said; None: they follow all of it."""
    count = _count_behind(workspace)
    if not count:
        return None
    what = _what_waits(count, _settings_behind(workspace))
    with holding(_build_lock(workspace), 0) as free:
        if not free:
            return Following("running", _RUNNING.fill(what=what), count)
    trouble = read_back(Trouble, _trouble_path(workspace).read_text("utf-8")) if _is_troubled(workspace) else None
    if trouble is not None:
        return Following("failed", trouble.text, count, trouble)
    return Following("waiting", _WAITING.fill(what=what), count)


def is_due(workspace: Workspace) -> bool:
    """Whether a worker should take it up by itself: not where it needs a person first."""
    return is_behind(workspace) and not _is_troubled(workspace)


def follow(workspace: Workspace) -> Change | None:
    """Bring the figures up to all that was said, in one build; what went wrong is noted for :func:`standing`."""
    try:
        change = _build(workspace, settings=True)
    except SmarketingError as error:
        log.warning("figures do not follow what was said: %s", error.code)
        if error.code != _BUSY:
            _note(workspace, Trouble(error.code, error.text))
        return None
    except Exception:
        log.exception("figures do not follow what was said")
        _note(workspace, Trouble("our-error", _OURS))
        return None
    _forget_trouble(workspace)
    return change


def settle(workspace: Workspace, now: datetime) -> Change | None:
    """After a load: what people said meanwhile, then what the settings say of exact matches and second enquiries.

    None: nothing new.
    """
    # The load read the settings itself; those that somebody wrote during it are followed by the next build.
    settings, change = workspace.company.identity, _build(workspace, settings=False)
    if settings.join_exact:
        with workspace.lake.open() as reader:
            exact = queue(reader).exact
        change = say(workspace, exact, "same", RULE, now) if exact else change
    if settings.repeat_enquiries == "duplicate":
        with workspace.lake.open() as reader:
            judged = {(word.one, word.other) for word in words(reader) if word.kind == "lead"}
            new = [match for match in second_enquiries(reader) if (match.one, match.other) not in judged]
        change = say(workspace, new, "same", RULE, now) if new else change
    return change


def say(
    workspace: Workspace, matches: Iterable[Match | Word], verdict: Verdict, who: str, now: datetime
) -> Change:
    """Keep a word on these pairs and build the figures by it; raises :class:`WrongState` where there is none."""
    said = said_of(matches, verdict, who, now)
    return _load(workspace, said)


def _build(workspace: Workspace, *, settings: bool) -> Change | None:
    with holding(_build_lock(workspace), PATIENCE) as held:
        if not held:
            raise _busy()
        said = _read(workspace)
        if not said and not _pairs_behind(workspace) and not (settings and _settings_behind(workspace)):
            return None
        last = {(word.kind, word.one, word.other): word for word in said}
        change = _load(workspace, tuple(last.values()))
        _drop(workspace, len(said))
        return change


def _load(workspace: Workspace, said: Sequence[Word]) -> Change:
    """Words already in the lake change nothing: a crash before they were dropped here does no harm."""
    note = {"identity": len(said), "who": ", ".join(sorted({word.said_by for word in said}))}
    return workspace.lake.load([batch(said)] if said else [], workspace.company, note=note if said else {})


def _count_behind(workspace: Workspace) -> int:
    return len(kept_words(workspace)) + _pairs_behind(workspace) + _settings_behind(workspace)


def _what_waits(count: int, settings: int) -> Text:
    if count == settings:
        return _SETTINGS
    words = plural(count - settings, *_WORDS)
    said = Text(f"{count - settings} {words.ru}", f"{count - settings} {words.en}")
    return Text(f"{said.ru}, {_SETTINGS.ru}", f"{said.en}, {_SETTINGS.en}") if settings else said


def _settings_behind(workspace: Workspace) -> int:
    """1 where the settings say something else than those by which the newest version is read, pairs aside."""
    built = workspace.lake.built_by()
    if built is None:
        return 0
    now = workspace.company
    return int(not is_read_alike(built.model_copy(update={"campaign_pairs": now.campaign_pairs}), now))


def _pairs_behind(workspace: Workspace) -> int:
    """How many words on campaign names the newest version was not built by; none where nothing is loaded."""
    built = workspace.lake.built_by()
    if built is None:
        return 0
    said, followed = (
        {(pair.lead_source, pair.report, pair.crm): pair for pair in company.campaign_pairs}
        for company in (workspace.company, built)
    )
    return sum(said.get(key) != followed.get(key) for key in said.keys() | followed.keys())


def _read(workspace: Workspace) -> list[Word]:
    """In the order in which they were said; a line cut by a crash was never kept."""
    try:
        lines = _words_path(workspace).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [word for line in lines if (word := read_back(Word, line)) is not None]


def _drop(workspace: Workspace, done: int) -> None:
    """Let go of the first words: others may have come meanwhile."""
    with holding(_words_lock(workspace), _QUICK):
        rest = _read(workspace)[done:]
        if rest:
            write_whole(_words_path(workspace), "".join(as_json(asdict(word)) + "\n" for word in rest))
        else:
            _words_path(workspace).unlink(missing_ok=True)


def _note(workspace: Workspace, trouble: Trouble) -> None:
    write_whole(_trouble_path(workspace), json.dumps(asdict(trouble), ensure_ascii=False))


def _is_troubled(workspace: Workspace) -> bool:
    return _trouble_path(workspace).exists()


def _forget_trouble(workspace: Workspace) -> None:
    _trouble_path(workspace).unlink(missing_ok=True)


def _busy() -> WrongState:
    return WrongState(
        _BUSY,
        Text(
            "Цифры уже пересчитываются. Решение записано и войдёт в следующий пересчёт.",
            "The figures are being built already. The decision is kept and comes with the next build.",
        ),
    )


def _words_path(workspace: Workspace) -> Path:
    return workspace.root / "words.jsonl"


def _words_lock(workspace: Workspace) -> Path:
    return workspace.root / ".words.lock"


def _build_lock(workspace: Workspace) -> Path:
    return workspace.root / ".following.lock"


def _trouble_path(workspace: Workspace) -> Path:
    return workspace.root / ".following.json"
