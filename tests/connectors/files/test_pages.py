"""Exports that are web pages under the name of a spreadsheet. All figures are made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.connectors.files.reading import Sheet, Workbench
from smarketing.connectors.files.workbooks import Limits
from smarketing.facts.errors import WrongInput
from tests.connectors.files.test_exports import DEALS, by_id, load

# The shape of Bitrix24's «Excel»: no page around the table, a comment of a person as it was written.
DEAL_PAGE = """<meta http-equiv="Content-type" content="text/html;charset=UTF-8" />
<table border="1"><thead><tr><th>ID</th><th>Название сделки</th><th>Комментарий</th><th>Сумма</th></tr></thead>
<tbody><tr><td>11</td><td>Двор &amp; сад</td><td><p>Звонил<br>дважды</p>
<script>alert(1)</script></td><td>100.00</td></tr>
<tr><td>9007199254740993</td><td></td><td><table><tr><td>внутри</td><td>ячейки</td></tr></table></td><td>5</td></tr>
</tbody></table>"""


def cells(sheet: Sheet, bench: Workbench) -> list[tuple[str | None, ...]]:
    columns = ", ".join(sheet.cell(heading) for heading in sheet.headings)
    return bench.rows(f'SELECT {columns} FROM {sheet.relation} ORDER BY "row"')


def page(folder: Path, text: str, name: str = "DEAL.xls", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def refusal(bench: Workbench, path: Path) -> WrongInput:
    with pytest.raises(WrongInput) as caught:
        bench.read(path)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_a_table_named_xls_is_read_as_text(bench: Workbench, tmp_path: Path, encoding: str) -> None:
    sheet = bench.read(page(tmp_path, DEAL_PAGE, encoding=encoding))
    assert sheet.headings == ("ID", "Название сделки", "Комментарий", "Сумма")
    assert cells(sheet, bench) == [
        ("11", "Двор & сад", "Звонил дважды", "100.00"),
        ("9007199254740993", None, "внутри ячейки", "5"),
    ]
    assert (sheet.sniffed.format, sheet.sniffed.rows, sheet.sniffed.header_row) == ("html", 2, 1)
    assert sheet.sniffed.notes[0].ru == "Файл — веб-страница с таблицей, её и прочли. Надёжнее выгружать CSV."


def test_the_page_of_a_crm_gives_the_same_facts_as_its_csv(tmp_path: Path) -> None:
    rows = [line[1:-2].split('";"') for line in DEALS.splitlines()]
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    name, from_page = load(tmp_path, f"<html><body><table>{body}</table></body></html>")
    assert name == "bitrix24_deals"
    assert by_id(from_page) == by_id(load(tmp_path, DEALS)[1])


@pytest.mark.parametrize("separator", [";", "\t"])
def test_text_named_xls_is_read_as_text(bench: Workbench, tmp_path: Path, separator: str) -> None:
    text = f"ID{separator}Название\n1{separator}Двор\n"
    sheet = bench.read(page(tmp_path, text, encoding="cp1251"))
    assert (sheet.sniffed.format, sheet.sniffed.delimiter, cells(sheet, bench)) == (
        "csv",
        separator,
        [("1", "Двор")],
    )


def test_a_row_with_another_number_of_cells_is_set_aside(bench: Workbench, tmp_path: Path) -> None:
    rows = "<tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr>"
    rows += "<tr><td>4</td><td>5</td><td>6</td></tr><tr><td>7</td><td>8</td></tr><tr><td>9</td><td>0</td></tr>"
    sheet = bench.read(page(tmp_path, f"<table>{rows}</table>"))
    assert [(misfit.row, misfit.line) for misfit in sheet.misfits] == [(3, "3"), (4, "4 | 5 | 6")]
    assert cells(sheet, bench) == [("1", "2"), ("7", "8"), ("9", "0")]


def test_the_longest_of_several_tables_is_taken_and_told(bench: Workbench, tmp_path: Path) -> None:
    short = "<table><tr><td>Отчёт</td><td>за</td></tr><tr><td>ноябрь</td><td>2026</td></tr></table>"
    long = (
        "<table><tr><th>ID</th><th>Имя</th></tr><tr><td>1</td><td>а</td></tr><tr><td>2</td><td>б</td></tr></table>"
    )
    sheet = bench.read(page(tmp_path, f"<html>{short}{long}</html>"))
    assert sheet.headings == ("ID", "Имя")
    assert sheet.sniffed.notes[1].en == "Tables in it: 2. The longest was taken."


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><html><body><h1>403</h1><p>Доступ запрещён</p></body></html>",
        "<html><body><table><tr><td>Страница не найдена</td></tr></table></body></html>",
        "<table><tr><td>Логин</td><td><input></td></tr>"
        "<tr><td>Пароль</td><td><input type='Password'></td></tr></table>",
        "<html><script>var rows = '<table><tr><td>1</td><td>2</td></tr></table>'</script></html>",
        "<table><tr><td>меню</td><td>текст</td></tr></table>",
    ],
)
def test_a_page_of_sign_in_or_of_an_error_is_refused(bench: Workbench, tmp_path: Path, text: str) -> None:
    error = refusal(bench, page(tmp_path, text, "deals.csv"))
    assert (error.code, error.text.ru) == (
        "file-html",
        "В файле «deals.csv» веб-страница без таблицы с данными. Так бывает, когда вместо выгрузки сохранилась "
        "страница входа или ошибки: войдите и выгрузите файл ещё раз, лучше в CSV.",
    )


@pytest.mark.parametrize("span", ['colspan="2"', "rowspan=3", "COLSPAN='2'"])
def test_merged_cells_are_refused(bench: Workbench, tmp_path: Path, span: str) -> None:
    text = f"<table><tr><th>A</th><th>B</th></tr><tr><td {span}>1</td></tr><tr><td>1</td><td>2</td></tr></table>"
    error = refusal(bench, page(tmp_path, text))
    assert error.code == "file-spans"
    assert "объединённые ячейки" in error.text.ru


def test_a_page_of_too_many_cells_is_refused(tmp_path: Path) -> None:
    row = "<tr><td>1</td><td>2</td></tr>"
    with Workbench(Limits(page_cells=99)) as bench:
        assert refusal(bench, page(tmp_path, f"<table>{row * 50}</table>")).code == "file-bomb"
        assert (
            bench.read(page(tmp_path, f"<table><tr><th>A</th><th>B</th></tr>{row * 48}</table>")).sniffed.rows
            == 48
        )


def test_a_spreadsheet_in_xml_is_told_apart(bench: Workbench, tmp_path: Path) -> None:
    text = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'
    assert refusal(bench, page(tmp_path, text)).code == "file-xml"
