# ruff: noqa: DTZ001 - the lake stores moments in UTC without a mark, and so do the tables of a reading
from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from smarketing.connectors.files.deciding import decide_moment_column, decide_number_column
from smarketing.connectors.files.reading import Workbench
from smarketing.connectors.files.values import (
    Decision,
    duration_expression,
    flag_expression,
    formats_said,
    moment_expression,
    month_expression,
    number_expression,
)
from smarketing.facts.query import literal
from smarketing.facts.tables import Kind


def column(bench: Workbench, values: list[str]) -> str:
    listed = ", ".join(f"({place}, {literal(value)})" for place, value in enumerate(values))
    relation = f"values_{bench.number()}"
    bench.run(f"CREATE TEMP TABLE {relation} AS SELECT * FROM (VALUES {listed}) AS t(place, text)")
    return relation


def read(bench: Workbench, values: list[str], expression: str) -> list[object]:
    relation = column(bench, values)
    return [row[0] for row in bench.rows(f"SELECT {expression} FROM {relation} ORDER BY place")]


def numbers(bench: Workbench, values: list[str], kind: Kind = Kind.MONEY) -> tuple[Decision, list[object]]:
    decision = decide_number_column(bench, column(bench, values), "text")
    return decision, read(bench, values, number_expression("text", kind, decision))


def moments(bench: Workbench, values: list[str], zone: str = "UTC") -> tuple[Decision, list[object]]:
    decision = decide_moment_column(bench, column(bench, values), "text")
    return decision, read(bench, values, moment_expression("text", Kind.MOMENT, decision, zone))


def test_sums_with_signs_and_all_kinds_of_spaces(bench: Workbench) -> None:
    written = ["3500", "€ 3.500,00", "1 234,50 ₽", "1\u00a0234,5", "1\u202f000 руб.", "−7,25", "(12,00)"]
    decision, read_as = numbers(bench, written)
    assert decision.decimal == ","
    assert decision.around == "1 234,50 ₽"  # one of the longest that lost what stands beside their digits
    assert read_as == [Decimal(said) for said in ("3500", "3500", "1234.5", "1234.5", "1000", "-7.25", "-12")]


def test_decimal_point_with_thousands_commas(bench: Workbench) -> None:
    decision, read_as = numbers(bench, ["1,234.50", "$12.5", "1,234", "7"])
    assert decision.decimal == "."
    assert read_as == [Decimal("1234.50"), Decimal("12.5"), Decimal(1234), Decimal(7)]


def test_plain_numbers_take_the_fast_way(bench: Workbench) -> None:
    assert numbers(bench, ["10", "2.5", "-3"])[0].plain


def test_three_digits_after_the_only_sign_are_thousands_and_it_is_told(bench: Workbench) -> None:
    decision, read_as = numbers(bench, ["12.500", "999"])
    assert read_as == [Decimal(12500), Decimal(999)]
    assert decision.assumed == "99.999"
    assert decision.around is None


def test_a_column_with_both_decimal_signs_leaves_the_doubtful_values_to_the_person(bench: Workbench) -> None:
    decision, read_as = numbers(bench, ["1,5", "1.5", "1.500", "2.000.000", "3.000,10"])
    assert decision.mixed
    assert read_as == [Decimal("1.5"), Decimal("1.5"), None, Decimal(2000000), Decimal("3000.10")]


def test_a_point_in_a_column_of_commas_is_not_swallowed(bench: Workbench) -> None:
    expression = number_expression("text", Kind.MONEY, Decision(decimal=","))
    assert read(bench, ["1234.50", "1.234,50"], expression) == [None, Decimal("1234.50")]


@pytest.mark.parametrize("text", ["много", "1_000", "0x1F", "nan", "infinity", "12 шт", "1,2,3", "--"])
def test_what_is_no_number_is_none(bench: Workbench, text: str) -> None:
    assert numbers(bench, ["1,5", text])[1][1] is None


def test_counts_are_whole(bench: Workbench) -> None:
    assert numbers(bench, ["1 200", "6.0", "1.5"], Kind.COUNT)[1] == [1200, 6, None]


def test_days_with_and_without_time_in_one_column(bench: Workbench) -> None:
    decision, read_as = moments(bench, ["03.11.2026", "03.11.2026 10:30", "3.1.2026 9:05:07", "31.02.2026"])
    assert read_as == [
        datetime(2026, 11, 3),
        datetime(2026, 11, 3, 10, 30),
        datetime(2026, 1, 3, 9, 5, 7),
        None,
    ]
    assert formats_said(decision.formats) == "DD.MM.YYYY, DD.MM.YYYY HH:MM:SS, DD.MM.YYYY HH:MM"


def test_moments_are_of_the_companys_zone_unless_they_say_otherwise(bench: Workbench) -> None:
    written = [
        "2026-11-03 10:30:00",
        "2026-11-03T10:30:00+05:00",
        "2026-11-03T10:30:00Z",
        "2026-11-03T10:30:00+0500",
    ]
    _, read_as = moments(bench, written, "Europe/Moscow")
    at = datetime(2026, 11, 3, 10, 30)
    assert read_as == [at.replace(hour=7), at.replace(hour=5), at, at.replace(hour=5)]


def test_days_of_excel_and_of_ga4(bench: Workbench) -> None:
    # 46329 is 3 November 2026 in Excel; a half is noon.
    assert moments(bench, ["46329", "46329.5"])[1] == [datetime(2026, 11, 3), datetime(2026, 11, 3, 12)]
    assert moments(bench, ["20261103"])[1] == [datetime(2026, 11, 3)]


def test_order_of_day_and_month_is_proved_by_a_number_above_twelve(bench: Workbench) -> None:
    assert moments(bench, ["03/11/2026", "25/11/2026"])[1][0] == datetime(2026, 11, 3)
    assert moments(bench, ["03/11/2026", "11/25/2026"])[1][0] == datetime(2026, 3, 11)


def test_order_of_day_and_month_that_nothing_proves_is_not_guessed(bench: Workbench) -> None:
    assert moments(bench, ["03/11/2026", "04/05/2026"])[0].undecided == "03/11/2026"
    assert moments(bench, ["13/11/2026", "11/13/2026"])[0].undecided == "11/13/2026"


def test_durations(bench: Workbench) -> None:
    written = [
        "17:06:29",
        "1 day, 0:10:21",
        "217 days, 7:51:48",
        "2 ч 15 мин",
        "3 дня 02:00:00",
        "171",
        "00:05",
        "скоро",
    ]
    assert read(bench, written, duration_expression("text")) == [
        17 * 3600 + 6 * 60 + 29,
        86_400 + 10 * 60 + 21,
        217 * 86_400 + 7 * 3600 + 51 * 60 + 48,
        2 * 3600 + 15 * 60,
        3 * 86_400 + 2 * 3600,
        171,
        5 * 60,
        None,
    ]


def test_months(bench: Workbench) -> None:
    written = ["2026-11", "202611", "11.2026", "2026-11-01", "01.11.2026", "ноябрь"]
    assert read(bench, written, month_expression("text")) == [202611] * 5 + [None]


def test_flags(bench: Workbench) -> None:
    assert read(bench, ["Да", "нет", "TRUE", "0", "может"], flag_expression("text")) == [
        True,
        False,
        True,
        False,
        None,
    ]
