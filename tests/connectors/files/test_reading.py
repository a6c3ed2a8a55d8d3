# ruff: noqa: DTZ001 - the lake stores moments in UTC without a mark, and so do the tables of a reading
from __future__ import annotations

import gzip
import zipfile
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from smarketing.connectors.files.expressions import FORMULA_ERRORS, formula_error
from smarketing.connectors.files.reading import Sheet, Workbench, trimmed
from smarketing.connectors.files.sniffing import Hints
from smarketing.connectors.files.workbooks import Limits
from smarketing.facts.errors import WrongInput

HEADER = "Номер;Город;Сумма\n"


def rows(bench: Workbench, sheet: Sheet) -> list[tuple[object, ...]]:
    return bench.rows(f'SELECT * FROM {sheet.relation} ORDER BY "row"')


def written(folder: Path, content: bytes, name: str = "файл.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def refusal(bench: Workbench, path: Path, **options: object) -> WrongInput:
    with pytest.raises(WrongInput) as caught:
        bench.read(path, **options)  # type: ignore[arg-type]
    return caught.value


def grid(path: Path, cells: list[list[object]], sheet: str = "Лист1") -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        day = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        for row, line in enumerate(cells):
            for column, cell in enumerate(line):
                if isinstance(cell, datetime):
                    page.write_datetime(row, column, cell, day)
                else:
                    page.write(row, column, cell)
    return path


def test_nineteen_digit_ids_survive(bench: Workbench, tmp_path: Path) -> None:
    sheet = bench.read(written(tmp_path, b"Id,Name\n5805028000040726090,a\n"))
    assert rows(bench, sheet) == [(2, "5805028000040726090", "a")]


def test_a_file_name_that_looks_like_a_pattern_is_one_file(bench: Workbench, tmp_path: Path) -> None:
    written(tmp_path, b"a,b\n9,9\n", "deals 1.csv")
    sheet = bench.read(written(tmp_path, b"a,b\n1,2\n", "deals [1]*.csv"))
    assert rows(bench, sheet) == [(2, "1", "2")]


def test_nameless_and_repeated_headings_are_told(bench: Workbench, tmp_path: Path) -> None:
    sheet = bench.read(written(tmp_path, b"id,note,note,\n1,a,b,\n"))
    assert sheet.headings == ("id", "note", "note (2)", "№ 4")
    assert sheet.sniffed.repeated == ("note",)


def test_gzip_is_unpacked(bench: Workbench, tmp_path: Path) -> None:
    sheet = bench.read(written(tmp_path, gzip.compress(b"a,b\n1,2\n"), "x.csv.gz"))
    assert sheet.sniffed.packed
    assert rows(bench, sheet) == [(2, "1", "2")]


def test_workbook_gives_ids_dates_and_numbers_as_text(bench: Workbench, tmp_path: Path) -> None:
    cells = [
        ["Отчёт"],
        ["Номер", "Когда", "Сумма"],
        ["5805028000040726090", datetime(2026, 11, 3, 10, 30), 1500.5],
    ]
    sheet = bench.read(grid(tmp_path / "a.xlsx", cells))
    assert rows(bench, sheet) == [(3, "5805028000040726090", "2026-11-03 10:30:00", "1500.5")]
    assert (sheet.sniffed.sheet, sheet.sniffed.titles) == ("Лист1", ("Отчёт",))


def test_workbook_errors_of_formulas_stay_visible(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["a", "b"])
        page.write(1, 0, "x")
        page.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    assert rows(bench, bench.read(path)) == [(2, "x", "#DIV/0!")]


def test_workbook_says_that_excel_rounded_long_numbers(bench: Workbench, tmp_path: Path) -> None:
    sheet = bench.read(grid(tmp_path / "a.xlsx", [["Id", "b"], [5805028000040726090, 1]]))
    assert sheet.sniffed.notes[0].ru == (
        "Excel уже округлил длинные числа: 1 шт. Номера из 16 и более цифр храните как текст."
    )


def test_workbook_says_which_sheet_was_taken(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Сделки", "Справка"):
            book.add_worksheet(name).write_row(0, 0, ["a", "b"])
            book.get_worksheet_by_name(name).write_row(1, 0, ["1", name])
    assert bench.read(path).sniffed.notes[0].ru == "Взят лист «Сделки»; не взяты: Справка."
    assert rows(bench, bench.read(path, hints=Hints(sheet="Справка"))) == [(2, "1", "Справка")]


def test_parquet_is_read_as_text(bench: Workbench, tmp_path: Path) -> None:
    table = pa.table({"id": ["5805028000040726090"], "day": [date(2026, 11, 3)], "n": [1.5]})
    pq.write_table(table, tmp_path / "a.parquet")
    assert rows(bench, bench.read(tmp_path / "a.parquet")) == [(1, "5805028000040726090", "2026-11-03", "1.5")]


# --- what cannot be read: one clear sentence each -------------------------------------------------------------


def test_missing_file(bench: Workbench, tmp_path: Path) -> None:
    error = refusal(bench, tmp_path / "нет.csv")
    assert (error.code, error.text.ru) == ("file-missing", "Файла «нет.csv» нет. Проверьте путь.")


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_empty_file(bench: Workbench, tmp_path: Path, content: bytes) -> None:
    error = refusal(bench, written(tmp_path, content))
    assert (error.code, error.text.ru) == ("file-empty", "Файл «файл.csv» пуст. Выгрузите его ещё раз.")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.gz", b"\x1f\x8b\x08\x00broken"),
        ("a.parquet", b"PAR1 and nothing more"),
        ("a.xlsx", b"PK\x03\x04 torn"),
    ],
)
def test_unreadable_file(bench: Workbench, tmp_path: Path, name: str, content: bytes) -> None:
    error = refusal(bench, written(tmp_path, content, name))
    assert (error.code, error.text.ru) == (
        "file-unreadable",
        f"Файл «{name}» не читается как таблица: он повреждён или это другой формат. "
        "Подходят CSV, XLSX, Parquet и они же в .gz.",
    )


