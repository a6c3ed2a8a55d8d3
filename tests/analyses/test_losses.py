"""Ten leads of October: seven lost, two open, one won.

| reason  | in new        | in talk       | no stage |
| ------- | ------------- | ------------- | -------- |
| price   | 1000, no sum  | 3000          |          |
| silence | 500           | 200           |          |
| –       | 50            |               | no sum   |

Open: one in talk, one in new.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarketing.analyses.losses import Losses, drill, losses, top
from smarketing.analyses.question import Question
from smarketing.facts.company import Company, LossReason, Milestone, Stage
from smarketing.facts.criteria import Names
from smarketing.facts.journeys import journey_columns
from smarketing.facts.period import Clock, Month
from smarketing.metrics.catalogue import METRICS
from smarketing.stats.proportions import Proportion, wilson
from smarketing.stats.uncertainty import Label
from tests.support.memory import MemoryReader, at


def named(text: str) -> Names:
    return Names(ru=text, en=text)


COMPANY = Company(
    zone="UTC",
    stages=(
        Stage(key="new", name=named("Новый")),
        Stage(key="talk", name=named("Разговор"), milestone=Milestone.ACCEPTED),
        Stage(key="won", name=named("Продажа"), milestone=Milestone.WON),
        Stage(key="lost", name=named("Потерян"), milestone=Milestone.LOST),
    ),
    loss_reasons=(LossReason(key="price", name=named("Дорого")),),
)
OCTOBER, NOVEMBER = Month(2026, 10).period, Month(2026, 11).period


def lost(reason: str | None, stage: str | None, amount: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "created_at": at("2026-10-02"), "outcome": "lost", "stage": "lost", "is_lost": True, "loss_reason": reason,
        "loss_stage": stage, "amount": amount, "lost_at": at("2026-10-10"), **more,
    }  # fmt: skip


def leads() -> list[dict[str, Any]]:
    return [
        lost("price", "new", 1000),
        lost("price", "new"),
        lost("price", "talk", 3000),
        lost("silence", "new", 500),
        lost("silence", "talk", 200),
        lost(None, "new", 50),
        lost(None, None),
        {"created_at": at("2026-10-02"), "outcome": "open", "stage": "talk"},
        {"created_at": at("2026-10-02"), "outcome": "open", "stage": "new"},
        {"created_at": at("2026-10-02"), "outcome": "won", "stage": "won", "is_won": True},
    ]


def ask(question: Question | None = None, rows: list[dict[str, Any]] | None = None) -> Losses:
    return losses(
        MemoryReader(COMPANY, journeys=leads() if rows is None else rows), question or Question(period=OCTOBER)
    )


def test_losses_matrix_has_a_row_for_no_reason_and_a_column_for_no_stage() -> None:
    found = ask()

    assert [line.key for line in found.reasons] == ["price", "silence", None]
    assert [stage.key for stage in found.stages] == ["new", "talk", "won", None]
    assert [[cell.leads for cell in line.cells] for line in found.reasons] == [
        [2, 1, 0, 0],
        [1, 1, 0, 0],
        [1, 0, 0, 1],
    ]


def test_losses_margins_are_the_sums_of_the_matrix() -> None:
    found = ask()

    assert [line.leads for line in found.reasons] == [3, 2, 2]
    assert [stage.lost for stage in found.stages] == [4, 2, 0, 1]
    assert [stage.open for stage in found.stages] == [1, 1, 0, 0]
    assert (found.lost, found.open) == (7, 2)


def test_losses_amounts_are_exact_and_cards_without_one_are_said() -> None:
    found = ask()

    assert found.amount.amount == Decimal("4750.00")
    assert [line.amount.amount for line in found.reasons] == [4000, 700, 50]
    assert found.cell("price", "new").without_amount == 1
    assert [note.code for note in found.notes] == ["losses-without-amount"]
    assert found.notes[0].text.ru.startswith("У 2 лидов")


def test_losses_share_is_of_losses_with_a_reason() -> None:
    """Price 3 of 5 with a reason; without a reason 2 of all 7."""
    found = ask()
    expected = wilson(3, 5)

    assert [(line.share.numerator, line.share.denominator) for line in found.reasons] == [(3, 5), (2, 5), (2, 7)]
    assert isinstance(expected, Proportion)
    assert found.reasons[0].share.interval is not None
    assert found.reasons[0].share.interval.low == pytest.approx(expected.interval.lo)


def test_losses_names_come_from_the_settings() -> None:
    found = ask()

    assert [line.name.ru for line in found.reasons] == ["Дорого", "silence", "Причина не указана"]
    assert [stage.name.ru for stage in found.stages] == ["Новый", "Разговор", "Продажа", "До первой стадии"]


def test_losses_months_follow_the_clock() -> None:
    """By the lead's date all are October's; by the day of loss the one lost in November is November's."""
    rows = [*leads()[:2], lost("price", "new", lost_at=at("2026-11-03"))]
    cohort = ask(rows=rows)
    period = ask(Question(clock=Clock.PERIOD), rows=rows)

    assert [(str(line.month), line.leads) for line in cohort.months] == [("2026-10", 3)]
    assert [(str(line.month), line.leads) for line in period.months] == [("2026-10", 2), ("2026-11", 1)]


