"""How is a load told: what was recognised, how many rows came in and where they went?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from smarketing.connectors.files.gathering import FileReading
from smarketing.connectors.files.told import ColumnRead, columns_read, delimiter_said
from smarketing.connectors.files.totals import Totals
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text, same
from smarketing.facts.tables import TABLES
from smarketing.jobs.load import LoadReport
from smarketing.jobs.quarantine import QuarantinedRow
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import DASH, EN_DASH, money_scale, say_count, say_day, say_moment, say_number

KIND_NAMES = {
    "moment": Text("дата и время", "date and time"),
    "day": Text("дата", "date"),
    "number": Text("число", "number"),
    "id": Text("номер записи", "record number"),
    "flag": Text("да или нет", "yes or no"),
    "phone": Text("телефон", "phone"),
    "email": Text("почта", "e-mail"),
    "duration": Text("длительность", "duration"),
    "text": Text("текст", "text"),
    "empty": Text("пусто", "empty"),
}


@dataclass(frozen=True)
class CountLine:
    table: Text
    received: str
    accepted: str
    quarantined: str
    repeated: str
    adds_up: bool


@dataclass(frozen=True)
class LoadLine:
    id: str
    at: Text
    who: str
    files: tuple[str, ...]
    received: str
    accepted: str
    quarantined: str
    version: str
    mended: bool
    has_aside: bool


def count_lines(counts: Mapping[str, Any], language: Language) -> list[CountLine]:
    """Received, accepted and quarantined of every table; whether the three agree is shown, not assumed."""
    lines = []
    for table, count in counts.items():
        received, accepted, quarantined, repeated = (
            int(_of(count, key)) for key in ("received", "accepted", "quarantined", "repeated")
        )
        lines.append(
            CountLine(
                table=table_name(table),
                received=_count(received, language),
                accepted=_count(accepted, language),
                quarantined=_count(quarantined, language),
                repeated=_count(repeated, language),
                adds_up=accepted + quarantined == received,
            )
        )
    return lines


def totals_lines(totals: Totals, company: Company, language: Language) -> list[tuple[Text, str]]:
    """What a person can hold against what they know of the file: counts, sums, dates, the share won."""
    share = Decimal(totals.won) / totals.leads if totals.leads and totals.won else None
    lines: list[tuple[Text, str]] = [
        (Text("Лидов", "Leads"), _count(totals.leads, language)),
        (Text("Лиды с … по …", "Leads from … to …"), _span(totals.created, language)),
        (Text("Сумма лидов", "Amount of leads"), _money(totals.amount, company, language)),
        (Text("Дошли до продажи", "Won"), _count(totals.won, language)),
        (Text("Доля продаж", "Share won"), DASH if share is None else say_number(share, Unit.SHARE, language)),
        (Text("Оплат", "Payments"), _count(totals.payments, language)),
        (Text("Оплачено", "Paid"), _money(totals.paid, company, language)),
        (Text("Расход на рекламу", "Ad spend"), _money(totals.spend, company, language)),
        (Text("Расход с … по …", "Spend from … to …"), _span(totals.spend_days, language)),
    ]
    return [(name, said) for name, said in lines if said not in (DASH, "0")]


def load_lines(records: Iterable[Mapping[str, Any]], company: Company, language: Language) -> list[LoadLine]:
    """The journal, newest first."""
    return [_load_line(record, company, language) for record in reversed(list(records))]


def conclusion(
    records: list[Mapping[str, Any]], quarantined: int, company: Company, *, connected: bool = False
) -> Text:
    """The sentence at the top of the page; ``connected``: systems bring facts, with files or without."""
    if not records and connected:
        return Text(
            "Файлы не загружались: данные приходят из подключённых систем.",
            "No file was loaded: the data come from connected systems.",
        )
    if not records:
        return Text("Загрузок ещё не было.", "Nothing has been loaded yet.")
    when = say_moment(datetime.fromisoformat(records[-1]["at"]), company.tz)
    rows = say_count(quarantined, ("строка", "строки", "строк"), ("row", "rows"))
    aside = (
        Text(f"в карантине {rows.ru}", f"{rows.en} in quarantine")
        if quarantined
        else Text("карантин пуст", "nothing is in quarantine")
    )
    return Text(f"Последняя загрузка — {when.ru}; {aside.ru}.", f"The last load was on {when.en}; {aside.en}.")


def quarantine_groups(rows: Iterable[QuarantinedRow]) -> list[tuple[Text, int, str]]:
    """How many rows for each reason, most first; the last is the reason's key in an address."""
    counted: dict[str, tuple[Text, int, str]] = {}
    for row in rows:
        key = reason_of(row)
        text, number, _ = counted.get(key, (row.text, 0, key))
        counted[key] = (text, number + 1, key)
    return sorted(counted.values(), key=lambda found: -found[1])


