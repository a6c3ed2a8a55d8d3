"""Has every row of a text the number that a spreadsheet shows beside it?"""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from smarketing.connectors.files.lines import empty_places
from smarketing.connectors.files.reading import Misfit, Workbench


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
    assert empty_places(path, 1, 2) == [1]
    path.write_bytes(b"head\n1,2\n3,4\n\n\n\n")
    assert empty_places(path, 1, 2) == []