def test_losses_by_period_count_the_day_of_loss_and_name_what_has_none() -> None:
    rows = [
        lost("price", "new", 1, created_at=at("2026-09-01")),
        lost("price", "new", 1, lost_at=at("2026-11-03")),
        lost("price", "new", 1, lost_at=None),
    ]
    found = ask(Question(period=OCTOBER, clock=Clock.PERIOD), rows=rows)

    assert found.lost == 1
    assert [(note.code, note.text.ru[:8]) for note in found.notes] == [("undated-losses", "У 1 лида")]


def test_losses_shift_is_judged_with_holm_over_all_reasons() -> None:
    """Price 30 of 100 in October, 60 of 100 in November: confirmed. The rest moved with it: both shares differ."""
    rows = [lost("price" if i < 30 else "silence", "new") for i in range(100)]
    november = {"created_at": at("2026-11-02"), "lost_at": at("2026-11-03")}
    rows += [lost("price" if i < 60 else "silence", "new", **november) for i in range(100)]
    found = ask(Question(period=NOVEMBER, compare=OCTOBER), rows=rows)

    price = found.reasons[0]
    assert price.shift is not None
    assert price.shift.difference == pytest.approx(0.30)
    assert price.shift.label is Label.CONFIRMED
    assert price.shift.p_adjusted == pytest.approx(2 * price.shift.p_value)  # type: ignore[operator]


def test_losses_reason_that_nobody_names_any_more_has_its_row_and_is_judged() -> None:
    """Price 40 of 100 in October, nobody in November, silence the rest: two shares that moved, judged as two."""
    rows = [lost("price" if i < 40 else "silence", "new") for i in range(100)]
    november = {"created_at": at("2026-11-02"), "lost_at": at("2026-11-03")}
    rows += [lost("silence", "new", **november) for _ in range(100)]
    found = ask(Question(period=NOVEMBER, compare=OCTOBER), rows=rows)

    silence, price = found.reasons
    assert (silence.key, silence.leads, price.key, price.leads) == ("silence", 100, "price", 0)
    assert price.shift is not None
    assert price.shift.difference == pytest.approx(-0.40)
    assert price.shift.label is Label.CONFIRMED
    assert price.shift.p_adjusted == pytest.approx(2 * price.shift.p_value)  # type: ignore[operator]
    assert found.lost == 100


def test_losses_shift_of_few_leads_is_too_little_data() -> None:
    found = ask(
        Question(period=NOVEMBER, compare=OCTOBER),
        rows=[*leads(), *[r | {"created_at": at("2026-11-02")} for r in leads()]],
    )

    assert {line.shift.label for line in found.reasons if line.shift} == {Label.TOO_LITTLE_DATA}


def test_losses_comparison_sees_the_older_leads_at_the_same_age() -> None:
    """On 20 November October is seen as on 20 October: a loss of the 25th had not happened yet."""
    rows = [lost("price", "new"), lost("price", "new", lost_at=at("2026-10-25")), lost("silence", "new")]
    rows += [lost("price", "new", created_at=at("2026-11-02"), lost_at=at("2026-11-03"))]
    found = ask(Question(period=NOVEMBER, compare=OCTOBER), rows=rows)

    assert found.reasons[0].shift is not None
    assert found.reasons[0].shift.before == (1, 2)


