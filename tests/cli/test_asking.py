from __future__ import annotations

from datetime import date

import pytest

from smarketing.cli.asking import make_question
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Clock, Period

KNOWN = Period(date(2026, 1, 1), date(2026, 11, 21))


def ask(**options):
    given = {
        "by": None, "where": None, "start": None, "end": None, "month": None, "clock": "cohort", "compare": None,
        "known": KNOWN, **options,
    }  # fmt: skip
    return make_question(**given)


def test_question_without_options_is_about_everything():
    question = ask()
    assert question.period is None
    assert question.clock is Clock.COHORT
    assert question.by == ()


def test_last_day_is_counted():
    assert ask(start="2026-11-01", end="2026-11-20").period == Period(date(2026, 11, 1), date(2026, 11, 21))


def test_one_sided_period_reaches_what_is_known():
    assert ask(start="2026-06-01").period == Period(date(2026, 6, 1), date(2026, 11, 21))
    assert ask(end="2026-06-30").period == Period(date(2026, 1, 1), date(2026, 7, 1))


def test_splits_and_filters():
    question = ask(by="month, segment", where=["segment=Дилеры", "segment=", "lead_source=Директ"])
    assert question.by == ("month", "segment")
    assert question.where == {"segment": ("Дилеры", ""), "lead_source": ("Директ",)}


def test_comparison_with_the_month_before():
    assert ask(month="2026-11", compare="prev").compare == Period(date(2026, 10, 1), date(2026, 11, 1))
    assert ask(month="2026-11", compare="2025-11").compare == Period(date(2025, 11, 1), date(2025, 12, 1))


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        ({"by": "segmnt"}, "unknown-dimension", "Разреза «segmnt» нет. Возможно, имелось в виду «segment»."),
        ({"where": ["дилеры"]}, "bad-filter", "Отбор «дилеры» непонятен: нужен вид segment=дилеры."),
        ({"start": "01.11.2026"}, "bad-day", "«01.11.2026» не дата: нужен вид ГГГГ-ММ-ДД, например 2026-11-01."),
        ({"month": "2026-11", "start": "2026-11-01"}, "month-and-days", "Укажите или --month, или --from и --to."),
        (
            {"clock": "lead"},
            "bad-clock",
            "Часов «lead» нет: бывают cohort (по дате лида) и period (по дате события).",
        ),
        ({"compare": "prev"}, "compare-everything", "Чтобы сравнить, задайте период."),
    ],
)
def test_wrong_call_says_the_way_out(options, code, sentence):
    with pytest.raises(WrongQuestion) as error:
        ask(**options)
    assert error.value.code == code
    assert error.value.say("ru") == sentence
