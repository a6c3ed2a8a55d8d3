"""Twelve leads of October 2026 walk new → talk (SQL) → offer (deal) → won; see ``walks`` for each of them.

| lead | furthest | entered              | where it is        | verdict    |
| ---- | -------- | -------------------- | ------------------ | ---------- |
| 1    | won      | new talk offer won   | won                | target     |
| 2    | won      | new, offer, won      | won, skipped talk  | target     |
| 3    | won      | new talk offer won   | won                | non-target |
| 4    | offer    | new talk offer       | open in offer      | target     |
| 5    | offer    | new talk offer talk  | open in talk, back | target     |
| 6    | offer    | new talk offer       | lost in offer      | target     |
| 7    | talk     | new talk             | lost in talk       | target     |
| 8    | talk     | new talk             | open, reopened     | unknown    |
| 9    | new      | new                  | lost in new        | non-target |
| 10   | new      | new                  | lost in new        | non-target |
| 11   | new      | new                  | open in new        | unknown    |
| 12   | –        | nothing              | open, no stage     | unknown    |
"""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarketing.analyses.funnel import Funnel, Kind, funnel
from smarketing.analyses.question import Question
from smarketing.facts.company import Company, Milestone, Stage, Zone
from smarketing.facts.criteria import Names
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.journeys import journey_columns
from smarketing.facts.period import Clock, Month, Period
from smarketing.metrics.catalogue import METRICS
from smarketing.metrics.kinds import NoValue, Unit
from smarketing.stats.proportions import Proportion, wilson
from smarketing.stats.uncertainty import Label
from tests.support.memory import MemoryReader, at


def named(text: str) -> Names:
    return Names(ru=text, en=text)


COMPANY = Company(
    zone="UTC",
    stages=(
        Stage(key="new", name=named("Новый"), zone=Zone.MARKETING, sla_minutes=60),
        Stage(key="talk", name=named("Разговор"), milestone=Milestone.ACCEPTED),
        Stage(key="offer", name=named("КП"), milestone=Milestone.DEAL),
        Stage(key="won", name=named("Продажа"), milestone=Milestone.WON),
        Stage(key="lost", name=named("Потерян"), milestone=Milestone.LOST),
    ),
)
PLACES = {"new": 1, "talk": 2, "offer": 3, "won": 4}
OCTOBER, NOVEMBER = Month(2026, 10).period, Month(2026, 11).period
HOUR = 3600


def walk(
    number: int, entered: str = "", outcome: str = "open", verdict: str = "target", **more: Any
) -> dict[str, Any]:
    """One lead of 2 October that enters a stage each following day and spends an hour in each it left."""
    stages = entered.split()
    furthest = max((PLACES[stage] for stage in stages), default=0)
    row: dict[str, Any] = {
        "lead_id": str(number), "created_at": at("2026-10-02"), "outcome": outcome, "furthest": furthest,
        "target_verdict": verdict, "is_accepted": furthest >= 2, "is_deal": furthest >= 3, "is_won": furthest >= 4,
        "stage": {"lost": "lost"}.get(outcome, stages[-1] if stages else None), "is_lost": outcome == "lost",
    }  # fmt: skip
    for day, stage in enumerate(stages, start=2):
        row.setdefault(f"in_{stage}", True)
        row.setdefault(f"at_{stage}", at(f"2026-10-{day:02d}"))
    left = stages if outcome == "lost" else stages[:-1]
    row |= {f"sec_{stage}": HOUR for stage in left}
    if outcome == "lost":
        row |= {"loss_stage": stages[-1] if stages else None, "lost_at": at("2026-10-20")}
    return row | more


def walks() -> list[dict[str, Any]]:
    won_at = {"won_at": at("2026-10-05"), "won_seconds": 3 * 86400}
    return [
        walk(1, "new talk offer won", "won", revenue=1000, sec_new=2 * HOUR, sec_talk=5 * HOUR, **won_at),
        walk(2, "new offer won", "won", revenue=2000, sec_new=4 * HOUR, **won_at),
        walk(3, "new talk offer won", "won", "non_target", revenue=3000, sec_new=6 * HOUR, **won_at),
        walk(4, "new talk offer"),
        walk(5, "new talk offer", stage="talk", returns=1, sec_offer=HOUR),
        walk(6, "new talk offer", "lost"),
        walk(7, "new talk", "lost"),
        walk(8, "new talk", verdict="unknown", reopenings=1),
        walk(9, "new", "lost", "non_target"),
        walk(10, "new", "lost", "non_target"),
        walk(11, "new", verdict="unknown"),
        walk(12, verdict="unknown"),
    ]