def test_losses_drill_filter_finds_exactly_the_cell() -> None:
    reader = MemoryReader(COMPANY, journeys=leads())
    found = losses(reader, Question(period=OCTOBER))

    for line in found.reasons:
        for cell in line.cells:
            narrowed = losses(reader, Question(period=OCTOBER, where=cell.where))
            assert narrowed.lost == cell.leads
    assert drill(None, "new") == {"outcome": ("lost",), "loss_reason": ("",), "loss_stage": ("new",)}


def test_losses_split_table_sums_to_the_whole() -> None:
    """Dealers lost 2 for price: 2 of their 2 with a reason."""
    rows = [{**row, "segment": "dealers" if index < 2 else None} for index, row in enumerate(leads())]
    table = ask(Question(period=OCTOBER, by=("segment",)), rows=rows).table

    assert table.by == ("segment", "loss_reason", "loss_stage")
    assert table.rows[0].keys == ("dealers", "price", "new")
    assert (table.rows[0].figures["loss_share"].numerator, table.rows[0].figures["loss_share"].denominator) == (
        2,
        2,
    )
    assert sum(int(row.figures["lost_leads"].value or 0) for row in table.rows) == 7


def test_losses_table_speaks_only_metrics_of_the_catalogue() -> None:
    table = ask().table

    assert set(table.metrics) <= set(METRICS)
    assert table.total.figures["lost_leads"].value == 7
    assert table.total.figures["lost_amount"].value == Decimal("4750.00")
    assert sum(int(row.figures["lost_leads"].value or 0) for row in table.rows) == 7


def test_losses_of_nothing_are_empty() -> None:
    found = ask(rows=[])

    assert (found.lost, found.reasons, found.months, found.table.rows) == (0, (), (), ())
    assert [stage.lost for stage in found.stages] == [0, 0, 0]


def test_losses_leave_out_tests_and_duplicates() -> None:
    assert ask(rows=[*leads(), lost("price", "new", is_counted=False)]).lost == 7


def test_top_reasons_keep_the_rest_in_one_row_and_no_reason_last() -> None:
    """Nine reasons of 9, 8, … 1 leads and 5 without one; of two shown the rest is 7+6+5+4+3+2+1 = 28."""
    rows = [lost(f"r{n}", "new", 10) for n in range(1, 10) for _ in range(n)] + [
        lost(None, "talk") for _ in range(5)
    ]
    shown = top(ask(rows=rows).reasons, 2)

    assert [(line.key, line.leads) for line in shown] == [("r9", 9), ("r8", 8), ("", 28), (None, 5)]
    assert shown[2].name.ru == "Остальные (7)"
    assert shown[2].amount.amount == 280
    assert [cell.leads for cell in shown[2].cells] == [28, 0, 0]
    assert (shown[2].share.numerator, shown[2].share.denominator) == (28, 45)


def test_top_reasons_show_a_single_reason_too_many() -> None:
    rows = [lost(f"r{n}", "new") for n in range(3)]

    assert len(top(ask(rows=rows).reasons, 2)) == 3


CELLS = st.lists(
    st.tuples(st.sampled_from([None, "price", "silence", "late"]), st.sampled_from([None, "new", "talk", "gone"])),
    max_size=20,
)


@settings(max_examples=25, deadline=None)
@given(CELLS)
def test_losses_matrix_sums_equal_the_totals(pairs: list[tuple[str | None, str | None]]) -> None:
    found = ask(rows=[lost(reason, stage, 7) for reason, stage in pairs])

    by_cell = sum(cell.leads for line in found.reasons for cell in line.cells)
    assert by_cell == sum(line.leads for line in found.reasons) == sum(stage.lost for stage in found.stages)
    assert by_cell == sum(month.leads for month in found.months) == found.lost == len(pairs)
    assert found.amount.amount == sum(line.amount.amount for line in found.reasons) == 7 * len(pairs)


def test_losses_questions_name_no_alias_like_a_column() -> None:
    """ClickHouse reads ``SUM(amount) AS amount, … FILTER (WHERE amount IS NULL)`` as a sum in a count."""
    reader = MemoryReader(COMPANY, journeys=leads())
    for clock in Clock:
        losses(reader, Question(period=NOVEMBER, compare=OCTOBER, clock=clock, by=("segment", "month")))
    aliases = set(re.findall(r" AS (\w+)", " ".join(reader.asked)))

    assert "lost_amount" in aliases
    assert aliases & set(journey_columns(COMPANY)) == set()
