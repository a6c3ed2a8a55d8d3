"""``smarketing calibrate``: how often the verdict accuses by chance, and how often it finds what is there."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from smarketing.analyses.verdict.calibration import DRAWS, Planning, Score, scenes
from smarketing.analyses.verdict.result import CAUSE_NAMES
from smarketing.cli.language import t, terminal_language
from smarketing.facts.language import Language, Text
from smarketing.jobs.calibration import MONTHS, SEED, Calibration, calibration_json, run, share_of
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import say_number

PLANNING: dict[Planning, Text] = {
    Planning.GIVEN: Text("план задан", "plan given"),
    Planning.SCALED: Text("задана выручка", "revenue given"),
    Planning.IMPLIED: Text("три месяца вместо плана", "three months as plan"),
}


class CalibrationFormat(StrEnum):
    TABLE = "table"
    JSON = "json"


def calibrate_command(
    months: Annotated[
        int,
        typer.Option(
            "--months",
            min=1,
            help=t("Месяцев на каждый размер и план.", "Months for each size and way of planning."),
        ),
    ] = MONTHS,
    seed: Annotated[int, typer.Option("--seed", min=0, help=t("Зерно.", "The seed."))] = SEED,
    format_: Annotated[
        CalibrationFormat, typer.Option("--format", help=t("table или json.", "table or json."))
    ] = CalibrationFormat.TABLE,
) -> None:
    """Simulated company-months through the verdict."""
    progress = Console(stderr=True)
    said = t("Месяцы разыгрываются", "Months are drawn")
    scores = tuple(track(run(months, seed), said, total=len(scenes()), console=progress, transient=True))
    found = Calibration(scores, months, DRAWS, seed)
    if format_ is CalibrationFormat.JSON:
        sys.stdout.write(calibration_json(found) + "\n")
    else:
        print_calibration(Console(), found, terminal_language())


def print_calibration(console: Console, found: Calibration, language: Language) -> None:
    """Two tables: months in which nothing changed, and months with one cause planted."""
    console.print(
        t(
            "Ничего не изменилось: доля месяцев, где кто-то назван",
            "Nothing changed: share of months that name anybody",
        ),
        style="bold",
    )
    console.print(_quiet(found.quiet, language))
    console.print(t("Заложена одна причина", "One cause planted"), style="bold")
    console.print(_planted(found.planted, language))


def _quiet(scores: Sequence[Score], language: Language) -> Table:
    table = _table(
        t("План", "Plan"), t("Разброс лидов", "Lead dispersion"), t("Продаж", "Sales"), t("Месяцев", "Months"),
        t("Названо", "Named"), t("Интервал 90 %", "90% interval"), t("Интервалы верны", "Intervals hold"),
    )  # fmt: skip
    for one in scores:
        share, low, high = (_share(value, language) for value in share_of(one.named, one.months))
        table.add_row(
            PLANNING[one.scene.planning].say(language), f"{one.scene.dispersion:g}", str(one.scene.size),
            str(one.months), share, f"{low} … {high}", _coverage(one, language),
        )  # fmt: skip
    return table


def _planted(scores: Sequence[Score], language: Language) -> Table:
    table = _table(
        t("Причина", "Cause"), t("Продаж", "Sales"), t("Найдена", "Found"), t("Она первая", "It is first"),
        t("Зона верна", "Zone right"), t("Названа другая зона", "Other zone named"),
        t("Ошибка денег", "Money off"), t("Интервалы верны", "Intervals hold"),
    )  # fmt: skip
    for one in scores:
        shares = (count / one.months for count in (one.found, one.first, one.zone, one.other_zone))
        cause = one.scene.planted
        table.add_row(
            CAUSE_NAMES[cause].say(language) if cause else "", str(one.scene.size),
            *(_share(value, language) for value in shares),
            "" if one.error is None else _share(one.error, language), _coverage(one, language),
        )  # fmt: skip
    return table


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place == 0 else "right")
    return table


def _coverage(one: Score, language: Language) -> str:
    """From the worst cause to the best."""
    low, high = min(one.coverage.values()), max(one.coverage.values())
    return f"{_share(low, language)} … {_share(high, language)}"


def _share(value: float, language: Language) -> str:
    return say_number(round(value, 4), Unit.SHARE, language)
