"""Which sentence does a person read when a file or a row of it cannot be used?

Every reason has a stable code for the log and one sentence with the way out, in both languages.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from smarketing.facts.errors import WrongInput, did_you_mean
from smarketing.facts.language import Text

_NEAR = 0.75  # «Продажа» and «Проиграна» share 0.63: a hint between opposites is worse than none

FILE_REASONS: dict[str, Text] = {
    "file-missing": Text(
        "Файла «{file}» нет. Проверьте путь.",
        "There is no file “{file}”. Check the path.",
    ),
    "file-empty": Text(
        "Файл «{file}» пуст. Выгрузите его ещё раз.",
        "The file “{file}” is empty. Export it again.",
    ),
    "file-unreadable": Text(
        "Файл «{file}» не читается как таблица: он повреждён или это другой формат. "
        "Подходят CSV, XLSX, Parquet и они же в .gz.",
        "The file “{file}” cannot be read as a table: it is damaged or of another format. "
        "CSV, XLSX, Parquet and the same in .gz will do.",
    ),
    "file-other-kind": Text(
        "Файл «{file}» — {kind}, а не таблица. Выгрузите таблицу в CSV или XLSX.",
        "The file “{file}” is {kind} and no table. Export a table as CSV or XLSX.",
    ),
    "file-archive": Text(
        "Файл «{file}» — архив. Распакуйте его и загрузите таблицу, которая внутри.",
        "The file “{file}” is an archive. Unpack it and load the table inside.",
    ),
    "file-long-line": Text(
        "В файле «{file}» строка {row} длиннее 64 МБ: похоже, выгрузка оборвалась или испорчена. Выгрузите файл "
        "ещё раз или удалите эту строку.",
        "In “{file}” line {row} is longer than 64 MB: the export seems cut or damaged. Export the file again or "
        "delete that line.",
    ),
    "file-encoding": Text(
        "Кодировка файла «{file}» не распознана: текст не похож ни на UTF-8, ни на Windows-1251, ни на UTF-16. "
        "Первый знак, который не читается как UTF-8, — в строке {row}. Сохраните файл в UTF-8.",
        "The encoding of “{file}” is not recognised: the text is neither UTF-8 nor Windows-1251 nor UTF-16. "
        "The first sign that cannot be read as UTF-8 is in line {row}. Save the file as UTF-8.",
    ),
    "file-wrong-byte": Text(
        "Файл «{file}» записан в {encoding}, а в строке {row} стоит знак другой кодировки: так бывает, когда в "
        "файл попал текст из другой программы или выгрузка оборвалась. Исправьте эту строку или выгрузите файл "
        "ещё раз.",
        "The file “{file}” is written in {encoding}, but line {row} has a sign of another encoding: this happens "
        "when text of another program got into the file or the export was cut. Correct that line or export the "
        "file again.",
    ),
    "file-wrong-encoding": Text(
        "Файл «{file}» не читается в кодировке {encoding}, которую назвала схема{where}. "
        "Уберите encoding из схемы, и кодировка определится сама.",
        "The file “{file}” cannot be read as {encoding}, which the mapping names{where}. "
        "Remove encoding from the mapping and it will be detected.",
    ),
    "file-mojibake": Text(
        "Текст файла «{file}» испорчен при сохранении: вместо букв знаки вида «{sample}». "
        "Выгрузите файл ещё раз в UTF-8.",
        "The text of “{file}” was spoilt when it was saved: it shows “{sample}” in place of letters. "
        "Export the file again as UTF-8.",
    ),
    "file-html": Text(
        "В файле «{file}» веб-страница без таблицы с данными. Так бывает, когда вместо выгрузки сохранилась "
        "страница входа или ошибки: войдите и выгрузите файл ещё раз, лучше в CSV.",
        "The file “{file}” holds a web page without a table of data. This happens when a page of sign-in or of an "
        "error was saved in place of the export: sign in and export the file again, best as CSV.",
    ),
    "file-spans": Text(
        "В таблице файла «{file}» есть объединённые ячейки, и неясно, под каким заголовком стоят соседние. "
        "Выгрузите CSV или XLSX либо разъедините ячейки в Excel и сохраните как XLSX.",
        "The table of “{file}” has merged cells, and it is unclear under which heading their neighbours stand. "
        "Export CSV or XLSX, or unmerge the cells in Excel and save as XLSX.",
    ),
    "file-xml": Text(
        "Файл «{file}» — таблица Excel в старом формате XML. Откройте её в Excel и сохраните как XLSX или CSV.",
        "The file “{file}” is a spreadsheet in Excel's old XML. Open it in Excel and save it as XLSX or CSV.",
    ),
    "file-two-tables": Text(
        "В файле «{file}» несколько таблиц одна под другой, как в сводных отчётах аналитики. Выгрузите одну "
        "таблицу с датой: в Google Analytics 4 это исследование в свободной форме со строками «Дата», "
        "«Источник сеанса» и «Кампания сеанса».",
        "The file “{file}” holds several tables one below another, as overviews of web analytics do. Export one "
        "table with the date: in Google Analytics 4 a free-form exploration with the rows Date, "
        "Session source and Session campaign.",
    ),
    "file-bomb": Text(
        "Файл «{file}» распаковывается слишком сильно: {unpacked} при пределе {limit}. "
        "Похоже на ошибку или на вредоносный файл; разделите выгрузку на части.",
        "The file “{file}” unpacks to too much: {unpacked}, the limit is {limit}. "
        "It looks like a mistake or a harmful file; split the export into parts.",
    ),
    "file-password": Text(
        "Файл «{file}» закрыт паролем. Снимите пароль в Excel и сохраните файл ещё раз.",
        "The file “{file}” is locked by a password. Remove the password in Excel and save it again.",
    ),
    "file-no-header": Text(
        "В файле «{file}» нет строки с названиями столбцов: уже первая строка похожа на данные ({sample}). "
        "Добавьте названия или укажите строку заголовка: header_row.",
        "The file “{file}” has no row with column names: its first row looks like data ({sample}). "
        "Add the names or say which row holds them: header_row.",
    ),
    "file-no-rows": Text(
        "В файле «{file}» есть названия столбцов и нет ни одной строки данных. Проверьте период и отбор выгрузки "
        "и выгрузите ещё раз.",
        "The file “{file}” has column names and not a single row of data. Check the period and the filter of the "
        "export and export again.",
    ),
    "file-no-sheet": Text(
        "В книге «{file}» нет листа «{sheet}». {hint}",
        "The workbook “{file}” has no sheet “{sheet}”. {hint}",
    ),
    "column-missing": Text(
        "В файле «{file}» нет столбца «{column}», который нужен схеме «{mapping}». {hint}",
        "The file “{file}” has no column “{column}”, which the mapping “{mapping}” needs. {hint}",
    ),
    "column-repeated": Text(
        "В файле «{file}» столбец «{column}» встречается несколько раз, и неясно, какой из них нужен схеме. "
        "Переименуйте лишние.",
        "The file “{file}” has several columns “{column}”, and it is unclear which one the mapping means. "
        "Rename the others.",
    ),
    "dates-ambiguous": Text(
        "В файле «{file}» в столбце «{column}» неясно, где день и где месяц: {sample}. "
        'Укажите в схеме date_order = "dmy" или "mdy".',
        "In “{file}” the column “{column}” does not tell the day from the month: {sample}. "
        'Say date_order = "dmy" or "mdy" in the mapping.',
    ),
    "not-recognised": Text(
        "Не узнали файл «{file}» по названиям столбцов: {headings}. "
        "Нужна схема, какой столбец что значит: черновик составляет проверка файла (--check или страница "
        "«Данные»), поправьте его и сохраните.",
        "The file “{file}” was not recognised by its column names: {headings}. "
        "It needs a mapping that says what each column is: a check of the file (--check or the page “Data”) makes "
        "a draft to correct and save.",
    ),
    "nothing-to-load": Text(
        "В папке «{file}» нет таблиц с фактами: ждём leads.csv, payments.xlsx и другие.",
        "The folder “{file}” has no tables of facts: leads.csv, payments.xlsx and others are expected.",
    ),
}

ROW_REASONS: dict[str, Text] = {
    "missing": Text(
        "Пусто обязательное поле «{column}».",
        "The required field “{column}” is empty.",
    ),
    "bad-moment": Text(
        "«{value}» в поле «{column}» не похоже на дату.",
        "“{value}” in “{column}” is not a date.",
    ),
    "impossible-date": Text(
        "Невозможная дата «{value}» в поле «{column}».",
        "“{value}” in “{column}” is an impossible date.",
    ),
    "bad-money": Text(
        "«{value}» в поле «{column}» не похоже на сумму.",
        "“{value}” in “{column}” is not a sum of money.",
    ),
    "bad-number": Text(
        "«{value}» в поле «{column}» не похоже на число.",
        "“{value}” in “{column}” is not a number.",
    ),
    "ambiguous-number": Text(
        "Неясно, что значит «{value}» в поле «{column}»: в столбце встречаются и десятичная запятая, и точка.",
        "It is unclear what “{value}” in “{column}” means: the column has both a decimal comma and a point.",
    ),
    "bad-flag": Text(
        "«{value}» в поле «{column}» не читается как «да» или «нет».",
        "“{value}” in “{column}” reads neither as yes nor as no.",
    ),
    "out-of-range": Text(
        "Число «{value}» в поле «{column}» вне допустимых пределов.",
        "The number “{value}” in “{column}” is out of range.",
    ),
    "unknown-value": Text(
        "Неизвестное значение «{value}» в поле «{column}». {hint}",
        "Unknown value “{value}” in “{column}”. {hint}",
    ),
    "unknown-stage": Text(
        "Стадии «{value}» нет среди стадий компании. {hint}",
        "“{value}” is not among the company's stages. {hint}",
    ),
    "unknown-currency": Text(
        "Нет курса для валюты «{value}»: добавьте его в раздел [rates].",
        "There is no rate for the currency “{value}”: add it to [rates].",
    ),
    "formula-error": Text(
        "В поле «{column}» ошибка формулы Excel: {value}.",
        "The field “{column}” holds an Excel formula error: {value}.",
    ),
    "conflict": Text(
        "Ключ «{value}» встречается в загрузке несколько раз с разным содержанием. Оставьте верную строку или "
        "дайте другой ключ.",
        "The key “{value}” occurs several times in this load with different content. Keep the right row or give "
        "another key.",
    ),
    "wrong-cells": Text(
        "В строке ячеек {there}, а названий столбцов {wanted}: {value}.",
        "The row has {there} cells, the header names {wanted}: {value}.",
    ),
    "open-quote": Text(
        "Кавычка в этой строке открыта и не закрыта, в одну ячейку попало строк файла: {lines}. Закройте или "
        "уберите кавычку в файле и загрузите его снова: {value}.",
        "A quote is opened in this row and not closed, one cell took in more lines of the file: {lines}. Close or "
        "remove the quote in the file and load it again: {value}.",
    ),
}


def nearest(word: str, known: Iterable[str]) -> Text:
    """The nearest of the known words whatever the case, as :func:`did_you_mean` says it."""
    spelled = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), spelled, n=1, cutoff=_NEAR)
    if near:
        return did_you_mean(spelled[near[0]], [spelled[near[0]]])
    listed = ", ".join(sorted(set(spelled.values()))[:20]) or "—"
    return Text(f"Известны: {listed}.", f"Known: {listed}.")


def wrong_file(code: str, **places: object) -> WrongInput:
    """The error about a file as a whole, its places filled."""
    return WrongInput(code, FILE_REASONS[code].fill(**places))


def row_reason(code: str, **places: object) -> Text:
    """What is said of one quarantined row."""
    return ROW_REASONS[code].fill(**places)
