"""``smarketing show forecast``: the month's end, what is missing, and how the forecast did on past months."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from smarketing.analyses.forecast.result import METHOD_NAMES, Choice, CutScores, Forecast, Score
from smarketing.analyses.forecast.words import headline, missing
from smarketing.analyses.result import Measurement
from smarketing.cli.language import t
from smarketing.cli.printing import print_measurement
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import DASH, Scale, money_scale, money_unit, say_month, say_number

_SHOWN = {
    Choice.BEATS: Text("показана модель", "the model is shown"),
    Choice.DOES_NOT_BEAT: Text("показан темп", "run-rate is shown"),
    Choice.UNTESTED: Text("месяцев мало, показан темп", "too few months, run-rate is shown"),
}


def print_forecast(
    console: Console, found: Forecast, table: Measurement, company: Company, language: Language, *, tested: bool
) -> None:
    """The conclusion, the parts, what is missing, and where asked the test on past months."""
    console.print(headline(found, company).say(language), style="bold", highlight=False)
    for line in missing(found, company):
        console.print(line.say(language), highlight=False)
    if found.value is not None:
        print_measurement(console, table, company, language)
    if tested:
        print_backtest(console, found, language)


def print_backtest(console: Console, found: Forecast, language: Language) -> None:
    """A row per day of the month and method; money in one unit."""
    if not found.tested:
        text = t("Проверить не на чем: нет прошлых месяцев.", "There is nothing to test on: no past months.")
        console.print(text, highlight=False)
        return
    scale = money_scale([score.error for cut in found.tested for score in cut.scores])
    unit = money_unit(found.currency, scale).say(language)
    first, last = (say_month(month).say(language) for month in (found.months_tested[0], found.months_tested[-1]))
    title = t(f"Проверка на прошлых месяцах: {first} – {last}", f"Tested on past months: {first} – {last}")
    table = Table(title=title, title_justify="left")
    heads = (
        t("день", "day"), t("способ", "method"), t("прогнозов", "forecasts"),
        t(f"ошибка, {unit}", f"error, {unit}"), "pinball", "CRPS",
        t("накрыл интервал 80 %", "held by the 80% interval"), "",
    )  # fmt: skip
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place in range(2, 7) else "left")
    for cut in found.tested:
        for line in _lines(cut, scale, language):
            table.add_row(*line)
        table.add_section()
    console.print(table, highlight=False)


def _lines(cut: CutScores, scale: Scale, language: Language) -> Sequence[Sequence[str]]:
    day = str(cut.cut) if cut.cut else t("все", "all")
    return [
        [
            day if place == 0 else "",
            *_score(score, scale, language),
            _SHOWN[cut.choice].say(language) if place == 0 and cut.cut else "",
        ]
        for place, score in enumerate(cut.scores)
    ]


def _score(score: Score, scale: Scale, language: Language) -> Sequence[str]:
    losses = (
        say_number(loss, Unit.MONEY, language, "", scale, bare=True)
        for loss in (score.error, score.pinball, score.crps)
    )
    held = DASH if score.covered is None else t(f"{score.covered} из {score.n}", f"{score.covered} of {score.n}")
    return [METHOD_NAMES[score.method].say(language), str(score.n), *losses, held]