def test_bytes_of_no_known_kind_are_text_in_no_encoding(bench: Workbench, tmp_path: Path) -> None:
    picture = b"\x88QNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))
    assert refusal(bench, written(tmp_path, picture)).code == "file-encoding"


def test_text_in_an_unknown_encoding(bench: Workbench, tmp_path: Path) -> None:
    error = refusal(bench, written(tmp_path, b"a,b\n\xff\xfe\xfa,\x98\x81\x90\n"))
    assert (error.code, error.text.ru) == (
        "file-encoding",
        "Кодировка файла «файл.csv» не распознана: текст не похож ни на UTF-8, ни на Windows-1251, ни на UTF-16. "
        "Первый знак, который не читается как UTF-8, — в строке 2. Сохраните файл в UTF-8.",
    )


@pytest.mark.parametrize(
    ("content", "encoding", "row"),
    [
        ("Город,b\nПермь,1\n".encode() + "Ю".encode("cp1251") + ",2\nОрёл,3\n".encode(), "UTF-8", 3),
        ("Город,b\nПермь,1\nОрёл".encode()[:-1], "UTF-8", 3),  # an export cut in the middle of a letter
        (b"\xef\xbb\xbfa,b\n\xde,1\n", "UTF-8", 2),
        ("Город,b\n".encode() + b"x,1\n" * 1_100_000 + b"\xde,2\n", "UTF-8", 1_100_002),
        ("Город,b\nПермь,1\n".encode("utf-16") + b"\x00\xdcx\x00", "UTF-16", 3),
    ],
    ids=["a letter of Windows-1251", "a cut letter", "behind a mark", "far below", "half a pair in UTF-16"],
)
def test_the_first_sign_of_another_encoding_is_named_by_its_line(
    bench: Workbench, tmp_path: Path, content: bytes, encoding: str, row: int
) -> None:
    error = refusal(bench, written(tmp_path, content))
    assert (error.code, error.text.ru, error.text.en) == (
        "file-wrong-byte",
        f"Файл «файл.csv» записан в {encoding}, а в строке {row} стоит знак другой кодировки: так бывает, когда "
        "в файл попал текст из другой программы или выгрузка оборвалась. Исправьте эту строку или выгрузите "
        "файл ещё раз.",
        f"The file “файл.csv” is written in {encoding}, but line {row} has a sign of another encoding: this "
        "happens when text of another program got into the file or the export was cut. Correct that line or "
        "export the file again.",
    )


