"""In which words is it said how a column was read? One sentence for every decision."""

from __future__ import annotations

import pytest

from smarketing.connectors.files.told import decision_said
from smarketing.connectors.files.values import Decision
from smarketing.facts.language import Text


@pytest.mark.parametrize(
    ("decision", "ru", "en"),
    [
        (Decision(formats=("%d.%m.%Y",)), "даты вида DD.MM.YYYY", "dates like DD.MM.YYYY"),
        (Decision(formats=("excel",)), "даты вида Excel", "dates like Excel"),
        (Decision(decimal=".", plain=True), "числа как есть", "numbers as they stand"),
        (Decision(decimal=","), "десятичная запятая", "decimal comma"),
        (Decision(decimal="."), "десятичная точка", "decimal point"),
        (
            Decision(decimal=",", around="€ 3.500,00"),
            "десятичная запятая; пробелы и знаки при цифрах отброшены: «€ 3.500,00»",
            "decimal comma; spaces and signs beside digits left out: “€ 3.500,00”",
        ),
        # 12.500 is read as thousands: nothing says that a comma would be the decimal sign.
        (
            Decision(decimal=",", assumed="99.999"),
            "числа вида 99.999 прочитаны как тысячи",
            "numbers like 99.999 read as thousands",
        ),
        # Of 12.500 and 12,500 in one column neither is read: they are asked about, row by row.
        (Decision(mixed=True, assumed="99.999"), "в числах и запятая, и точка", "numbers with comma and point"),
    ],
)
def test_decision_in_words(decision: Decision, ru: str, en: str) -> None:
    assert decision_said(decision) == Text(ru, en)


def test_an_empty_column_of_dates_says_nothing() -> None:
    assert decision_said(Decision()) is None
