"""A measured funnel and a verdict become charts with their own figures."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from smarketing.analyses.focus import focus
from smarketing.analyses.funnel import funnel
from smarketing.analyses.question import Question
from smarketing.analyses.verdict.result import Cause, Part, Reading, Verdict, VerdictState
from smarketing.charts import FunnelBar, bars_of, shares_of, waterfall_of
from smarketing.facts.company import Company, Milestone, Segment, Stage, Zone
from smarketing.facts.criteria import Names
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Month
from smarketing.metrics.kinds import Interval
from smarketing.stats.uncertainty import Label
from tests.support.memory import MemoryReader, at


def test_bars_of_a_funnel_carry_its_counts_zones_and_comparison() -> None:
    """November: two leads, one sold; October: one lead, none sold."""
    company = Company(
        zone="UTC",
        stages=(
            Stage(key="new", name=Names(ru="Новый", en="New"), zone=Zone.MARKETING),
            Stage(key="won", name=Names(ru="Продажа", en="Sale"), milestone=Milestone.WON),
        ),
    )
    new = {"in_new": True, "furthest": 1, "stage": "new"}
    won = {"in_new": True, "in_won": True, "furthest": 2, "stage": "won", "outcome": "won", "is_won": True}
    rows = [
        {"created_at": at("2026-11-02"), **new},
        {"created_at": at("2026-11-02"), **won},
        {"created_at": at("2026-10-02"), **new},
    ]
    question = Question(period=Month(2026, 11).period, compare=Month(2026, 10).period)

    bars = bars_of(funnel(MemoryReader(company, journeys=rows), question))

    assert bars == (
        FunnelBar(Text("Новый", "New"), Zone.MARKETING, 2, 1),
        FunnelBar(Text("Продажа", "Sale"), Zone.SALES, 1, 0),
    )


def test_waterfall_of_a_verdict_is_grey_where_chance_explains_it() -> None:
    def part(cause: Cause, zone: Zone, effect: int, label: Label | None) -> Part:
        interval = Interval(effect - 10.5, effect + 10, 0.9) if label else None
        return Part(cause, zone, Decimal(effect), {None: Decimal(effect)}, Reading(1, 1), interval, label=label)

    month = Month(2026, 11)
    verdict = Verdict(
        VerdictState.JUDGED, month, month.period, Clock.PERIOD, 1, datetime(2026, 11, 20, tzinfo=UTC), "RUB",
        plan=Decimal(100), fact=Decimal(50),
        parts=(
            part(Cause.VOLUME, Zone.MARKETING, -40, Label.CONFIRMED),
            part(Cause.CONVERSION, Zone.SALES, -20, Label.WITHIN_CHANCE),
            part(Cause.ORDER_VALUE, Zone.SALES, 5, Label.TOO_LITTLE_DATA),
            part(Cause.TIMING, Zone.COMPANY, 5, None),
        ),
    )  # fmt: skip

    data = waterfall_of(verdict)

    assert (data.plan, data.fact, data.currency) == (100, 50, "RUB")
    assert [item.zone for item in data.items] == [Zone.MARKETING, None, None, Zone.COMPANY]
    assert sum(item.value for item in data.items) == data.fact - data.plan
    assert (data.items[0].low, data.items[0].high) == (Decimal("-50.5"), Decimal(-30))
    assert data.items[-1].low is None
    assert data.items[0].name.ru == "Объём лидов"


def test_bars_of_focus_carry_its_shares_with_the_focus_segment_marked() -> None:
    """Two dealers and one private lead: 2/3 and 1/3; nothing else is loaded, so there is one bar."""
    company = Company(
        zone="UTC",
        segments=(
            Segment(key="dealers", name=Names(ru="Дилеры", en="Dealers"), focus=True),
            Segment(key="private", name=Names(ru="Частные", en="Private")),
        ),
    )
    rows = [
        {"lead_id": str(place), "created_at": at("2026-11-02"), "segment": segment}
        for place, segment in enumerate(("dealers", "dealers", "private"))
    ]
    found = focus(MemoryReader(company, journeys=rows), Question(Month(2026, 11).period))
    (bar,) = shares_of(found, company)
    assert bar.name == Text("Лиды", "Leads")
    assert [(part.key, part.name.en, part.value, part.focus) for part in bar.parts] == [
        ("dealers", "Dealers", 2 / 3, True),
        ("private", "Private", 1 / 3, False),
    ]
