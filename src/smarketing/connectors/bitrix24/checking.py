"""Is the connection good, and which assumptions of our notes hold on this portal? Read-only."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from smarketing.connectors.bitrix24.client import PAGE, Answer, Listing, Portal
from smarketing.connectors.bitrix24.listings import KINDS, LINES
from smarketing.connectors.bitrix24.records import ProductRow
from smarketing.connectors.bitrix24.sold import CENT, total_of
from smarketing.connectors.outside.streams import Assumption, Health
from smarketing.connectors.outside.trouble import LastingTrouble, Trouble
from smarketing.facts.language import Text

_SCOPES = {
    "crm": Text("CRM", "CRM"),
    "user_basic": Text("пользователи", "users"),
    "department": Text("структура компании", "departments"),
    "task": Text("задачи", "tasks"),
    "telephony": Text("телефония", "telephony"),
    "im": Text("чат и уведомления", "chat and notifications"),
}
_NOT_NEEDED = ("im",)  # only for notices, which are off by default
_SAME_AS = {"user_basic": ("user_basic", "user_brief", "user"), "task": ("task", "tasks", "tasks_extended")}


def health(portal: Portal, title: str) -> Health:
    """As whom do we speak, and what are we not allowed? Raises :class:`Trouble` where nothing can be asked."""
    profile = portal.call("profile").result
    asked = portal.batch_calls(
        {"scope": ("scope", {}), "mode": ("crm.settings.mode.get", {}), "pipelines": _PIPELINES, "deals": _DEALS}
    )
    problems: list[Text] = []
    notes: list[Text] = []
    if not _is_admin(profile):
        problems.append(
            Text(
                "Вебхук создан не администратором: записи, которых этот сотрудник не видит, молча пропадут из "
                "отчётов. Создайте вебхук от имени администратора портала.",
                "The webhook is not an administrator's: records that this person cannot see are silently missing. "
                "Make the webhook as an administrator of the portal.",
            )
        )
    for scope, said in _missing(asked["scope"]):
        sentence = Text(
            f"Не дано право «{said.ru}»: этих данных в отчётах не будет.",
            f"The right “{said.en}” was not given: these data will be missing.",
        )
        (notes if scope in _NOT_NEEDED else problems).append(sentence)
    if isinstance(asked["mode"], Answer) and str(asked["mode"].result) == "2":
        notes.append(
            Text(
                "Портал работает без лидов: первым шагом считается первая стадия сделки.",
                "The portal works without leads: the first stage of a deal counts as the first step.",
            )
        )
    if unseen := _unseen_pipelines(asked["pipelines"], asked["deals"]):
        problems.append(unseen)
    if isinstance(asked["deals"], LastingTrouble):
        raise asked["deals"]
    return Health(title, tuple(problems), tuple(notes))


def _is_admin(profile: object) -> bool:
    return isinstance(profile, Mapping) and str(profile.get("ADMIN")).upper() in ("TRUE", "Y", "1")


def _missing(answer: Answer | Trouble) -> Iterator[tuple[str, Text]]:
    if isinstance(answer, Trouble):
        return
    given = {str(scope) for scope in answer.result} if isinstance(answer.result, list) else set()
    for scope, said in _SCOPES.items():
        if not given & {*_SAME_AS.get(scope, (scope,))}:
            yield scope, said


_PIPELINES: tuple[str, Mapping[str, Any]] = ("crm.category.list", {"entityTypeId": 2})
_DEALS: tuple[str, Mapping[str, Any]] = (
    "crm.item.list",
    {"entityTypeId": 2, "select": ["id", "categoryId"], "order": {"id": "DESC"}, "start": -1},
)


def _unseen_pipelines(pipelines: Answer | Trouble, deals: Answer | Trouble) -> Text | None:
    """A pipeline whose deals come but which is not listed: its settings are hidden from this person."""
    if isinstance(pipelines, Trouble) or isinstance(deals, Trouble):
        return None
    listed = {str(row.get("id")) for row in pipelines.result.get("categories", ())}
    used = {str(row.get("categoryId") or 0) for row in deals.result.get("items", ())}
    hidden = sorted(used - listed)
    if not hidden:
        return None
    return Text(
        f"Воронки с номерами {', '.join(hidden)} видны не полностью: названия их стадий портал не отдаёт.",
        f"The pipelines {', '.join(hidden)} are seen in part: the portal does not give the names of their stages.",
    )


# ── the contract kit ────────────────────────────────────────────────────────────────────────────────────

Found = tuple[bool | None, str]


def assumptions(portal: Portal) -> Iterator[Assumption]:
    """Every unverified point of our notes that a read-only call can decide. No personal data in ``seen``."""
    for key, (says, look) in _KIT.items():
        try:
            holds, seen = look(portal)
        except Trouble as trouble:
            holds, seen = None, _plain(trouble.code)
        yield Assumption(key, says, holds, seen)


def _plain(code: str) -> str:
    """A code as a program writes it. What a portal wrote in its place instead may be of a person."""
    return code if re.fullmatch(r"[a-z0-9-]{1,40}", code) else "another code"


def _page(portal: Portal, stream: str, after: int = 0) -> list[Mapping[str, Any]]:
    listing = KINDS[stream].listing
    return listing.found(portal.call(listing.method, listing.after(after)).result)


def _history_has_beginnings(portal: Portal) -> Found:
    rows = _page(portal, "deal_moves")
    owners = {str(row.get("OWNER_ID")) for row in rows}
    begun = {str(row.get("OWNER_ID")) for row in rows if str(row.get("TYPE_ID")) == "1"}
    return (owners == begun if owners else None), f"{len(begun)} of {len(owners)}"


def _history_keeps_pipelines(portal: Portal) -> Found:
    """Where a deal changed its pipeline, are the stages of the old one still told?"""
    listing = KINDS["deal_moves"].listing
    params = {**listing.params, "filter": {"TYPE_ID": 5}, "order": {"ID": "DESC"}, "start": -1}
    moved = [str(row.get("OWNER_ID")) for row in listing.found(portal.call(listing.method, params).result)]
    if not moved:
        return None, "no deal has changed its pipeline"
    rows = listing.found(
        portal.call(listing.method, {**listing.params, "filter": {"OWNER_ID": moved[0]}, "start": -1}).result
    )
    pipelines = {str(row.get("CATEGORY_ID")) for row in rows}
    return len(pipelines) > 1, f"{len(pipelines)} pipelines"


def _no_mover(portal: Portal) -> Found:
    rows = _page(portal, "deal_moves")
    return (not any("USER" in name or "MOVED_BY" in name for name in rows[0]) if rows else None), ""


def _numbers_are_numbers(portal: Portal) -> Found:
    rows = _page(portal, "deals")
    return (all(isinstance(row.get("id"), int) for row in rows) if rows else None), ""


def _no_count(portal: Portal) -> Found:
    listing = KINDS["deals"].listing
    answer = portal.call(listing.method, listing.after(0))
    return answer.total in (None, 0) and answer.next is None, f"total {answer.total}, next {answer.next}"


def _own_fields_by_star(portal: Portal) -> Found:
    rows = _page(portal, "leads")
    return (any(name.startswith("ufCrm") for row in rows for name in row) if rows else None), ""


def _phones_by_star(portal: Portal) -> Found:
    rows = _page(portal, "contacts")
    return (any("fm" in row for row in rows) if rows else None), ""


def _operators_in_batch(portal: Portal) -> Found:
    """Nothing may be above the highest number there can be; a lost condition would give a page."""
    listing = Listing("crm.item.list", {"entityTypeId": 2, "select": ["id"]}, ("items",), id="id")
    if not listing.found(portal.call(listing.method, listing.after(0)).result):
        return None, "no deals"
    answer = portal.batch_calls({"above": (listing.method, listing.after(2_000_000_000))})["above"]
    if isinstance(answer, Trouble):
        return False, answer.code
    return listing.found(answer.result) == [], ""


def _rubbish_after_short_page(portal: Portal) -> Found:
    """What does a chained command answer whose reference leads nowhere?"""
    listing = Listing("crm.item.list", {"entityTypeId": 2, "select": ["id"]}, ("items",), id="id")
    answers = portal.batch_calls(
        {
            "p0": (listing.method, listing.after(2_000_000_000)),
            "p1": (listing.method, listing.after(listing.reference("p0"))),
        }
    )
    after = answers.get("p1")
    if isinstance(after, Answer):
        rows = listing.found(after.result)
        return True, "begins anew" if rows else "empty"
    return True, "nothing" if after is None else after.code


def _work_is_told(portal: Portal) -> Found:
    portal.call("crm.item.list", {"entityTypeId": 2, "select": ["id"], "start": -1})
    spent = portal.work.spent.get("crm.item.list")
    return spent is not None, "" if spent is None else f"{spent:.1f} s"


def _any_case(portal: Portal) -> Found:
    try:
        portal.call("PROFILE")
    except Trouble as trouble:
        return False, trouble.code
    return True, ""


def _one_zone(portal: Portal) -> Found:
    """Moments of cards carry the offset of the server's own clock."""
    listing = KINDS["deals"].listing
    answer = portal.call(listing.method, listing.after(0))
    rows = listing.found(answer.result)
    if not rows or answer.asked_at is None:
        return None, ""
    ours = {datetime.fromisoformat(str(row["createdTime"])).utcoffset() for row in rows}
    return ours == {datetime.fromisoformat(answer.asked_at).utcoffset()}, f"{len(ours)} offsets"


