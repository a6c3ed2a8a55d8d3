"""An address becomes a question and the question the same address again."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import QueryDict

from smarketing.analyses.question import EMPTY, Question
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Clock, Month, Period
from smarketing.web.reports import asking
from smarketing.web.reports.asking import Defaults, parse, to_query

TODAY = date(2026, 11, 20)
DEFAULTS = Defaults(TODAY, by=("segment",))
RUNNING = Period(date(2026, 11, 1), date(2026, 11, 21))


def read(query: str, defaults: Defaults = DEFAULTS) -> Question:
    return parse(QueryDict(query), defaults)


def test_empty_address_asks_for_the_running_month_up_to_today() -> None:
    assert read("") == Question(RUNNING, Clock.COHORT, ("segment",))


def test_days_of_an_address_are_both_counted() -> None:
    assert read("from=2026-10-05&to=2026-10-07").period == Period(date(2026, 10, 5), date(2026, 10, 8))


@pytest.mark.parametrize(
    "question",
    [
        Question(RUNNING, by=("segment",)),
        Question(None, by=("segment",)),
        Question(Month(2026, 10).period, Clock.PERIOD, ("segment", "lead_source")),
        Question(Period(date(2026, 9, 15), date(2026, 11, 3)), by=("month",)),
        Question(RUNNING, by=("segment",), where={"segment": ("dealers", EMPTY)}),
        Question(RUNNING, by=("segment",), where={"campaign": ("~tilde", "two words & more", "=1+1")}),
        Question(RUNNING, by=("segment",), where={"loss_reason": (EMPTY,), "outcome": ("lost",)}),
        Question(RUNNING, by=("segment",), compare=Period(date(2026, 10, 1), date(2026, 10, 21))),
        Question(RUNNING, by=("segment",), compare=Period(date(2025, 11, 1), date(2025, 11, 21))),
        Question(RUNNING, by=("segment",), compare=Month(2026, 3).period),
        Question(RUNNING, by=("segment",), compare=Period(date(2026, 3, 4), date(2026, 3, 9))),
    ],
)
def test_question_survives_the_way_through_an_address(question: Question) -> None:
    assert read(to_query(question, DEFAULTS)) == question


@pytest.mark.parametrize(
    "query",
    [
        "",
        "month=2026-09",
        "from=2026-10-05&to=2026-10-07",
        "period=all",
        "clock=period&by=lead_source&by=campaign",
        "manager=~&segment=dealers&segment=private&compare=prev",
        "compare=year",
        "compare=2026-03-04..2026-03-09",
    ],
)
def test_address_survives_the_way_through_a_question(query: str) -> None:
    assert to_query(read(query), DEFAULTS) == query


def test_select_left_alone_is_no_filter() -> None:
    assert read("segment=&manager=").where == {}


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (RUNNING, Period(date(2026, 10, 1), date(2026, 10, 21))),
        (Month(2026, 3).period, Month(2026, 2).period),
        (Period(date(2026, 3, 1), date(2026, 3, 31)), Month(2026, 2).period),  # 30 days, February has 28
        (Period(date(2026, 9, 1), date(2026, 11, 1)), Period(date(2026, 7, 1), date(2026, 9, 1))),
        (Period(date(2026, 11, 9), date(2026, 11, 16)), Period(date(2026, 11, 2), date(2026, 11, 9))),
    ],
)
def test_previous_period_has_the_same_shape(period: Period, expected: Period) -> None:
    assert asking.previous(period) == expected


def test_leap_day_is_compared_with_the_28th() -> None:
    assert asking.year_ago(Period(date(2028, 2, 29), date(2028, 3, 1))) == Period(
        date(2027, 2, 28), date(2027, 3, 1)
    )


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=yesterday", "bad-address"),
        ("month=2026-13", "bad-month"),
        ("month=november", "bad-address"),  # longer than any month
        ("clock=sun", "bad-address"),
        ("period=always", "bad-address"),
        ("compare=a..b", "bad-address"),
        ("by=colour", "unknown-dimension"),
        ("from=2026-11-20&to=2026-11-01", "empty-period"),
        ("month=9999-12", "year-out-of-range"),  # the month after it is none
        ("from=0001-01-01&to=2026-11-01", "year-out-of-range"),
        ("to=9999-12-31", "year-out-of-range"),
        ("compare=9999-12", "year-out-of-range"),
        ("compare=0001-01-01..0001-01-02", "year-out-of-range"),
    ],
)
def test_wrong_address_is_refused_with_a_sentence(query: str, code: str) -> None:
    with pytest.raises(WrongQuestion) as error:
        read(query)
    assert error.value.code == code
    assert error.value.text.ru != error.value.text.en
