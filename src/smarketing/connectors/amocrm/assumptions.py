"""Which things that our notes take for granted does this account confirm? Read-only, no personal data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from smarketing.connectors.amocrm.client import Api
from smarketing.connectors.amocrm.facts import stage_of
from smarketing.connectors.amocrm.records import LOST, WON
from smarketing.connectors.outside.streams import Assumption
from smarketing.connectors.outside.trouble import Trouble
from smarketing.facts.language import Text

Check = Callable[[Api], tuple[bool | None, str]]


def assumptions(api: Api) -> Iterator[Assumption]:
    """Each assumption asked for on its own: one that fails does not hide the others."""
    for key, (says, check) in _CHECKS.items():
        try:
            holds, seen = check(api)
        except Trouble as trouble:
            holds, seen = None, trouble.code
        yield Assumption(key, says, holds, seen)


def _ends(api: Api) -> tuple[bool | None, str]:
    pipelines = api.page("leads/pipelines", "pipelines", 1, 250).items
    having = [{status["id"] for status in pipeline["_embedded"]["statuses"]} for pipeline in pipelines]
    return all({WON, LOST} <= ids for ids in having) if having else None, f"{len(having)} pipelines"


def _events(api: Api) -> tuple[bool | None, str]:
    events = api.page("events", "events", 1, 10, [("filter[type][]", "lead_status_changed")]).items
    shaped = [stage_of(event, "value_before") and stage_of(event, "value_after") for event in events]
    return all(shaped) if shaped else None, f"{len(shaped)} events"


def _cap(api: Api) -> tuple[bool | None, str]:
    listed = api.page("events", "events", 1, 250, [("filter[type][]", "lead_status_changed")])
    return (len(listed.items) <= 100 if listed.more else None), f"{len(listed.items)} of 250"


def _ordered(api: Api) -> tuple[bool | None, str]:
    items = api.page("leads", "leads", 1, 50, [("order[updated_at]", "asc")]).items
    moments = [item["updated_at"] for item in items]
    return (moments == sorted(moments) if len(moments) > 1 else None), f"{len(moments)} leads"


def _from(api: Api) -> tuple[bool | None, str]:
    items = api.page("leads", "leads", 1, 50, [("order[updated_at]", "asc")]).items
    if len(items) < 2:
        return None, f"{len(items)} leads"
    start = items[len(items) // 2]["updated_at"]
    later = api.page("leads", "leads", 1, 50, [("filter[updated_at][from]", str(start))]).items
    return all(item["updated_at"] >= start for item in later), f"{len(later)} leads"


def _tasks_ordered(api: Api) -> tuple[bool | None, str]:
    ids = [item["id"] for item in api.page("tasks", "tasks", 1, 50, [("order[id]", "asc")]).items]
    return (ids == sorted(ids) if len(ids) > 1 else None), f"{len(ids)} tasks"


def _tags(api: Api) -> tuple[bool | None, str]:
    fields = api.page("leads/custom_fields", "custom_fields", 1, 250).items
    codes = sorted(str(field["code"]) for field in fields if field.get("type") == "tracking_data")
    return ("UTM_SOURCE" in codes if fields else None), ", ".join(codes)


def _zone(api: Api) -> tuple[bool | None, str]:
    account = api.one("account", [("with", "datetime_settings")])
    zone = ((account.get("_embedded") or {}).get("datetime_settings") or {}).get("timezone")
    return bool(zone), str(zone)


def _currency(api: Api) -> tuple[bool | None, str]:
    currency = api.one("account").get("currency")
    return bool(currency), str(currency)


def _unsorted(api: Api) -> tuple[bool | None, str]:
    waiting = api.page("leads/unsorted", "unsorted", 1, 10).items
    ids = [str(entry["_embedded"]["leads"][0]["id"]) for entry in waiting if entry["_embedded"].get("leads")]
    if not ids:
        return None, "nothing waits"
    listed = api.page("leads", "leads", 1, 250, [("filter[id][]", number) for number in ids]).items
    return not listed, f"{len(listed)} of {len(ids)} are also cards"


_CHECKS: dict[str, tuple[Text, Check]] = {
    "ends": (Text("успех 142 и отказ 143 есть в каждой воронке", "142 and 143 end every pipeline"), _ends),
    "events": (Text("событие несёт стадию до и после", "an event carries the stage before and after"), _events),
    "event-cap": (Text("событий на странице не больше 100", "a page holds at most 100 events"), _cap),
    "order": (Text("сделки упорядочены по изменению", "leads come in order of change"), _ordered),
    "from": (Text("отбор по времени изменения действует", "the filter by moment of change works"), _from),
    "task-order": (Text("задачи упорядочены по номеру", "tasks come in order of id"), _tasks_ordered),
    "tags": (Text("UTM лежат в полях tracking_data", "UTM tags are fields of type tracking_data"), _tags),
    "zone": (Text("аккаунт говорит часовой пояс", "the account tells its time zone"), _zone),
    "currency": (Text("аккаунт говорит валюту", "the account tells its currency"), _currency),
    "unsorted": (Text("неразобранное не стоит среди сделок", "unsorted requests are not among leads"), _unsorted),
}
