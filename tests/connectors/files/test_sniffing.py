"""Is it recognised how a text is written: its encoding, its delimiter, where its table begins?"""

from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.connectors.files.reading import Workbench
from tests.connectors.files.test_reading import HEADER, refusal, rows, written


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1251", "cp1251"), ("utf-16", "utf-16")],
)
def test_text_is_read_in_any_of_the_usual_encodings(
    bench: Workbench, tmp_path: Path, encoding: str, said: str
) -> None:
    sheet = bench.read(written(tmp_path, (HEADER + "7;Пермь;1 234,50 ₽\n").replace("₽", "р.").encode(encoding)))
    assert sheet.sniffed.encoding == said
    assert sheet.headings == ("Номер", "Город", "Сумма")
    assert rows(bench, sheet) == [(2, "7", "Пермь", "1 234,50 р.")]


def test_utf16_without_a_mark_is_recognised(bench: Workbench, tmp_path: Path) -> None:
    sheet = bench.read(written(tmp_path, "Date\tCost\n2026-11-01\t5\n".encode("utf-16-le")))
    assert (sheet.sniffed.encoding, sheet.sniffed.delimiter) == ("utf-16-le", "\t")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_recognised(bench: Workbench, tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(delimiter.join(line) for line in [("a", "b", "c"), ("1", "x y", "3"), ("4", "z", "6")])
    assert bench.read(written(tmp_path, text.encode())).sniffed.delimiter == delimiter


def test_decimal_commas_are_not_taken_for_delimiters(bench: Workbench, tmp_path: Path) -> None:
    sheet = bench.read(written(tmp_path, "Кампания;Расход\nа;1,5\nб;2,75\nв;3,1\n".encode()))
    assert sheet.sniffed.delimiter == ";"


@pytest.mark.parametrize(
    ("above", "cell"),
    [
        ("", "1,{row}00,000 р."),
        ("", "Омск, улица Ленина, дом {row}"),
        ("Отчёт, май, Омск\n", "Омск, улица Ленина, дом {row}"),
        ("Отчёт за май\n\n", "1,{row}00,000"),
    ],
)
def test_commas_inside_cells_are_not_taken_for_delimiters(
    bench: Workbench, tmp_path: Path, above: str, cell: str
) -> None:
    text = f"{above}Номер;Что\n" + "".join(f"{row};{cell.format(row=row)}\n" for row in range(1, 20))
    sheet = bench.read(written(tmp_path, text.encode()))
    assert (sheet.sniffed.delimiter, sheet.headings) == (";", ("Номер", "Что"))
    assert [row[1:] for row in rows(bench, sheet)] == [(str(n), cell.format(row=n)) for n in range(1, 20)]


def test_title_lines_and_totals_are_told_and_not_counted(bench: Workbench, tmp_path: Path) -> None:
    text = (
        "Отчёт по кампаниям\nПериод: ноябрь\n\nДень;Кампания;Расход\n01.11.2026;а;10\n02.11.2026;б;20\nИтого;;30\n"
    )
    sheet = bench.read(written(tmp_path, text.encode()))
    assert sheet.sniffed.titles == ("Отчёт по кампаниям", "Период: ноябрь")
    assert sheet.sniffed.totals == ("Итого",)
    assert (sheet.sniffed.rows, sheet.sniffed.header_row) == (2, 4)
    assert rows(bench, sheet) == [(5, "01.11.2026", "а", "10"), (6, "02.11.2026", "б", "20")]


def test_a_total_line_with_fewer_cells_is_a_total_too(bench: Workbench, tmp_path: Path) -> None:
    sheet = bench.read(written(tmp_path, b"Date\tClicks\n2026-11-01\t5\n2026-11-02\t6\nTotal rows: 2\n"))
    assert (sheet.sniffed.rows, sheet.sniffed.totals, sheet.misfits) == (2, ("Total rows: 2",), ())


def test_file_without_a_header(bench: Workbench, tmp_path: Path) -> None:
    error = refusal(bench, written(tmp_path, "17;Пермь;01.11.2026\n18;Омск;02.11.2026\n".encode()))
    assert (error.code, error.text.ru) == (
        "file-no-header",
        "В файле «файл.csv» нет строки с названиями столбцов: уже первая строка похожа на данные "
        "(17, Пермь, 01.11.2026). Добавьте названия или укажите строку заголовка: header_row.",
    )


def test_header_without_rows(bench: Workbench, tmp_path: Path) -> None:
    error = refusal(bench, written(tmp_path, HEADER.encode()))
    assert (error.code, error.text.ru) == (
        "file-no-rows",
        "В файле «файл.csv» есть названия столбцов и нет ни одной строки данных. Проверьте период и отбор "
        "выгрузки и выгрузите ещё раз.",
    )
