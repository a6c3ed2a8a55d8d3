"""Figures in both languages, letter by letter. ``_`` in an expected text stands for the no-break space."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from smarketing.facts.language import LANGUAGES, Text
from smarketing.facts.period import Month, Period
from smarketing.metrics import wording
from smarketing.metrics.kinds import Figure, Interval, NoValue, Unit
from smarketing.metrics.wording import Scale


def words(text: Text) -> tuple[str, str]:
    return text.ru.replace("\u00a0", "_"), text.en.replace("\u00a0", "_")


def both(value: object, unit: Unit, scale: Scale = Scale.ONE, **how: object) -> tuple[str, ...]:
    return tuple(
        wording.say_number(value, unit, language, "RUB", scale, **how).replace("\u00a0", "_")  # type: ignore[arg-type]
        for language in LANGUAGES
    )


@pytest.mark.parametrize(
    ("value", "unit", "scale", "expected"),
    [
        (1234567, Unit.COUNT, Scale.ONE, ("1_234_567", "1,234,567")),
        (Decimal(21509), Unit.MONEY, Scale.ONE, ("21_509_₽", "₽21,509")),
        (Decimal(14200000), Unit.MONEY, Scale.MILLION, ("14,20_млн_₽", "₽14.20m")),
        (Decimal(268499), Unit.MONEY, Scale.THOUSAND, ("268_тыс._₽", "₽268k")),
        (Decimal("0.449"), Unit.SHARE, Scale.ONE, ("44,9_%", "44.9%")),
        (0.5, Unit.SHARE, Scale.ONE, ("50,0_%", "50.0%")),
        (Decimal("24.44"), Unit.RATIO, Scale.ONE, ("24,4", "24.4")),
        (13_200, Unit.SECONDS, Scale.ONE, ("3_ч_40_мин", "3_h_40_min")),
        (Decimal(3), Unit.DAYS, Scale.ONE, ("3_дня", "3_days")),
        (Decimal("1.4"), Unit.DAYS, Scale.ONE, ("1,4_дня", "1.4_days")),
        (Decimal(21), Unit.DAYS, Scale.ONE, ("21_день", "21_days")),
        (Decimal(6), Unit.MONTHS, Scale.ONE, ("6_месяцев", "6_months")),
        (Decimal(1500), Unit.MONEY_PER_DAY, Scale.ONE, ("1_500_₽/день", "₽1,500/day")),
        (-5, Unit.COUNT, Scale.ONE, ("−5", "−5")),
    ],
)
def test_number_is_said_in_both_languages(
    value: object, unit: Unit, scale: Scale, expected: tuple[str, str]
) -> None:
    assert both(value, unit, scale) == expected


def test_half_is_rounded_away_from_zero_as_an_accountant_does() -> None:
    assert both(Decimal("2.5"), Unit.COUNT, digits=0) == ("3", "3")
    assert both(Decimal("0.1245"), Unit.SHARE) == ("12,5_%", "12.5%")
    assert both(Decimal("-2.5"), Unit.MONEY) == ("−3_₽", "−₽3")


def test_sign_is_said_only_where_a_digit_bears_it_out() -> None:
    assert both(Decimal("7.32"), Unit.SHARE, signed=True, digits=0) == ("+732_%", "+732%")
    assert both(Decimal("-0.00001"), Unit.SHARE, signed=True) == ("0,0_%", "0.0%")
    assert both(0, Unit.COUNT, signed=True) == ("0", "0")


def test_figure_without_value_is_a_dash_with_its_reason() -> None:
    figure = Figure("cpl", Unit.MONEY, None, 0, 0, reason=NoValue.EMPTY_DENOMINATOR)
    assert wording.say(figure, "ru") == "—"
    assert words(wording.say_no_value(figure.reason)) == (
        "не на что делить: знаменатель пуст",
        "nothing to divide by",
    )
    assert words(wording.say_no_value(None)) == ("нет данных", "no data")


def test_every_reason_has_words() -> None:
    assert {
        reason: wording.say_no_value(reason) != wording.say_no_value(None) for reason in NoValue
    } == dict.fromkeys(NoValue, True)


def test_bare_figure_leaves_the_unit_to_the_head_of_the_column() -> None:
    figure = Figure("revenue", Unit.MONEY, Decimal(7280000))
    assert wording.say(figure, "ru", "RUB", Scale.MILLION, bare=True) == "7,28"
    assert words(wording.money_unit("RUB", Scale.MILLION)) == ("млн_₽", "₽_m")
    assert words(wording.money_unit("RUB")) == ("₽", "₽")


def test_interval_has_one_unit_and_an_ellipsis_where_signs_stand() -> None:
    rate = Interval(0.184, 0.219, 0.9)
    assert wording.say_interval(rate, Unit.SHARE, "ru") == "18,4–21,9\u00a0%"
    assert wording.say_interval(rate, Unit.SHARE, "en") == "18.4–21.9%"
    gap = Interval(-1_200_000, 400_000, 0.8)
    said = wording.say_interval(gap, Unit.MONEY, "ru", "RUB", Scale.MILLION, signed=True)
    assert said == "−1,20\u00a0…\u00a0+0,40"
    assert words(wording.say_level(gap)) == ("интервал 80_%", "80% interval")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, ("0_с", "0_s")),
        (45, ("45_с", "45_s")),
        (2400, ("40_мин", "40_min")),
        (3599, ("1_ч", "1_h")),
        (3600, ("1_ч", "1_h")),
        (3900, ("1_ч_05_мин", "1_h_05_min")),
        (120_960, ("1,4_дня", "1.4_days")),
        (172_800, ("2_дня", "2_days")),
        (1_036_800, ("12_дней", "12_days")),
    ],
)
def test_duration(seconds: int, expected: tuple[str, str]) -> None:
    assert words(wording.say_duration(seconds)) == expected


def test_working_time_never_becomes_days() -> None:
    assert words(wording.say_working(108_000)) == ("30_ч", "30_h")
    assert words(wording.say_working(13_200)) == ("3_ч_40_мин", "3_h_40_min")


def test_difference_of_shares_is_in_points_and_of_money_in_money() -> None:
    assert wording.say_difference(Decimal("-0.097"), Unit.SHARE, "ru") == "−9,7\u00a0п.п."
    assert wording.say_difference(Decimal("0.014"), Unit.SHARE, "en") == "+1.4\u00a0pp"
    assert wording.say_difference(Decimal(1500), Unit.MONEY, "ru") == "+1\u00a0500\u00a0₽"


@pytest.mark.parametrize(
    ("first", "last_excluded", "expected"),
    [
        (date(2026, 11, 1), date(2026, 11, 21), ("1–20_ноября_2026", "1–20_November_2026")),
        (date(2026, 11, 1), date(2026, 12, 1), ("ноябрь 2026", "November 2026")),
        (date(2026, 11, 5), date(2026, 11, 6), ("5_ноября_2026", "5_November_2026")),
        (
            date(2026, 9, 15),
            date(2026, 11, 21),
            ("15_сентября – 20_ноября_2026", "15_September – 20_November_2026"),
        ),
        (
            date(2025, 12, 15),
            date(2026, 1, 11),
            ("15_декабря_2025 – 10_января_2026", "15_December_2025 – 10_January_2026"),
        ),
    ],
)
def test_period(first: date, last_excluded: date, expected: tuple[str, str]) -> None:
    assert words(wording.say_period(Period(first, last_excluded))) == expected


def test_year_is_left_out_where_it_is_the_current_one() -> None:
    today = date(2026, 11, 20)
    assert words(wording.say_month(Month(2026, 11), today)) == ("ноябрь", "November")
    assert words(wording.say_month(Month(2025, 11), today)) == ("ноябрь 2025", "November 2025")
    assert words(wording.say_day(today, today)) == ("20_ноября", "20_November")


def test_moment_is_said_in_the_company_zone() -> None:
    moment = datetime(2026, 11, 20, 22, 10, tzinfo=UTC)  # 01:10 of the next day in Moscow
    said = wording.say_moment(moment, ZoneInfo("Europe/Moscow"), date(2026, 11, 21))
    assert words(said) == ("21_ноября, 01:10", "21_November, 01:10")


def test_money_of_a_page_takes_the_unit_of_its_largest_sum() -> None:
    assert wording.money_scale([Decimal(5), Decimal(-3_200_000)]) is Scale.MILLION
    assert wording.money_scale([Decimal(210_000), None]) is Scale.THOUSAND
    assert wording.money_scale([]) is Scale.ONE


def test_ripeness_leads_and_all_time() -> None:
    assert words(wording.say_ripe(0.69)) == ("дозрело 69_%", "69% ripe")
    assert words(wording.say_leads(1021)) == ("1_021_лид", "1,021_leads")
    assert words(wording.say_period(None)) == ("всё время", "all time")