def test_encoding_named_wrong_by_the_mapping(bench: Workbench, tmp_path: Path) -> None:
    error = refusal(bench, written(tmp_path, "City,b\nПермь,1\n".encode("cp1251")), hints=Hints(encoding="utf-8"))
    assert (error.code, error.text.ru) == (
        "file-wrong-encoding",
        "Файл «файл.csv» не читается в кодировке utf-8, которую назвала схема: мешает строка 2. "
        "Уберите encoding из схемы, и кодировка определится сама.",
    )


def test_encoding_of_the_mapping_that_does_not_exist(bench: Workbench, tmp_path: Path) -> None:
    error = refusal(bench, written(tmp_path, b"a,b\n1,2\n"), hints=Hints(encoding="utf-9"))
    assert error.text.en == (
        "The file “файл.csv” cannot be read as utf-9, which the mapping names. "
        "Remove encoding from the mapping and it will be detected."
    )


def test_text_spoilt_by_a_double_encoding(bench: Workbench, tmp_path: Path) -> None:
    spoilt = "Источник,b\nа,1\n".encode().decode("cp1251", errors="ignore")
    assert refusal(bench, written(tmp_path, spoilt.encode())).code == "file-mojibake"


@pytest.mark.parametrize("start", ["<!DOCTYPE html><html>", "  <html>", "<table><tr>"])
def test_web_page_named_csv(bench: Workbench, tmp_path: Path, start: str) -> None:
    error = refusal(bench, written(tmp_path, f"{start}<body>Войти</body>".encode()))
    assert (error.code, error.text.ru) == (
        "file-html",
        "В файле «файл.csv» веб-страница без таблицы с данными. Так бывает, когда вместо выгрузки сохранилась "
        "страница входа или ошибки: войдите и выгрузите файл ещё раз, лучше в CSV.",
    )


def test_gzip_bomb(tmp_path: Path) -> None:
    with Workbench(Limits(unpacked=1024**2)) as bench:
        path = written(tmp_path, gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000), "x.csv.gz")
        error = refusal(bench, path)
    assert error.code == "file-bomb"
    assert error.text.ru.startswith("Файл «x.csv.gz» распаковывается слишком сильно: ")