def ask(
    question: Question | None = None, kind: Kind = Kind.STAGES, rows: list[dict[str, Any]] | None = None
) -> Funnel:
    reader = MemoryReader(COMPANY, journeys=walks() if rows is None else rows)
    return funnel(reader, question or Question(period=OCTOBER), kind)


def test_funnel_counts_each_lead_once_per_stage_and_a_skip_as_reached() -> None:
    """12 leads, all in new (12, of no known stage, too); talk: 1-8 (2 skipped it); offer: 1-6; won: 1-3."""
    found = ask()

    assert [step.key for step in found.steps] == ["new", "talk", "offer", "won"]
    assert [step.counts.reached for step in found.steps] == [12, 8, 6, 3]
    assert [step.counts.skipped for step in found.steps] == [0, 1, 0, 0]


def test_funnel_lost_and_open_leads_stand_where_they_stand() -> None:
    """Lost: 9, 10 in new, 7 in talk, 6 in offer. Open: 11 in new, and 12 of no stage; 5, 8 in talk, 4 in offer."""
    found = ask()

    assert [step.counts.lost for step in found.steps] == [2, 1, 1, 0]
    assert [step.counts.open for step in found.steps] == [2, 2, 1, 0]
    assert found.totals.lost + found.totals.open + found.totals.won == found.totals.leads == 12


def test_funnel_conversion_keeps_its_parts_and_wilson_interval() -> None:
    """talk → offer is 6 of 8; offer from the first is 6 of 12."""
    offer = ask().step("offer")
    expected = wilson(6, 8)

    assert offer.conversion is not None
    assert isinstance(expected, Proportion)
    assert (offer.conversion.numerator, offer.conversion.denominator, offer.conversion.value) == (6, 8, 0.75)
    assert offer.conversion.interval is not None
    assert offer.conversion.interval.low == pytest.approx(expected.interval.lo)
    assert (offer.from_first.numerator, offer.from_first.denominator) == (6, 12)
    assert ask().steps[0].conversion is None


def test_funnel_time_in_stage_is_of_finished_stays() -> None:
    """Hours in new: leads 1-3 2, 4, 6; 4-8, 9, 10 1 each: 1 ×7, 2, 4, 6; median 1; p90 at 9 × 0.9 = 8.1 → 4.2.

    Lead 11 has not left it yet, lead 12 has no stage: 10 finished, 2 open.
    """
    new = ask().step("new")

    assert (new.counts.finished, new.counts.open) == (10, 2)
    assert new.median_seconds.value == HOUR
    assert new.p90_seconds.value == pytest.approx(4.2 * HOUR)
    assert new.step.sla_minutes == 60
    assert new.step.zone is Zone.MARKETING


def test_funnel_time_nobody_finished_is_no_value() -> None:
    won = ask().step("won")

    assert won.median_seconds.value is None
    assert won.median_seconds.reason is NoValue.TOO_FEW


def test_funnel_returns_and_reopenings_are_counted() -> None:
    """Lead 5 went back once, lead 8 was reopened once."""
    totals = ask().totals

    assert (totals.returned, totals.returns, totals.reopened, totals.reopenings) == (1, 1, 1, 1)


def test_funnel_where_every_lead_is_in_the_first_stage_has_no_row_twice() -> None:
    found = ask(rows=walks()[:11])

    assert [step.key for step in found.steps] == ["new", "talk", "offer", "won"]
    assert found.steps[0].counts.reached == found.totals.leads == 11
    assert found.steps[0].conversion is None


def test_funnel_merged_first_row_holds_those_of_no_known_stage() -> None:
    """Lead 99 passed the first stage and stands in a stage the company does not know: it stays in the sums."""
    found = ask(rows=[*walks()[:11], walk(99, "new", stage="archive")])

    assert found.steps[0].counts.open == 2
    assert sum(step.counts.lost + step.counts.open for step in found.steps) + found.totals.won == 12


