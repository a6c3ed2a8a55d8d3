"""``smarketing show`` and ``smarketing verdict``: figures in a terminal, or as json, csv and xlsx."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from smarketing.analyses.question import Question
from smarketing.analyses.required import lacking
from smarketing.analyses.result import Measurement
from smarketing.analyses.verdict import Had, RivalSplit, Verdict, had, rival_splits, verdict
from smarketing.analyses.verdict.rivals import parse_causes
from smarketing.analyses.verdict.sources import SourceSplit, by_source
from smarketing.cli.asking import make_question, other_group
from smarketing.cli.forecasting import print_forecast
from smarketing.cli.home import workspace
from smarketing.cli.language import t, terminal_language
from smarketing.cli.printing import print_compared, print_measurement, print_verdict
from smarketing.cli.required import print_cards
from smarketing.cli.what_if import print_had, print_rivals, print_sources
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Month, Period, local_day
from smarketing.facts.query import Reader
from smarketing.jobs.answers import ANSWERS, ask
from smarketing.jobs.compared import Compared, compared, compared_data
from smarketing.jobs.export import as_data, to_csv, to_xlsx
from smarketing.jobs.forecast_export import forecast_data
from smarketing.jobs.forecasting import forecast_table
from smarketing.jobs.guidance_export import as_json
from smarketing.jobs.required_export import cards_data
from smarketing.jobs.verdict_export import verdict_json
from smarketing.lake.store import LakeReader


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help=t(
            "Рабочая папка (иначе SMARKETING_HOME или текущая).",
            "Workspace (else SMARKETING_HOME or the current folder).",
        ),
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", help=t("Как было известно: номер версии или дата.", "As it was known: a version or a date.")
    ),
]
Sources = Annotated[
    bool,
    typer.Option(
        "--by-source",
        help=t("Под сегментами — источники лидов.", "Lead sources below the segments."),
    ),
]
Rivals = Annotated[
    bool,
    typer.Option(
        "--rivals",
        help=t(
            "Рядом то же отклонение в любимом порядке каждого отдела.",
            "Beside it the same gap in each department's favourite order.",
        ),
    ),
]
IfPlanned = Annotated[
    str | None,
    typer.Option(
        "--had",
        help=t("Выручка, будь эти причины по плану: mix,quality.", "Revenue had these been planned: mix,quality."),
    ),
]
ClockWord = Annotated[
    str,
    typer.Option(
        "--clock",
        help=t("cohort: по дате лида; period: по дате события.", "cohort: the lead's date; period: the event's."),
    ),
]
Compare = Annotated[
    str | None,
    typer.Option(
        "--compare",
        help=t(
            "С чем сравнить: prev, ГГГГ-ММ или другая группа, segment=частные.",
            "Compare with: prev, YYYY-MM or another group, segment=private.",
        ),
    ),
]
Tested = Annotated[
    bool,
    typer.Option(
        "--backtest",
        help=t(
            "У прогноза: как он ошибался в прошлые месяцы.", "Of the forecast: how far it was off in past months."
        ),
    ),
]
Cards = Annotated[
    bool,
    typer.Option(
        "--cards",
        help=t(
            "У required: сами карточки, новые переходы первыми.", "Of required: the cards, newest moves first."
        ),
    ),
]
Out = Annotated[Path | None, typer.Option("--out", help=t("Записать в файл.", "Write to a file."))]


def show_command(
    what: Annotated[str, typer.Argument(help=", ".join(ANSWERS))],
    by: Annotated[
        str | None, typer.Option("--by", help=t("Разрезы через запятую: month,segment.", "Splits: month,segment."))
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", help=t("Отбор: segment=дилеры.", "Filter: segment=dealers."))
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help=t("Первый день, ГГГГ-ММ-ДД.", "First day, YYYY-MM-DD."))
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help=t("Последний день.", "Last day."))] = None,
    month: Annotated[str | None, typer.Option("--month", help=t("Месяц, ГГГГ-ММ.", "Month, YYYY-MM."))] = None,
    clock: ClockWord = "cohort",
    compare: Compare = None,
    as_of: AsOf = None,
    format_: Annotated[Format, typer.Option("--format", help=t("Вид вывода.", "Output format."))] = Format.TABLE,
    out: Out = None,
    explain: Annotated[
        bool, typer.Option("--explain", help=t("Показать вопросы к данным (SQL).", "Print the questions (SQL)."))
    ] = False,
    tested: Tested = False,
    cards: Cards = False,
    home: Home = None,
) -> None:
    """Ask one measurement by name."""
    _check_tested(what, tested=tested)
    _check_cards(what, format_, cards=cards)
    _check_compared(format_, compare=compare)
    with open_reader(home, as_of) as reader:
        question = make_question(by, where, start, end, month, clock, compare, known_period(reader))
        if what == "forecast" and not explain and format_ in (Format.TABLE, Format.JSON):
            _give_forecast(reader, question, home, format_, out, tested=tested)
            return
        if cards:
            _give_cards(reader, question, format_, out)
            return
        measurement = ask(reader, what, question)
        if explain:
            write("\n\n".join(measurement.asked) + "\n", out)
            return
        beside = compared(reader, what, question, other_group(compare, question))
        _give(measurement, beside, reader.company, format_, out)


def verdict_command(
    month: Annotated[
        str | None,
        typer.Option("--month", help=t("Месяц, ГГГГ-ММ; иначе последний.", "Month, YYYY-MM; else the last.")),
    ] = None,
    clock: Annotated[
        str | None,
        typer.Option(
            "--clock",
            help=t(
                "period: оплаты месяца; cohort: лиды месяца.", "period: payments of the month; cohort: its leads."
            ),
        ),
    ] = None,
    rivals: Rivals = False,
    if_planned: IfPlanned = None,
    sources: Sources = False,
    as_of: AsOf = None,
    format_: Annotated[
        Format, typer.Option("--format", help=t("table или json.", "table or json."))
    ] = Format.TABLE,
    out: Out = None,
    explain: Annotated[
        bool, typer.Option("--explain", help=t("Показать вопросы к данным (SQL).", "Print the questions (SQL)."))
    ] = False,
    home: Home = None,
) -> None:
    """Where the month's plan was lost, by cause and zone, with what chance can do."""
    causes = parse_causes(if_planned) if if_planned else None
    with open_reader(home, as_of) as reader:
        chosen = Month.parse(month) if month else Month.of(local_day(reader.known_until, reader.company.tz))
        found = verdict(reader, chosen, clock=_verdict_clock(clock))
        if explain:
            write("\n\n".join(found.asked) + "\n", out)
        else:
            orders = rival_splits(found) if rivals else None
            supposed = had(found, causes) if causes else None
            finer = by_source(reader, found) if sources else None
            _give_verdict(found, _Beside(orders, supposed, finer), reader.company, format_, out)


