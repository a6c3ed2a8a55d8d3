"""How was a file read, in words? The terminal and the page of an upload say it alike."""

from __future__ import annotations

from dataclasses import dataclass

from smarketing.connectors.files.asides import headings_of
from smarketing.connectors.files.gathering import FileReading
from smarketing.connectors.files.reading import Sheet
from smarketing.connectors.files.sniffing import Sniffed
from smarketing.connectors.files.values import Decision, formats_said
from smarketing.facts.language import Text, same
from smarketing.facts.tables import TABLES


@dataclass(frozen=True)
class ColumnRead:
    """One column of dates or numbers: its heading in the file (empty: no cell makes it), the fact, how."""

    heading: str
    became: Text
    how: Text


def columns_read(file: FileReading) -> tuple[ColumnRead, ...]:
    """Every column of a file in which a date or a number was recognised, in the order of the mapping."""
    found = []
    for key, decision in file.decisions.items():
        how = decision_said(decision)
        if how is not None:
            found.append(ColumnRead(_heading(file, key), _became(key), how))
    return tuple(dict.fromkeys(found))


def decision_said(decision: Decision) -> Text | None:
    """How a column is read; None where it is empty."""
    said = [*_dates(decision), *_numbers(decision)]
    return Text("; ".join(one.ru for one in said), "; ".join(one.en for one in said)) if said else None


def delimiter_said(sniffed: Sniffed) -> Text | None:
    """The delimiter of a text file by a name that can be seen; None for a file that has none."""
    if sniffed.delimiter is None:
        return None
    named = Text("табуляция", "tab") if sniffed.delimiter == "\t" else same(f"«{sniffed.delimiter}»")
    return Text("разделитель {named}", "delimiter {named}").fill(named=named)


def _dates(decision: Decision) -> list[Text]:
    said = []
    if decision.formats:
        said.append(
            Text("даты вида {formats}", "dates like {formats}").fill(formats=formats_said(decision.formats))
        )
    if decision.undecided:
        unclear = Text("порядок дня и месяца неясен: {sample}", "day or month first: {sample}")
        said.append(unclear.fill(sample=decision.undecided))
    return said


def _numbers(decision: Decision) -> list[Text]:
    said = []
    if decision.plain:
        said.append(Text("числа как есть", "numbers as they stand"))
    elif decision.mixed:
        said.append(Text("в числах и запятая, и точка", "numbers with comma and point"))
    elif decision.assumed:  # the sign was taken for thousands, so nothing is known of a decimal one
        read = Text("числа вида {sample} прочитаны как тысячи", "numbers like {sample} read as thousands")
        said.append(read.fill(sample=decision.assumed))
    elif decision.decimal == ",":
        said.append(Text("десятичная запятая", "decimal comma"))
    elif decision.decimal == ".":
        said.append(Text("десятичная точка", "decimal point"))
    if decision.around:
        left = Text(
            "пробелы и знаки при цифрах отброшены: «{sample}»",
            "spaces and signs beside digits left out: “{sample}”",
        )
        said.append(left.fill(sample=decision.around))
    return said


def _heading(file: FileReading, key: str) -> str:
    """«0/leads/created_at» as the file calls it."""
    place, _, column = key.split("/", 2)
    return " / ".join(headings_of(Sheet("", file.sniffed), file.mapping, int(place), column))


def _became(key: str) -> Text:
    """«0/leads/created_at» as a person calls it: «лиды, создан»."""
    _, table, column = key.split("/", 2)
    fact = TABLES[table]
    named = fact.column(column).label if column in fact.names else same(column)
    return Text("{table}, {column}", "{table}, {column}").fill(table=fact.label, column=named)
