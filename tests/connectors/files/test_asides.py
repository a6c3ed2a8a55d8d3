from __future__ import annotations

import json
from typing import Any

import pytest

from smarketing.connectors.files.gathering import Reading
from smarketing.connectors.files.mapping import shipped
from smarketing.connectors.files.reasons import nearest
from smarketing.facts.company import Company, parse_company
from tests.connectors.files.conftest import Sift

HEAD = "Номер сделки;Дата создания;Сумма сделки;Стадия\n"
GOOD = "1;01.11.2026;500;Новый\n"


def rows(reading: Reading) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reading.quarantined.to_pylist()
    return found


def proposed(name: str) -> Company:
    """The company that the mapping proposes to an empty workspace."""
    return parse_company(shipped()[name].company)


def deals(sift: Sift, text: str) -> list[dict[str, Any]]:
    return rows(sift(shipped()["generic_deals"], deals=HEAD + text))


@pytest.mark.parametrize(
    ("line", "column", "heading", "said"),
    [
        (
            "2;31.02.2026;5;Новый",
            "created_at",
            "Дата создания",
            "Невозможная дата «31.02.2026» в поле «Дата создания».",
        ),
        (
            "2;01.11.2026;много;Новый",
            "amount",
            "Сумма сделки",
            "«много» в поле «Сумма сделки» не похоже на сумму.",
        ),
        (";01.11.2026;5;Новый", "lead_id", "Номер сделки", "Пусто обязательное поле «Номер сделки»."),
    ],
)
def test_a_cell_is_named_as_the_file_names_it(sift: Sift, line: str, column: str, heading: str, said: str) -> None:
    first = deals(sift, GOOD + line + "\n")[0]
    assert (first["row"], first["column"], first["heading"], first["ru"]) == (3, column, heading, said)


def test_keys_that_meet_are_named_as_the_file_names_them(sift: Sift) -> None:
    met = deals(sift, GOOD + "1;01.11.2026;900;Новый\n")
    assert [(row["row"], row["code"], row["heading"]) for row in met] == [
        (2, "conflict", "Номер сделки"),
        (3, "conflict", "Номер сделки"),
    ]


def test_cells_of_a_short_row_stand_under_their_headings(sift: Sift) -> None:
    (row,) = deals(sift, GOOD + "2;01.11.2026\n")
    assert json.loads(row["raw"]) == {
        "Номер сделки": "2",
        "Дата создания": "01.11.2026",
        "Сумма сделки": None,
        "Стадия": None,
    }
    assert row["ru"] == "В строке ячеек 2, а названий столбцов 4: 2;01.11.2026."


def test_cells_beyond_the_last_heading_are_kept(sift: Sift) -> None:
    (row,) = deals(sift, GOOD + "2;01.11.2026;5;Новый;лишнее;ещё\n")
    assert json.loads(row["raw"])[""] == "лишнее | ещё"


def test_an_open_quote_is_told_in_one_sentence_with_the_lines_it_took(sift: Sift) -> None:
    (row,) = deals(sift, GOOD + '2;01.11.2026;"5;Новый\n3;02.11.2026;6;Новый\n4;03.11.2026;7;Новый\n')
    assert (row["row"], row["code"]) == (3, "open-quote")
    assert row["ru"].startswith(
        "Кавычка в этой строке открыта и не закрыта, в одну ячейку попало строк файла: 2. Закройте или уберите "
        "кавычку в файле и загрузите его снова: 2;01.11.2026;"
    )
    assert "\n" not in row["ru"]


def test_an_open_quote_in_the_last_cell_does_not_hide_the_rows_below(sift: Sift) -> None:
    """The cells are as many as the header's: without the mark of an open quote two leads would be a comment."""
    reading = sift(leads='lead_id,created_at,note\n1,2026-11-01,"so\n2,2026-11-02,b\n3,2026-11-03,c\n')
    (row,) = rows(reading)
    assert (row["row"], row["code"], reading.accepted["leads"].num_rows) == (2, "open-quote", 0)


def test_a_quote_closed_in_the_last_cell_is_fine(sift: Sift) -> None:
    reading = sift(leads='lead_id,created_at,note\n1,2026-11-01,a"b\n2,2026-11-02,"two\nlines"\n')
    assert (rows(reading), reading.accepted["leads"].num_rows) == ([], 2)


def test_sales_are_counted_among_the_leads_that_came_in(sift: Sift) -> None:
    """Lead 2 was sold and waits in quarantine for its sum: one lead came in and none of those is a sale."""
    reading = sift(
        shipped()["generic_deals"],
        deals=HEAD + GOOD + "2;01.11.2026;много;Продажа\n",
        by=proposed("generic_deals"),
    )
    assert (reading.totals.leads, reading.totals.won) == (1, 0)


def test_a_hint_is_never_the_opposite_stage() -> None:
    assert nearest("Продажа", ["Проиграна", "Новый"]).ru == "Известны: Новый, Проиграна."
    assert nearest("Думаетт", ["Думает", "Новый"]).ru == "Возможно, имелось в виду «Думает»."
