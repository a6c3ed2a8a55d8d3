"""What is said of Excel's old .xls, whose formula errors the reader cannot show."""

from __future__ import annotations

from pathlib import Path

from smarketing.connectors.files.findings import Finding
from smarketing.connectors.files.gathering import Intake, Reading
from smarketing.connectors.files.mapping import recognise
from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import parse_company
from tests.connectors.files.conftest import NOW
from tests.connectors.files.old_excel import old_workbook

HEAD = ["Номер заявки", "Дата заявки", "Источник", "Сумма", "Примечание"]


def read(folder: Path, *rows: list[str | float]) -> Reading:
    path = folder / "leads.xls"
    path.write_bytes(old_workbook([HEAD, *rows]))
    with Workbench() as bench:
        sheet = bench.read(path)
        mapping = recognise(sheet.headings)[0].mapping
        intake = Intake(bench, parse_company(mapping.company), NOW)
        intake.add(sheet, mapping)
        return intake.finish()


def told(reading: Reading) -> list[Finding]:
    return [finding for finding in reading.findings if finding.code == "errors-unseen"]


def test_an_error_of_a_formula_comes_as_an_empty_cell_and_that_is_said(tmp_path: Path) -> None:
    reading = read(tmp_path, ["1", "01.11.2026", "vk", "#REF!", ""], ["2", "01.11.2026", "vk", 500.0, "#N/A"])
    assert [row["amount"] for row in reading.accepted["leads"].to_pylist()] == [None, 500]
    (finding,) = told(reading)
    assert (finding.count, finding.of) == (1, 8)  # four columns are read, the note is not one of them
    assert finding.text.ru == (
        "«leads.xls» — Excel старого формата .xls: ошибка формулы (#Н/Д и другие) в нём неотличима от пустой "
        "ячейки. Пустых ячеек в прочитанных столбцах: 1. Если там были формулы, сохраните файл как XLSX."
    )
    assert reading.files[0].sniffed.format == "xls"


def test_nothing_is_said_where_no_cell_that_is_read_is_empty(tmp_path: Path) -> None:
    assert told(read(tmp_path, ["1", "01.11.2026", "vk", 1.0, "#N/A"], ["2", "01.11.2026", "vk", 500.0, ""])) == []