def _by_ids(stream: str) -> Callable[[Portal], Found]:
    """Does the second page begin behind the last number of the first, all of it rising?"""

    def look(portal: Portal) -> Found:
        listing = KINDS[stream].listing
        ids = [int(str(row[listing.row_id or listing.id])) for row in _page(portal, stream)]
        if len(ids) < PAGE:
            return None, f"{len(ids)} rows"
        second = [int(str(row[listing.row_id or listing.id])) for row in _page(portal, stream, ids[-1])]
        return ids == sorted(ids) and all(one > ids[-1] for one in second), f"{len(second)} rows after"

    return look


def _enough_of_a_size(portal: Portal) -> Found:
    counts = {}
    for stream in ("leads", "deals"):
        listing = KINDS[stream].listing
        params = {"entityTypeId": KINDS[stream].entity, "select": ["id"], "start": 0}
        counts[stream] = portal.call(listing.method, params).total
    return None, f"leads {counts['leads']}, deals {counts['deals']}"


def _lines(portal: Portal, deals: Collection[object]) -> dict[str, list[Mapping[str, Any]]]:
    """Deal → its lines, one request of at most fifty calls; deals without any are left out."""
    answers = portal.batch_calls({str(deal): (LINES.method, LINES.of(str(deal))) for deal in deals})
    found = {
        deal: Listing(LINES.method, {}, LINES.rows).found(answer.result)
        for deal, answer in answers.items()
        if isinstance(answer, Answer)
    }
    return {deal: rows for deal, rows in found.items() if rows}


