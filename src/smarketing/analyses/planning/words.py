"""How are the versions of a plan told: where a version came from, what it changed, who confirmed it?"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from smarketing.analyses.planning.numbers import SHARES, say_cell, say_metric
from smarketing.analyses.planning.record import Change, Origin, PlanVersion
from smarketing.facts.company import Company
from smarketing.facts.language import LANGUAGES, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import DASH, say_number

ORIGIN_NAMES = {
    Origin.TYPED: Text("введён на странице", "typed on the page"),
    Origin.FILE: Text("загружен из файла", "loaded from a file"),
    Origin.IMPLIED: Text("подразумеваемый: среднее дозревших месяцев", "implied: the average of ripe months"),
}


def say_origin(version: PlanVersion) -> Text:
    """Where the numbers of a version came from, with the file's name."""
    said = ORIGIN_NAMES[version.origin]
    return said if version.file is None else Text(f"{said.ru} {version.file}", f"{said.en}, {version.file}")


def say_change(change: Change, company: Company) -> Text:
    """«Дилеры: лиды 60 → 66»."""
    metric, *cell = change.key
    place, name = say_cell((cell[0], cell[1]), company), say_metric(metric)
    before, after = (say_planned(metric, value, company) for value in (change.before, change.after))
    return Text(
        f"{place.ru}: {name.ru} {before.ru} → {after.ru}", f"{place.en}: {name.en} {before.en} → {after.en}"
    )


def say_planned(metric: str, value: Fraction | None, company: Company) -> Text:
    """A planned number with its unit, a dash for none."""
    if value is None:
        return Text(DASH, DASH)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    unit = Unit.SHARE if metric in SHARES else Unit.COUNT if metric == "leads" else Unit.MONEY
    ru, en = (say_number(exact, unit, language, company.currency) for language in LANGUAGES)
    return Text(ru, en)