def test_workbook_bomb_by_size(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("xl/workbook.xml", "<workbook/>")
        pack.writestr("xl/worksheets/sheet1.xml", b" " * 5_000_000)
    with Workbench(Limits(unpacked=1024**2)) as bench:
        assert refusal(bench, path).code == "file-bomb"


def test_workbook_with_one_cell_in_the_far_corner(bench: Workbench, tmp_path: Path) -> None:
    path = grid(tmp_path / "x.xlsx", [["a", "b"], ["1", "2"]])
    far = tmp_path / "far.xlsx"
    with zipfile.ZipFile(path) as pack, zipfile.ZipFile(far, "w") as other:
        for name in pack.namelist():
            content = pack.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            other.writestr(name, content)
    error = refusal(bench, far)
    assert (error.code, error.text.ru.replace("\u00a0", " ")) == (
        "file-bomb",
        "Файл «far.xlsx» распаковывается слишком сильно: 1 048 576 × 16 384 ячеек при пределе 60 000 000 ячеек. "
        "Похоже на ошибку или на вредоносный файл; разделите выгрузку на части.",
    )


def test_workbook_under_a_password(bench: Workbench, tmp_path: Path) -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")
    error = refusal(bench, written(tmp_path, locked, "отчёт.xlsx"))
    assert (error.code, error.text.ru) == (
        "file-password",
        "Файл «отчёт.xlsx» закрыт паролем. Снимите пароль в Excel и сохраните файл ещё раз.",
    )


def test_workbook_without_the_named_sheet(bench: Workbench, tmp_path: Path) -> None:
    path = grid(tmp_path / "x.xlsx", [["a", "b"], ["1", "2"]], sheet="Сделки")
    error = refusal(bench, path, hints=Hints(sheet="Сделка"))
    assert (error.code, error.text.ru) == (
        "file-no-sheet",
        "В книге «x.xlsx» нет листа «Сделка». Возможно, имелось в виду «Сделки».",
    )


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("vk", "vk"),
        ("  vk ", "vk"),
        ("vk\u00a0", "vk"),
        ("\u00a0vk", "vk"),
        ("\u2009вк\u202f", "вк"),
        ("вк реклама", "вк реклама"),
        ("!vk", "!vk"),
        ("\tvk", "\tvk"),
        ("~", "~"),
        ("   ", None),
        ("\u00a0", None),
        ("", None),
        (None, None),
    ],
)
def test_trimmed_takes_away_spaces_of_every_width_and_nothing_else(
    bench: Workbench, cell: str | None, said: str | None
) -> None:
    bench.connection.register("cells", pa.table({"c0": pa.array([cell], pa.string())}))
    assert bench.one(f"SELECT {trimmed('c0')} FROM cells") == (said,)
    assert bench.one("SELECT NULLIF(TRIM(c0), '') FROM cells") == (said,)


@pytest.mark.parametrize(
    ("text", "is_error"),
    [("#REF!", True), ("#name?", True), ("#имя?", True), ("#Н/Д", True), ("#NAMES", False), ("REF!", False)],
)
def test_errors_of_formulas_are_known_in_any_case(bench: Workbench, text: str, is_error: bool) -> None:
    bench.connection.register("cells", pa.table({"c0": [text]}))
    assert bench.one(f"SELECT COALESCE({formula_error('c0')}, FALSE) FROM cells") == (is_error,)


def test_every_error_of_a_formula_is_known(bench: Workbench) -> None:
    bench.connection.register("cells", pa.table({"c0": list(FORMULA_ERRORS)}))
    assert bench.one(f"SELECT COUNT(*) FROM cells WHERE {formula_error('c0')}") == (len(FORMULA_ERRORS),)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (
            b"%PDF-1.4\n%\xe2\xe3",
            "Файл «файл.csv» — документ PDF, а не таблица. Выгрузите таблицу в CSV или XLSX.",
        ),
        (b"\x89PNG\r\n\x1a\n", "Файл «файл.csv» — картинка, а не таблица. Выгрузите таблицу в CSV или XLSX."),
        (b"Rar!\x1a\x07", "Файл «файл.csv» — архив RAR, а не таблица. Выгрузите таблицу в CSV или XLSX."),
    ],
)
def test_what_is_no_table_is_called_by_its_name(bench: Workbench, tmp_path: Path, start: bytes, said: str) -> None:
    error = refusal(bench, written(tmp_path, start + b"x" * 100))
    assert (error.code, error.text.ru) == ("file-other-kind", said)


def test_a_zip_is_to_be_unpacked(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "deals.zip"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("deals.csv", "ID;Дата\n1;2026-11-01\n")
    assert refusal(bench, path).text.ru == (
        "Файл «deals.zip» — архив. Распакуйте его и загрузите таблицу, которая внутри."
    )


def test_nothing_but_the_answer_goes_to_standard_output(bench: Workbench) -> None:
    """DuckDB draws a bar there when a question takes long, in the middle of what a program reads as JSON."""
    assert bench.one("SELECT current_setting('enable_progress_bar')") == (False,)
    assert bench.one("SELECT current_setting('TimeZone')") == ("UTC",)
