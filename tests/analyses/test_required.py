"""Required fields of ``small_company``: accepted needs a segment, a deal its amount.

L9 wrote «-» for its segment, L5 has no amount.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from smarketing.analyses.labels import say_key
from smarketing.analyses.question import Question
from smarketing.analyses.required import Lacking, lacking, required
from smarketing.analyses.result import Measurement
from smarketing.facts.company import Company, CustomField, Stage
from smarketing.facts.criteria import Names
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import NoValue, Row
from tests.analyses.small_company import COHORT, COMPANY, LEADS, NOVEMBER, reader
from tests.support.memory import MemoryReader, at


def counts(row: Row) -> tuple[Any, Any, Any]:
    figures = row.figures
    return figures["obliged_leads"].value, figures["lacking_leads"].value, figures["lacking_share"].value


def by_key(found: Measurement) -> dict[tuple[Any, ...], tuple[Any, Any, Any]]:
    return {row.keys: counts(row) for row in found.rows}


def company(**required_in: tuple[str, ...]) -> Company:
    """The small company, where deals of some pipelines need something else."""
    stages = [
        stage.model_copy(update={"required_in": required_in}) if stage.key == "deal" else stage
        for stage in COMPANY.stages
    ]
    return COMPANY.model_copy(update={"stages": tuple(stages)})


def test_each_stage_counts_those_who_reached_it_and_those_without_its_field() -> None:
    found = required(reader(), COHORT)
    assert found.by == ("stage", "field")
    assert by_key(found) == {("accepted", "segment"): (5, 1, 0.2), ("deal", "amount"): (5, 1, 0.2)}
    assert counts(found.total) == (6, 2, 2 / 6)  # L1 went past the first stage; L5 and L9, each once
    interval = found.rows[0].figures["lacking_share"].interval
    assert interval is not None
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.046, 0.565)  # Wilson, 1 of 5, 90 %


def test_rows_are_split_further_by_the_question() -> None:
    found = required(reader(), Question(NOVEMBER, by=("lead_source",)))
    assert by_key(found) == {
        ("accepted", "segment", "site"): (3, 1, 1 / 3),
        ("accepted", "segment", "yandex"): (2, 0, 0.0),
        ("deal", "amount", "site"): (2, 0, 0.0),
        ("deal", "amount", "yandex"): (3, 1, 1 / 3),
    }


def test_period_clock_is_told_to_be_by_the_lead() -> None:
    found = required(reader(), replace(COHORT, clock=Clock.PERIOD))
    assert by_key(found) == by_key(required(reader(), COHORT))
    assert [note.code for note in found.notes] == ["by-lead"]


def test_pipeline_with_a_list_of_its_own_is_judged_by_it() -> None:
    """In the pipeline of dealers a deal needs the region instead of the amount."""
    rows = [{**row, "pipeline": "Дилеры" if row["segment"] == "dealers" else None} for row in LEADS]
    found = required(MemoryReader(company(Дилеры=("region",)), journeys=rows), COHORT)
    # L1, L2 and L7 are of dealers and have no region; L5 and L11 need an amount as before.
    assert by_key(found)[("deal", "amount")] == (2, 1, 0.5)
    assert by_key(found)[("deal", "region")] == (3, 3, 1.0)


def test_pipeline_with_an_empty_list_requires_nothing() -> None:
    rows = [{**row, "pipeline": "Быстрая"} for row in LEADS]
    found = required(MemoryReader(company(Быстрая=()), journeys=rows), COHORT)
    assert list(by_key(found)) == [("accepted", "segment")]


def test_company_that_requires_nothing_is_told_where_to_say_it() -> None:
    bare = COMPANY.model_copy(update={"stages": (Stage(key="new", name=Names(ru="Новый", en="New")),)})
    found = required(MemoryReader(bare, journeys=[{"lead_id": "1", "created_at": at("2026-11-02")}]), COHORT)
    assert (found.rows, counts(found.total)) == ((), (0, 0, None))
    assert found.total.figures["lacking_share"].reason is NoValue.EMPTY_DENOMINATOR
    assert [note.code for note in found.notes] == ["no-required-fields"]


def test_unknown_split_is_refused() -> None:
    with pytest.raises(WrongQuestion):
        required(reader(), COHORT.split("stages"))


def test_field_is_called_as_the_company_calls_it() -> None:
    own = COMPANY.model_copy(
        update={"custom_fields": (CustomField(key="city", name=Names(ru="Город", en="City")),)}
    )
    said = [say_key(own, "field", key).ru for key in ("amount", "city", "custom_city", "no_such")]
    assert said == ["сумма", "Город", "Город", "no_such"]


# ── the cards ────────────────────────────────────────────────────────────────


def test_cards_tell_the_move_and_whom_it_concerns() -> None:
    rows = [{**row, "manager": "Анна", "url": "https://crm/9"} if row["lead_id"] == "L9" else row for row in LEADS]
    assert lacking(reader(journeys=rows), COHORT) == (
        Lacking(
            "L9", "accepted", ("segment",), at("2026-11-09 10:00"), stands=False, outcome="lost", manager="Анна",
            url="https://crm/9",
        ),
        Lacking("L5", "deal", ("amount",), at("2026-11-06 10:00"), stands=False, outcome="lost"),
    )  # fmt: skip


def open_cards(*cards: tuple[str, str, dict[str, Any]]) -> MemoryReader:
    """Cards that stand in «accepted» without a segment, with the day they first came there."""
    rows = [
        {"lead_id": key, "created_at": at("2026-11-01"), "stage": "accepted", "in_accepted": True,
         "at_accepted": at(day), **more}
        for key, day, more in cards
    ]  # fmt: skip
    return MemoryReader(COMPANY, journeys=rows)


def keys(found: MemoryReader, since: datetime | None = None, limit: int = 9) -> list[str]:
    return [card.lead_id for card in lacking(found, Question(), standing=True, since=since, limit=limit)]


def test_cards_of_now_are_those_that_stand_in_the_stage() -> None:
    found = open_cards(
        ("old", "2026-11-02", {}),
        ("new", "2026-11-05", {}),
        ("back", "2026-11-02", {"returns": 1}),
        ("reopened", "2026-11-02", {"reopenings": 1}),
        ("gone", "2026-11-05", {"stage": "deal"}),
        ("filled", "2026-11-05", {"segment": "dealers"}),
    )
    assert keys(found) == ["new", "back", "old", "reopened"]
    # One that went back may have come again since, whenever it came first.
    assert keys(found, at("2026-11-04")) == ["new", "back", "reopened"]
    assert keys(found, limit=1) == ["new"]