def _lines_of_many(portal: Portal) -> Found:
    """May the lines of several deals be asked by one call?"""
    lines = _lines(portal, [row["id"] for row in _page(portal, "deals")])
    if len(lines) < 2:
        return None, f"{len(lines)} deals with products"
    asked = {**LINES.params, "filter": {**LINES.params["filter"], LINES.owned: [int(deal) for deal in lines]}}
    rows = Listing(LINES.method, {}, LINES.rows).found(portal.call(LINES.method, asked).result)
    told = {str(row.get("ownerId")) for row in rows}
    return len(told) > 1 and told <= set(lines), f"{len(told)} of {len(lines)}"


def _lines_make_the_sum(portal: Portal) -> Found:
    """Price × quantity over the lines is the sum of a deal whose sum the portal works out itself."""
    deals = {str(row["id"]): row for row in _page(portal, "deals") if row.get("isManualOpportunity") == "N"}
    lines = _lines(portal, list(deals))
    same = 0
    for deal, rows in lines.items():
        total = total_of(ProductRow.model_validate(row) for row in rows)
        same += total == Decimal(str(deals[deal].get("opportunity") or 0)).quantize(CENT)
    return (same == len(lines) if lines else None), f"{same} of {len(lines)}"


_KIT: Mapping[str, tuple[Text, Callable[[Portal], Found]]] = {
    "history-by-ids": (
        Text("История стадий читается по растущим номерам.", "Stage history is read by rising ids."),
        _by_ids("deal_moves"),
    ),
    "history-begins": (
        Text("У каждой карточки есть строка о создании.", "Every card has a line of its creation."),
        _history_has_beginnings,
    ),
    "history-keeps-pipelines": (
        Text(
            "После смены воронки история прежней воронки остаётся.",
            "After a change of pipeline the history of the old one stays.",
        ),
        _history_keeps_pipelines,
    ),
    "history-without-person": (
        Text("История не говорит, кто перевёл карточку.", "History does not tell who moved the card."),
        _no_mover,
    ),
    "ids-are-numbers": (Text("Номера карточек — числа.", "Ids of cards are numbers."), _numbers_are_numbers),
    "no-count": (
        Text("Без подсчёта нет ни total, ни next.", "Without counting there is neither total nor next."),
        _no_count,
    ),
    "own-fields-by-star": (
        Text("Звёздочка отдаёт и свои поля.", "The star gives own fields, too."),
        _own_fields_by_star,
    ),
    "phones-by-star": (Text("Звёздочка отдаёт телефоны.", "The star gives phones."), _phones_by_star),
    "operators-in-batch": (
        Text("Кодированные условия в пакете действуют.", "Encoded conditions hold inside a batch."),
        _operators_in_batch,
    ),
    "after-short-page": (
        Text("После короткой страницы пакет отвечает мусором.", "After a short page a batch answers rubbish."),
        _rubbish_after_short_page,
    ),
    "work-is-told": (
        Text("Портал говорит, сколько работы потрачено.", "The portal tells how much work was spent."),
        _work_is_told,
    ),
    "any-case": (Text("Имя метода — любыми буквами.", "A method's name may be in any case."), _any_case),
    "one-zone": (
        Text("Время карточек — в поясе сервера.", "Moments of cards are in the server's zone."),
        _one_zone,
    ),
    "calls-by-ids": (
        Text("Звонки читаются по растущим номерам.", "Calls are read by rising ids."),
        _by_ids("calls"),
    ),
    "tasks-by-ids": (
        Text("Задачи читаются по растущим номерам.", "Tasks are read by rising ids."),
        _by_ids("tasks"),
    ),
    "catalogue-by-ids": (
        Text("Каталог товаров читается по растущим номерам.", "The catalogue is read by rising ids."),
        _by_ids("products"),
    ),
    "products-of-many": (
        Text("Товары нескольких сделок приходят одним вызовом.", "One call gives the products of several deals."),
        _lines_of_many,
    ),
    "products-make-the-sum": (
        Text("Сумма товаров — это сумма сделки.", "The products of a deal add up to its sum."),
        _lines_make_the_sum,
    ),
    "size": (
        Text("Сколько лидов и сделок в портале.", "How many leads and deals the portal has."),
        _enough_of_a_size,
    ),
}