def test_funnel_of_milestones_nests_and_names_what_is_outside() -> None:
    """Target: 1 2 4 5 6 7; of them accepted all 6; deal 1 2 4 5 6; won 1 2.

    Outside: accepted without being target 3 and 8, deal and won without it 3.
    """
    found = ask(kind=Kind.MILESTONES)

    assert [step.key for step in found.steps] == ["lead", "target", "accepted", "deal", "won"]
    assert [step.counts.reached for step in found.steps] == [12, 6, 6, 5, 2]
    assert [step.counts.outside for step in found.steps] == [0, 0, 2, 1, 1]


def test_funnel_of_milestones_accounts_for_every_lead() -> None:
    """Stopped as leads: 3 won outside, 8 11 12 open, 9 10 lost; at SQL: 7 lost; at the deal: 4 5 open, 6 lost."""
    found = ask(kind=Kind.MILESTONES)

    assert [step.counts.lost for step in found.steps] == [2, 0, 1, 1, 0]
    assert [step.counts.open for step in found.steps] == [3, 0, 0, 2, 0]
    outside = found.totals.won - found.steps[-1].counts.reached
    assert sum(step.counts.lost + step.counts.open for step in found.steps) + outside + 2 == 12
    assert [note.code for note in found.notes if note.code == "unknown-target"] == ["unknown-target"]
    assert found.totals.unknown_target == 3


def test_funnel_of_milestones_has_no_target_step_where_every_lead_is_mql() -> None:
    company = COMPANY.model_copy(update={"mql": "all"})
    found = funnel(MemoryReader(company, journeys=walks()), Question(period=OCTOBER), Kind.MILESTONES)

    assert [step.key for step in found.steps] == ["lead", "accepted", "deal", "won"]
    assert [step.counts.reached for step in found.steps] == [12, 8, 6, 3]


def test_funnel_split_sums_to_the_whole_and_unknown_is_a_row() -> None:
    rows = [{**row, "segment": "dealers" if index < 4 else None} for index, row in enumerate(walks())]
    found = ask(Question(period=OCTOBER, by=("segment",)), rows=rows)

    assert [part.keys for part in found.parts] == [("dealers",), (None,)]
    assert [step.counts.reached for step in found.parts[0].steps] == [4, 4, 4, 3]
    summed = [sum(part.steps[i].counts.reached for part in found.parts) for i in range(4)]
    assert summed == [step.counts.reached for step in found.steps]
    assert [row.keys for row in found.table.rows][:2] == [("dealers", "new"), ("dealers", "talk")]


def test_funnel_leaves_out_tests_and_other_months() -> None:
    rows = [*walks(), walk(13, "new", is_counted=False), walk(14, "new", created_at=at("2026-11-02"))]

    assert ask(rows=rows).totals.leads == 12


def test_funnel_of_nothing_has_no_values() -> None:
    found = ask(rows=[])

    assert found.totals.leads == 0
    assert {step.from_first.reason for step in found.steps} == {NoValue.EMPTY_DENOMINATOR}
    assert {step.from_first.value for step in found.steps} == {None}


# --- by the date of the event


def test_funnel_by_period_counts_entries_of_the_period() -> None:
    """A lead of September talks on 1 October; of the twelve, one enters talk in November instead."""
    rows = walks()
    rows[6] = {**rows[6], "at_talk": at("2026-11-01")}
    september = walk(
        20, "new talk", created_at=at("2026-09-20"), at_new=at("2026-09-20"), at_talk=at("2026-10-01")
    )
    found = ask(Question(period=OCTOBER, clock=Clock.PERIOD), rows=[*rows, september])

    # talk: leads 1, 3, 4, 5, 6, 8 and the one of September; lead 2 never entered it.
    assert [step.counts.reached for step in found.steps] == [12, 11, 7, 6, 3]
    assert found.step("talk").conversion is not None
    assert found.step("talk").conversion.interval is None  # type: ignore[union-attr]
    assert found.ripe is None


def test_funnel_by_period_uses_the_company_zone_for_days() -> None:
    """30 September 22:00 UTC is 1 October in Moscow."""
    moscow = Company(zone="Europe/Moscow", stages=COMPANY.stages)
    lead = walk(1, "new", created_at=at("2026-09-30 22:00"), at_new=at("2026-09-30 22:00"))
    found = funnel(MemoryReader(moscow, journeys=[lead]), Question(period=OCTOBER, clock=Clock.PERIOD))

    assert found.steps[0].counts.reached == 1