def open_reader(home: Path | None, as_of: str | None) -> LakeReader:
    """The lake of the workspace, the newest version or the one asked for by number or date."""
    lake = workspace(home).lake
    if not as_of:
        return lake.open()
    if as_of.isdigit():
        return lake.open(version=int(as_of))
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError as error:
        raise WrongQuestion(
            "bad-as-of",
            Text(
                f"«{as_of}» не версия и не дата: нужен номер или ГГГГ-ММ-ДД.",
                f"“{as_of}” is neither a version nor a date: give a number or YYYY-MM-DD.",
            ),
        ) from error
    return lake.open(as_of=moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def known_period(reader: Reader) -> Period | None:
    """From the first lead to the last day known, None for an empty lake."""
    row = reader.query("SELECT MIN(created_day) AS first FROM journeys WHERE is_counted").to_pylist()[0]
    last = local_day(reader.known_until, reader.company.tz)
    return None if row["first"] is None or row["first"] > last else Period(row["first"], last + timedelta(days=1))


def _give(
    measurement: Measurement, beside: Compared | None, company: Company, format_: Format, out: Path | None
) -> None:
    language = terminal_language()
    if format_ is Format.TABLE:
        with console_for(out) as console:
            print_measurement(console, measurement, company, language)
            if beside:
                print_compared(console, beside, company, language)
    elif format_ is Format.JSON:
        more = compared_data(beside, company, language) if beside else {}
        write(as_json({**as_data(measurement, company, language), **more}) + "\n", out)
    else:
        make = to_csv if format_ is Format.CSV else to_xlsx
        write_bytes(make(measurement, company, language), out)


def _check_compared(format_: Format, *, compare: str | None) -> None:
    if compare and format_ not in (Format.TABLE, Format.JSON):
        raise WrongQuestion(
            "compare-format",
            Text(
                "Сравнение показывается как table или json: в файле таблица одного периода.",
                "A comparison is given as table or json: a file holds the table of one period.",
            ),
        )


def _check_tested(what: str, *, tested: bool) -> None:
    if tested and what != "forecast":
        raise WrongQuestion(
            "backtest-of-what",
            Text("--backtest есть только у прогноза: show forecast.", "--backtest is of show forecast alone."),
        )


def _check_cards(what: str, format_: Format, *, cards: bool) -> None:
    if cards and (what != "required" or format_ not in (Format.TABLE, Format.JSON)):
        raise WrongQuestion(
            "cards-of-what",
            Text(
                "--cards есть только у show required, в виде table или json.",
                "--cards is of show required alone, as table or json.",
            ),
        )


def _give_cards(reader: Reader, question: Question, format_: Format, out: Path | None) -> None:
    language, found = terminal_language(), lacking(reader, question)
    if format_ is Format.JSON:
        write(as_json(cards_data(found, reader, language)) + "\n", out)
        return
    with console_for(out) as console:
        print_cards(console, found, reader.company, language)


def _give_forecast(
    reader: Reader, question: Question, home: Path | None, format_: Format, out: Path | None, *, tested: bool
) -> None:
    language, company = terminal_language(), reader.company
    found, table = forecast_table(workspace(home), reader, question)
    if format_ is Format.JSON:
        write(as_json(forecast_data(found, company, language)) + "\n", out)
        return
    with console_for(out) as console:
        print_forecast(console, found, table, company, language, tested=tested)


@dataclass(frozen=True)
class _Beside:
    """What was asked for beside the verdict."""

    rivals: Sequence[RivalSplit] | None
    had: Had | None
    sources: SourceSplit | None


def _give_verdict(found: Verdict, beside: _Beside, company: Company, format_: Format, out: Path | None) -> None:
    language = terminal_language()
    if format_ is Format.JSON:
        told = verdict_json(found, company, language, rivals=beside.rivals, had=beside.had, sources=beside.sources)
        write(told + "\n", out)
        return
    if format_ is not Format.TABLE:
        raise WrongQuestion(
            "verdict-format",
            Text("Вывод показывается как table или json.", "A verdict is given as table or json."),
        )
    with console_for(out) as console:
        print_verdict(console, found, company, language)
        print_rivals(console, found, beside.rivals or (), company, language)
        if beside.sources:
            print_sources(console, found, beside.sources, company, language)
        if beside.had:
            print_had(console, beside.had, company, language)


def _verdict_clock(word: str | None) -> Clock | None:
    if word is None:
        return None
    return make_question(None, None, None, None, None, word, None, None).clock


@contextmanager
def console_for(out: Path | None) -> Iterator[Console]:
    if out is None:
        yield Console()
        return
    with out.open("w", encoding="utf-8") as file:
        yield Console(file=file, width=160)


def write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")


def write_bytes(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        out.write_bytes(content)
