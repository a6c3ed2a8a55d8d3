"""``smarketing plan``: what is planned and what it asks of each department; loaded from a file, confirmed."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from smarketing.analyses.plan_horizons import MonthPlan, horizon, quarter, year
from smarketing.analyses.plan_implied import ImpliedPlan, implied_plan
from smarketing.analyses.planning.numbers import Numbers
from smarketing.analyses.planning.record import Origin, numbers_in_force, standings, versions
from smarketing.cli.answers import FormatOption
from smarketing.cli.home import workspace
from smarketing.cli.language import t, terminal_language
from smarketing.cli.reports import print_load
from smarketing.cli.show import AsOf, Format, Home, Out, console_for, open_reader, write
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Month, local_day
from smarketing.facts.query import Reader
from smarketing.jobs.guidance_export import as_json
from smarketing.jobs.load import load
from smarketing.jobs.plan_export import duties_data, implied_data, plan_data
from smarketing.jobs.workspace import Workspace
from smarketing.metrics.wording import say_month
from smarketing.web.planning.boards import (
    Board,
    VersionLine,
    conclusion,
    duties_board,
    marketing_year,
    numbers_board,
    sales_quarter,
    version_lines,
)
from smarketing.web.planning.numerals import growth_of
from smarketing.web.planning.sheet import cells_of, completed

MonthOption = Annotated[
    str | None,
    typer.Option("--month", help=t("Месяц, ГГГГ-ММ; иначе последний.", "Month, YYYY-MM; else the last.")),
]
plan_app = typer.Typer(no_args_is_help=True)


class Horizon(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@plan_app.command("show", help=t("Показать план и его версии.", "Show the plan and its versions."))
def show_plan(
    month: MonthOption = None,
    over: Annotated[
        Horizon,
        typer.Option(
            "--over",
            help=t("month; quarter: квартал продаж; year: год маркетинга.", "month, quarter of sales, or year."),
        ),
    ] = Horizon.MONTH,
    as_of: AsOf = None,
    format_: FormatOption = Format.TABLE,
    out: Out = None,
    home: Home = None,
) -> None:
    """What is planned for a month and how firmly, or a horizon of months."""
    with open_reader(home, as_of) as reader:
        chosen = _month(month, reader)
        if over is not Horizon.MONTH:
            _table_only(format_)
            with console_for(out) as console:
                _print_horizon(console, reader, chosen, over)
            return
        (plan,) = horizon(reader, (chosen,))
        numbers, saved = numbers_in_force(reader, (chosen,)).get(chosen, {}), versions(reader, (chosen,))[chosen]
        if format_ is Format.JSON:
            write(as_json(plan_data(plan, numbers, saved, reader)) + "\n", out)
            return
        _table_only(format_)
        with console_for(out) as console:
            _say(console, conclusion(chosen, plan, reader.company), style="bold")
            _print_numbers(console, numbers, reader.company)
            for line in version_lines(saved, reader.company, {}):
                _print(console, _version(line))


@plan_app.command("sla", help=t("Кто что должен, чтобы план сбылся.", "Who owes what for the plan to come."))
def sla(
    month: MonthOption = None,
    as_of: AsOf = None,
    format_: FormatOption = Format.TABLE,
    out: Out = None,
    home: Home = None,
) -> None:
    """From planned revenue back to the leads of marketing and the answers of sales, always rounded up."""
    with open_reader(home, as_of) as reader:
        (plan,) = horizon(reader, (_month(month, reader),))
        if format_ is Format.JSON:
            write(as_json(duties_data(plan, reader)) + "\n", out)
            return
        _table_only(format_)
        _print_duties(plan, reader, out)


def _print_duties(plan: MonthPlan, reader: Reader, out: Path | None) -> None:
    with console_for(out) as console:
        _say(console, conclusion(plan.month, plan, reader.company), style="bold")
        if plan.duties is None:
            return
        _print_board(console, duties_board(plan.duties, reader.company, _language()), t("Сегмент", "Segment"))
        minutes = reader.company.response_sla_minutes
        _print(
            console,
            t(
                f"Маркетинг: лиды и целевые. Продажи: связаться с каждым целевым, вовремя ({minutes} рабочих "
                "минут) ответить названному числу, принять ту долю, что принимали за год до месяца.",
                f"Marketing: leads and target leads. Sales: contact every target lead, answer as many as named in "
                f"time ({minutes} working minutes), accept the share accepted in the year before.",
            ),
        )


@plan_app.command(
    "implied", help=t("План, который подразумевают дозревшие месяцы.", "The plan that ripe months imply.")
)
def implied(
    month: MonthOption = None,
    growth: Annotated[
        str, typer.Option("--growth", help=t("Рост лидов и расхода, %.", "Growth of leads and spend, %."))
    ] = "0",
    as_of: AsOf = None,
    format_: FormatOption = Format.TABLE,
    out: Out = None,
    home: Home = None,
) -> None:
    """The average of the last ripe months as a plan; nothing is saved."""
    with open_reader(home, as_of) as reader:
        found = implied_plan(reader, _month(month, reader), growth_of(growth, _language()))
        if format_ is Format.JSON:
            write(as_json(implied_data(found, _month(month, reader), reader)) + "\n", out)
            return
        _table_only(format_)
        _print_implied(found, reader, out)


def _print_implied(found: ImpliedPlan | None, reader: Reader, out: Path | None) -> None:
    with console_for(out) as console:
        if found is None:
            _print(console, t("Дозревших месяцев нет.", "There are no ripe months."))
            return
        months = ", ".join(say_month(one).say(_language()) for one in found.months)
        name = say_month(found.month).say(_language())
        _print(console, t(f"Подразумеваемый план на {name}: среднее месяцев {months}.",
                          f"The implied plan of {name}: the average of {months}."), style="bold")  # fmt: skip
        _print_numbers(console, found.numbers, reader.company)


@plan_app.command("load", help=t("Загрузить план из файла.", "Load a plan from a file."))
def load_plan(
    file: Annotated[Path, typer.Argument(help=t("Файл: month, metric, value …", "File: month, metric, value …"))],
    why: Annotated[str, typer.Option("--why", help=t("Почему меняется план.", "Why the plan changes."))] = "",
    home: Home = None,
) -> None:
    """Every month of the file becomes a new version of its plan."""
    console, here = Console(), workspace(home)
    report = load(here, [file], plan_only=True, who=getpass.getuser(), why=why or None)
    print_load(console, report, here.company, terminal_language())
    for month, number in report.plans.items():
        name = say_month(month).say(_language())
        _print(console, t(f"План на {name}: версия {number}, ещё никем не подтверждена.",
                          f"Plan of {name}: version {number}, confirmed by nobody yet."))  # fmt: skip
    if not report.plans:
        _print(console, t("Новых версий плана нет.", "No new version of the plan."))
    note_plans(here, report.plans, why)
    raise typer.Exit(report.exit_code)


@plan_app.command("confirm", help=t("Подтвердить план за свой отдел.", "Confirm the plan for one's department."))
def confirm_months(
    months: Annotated[list[str], typer.Option("--month", help=t("Месяц; можно несколько раз.", "Month; again."))],
    person: Annotated[
        str, typer.Option("--as", help=t("Имя руководителя для входа.", "The head's name to sign in with."))
    ],
    home: Home = None,
) -> None:
    """A head confirms what is in force; the password is asked for, or taken from SMARKETING_PASSWORD."""
    here, chosen = workspace(home), tuple(Month.parse(month) for month in months)
    from smarketing.web.setup import prepare

    prepare(here.root.resolve())
    from smarketing.web.planning import actions

    password = os.environ.get("SMARKETING_PASSWORD") or typer.prompt(t("Пароль", "Password"), hide_input=True)
    user = actions.signed(person, password)
    with here.lake.open() as reader:
        found = standings(reader, chosen)
    seen = {month: one.version.number for month, one in found.items() if one.version}
    fresh = actions.confirm(here, user, chosen, seen)
    for month in chosen:
        name = say_month(month).say(_language())
        done = t("подтверждён", "confirmed") if month in fresh else t("подтверждён раньше", "confirmed before")
        _print(Console(), f"{name}: {done}")


def note_plans(here: Workspace, plans: Mapping[Month, int], why: str = "") -> None:
    """New versions from files go to the audit log, where the workspace has people and so a log."""
    if not plans or not here.database_path.exists():
        return
    from smarketing.web.setup import prepare

    prepare(here.root.resolve())
    from smarketing.web.planning.actions import note_saved

    note_saved(None, plans, origin=Origin.FILE, why=why)


def _print_horizon(console: Console, reader: Reader, month: Month, over: Horizon) -> None:
    is_year = over is Horizon.YEAR
    plans = horizon(reader, year(month) if is_year else quarter(month))
    make = marketing_year if is_year else sales_quarter
    board = make(plans, month, reader.company, _language())
    _print_board(console, board, t("Месяц", "Month"), standing=True)


def _print_numbers(console: Console, numbers: Numbers, company: Company) -> None:
    if numbers:
        board = numbers_board(completed(numbers), cells_of(numbers, company), company, _language())
        _print_board(console, board, t("Сегмент", "Segment"))


def _print_board(console: Console, board: Board, first: str, *, standing: bool = False) -> None:
    total = list(board.total) or [""] * len(board.heads)
    table = Table(
        box=None, pad_edge=False, header_style="bold", footer_style="bold", show_footer=bool(board.total)
    )
    table.add_column(f"{first}, {board.unit}" if board.unit else first, footer=t("Всего", "Total"))
    for head, sum_ in zip(board.heads, total, strict=True):
        table.add_column(head.say(_language()), justify="right", footer=sum_)
    if standing:
        table.add_column(t("Подтверждение", "Confirmation"))
    for line in board.lines:
        said = [line.standing.say(_language())] if standing and line.standing else []
        name = ("  " if line.is_source else "") + line.name.say(_language())
        table.add_row(name, *line.cells, *said)
    console.print(table)


def _month(said: str | None, reader: Reader) -> Month:
    return Month.parse(said) if said else Month.of(local_day(reader.known_until, reader.company.tz))


def _version(line: VersionLine) -> str:
    confirmed = t("план отозван", "withdrawn") if line.is_withdrawn else line.confirmed.say(_language())
    when, origin = line.when.say(_language()), line.origin.say(_language())
    return (
        f"{t('Версия', 'Version')} {line.number}: {when}, {line.who}, {origin}; {confirmed}. {line.why}".rstrip()
    )


def _table_only(format_: Format) -> None:
    if format_ is not Format.TABLE:
        raise WrongQuestion(
            "plan-format",
            Text("План показывается как table или json, горизонт — как table.",
                 "A plan is given as table or json, a horizon as table."),
        )  # fmt: skip


def _say(console: Console, text: Text, style: str = "") -> None:
    _print(console, text.say(_language()), style=style)


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style, highlight=False, markup=False)


_language = terminal_language
