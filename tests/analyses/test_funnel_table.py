"""What does the funnel's table hold, for any leads, and what does it say of their history?"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarketing.analyses.funnel import Kind, funnel
from smarketing.analyses.question import Question
from smarketing.facts.journeys import journey_columns
from smarketing.facts.period import Clock, Period
from smarketing.metrics.catalogue import METRICS
from smarketing.metrics.kinds import Unit
from tests.analyses.funnel_walks import COMPANY, NOVEMBER, OCTOBER, ask, walk, walks
from tests.support.memory import MemoryReader, at


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