def test_funnel_by_period_warns_when_volume_jumped() -> None:
    """12 leads in October after 5 in September: more than a fifth away."""
    before = [walk(100 + i, "new", created_at=at("2026-09-10")) for i in range(5)]
    found = ask(Question(period=OCTOBER, clock=Clock.PERIOD), rows=[*walks(), *before])

    assert [note.code for note in found.notes] == ["period-volume"]
    assert "12 вместо 5" in found.notes[0].text.ru


def test_funnel_by_period_is_silent_at_a_steady_volume_and_short_cycle() -> None:
    """12 after 10 is exactly a fifth: not more; three days to a sale."""
    before = [walk(100 + i, "new", created_at=at("2026-09-10")) for i in range(10)]

    assert ask(Question(period=OCTOBER, clock=Clock.PERIOD), rows=[*walks(), *before]).notes == ()


def test_funnel_by_period_warns_of_a_long_cycle() -> None:
    """Median age of the three sales is 11 days."""
    rows = [row | ({"won_seconds": 11 * 86400} if row["is_won"] else {}) for row in walks()]
    before = [walk(100 + i, "new", created_at=at("2026-09-10")) for i in range(12)]
    found = ask(Question(period=OCTOBER, clock=Clock.PERIOD), rows=[*rows, *before])

    assert [note.code for note in found.notes] == ["period-cycle"]
    assert "11 дн." in found.notes[0].text.ru


def test_funnel_by_period_says_how_many_entries_have_no_day() -> None:
    rows = walks()
    rows[10]["at_new"] = None
    before = [walk(100 + i, "new", created_at=at("2026-09-10")) for i in range(12)]
    found = ask(Question(period=OCTOBER, clock=Clock.PERIOD), rows=[*rows, *before])

    assert found.totals.undated == 1
    assert [note.code for note in found.notes] == ["undated-moves"]


def test_funnel_by_period_has_no_split_by_time() -> None:
    with pytest.raises(WrongQuestion, match="funnel-by-time"):
        ask(Question(period=OCTOBER, clock=Clock.PERIOD, by=("month",)))


# --- comparison


def many(month: int, reached: tuple[int, int, int, int], revenue: int = 0) -> list[dict[str, Any]]:
    """As many leads of a month as ``reached`` says of new, talk, offer, won; all moves on the next day."""
    rows = []
    for index in range(reached[0]):
        furthest = sum(index < count for count in reached)
        stages = list(PLACES)[:furthest]
        day = f"2026-{month:02d}-03"
        rows.append(
            walk(
                month * 10_000 + index, " ".join(stages), "won" if furthest == 4 else "open",
                created_at=at(f"2026-{month:02d}-02"), revenue=revenue if furthest == 4 else 0,
                **{f"at_{stage}": at(day) for stage in stages},
                **({"won_at": at(day)} if furthest == 4 else {}),
            )
        )  # fmt: skip
    return rows


def test_funnel_comparison_labels_only_the_transition_that_moved() -> None:
    """510 → 281 (55,1 %) against 446 → 289 (64,8 %): p = 0,0022, Holm over three 0,0067. The others are chance."""
    rows = [*many(10, (446, 289, 158, 61)), *many(11, (510, 281, 146, 53))]
    found = ask(Question(period=NOVEMBER, compare=OCTOBER), rows=rows)

    assert found.comparison is not None
    labels = [transition.label for transition in found.comparison.transitions]
    assert labels == [Label.CONFIRMED, Label.WITHIN_CHANCE, Label.WITHIN_CHANCE]
    first = found.comparison.transitions[0]
    assert first.shift is not None
    assert first.shift.difference == pytest.approx(281 / 510 - 289 / 446)
    assert first.shift.p_value == pytest.approx(0.0022, abs=5e-4)
    assert first.shift.p_adjusted == pytest.approx(3 * first.shift.p_value)  # type: ignore[operator]
    assert found.comparison.reached("new") == 446


def test_funnel_comparison_of_few_leads_is_too_little_data() -> None:
    found = ask(
        Question(period=NOVEMBER, compare=OCTOBER), rows=[*many(10, (9, 8, 7, 6)), *many(11, (90, 8, 7, 6))]
    )

    assert found.comparison is not None
    assert {transition.label for transition in found.comparison.transitions} == {Label.TOO_LITTLE_DATA}


