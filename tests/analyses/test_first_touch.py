"""The first touch before the form, found by three numbers, never by one that came later."""

from __future__ import annotations

from typing import Any

from smarketing.analyses.first_touch import first_touch
from smarketing.analyses.question import Question
from smarketing.facts.company import Company
from smarketing.metrics.kinds import NoValue
from tests.support.memory import MemoryReader, at

# number of the lead: source in the CRM, visitor, client
CARDS = {
    "A": ("yandex", "v1", None),
    "B": ("yandex", "v2", "c2"),
    "C": ("vk", None, "c3"),
    "D": ("vk", None, None),
}
TOUCHES = (
    ("2026-11-01", "vk", {"visitor_id": "v1"}),  # the first of A: not what the CRM says
    ("2026-11-02", "yandex", {"visitor_id": "v1"}),
    ("2026-11-03", "yandex", {"visitor_id": "v2"}),  # the first of B
    ("2026-11-04", "mail", {"client_id": "c2"}),
    ("2026-11-20", "radio", {"client_id": "c3"}),  # after C came: no touch before the form
)


def reader(*, touched: bool = True) -> MemoryReader:
    came = at("2026-11-10 12:00")
    journeys: list[dict[str, Any]] = []
    for lead, (lead_source, visitor, client) in CARDS.items():
        known = {"lead_source": lead_source, "client_id": client, "visitor_id": visitor}
        journeys.append({"lead_id": lead, "created_at": came, **known})
    touches = [
        {"touch_id": str(number), "at": at(day), "channel": channel, **whose}
        for number, (day, channel, whose) in enumerate(TOUCHES if touched else ())
    ]
    return MemoryReader(Company(), journeys=journeys, touches=touches)


def values() -> dict[object, list[object]]:
    found = first_touch(reader(), Question(by=("lead_source",)))
    listed = {row.keys[0]: row for row in found.rows} | {"all": found.total}
    return {key: [row.figures[metric].value for metric in found.metrics] for key, row in listed.items()}


def test_first_touch_is_compared_with_the_source_of_the_crm() -> None:
    assert values() == {
        "yandex": [2, 2, 1.0, 1, 0.5],
        "vk": [2, 0, 0.0, 0, None],
        "all": [4, 2, 0.5, 1, 0.5],
    }


def test_figures_say_that_no_touches_are_loaded() -> None:
    found = first_touch(reader(touched=False), Question())
    assert found.total.figures["touch_leads"].value == 4
    assert found.total.figures["touched_share"].reason is NoValue.NOT_LOADED
    assert [note.code for note in found.notes] == ["no-touches"]


def test_touch_by_the_number_of_the_lead_itself_counts() -> None:
    came = at("2026-11-10")
    journeys = [{"lead_id": "A", "created_at": came, "lead_source": "yandex"}]
    touches = [{"touch_id": "1", "at": came, "channel": "yandex", "lead_id": "A"}]
    found = first_touch(MemoryReader(Company(), journeys=journeys, touches=touches), Question())
    assert [found.total.figures[key].value for key in ("touched_leads", "other_first_touch_leads")] == [1, 0]
