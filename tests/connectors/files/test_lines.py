"""Is every row of a text told apart, with the number that a spreadsheet shows beside it?"""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from smarketing.connectors.files.lines import empty_places
from smarketing.connectors.files.reading import Misfit, Workbench
from smarketing.connectors.files.workbooks import Limits
from tests.connectors.files.test_reading import HEADER, refusal, rows, written


def _read(bench: Workbench, path: Path, content: bytes) -> tuple[list[tuple[object, ...]], tuple[Misfit, ...]]:
    path.write_bytes(content)
    sheet = bench.read(path)
    return bench.rows(f'SELECT * FROM {sheet.relation} ORDER BY "row"'), sheet.misfits


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_below_empty_lines_keep_the_number_that_a_spreadsheet_shows(
    bench: Workbench, tmp_path: Path, end: str
) -> None:
    lines = ["a,b", "", "1,x", "", "", "2,y,more", '3,"z', "", 'z"', "4", "", "5,w", "", ""]
    found, misfits = _read(bench, tmp_path / "a.csv", end.join(lines).encode())
    assert found == [(3, "1", "x"), (7, "3", f"z{end}{end}z"), (10, "5", "w")]
    assert misfits == (Misfit(6, "2,y,more"), Misfit(8, "4"))


def test_a_title_above_the_header_and_empty_lines_below_it(bench: Workbench, tmp_path: Path) -> None:
    found, misfits = _read(bench, tmp_path / "a.csv", "Отчёт\n\na;b\n\n1;x\n2\n\n3;y\n".encode())
    assert [row[1:] for row in found] == [("1", "x"), ("3", "y")]
    first = int(str(found[0][0]))
    assert (found[1][0], misfits) == (first + 3, (Misfit(first + 1, "2"),))


def test_spoilt_quotes_are_read_row_by_row_with_the_same_numbers(bench: Workbench, tmp_path: Path) -> None:
    found, misfits = _read(bench, tmp_path / "a.csv", b'a,b,c\n\n"",\n\n"abc"d,"x",1\n\n\n2,y,z\n')
    assert found == [(5, "abcd", "x", "1"), (8, "2", "y", "z")]
    assert [misfit.row for misfit in misfits] == [3]


def test_an_empty_line_of_a_single_column_is_a_row_without_a_value(bench: Workbench, tmp_path: Path) -> None:
    found, misfits = _read(bench, tmp_path / "a.csv", b"Id\n1\n\n2\n")
    assert (found, misfits) == ([(2, "1"), (3, None), (4, "2")], ())


@pytest.mark.parametrize("seed", range(40))
def test_whatever_stands_between_them_rows_are_numbered_as_they_lie(
    bench: Workbench, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=chance.choice(["\n", "\r\n"]))
    writer.writerow(["a", "b"])
    kept, wrong = [], []
    for row in range(2, 2 + chance.randrange(1, 60)):
        kind = chance.random()
        if kind < 0.3:
            text.write("\n")
        elif kind < 0.5:
            writer.writerow([str(row)] * chance.choice([1, 3]))
            wrong.append(row)
        else:
            cells = [str(row), chance.choice(["x", "x\ny", 'say "ho"', "\n\n"])]
            writer.writerow(cells)
            kept.append((row, *cells))
    found, misfits = _read(bench, tmp_path / "a.csv", text.getvalue().encode())
    assert [row[:2] for row in found] == [row[:2] for row in kept]
    assert [misfit.row for misfit in misfits] == wrong


def test_empty_lines_at_the_end_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"head\n1,2\n\n3,4\n\n\n\n")
    assert empty_places(path, 1) == [1]
    path.write_bytes(b"head\n1,2\n3,4\n\n\n\n")
    assert empty_places(path, 1) == []


def test_rows_with_another_number_of_cells_keep_their_place(bench: Workbench, tmp_path: Path) -> None:
    sheet = bench.read(written(tmp_path, b"a,b\n1,x\n2\n3,y\n4,z,extra\n5,w\n"))
    assert sheet.misfits == (Misfit(3, "2"), Misfit(5, "4,z,extra"))
    assert rows(bench, sheet) == [(2, "1", "x"), (4, "3", "y"), (6, "5", "w")]
    assert sheet.sniffed.rows == 5


def test_quotes_hold_delimiters_and_newlines(bench: Workbench, tmp_path: Path) -> None:
    sheet = bench.read(written(tmp_path, b'a,b\n"1,5","x\ny"\n2,"say ""hi"""\n'))
    assert rows(bench, sheet) == [(2, "1,5", "x\ny"), (3, "2", 'say "hi"')]


def test_spoilt_quotes_do_not_shift_cells(bench: Workbench, tmp_path: Path) -> None:
    sheet = bench.read(written(tmp_path, b'a,b,c\n"",\n"abc"d,"abc"d,1, \n"abc"d,"x",1\n2,y,z\n'))
    assert rows(bench, sheet) == [(4, "abcd", "x", "1"), (5, "2", "y", "z")]
    assert [(one.row, one.line) for one in sheet.misfits] == [(2, ","), (3, "abcd,abcd,1, ")]


def test_a_heading_on_two_lines_and_windows_line_ends(bench: Workbench, tmp_path: Path) -> None:
    sheet = bench.read(written(tmp_path, b'id,"sum,\r\nRUB"\r\n1,5\r\n2,6\r\n'))
    assert sheet.headings == ("id", "sum, RUB")
    assert rows(bench, sheet) == [(2, "1", "5"), (3, "2", "6")]


@pytest.mark.parametrize("misfits", [(2,), (2, 3, 7), (5, 9, 10, 11), (11, 12), (3, 5, 7, 9, 11)])
def test_every_row_keeps_its_number_among_rows_of_another_width(
    bench: Workbench, tmp_path: Path, misfits: tuple[int, ...]
) -> None:
    lines = [f"{row};Омск" if row in misfits else f"{row};Омск;{row}" for row in range(2, 13)]
    sheet = bench.read(written(tmp_path, (HEADER + "\n".join(lines)).encode()))
    kept = [row for row in range(2, 13) if row not in misfits]
    assert rows(bench, sheet) == [(row, str(row), "Омск", str(row)) for row in kept]
    assert [misfit.row for misfit in sheet.misfits] == list(misfits)


def test_a_line_too_long_to_be_one_is_named(tmp_path: Path) -> None:
    """The reader of tables drops such a row without a word, so the counts would agree and a row be lost."""
    with Workbench(Limits(line=1000)) as bench:
        path = written(tmp_path, b"a,b\n1,x\n2," + b"y" * 2500 + b"\n3,z\n")
        error = refusal(bench, path)
        assert error.code == "file-long-line"
        assert error.text.ru.startswith("В файле «файл.csv» строка 3 длиннее 64 МБ")
        fine = bench.read(written(tmp_path, b"a,b\n" + b"1,x\n" * 900))
        assert fine.sniffed.rows == 900