def test_funnel_comparison_with_a_segment() -> None:
    rows = [row | {"segment": "dealers"} for row in many(10, (100, 80, 50, 40))]
    rows += [row | {"segment": "people", "lead_id": f"p{i}"} for i, row in enumerate(many(10, (100, 40, 20, 10)))]
    october = Question(period=OCTOBER)
    found = funnel(
        MemoryReader(COMPANY, journeys=rows),
        october.only("segment", "people"),
        against=october.only("segment", "dealers"),
    )

    assert found.comparison is not None
    assert [step.counts.reached for step in found.comparison.steps] == [100, 80, 50, 40]
    assert found.comparison.transitions[0].label is Label.CONFIRMED
    assert found.comparison.seen_at is None


def test_funnel_comparison_sees_the_older_cohort_at_the_same_age() -> None:
    """On 20 November 18:00 October's leads are seen as on 20 October 18:00: two of four sales came later."""
    rows = many(10, (20, 10, 8, 4))
    for row in rows[:2]:
        row |= {"at_won": at("2026-10-28"), "won_at": at("2026-10-28")}
    found = ask(Question(period=NOVEMBER, compare=OCTOBER), rows=[*rows, *many(11, (20, 10, 8, 4))])

    assert found.comparison is not None
    assert found.comparison.seen_at == at("2026-10-20 18:00")
    assert [step.counts.reached for step in found.comparison.steps] == [20, 10, 8, 2]
    said = {note.code: note.text for note in found.notes}["seen-at-same-age"]
    assert said.ru == "Прошлый период показан таким, каким он был в том же возрасте: на 20\xa0октября\xa02026."


def test_funnel_milestones_comparison_sees_the_older_cohort_at_the_same_age() -> None:
    rows = many(10, (20, 10, 8, 4))
    for row in rows[:2]:
        row |= {"won_at": at("2026-10-28"), "accepted_at": at("2026-10-03"), "deal_at": at("2026-10-03")}
    reader = MemoryReader(COMPANY, journeys=[*rows, *many(11, (20, 10, 8, 4))])
    found = funnel(reader, Question(period=NOVEMBER, compare=OCTOBER), "milestones")

    assert found.comparison is not None
    assert [step.counts.reached for step in found.comparison.steps] == [20, 20, 10, 8, 2]


def test_funnel_comparison_by_period_judges_nothing() -> None:
    found = ask(
        Question(period=NOVEMBER, compare=OCTOBER, clock=Clock.PERIOD),
        rows=[*many(10, (50, 40, 30, 20)), *many(11, (50, 20, 10, 5))],
    )

    assert found.comparison is not None
    assert {transition.label for transition in found.comparison.transitions} == {None}
    assert {transition.worth for transition in found.comparison.transitions} == {None}


def test_funnel_warns_when_the_comparison_is_younger() -> None:
    rows = [*many(10, (20, 10, 8, 4)), *many(11, (20, 10, 8, 4))]
    found = ask(Question(period=OCTOBER, compare=NOVEMBER), rows=rows)

    assert "comparison-younger" in [note.code for note in found.notes]


def test_funnel_worth_of_a_returned_rate() -> None:
    """November: 100 leads, 40 talk. October: 100 leads, 50 talk, 10 of them paid 1000: a talk brings 200.

    Returning 50 %: 100 × 0.10 × 200 = +2000. Var = (100×200)² × (.25/100 + .24/100) + (100×.1)² × s²/50 with
    s² = (10×1000² − 50×200²)/49 = 163 265.3: sd = √(1 960 000 + 326 530.6) = 1512.1, × 1.6449 = 2487.2.
    """
    rows = [*many(10, (100, 50, 20, 10), revenue=1000), *many(11, (100, 40, 20, 10), revenue=700)]
    found = ask(Question(period=NOVEMBER, compare=OCTOBER), rows=rows)

    assert found.comparison is not None
    worth = found.comparison.transitions[0].worth
    assert worth is not None
    assert worth.amount.amount == Decimal("2000.00")
    assert worth.amount.currency == "RUB"
    half = 1.644854 * math.sqrt(20_000**2 * (0.25 / 100 + 0.24 / 100) + 100 * 163_265.3 / 50)
    assert (worth.interval.low, worth.interval.high) == pytest.approx((2000 - half, 2000 + half), rel=1e-4)
    assert not worth.is_certain


