"""The account by segment and lead source: same gap, same segments, the plan laid on sources as the past was."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from smarketing.analyses.verdict import Cause, verdict
from smarketing.analyses.verdict.sources import LARGEST, REST, by_source
from tests.analyses.test_verdict import COMPANY, FACT, JUNE, PLAN, leads, plan_rows, receipts_of
from tests.support.memory import MemoryReader


def asked(journeys, plans=(), receipts=None):
    reader = MemoryReader(
        COMPANY,
        journeys=journeys,
        receipts=receipts_of(journeys) if receipts is None else receipts,
        plans=plans,
        known_until=datetime(2026, 11, 20, 15, tzinfo=UTC),
    )
    found = verdict(reader, JUNE, draws=200)
    return found, by_source(reader, found)


def of_source(rows, source):
    return [{**row, "lead_id": f"{source}-{row['lead_id']}", "lead_source": source} for row in rows]


# An average month of dealers: ads 20 leads, 10 target, 8 handled, 4 sold; fairs 10, 8, 6, 4; each order 100.
PAST = [
    row
    for day in ("2026-03-10", "2026-04-10", "2026-05-12")
    for row in [
        *of_source(leads("dealers", 20, 10, 8, 4, 100, day=day), "ads"),
        *of_source(leads("dealers", 10, 8, 6, 4, 100, day=day), "fairs"),
    ]
]
# In June no fair was held and the ads did as ever: 4 sales of 8.
JUNE_LEADS = of_source(leads("dealers", 20, 10, 8, 4, 100), "ads")


def test_missing_source_is_where_the_money_was_lost():
    found, split = asked([*PAST, *JUNE_LEADS])
    assert found.gap == -400
    assert split.of(("dealers", "ads")) == 0
    assert split.of(("dealers", "fairs")) == -400


def test_shift_between_sources_is_mix_and_not_quality():
    # By segments alone the target share fell from 18/30 to 10/20; by sources no rate has moved.
    found, split = asked([*PAST, *JUNE_LEADS])
    assert found.part(Cause.QUALITY).effect != 0
    for cause in (Cause.QUALITY, Cause.HANDLING, Cause.CONVERSION, Cause.ORDER_VALUE):
        assert not any(split.effects[cause].values())
    assert sum(split.effects[Cause.VOLUME].values()) + sum(split.effects[Cause.MIX].values()) == -400


def test_every_level_sums_to_the_gap_and_to_the_segments_of_the_verdict():
    rows = [*of_source(FACT[:30], "ads"), *of_source(FACT[30:], "fairs")]
    found, split = asked([*PAST, *rows], plans=plan_rows())
    assert sum(sum(effects.values()) for effects in split.effects.values()) == found.gap == -2_042_000
    for segment in ("dealers", "private"):
        own = sum((split.of(cell) for cell in split.cells if cell[0] == segment), Decimal(0))
        told = sum(part.by_segment.get(segment, Decimal(0)) for part in found.parts)
        assert abs(own - told) <= Decimal("0.02")


def test_money_of_other_months_belongs_to_no_source():
    april = {
        "payment_id": "april",
        "amount": Decimal(250),
        "paid_day": date(2026, 6, 2),
        "created_day": date(2026, 4, 2),
    }
    found, split = asked([*PAST, *JUNE_LEADS], receipts=[*receipts_of(JUNE_LEADS), april])
    assert split.effects[Cause.TIMING] == {(None, None): Decimal("250.00")}
    assert sum(split.of(cell) for cell in split.cells) + 250 == found.gap


def test_segment_without_a_past_is_planned_for_the_others():
    found, split = asked(FACT, plans=plan_rows())
    assert ("dealers", REST) in split.cells
    # 5 670 000 of dealers were planned, 3 430 000 came by ads.
    assert split.of(("dealers", REST)) == -5_670_000
    assert split.of(("dealers", "ads")) == 3_430_000
    assert sum(split.of(cell) for cell in split.cells) == found.gap


def test_sources_beyond_the_eight_largest_are_one():
    rows = [
        row for place in range(10) for row in of_source(leads("dealers", 20 - place, 9, 8, 1, 100), f"s{place}")
    ]
    _, split = asked(rows, plans=plan_rows())
    named = {source for _, source in split.cells}
    assert named == {*(f"s{place}" for place in range(LARGEST)), REST}


def test_sale_past_the_process_stays_with_its_source():
    stray = of_source(leads("dealers", 1, 0, 0, 1, 70, day="2026-06-12"), "fairs")
    found, split = asked([*PAST, *JUNE_LEADS, *stray])
    assert split.effects[Cause.OUTSIDE]["dealers", "fairs"] == 70
    assert sum(sum(effects.values()) for effects in split.effects.values()) == found.gap == -330


def test_without_a_verdict_there_is_no_split():
    assert asked(JUNE_LEADS)[1] is None


# June by source: dealers 60 leads of the worked example as 20 of ads and 40 of fairs, which are better.
BY_SOURCE = [
    ("dealers", "ads", "leads", "20"),
    ("dealers", "ads", "target_share", "0.4"),
    ("dealers", "fairs", "leads", "40"),
    ("dealers", "fairs", "target_share", "0.7"),
]
RATES = [row for row in PLAN if row[0] == "dealers" and row[1] not in ("leads", "target_share")]


def source_rows(rows=BY_SOURCE, private=True):
    others = [*RATES, *(row for row in PLAN if private and row[0] == "private")]
    return [
        *plan_rows(others),
        *(
            {**plan, "lead_source": row[1]}
            for row, plan in zip(rows, plan_rows([(s, m, v) for s, _, m, v in rows]), strict=True)
        ),
    ]


def test_segment_planned_by_source_is_the_sum_of_its_sources():
    # 20 × 0.4 + 40 × 0.7 = 36 target leads of 60, as in the worked example: the same plan, the same verdict.
    found, split = asked(FACT, plans=source_rows())
    whole, _ = asked(FACT, plans=plan_rows())
    assert [part.effect for part in found.parts] == [part.effect for part in whole.parts]
    assert found.full_plan == 6_174_000
    assert split.planned == ("dealers",)


def test_sources_are_held_against_their_own_plan():
    # Ads brought all 3 430 000 of 8 × 0.9 × 0.35 × 500 000 = 1 260 000 planned; fairs nothing of 4 410 000.
    _, split = asked(FACT, plans=source_rows())
    assert split.of(("dealers", "ads")) == 2_170_000
    assert split.of(("dealers", "fairs")) == -4_410_000
    assert ("dealers", REST) not in split.cells


def test_every_level_of_a_plan_by_source_sums_to_the_gap():
    found, split = asked([*PAST, *FACT], plans=source_rows())
    whole = sum((split.of(cell) for cell in split.cells), Decimal(0))
    assert whole == found.gap == -2_042_000
    for segment, gap in (("dealers", -2_240_000), ("private", 198_000)):
        own = sum((split.of(cell) for cell in split.cells if cell[0] == segment), Decimal(0))
        assert abs(own - gap) <= Decimal("0.01")
        told = sum(part.by_segment.get(segment, Decimal(0)) for part in found.parts)
        assert abs(told - gap) <= Decimal("0.01")
    # total → zone → cause
    causes = {cause: sum(effects.values(), Decimal(0)) for cause, effects in split.effects.items()}
    zones = {part.cause: part.zone for part in found.parts}
    by_zone = {zone: sum(causes[c] for c in causes if zones[c] is zone) for zone in set(zones.values())}
    assert sum(by_zone.values()) == sum(causes.values()) == found.gap


def test_segments_together_keep_their_sources_where_all_have_them():
    # More than a fifth of the leads have no segment, so there is one row; both segments were planned by source.
    nameless = leads(None, 90, 30, 20, 5, 100_000)
    rows = [*BY_SOURCE, ("private", "ads", "leads", "140"), ("private", "ads", "target_share", "0.4")]
    plans = source_rows(rows, private=False) + plan_rows(
        [row for row in PLAN if row[0] == "private" and row[1] not in ("leads", "target_share")]
    )
    found, split = asked([*FACT, *nameless], plans=plans)
    assert {segment for segment, _ in split.cells} == {None}
    # planned of fairs: 40 × 0.7 × 0.9 × 0.35 × 500 000
    assert split.of((None, "fairs")) == -4_410_000
    assert sum(split.of(cell) for cell in split.cells) == found.gap


def test_segments_together_fall_back_where_one_was_planned_whole():
    found, split = asked([*FACT, *leads(None, 90, 30, 20, 5, 100_000)], plans=source_rows())
    assert split.planned == ()
    assert sum(split.of(cell) for cell in split.cells) == found.gap
