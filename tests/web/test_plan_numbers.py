"""How is a number of the plan read as people type it, and shown so that it reads back?"""

from __future__ import annotations

from fractions import Fraction

import pytest

from smarketing.facts.errors import WrongInput
from smarketing.web.planning.numerals import growth_of, read_number, write_number


@pytest.mark.parametrize(
    ("text", "metric", "language", "value"),
    [
        ("1 234,5", "aov", "ru", "1234.5"),
        ("1\u00a0234\u202f567", "aov", "ru", "1234567"),
        ("1.234.567", "aov", "ru", "1234567"),
        ("1,234.5", "aov", "en", "1234.5"),
        ("1,234", "aov", "en", "1234"),
        ("1,234", "aov", "ru", "1.234"),
        ("500 000 ₽", "aov", "ru", "500000"),
        ("60", "target_share", "ru", "0.6"),
        ("60,5 %", "target_share", "ru", "0.605"),
    ],
)
def test_number_is_read_as_people_type_it(text, metric, language, value):
    assert read_number(text, metric, language) == Fraction(value)


def test_empty_cell_is_no_number():
    assert read_number(" \u00a0", "leads", "ru") is None


@pytest.mark.parametrize(
    ("text", "metric", "said"),
    [
        ("абв", "aov", "«абв» — не число. Пишите, например, 1\u00a0234,5."),
        ("nan", "aov", "«nan» — не число. Пишите, например, 1\u00a0234,5."),
        ("−5", "aov", "Нужно число от 0."),
        ("101", "target_share", "Доля — от 0 до 100 %."),
        ("1,5", "leads", "Лиды считают целыми."),
        ("1e20", "aov", "Число слишком велико."),
    ],
)
def test_wrong_number_is_told_in_its_cell(text, metric, said):
    with pytest.raises(WrongInput) as refused:
        read_number(text, metric, "ru")
    assert refused.value.text.ru == said


@pytest.mark.parametrize(
    ("value", "metric", "language", "text"),
    [
        ("1234567.5", "aov", "ru", "1\u00a0234\u00a0567,5"), ("500000", "aov", "en", "500,000"),
        ("0.605", "target_share", "ru", "60,5"), ("0.1482", "handled_to_sale_cr", "ru", "14,82"),
        ("100", "leads", "ru", "100"),
    ],
)  # fmt: skip
def test_number_is_shown_as_it_would_be_typed_and_read_back(value, metric, language, text):
    assert write_number(Fraction(value), metric, language) == text
    assert read_number(text, metric, language) == Fraction(value)


def test_growth_is_a_percent_up_or_down():
    assert [growth_of(text, "ru") for text in ("", "10", "12,5 %", "−20")] == [
        1, Fraction("1.1"), Fraction("1.125"), Fraction("0.8"),
    ]  # fmt: skip