def test_funnel_of_a_young_cohort_says_so() -> None:
    """Sales came half at once and half a month later; November on the 20th is a third ripe (20/30 × 1/2)."""
    rows = []
    for month in range(5, 12):
        cohort = many(month, (20, 10, 8, 4))
        for row in cohort[:2]:
            row |= {"won_at": at(f"2026-{month + 1:02d}-10")} if month < 11 else {"is_won": False, "won_at": None}
        rows += cohort
    found = ask(Question(period=NOVEMBER), rows=rows)

    assert found.ripe == pytest.approx(20 / 30 * 0.5)
    assert found.steps[-1].from_first.ripe == found.ripe
    assert "young-cohort" in [note.code for note in found.notes]


# --- the table and the properties


def test_funnel_table_has_only_metrics_of_the_catalogue_with_their_units() -> None:
    for kind in Kind:
        table = ask(kind=kind).table
        assert set(table.metrics) <= set(METRICS)
        for row in (*table.rows, table.total):
            assert set(row.figures) <= set(table.metrics)
            assert all(figure.unit is METRICS[key].unit for key, figure in row.figures.items())


def test_funnel_table_by_period_leaves_out_what_a_period_cannot_say() -> None:
    """Entries of a period: no skips; by milestones also not where leads stand. Left out, never 0."""
    stages, milestones = (ask(Question(period=OCTOBER, clock=Clock.PERIOD), kind).table for kind in Kind)

    assert all("stage_skipped" not in row.figures for row in stages.rows)
    assert all("stage_lost" in row.figures for row in stages.rows)
    assert all({"stage_outside", "stage_lost", "stage_open"}.isdisjoint(row.figures) for row in milestones.rows)


def test_funnel_of_six_young_cohorts_reads_low_and_says_how_ripe_it_is() -> None:
    """methods.md d: 100 leads a month, sales of 8, 6, 4, 2 % in the months after: the snapshot after June is 1/6.

    It is 5/6 ripe: 1/6 ÷ 5/6 = 20 %, the conversion that every one of the cohorts was born with.
    """
    rows = []
    for month in range(1, 7):
        for age, wins in enumerate((8, 6, 4, 2)):
            moment = at(f"2026-{month + age:02d}-20")
            sale = {"won_at": moment, "at_won": moment} if month + age <= 6 else None
            more = {"created_at": at(f"2026-{month:02d}-02"), **(sale or {})}
            rows += [
                walk(len(rows) + i, "new won" if sale else "new", "won" if sale else "open", **more)
                for i in range(wins)
            ]
        rows += [walk(len(rows) + i, "new", created_at=at(f"2026-{month:02d}-02")) for i in range(80)]
    found = funnel(MemoryReader(COMPANY, journeys=rows, known_until=at("2026-06-30 18:00")), Question())

    assert found.steps[-1].from_first.value == pytest.approx(0.166667, abs=1e-6)
    assert found.ripe == pytest.approx(5 / 6)


def test_funnel_table_total_is_all_leads_and_the_last_step() -> None:
    total = ask().table.total

    assert total.figures["stage_reached"].value == 12
    assert total.figures["stage_from_first"].numerator == 3
    assert total.figures["stage_lost"].value == 4
    assert total.figures["stage_reached"].unit is Unit.COUNT


def test_funnel_table_keeps_the_questions_as_asked() -> None:
    reader = MemoryReader(COMPANY, journeys=walks())
    found = funnel(reader, Question(period=OCTOBER, compare=Period(date(2026, 9, 1), date(2026, 10, 1))))

    assert found.table.asked == tuple(reader.asked)