def reason_of(row: QuarantinedRow) -> str:
    """What makes two rows stand for one reason."""
    return f"{row.code}:{row.heading or ''}"


def sum_of(record: Mapping[str, Any], key: str) -> int:
    """A count of a load over all its tables."""
    return sum(int(_of(count, key)) for count in record.get("counts", {}).values())


def one_for_a_cell(rows: Iterable[QuarantinedRow]) -> list[QuarantinedRow]:
    """A cell that spoils several facts is told once."""
    return list({(row.file, row.row, row.code, row.heading): row for row in reversed(list(rows))}.values())[::-1]


def table_name(table: str) -> Text:
    return TABLES[table].label if table in TABLES else same(table)


def profiles(report: LoadReport) -> list[dict[str, Any]]:
    """The columns of every file, their kinds in words."""
    return [
        {
            "file": profile.sniffed.file,
            "columns": [
                {
                    "heading": column.heading,
                    "filled": column.filled,
                    "distinct": column.distinct,
                    "kind": KIND_NAMES.get(column.kind, same(column.kind)),
                    "examples": column.examples,
                    "problems": column.problems,
                }
                for column in profile.columns
            ],
        }
        for profile in report.profiles
    ]


def files_read(report: LoadReport) -> list[tuple[FileReading, Text | None, tuple[ColumnRead, ...]]]:
    """Every file with its delimiter and with how its dates and numbers were read, in the words of the terminal."""
    return [(file, delimiter_said(file.sniffed), columns_read(file)) for file in report.files]


def findings_of(report: LoadReport) -> list[tuple[Text, bool]]:
    """What the files themselves say is odd, red ones first."""
    return [(finding.text, finding.red) for finding in sorted(report.findings, key=lambda one: not one.red)]


def _load_line(record: Mapping[str, Any], company: Company, language: Language) -> LoadLine:
    received, accepted, quarantined = (sum_of(record, key) for key in ("received", "accepted", "quarantined"))
    return LoadLine(
        id=str(record["id"]),
        at=say_moment(datetime.fromisoformat(record["at"]), company.tz),
        who=str(record.get("who") or DASH),
        files=tuple(str(file["name"]) for file in record.get("files", ())),
        received=_count(received, language),
        accepted=_count(accepted, language),
        quarantined=_count(quarantined, language),
        version=str(record.get("version") or DASH),
        mended=bool(record.get("mended")),
        has_aside=quarantined > 0,
    )


def _of(count: Any, key: str) -> Any:
    return count.get(key, 0) if isinstance(count, Mapping) else getattr(count, key)


def _count(number: int, language: Language) -> str:
    return say_number(number, Unit.COUNT, language)


def _money(amount: Decimal | None, company: Company, language: Language) -> str:
    if amount is None:
        return DASH
    return say_number(amount, Unit.MONEY, language, company.currency, money_scale([]))


def _span(span: tuple[date, date] | None, language: Language) -> str:
    if span is None:
        return DASH
    return f"{say_day(span[0]).say(language)} {EN_DASH} {say_day(span[1]).say(language)}"