LEADS = st.lists(
    st.tuples(
        st.sampled_from(
            ["", "new", "new talk", "talk", "new offer", "new talk offer", "new talk offer won", "won"]
        ),
        st.sampled_from(["open", "lost"]),
        st.sampled_from(["target", "non_target", "unknown"]),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(LEADS)
def test_funnel_never_widens_and_accounts_for_every_lead(leads: list[tuple[str, str, str]]) -> None:
    rows = [
        walk(number, stages, "won" if stages.endswith("won") else outcome, verdict)
        for number, (stages, outcome, verdict) in enumerate(leads)
    ]
    reader = MemoryReader(COMPANY, journeys=rows)
    for kind in Kind:
        found = funnel(reader, Question(period=OCTOBER), kind)
        reached = [step.counts.reached for step in found.steps]
        stands = sum(step.counts.lost + step.counts.open for step in found.steps)
        assert reached == sorted(reached, reverse=True)
        assert reached[0] == found.totals.leads == len(rows)
        assert stands + found.totals.won == len(rows)
        assert found.totals.lost + found.totals.open + found.totals.won == len(rows)


def test_funnel_questions_name_no_alias_like_a_column() -> None:
    """ClickHouse reads ``SUM(returns) AS returns, COUNT(*) FILTER (WHERE returns > 0)`` as a sum in a count."""
    columns = set(journey_columns(COMPANY))
    for clock in Clock:
        for kind in Kind:
            reader = MemoryReader(COMPANY, journeys=walks())
            funnel(reader, Question(period=NOVEMBER, compare=OCTOBER, clock=clock, by=("segment",)), kind)
            aliases = set(re.findall(r" AS (\w+)", " ".join(reader.asked).replace("AS DOUBLE", "")))
            assert "all_leads" in aliases
            assert aliases & columns == set()


def test_funnel_compares_leads_that_had_come_by_the_same_age() -> None:
    # Now is 2 November, noon: of the leads of 1-2 October only those of before noon of the 2nd are looked at.
    walked = [
        {"lead_id": "now", "created_at": at("2026-11-02 09:00"), "furthest": 1},
        {"lead_id": "early", "created_at": at("2026-10-02 09:00"), "furthest": 1},
        {"lead_id": "late", "created_at": at("2026-10-02 15:00"), "furthest": 1},
    ]
    reader = MemoryReader(COMPANY, journeys=walked, known_until=at("2026-11-02 12:00"))
    question = Question(
        period=Period(date(2026, 11, 1), date(2026, 11, 3)), compare=Period(date(2026, 10, 1), date(2026, 10, 3))
    )
    found = funnel(reader, question)

    assert found.totals.leads == 1
    assert found.comparison is not None
    assert found.comparison.reached("new") == 1


def said_of_history(rows: list[dict[str, Any]], question: Question | None = None) -> dict[str, str]:
    found = ask(question, rows=rows)
    codes = ("no-stages", "no-stage-history", "sales-skip-stages", "leads-without-stage")
    return {note.code: note.text.ru for note in found.notes if note.code in codes}


def test_funnel_says_that_the_history_of_stages_is_not_known() -> None:
    """Three leads, of each the present stage alone: one in new, two in offer that were never seen before it."""
    now = [walk(1, "new"), walk(2, "offer"), walk(3, "offer", "lost")]
    assert list(said_of_history(now)) == ["no-stage-history"]
    assert [step.counts.reached for step in ask(rows=now).steps] == [3, 2, 2, 0]
    assert said_of_history([*now, walk(4, "new talk")]) == {}  # one move is known
    assert said_of_history([walk(1, "new"), walk(2, "new")]) == {}  # nobody has gone further: nothing is missing


def test_funnel_says_that_no_sale_was_seen_between_the_first_stage_and_the_last() -> None:
    """An export knows where leads stand and when they were sold, not how they got there."""
    rows = [walk(1, "new won", "won"), walk(2, "new won", "won"), walk(3, "new talk"), walk(4, "new offer")]
    said = said_of_history(rows)
    assert list(said) == ["sales-skip-stages"]
    assert said["sales-skip-stages"].startswith(
        "Ни одна из продаж (2) не видна на стадиях между первой и последней"
    )
    assert said_of_history([*rows, walk(5, "new talk won", "won")]) == {}  # one sale was seen on its way
    assert said_of_history(rows[2:]) == {}  # nothing was sold: nothing is missing


def test_funnel_says_how_many_leads_have_no_stage() -> None:
    assert said_of_history(walks()) == {
        "leads-without-stage": "У 1 лида стадия неизвестна: они показаны в первой."
    }
    assert list(said_of_history([walk(1), walk(2)])) == ["no-stages"]
    assert said_of_history(walks(), Question(period=OCTOBER, clock=Clock.PERIOD)) == {}
