"""What plan do the last ripe months imply? Their average as numbers that a person could have typed.

A count is rounded to a whole lead, a share to a tenth of a percent, money to a whole unit of the currency: what
the form shows is what is saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from smarketing.analyses.plan_arithmetic import Ground, ground
from smarketing.analyses.planning.numbers import FACTORS, Key, Numbers
from smarketing.analyses.verdict.chain import Levels
from smarketing.analyses.verdict.history import average_ripe_month
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.money import to_kopecks
from smarketing.facts.period import Month
from smarketing.facts.query import Reader, literal

MAX_GROWTH = 10


@dataclass(frozen=True)
class ImpliedPlan:
    """Numbers by segment from the average of ``months``; leads and spend times ``growth``.

    What a plan by segment cannot hold is said beside it: ``outside``, money a month that came past the process,
    and ``nameless`` leads a month without a segment.
    """

    month: Month
    months: tuple[Month, ...]
    growth: Fraction
    numbers: Numbers
    outside: Decimal
    nameless: int
    asked: tuple[str, ...]


def implied_plan(
    reader: Reader, month: Month, growth: Fraction = Fraction(1), known: Ground | None = None
) -> ImpliedPlan | None:
    """The plan that the last ripe months before ``month`` imply; None where there are none.

    Parameters: ``growth`` multiplies leads and spend; shares and order values stay as they were.
    Errors: :class:`WrongQuestion` for a growth that is not above 0 or is over ten times.
    """
    if not 0 < growth <= MAX_GROWTH:
        raise WrongQuestion(
            "bad-growth",
            Text(
                "Рост задаётся в процентах к прошлым месяцам: больше −100 и не больше 900.",
                "Growth is given in percent of past months: above −100 and not over 900.",
            ),
        )
    base = known or ground(reader)
    average = average_ripe_month(reader, base.gate, month, base.curves, base.today, {})
    if not average.months:
        return None
    named = {segment: levels for segment, levels in average.levels.items() if segment is not None}
    chosen = named or average.levels
    numbers: dict[Key, Fraction] = {}
    for segment, levels in chosen.items():
        numbers |= {(metric, segment, None): value for metric, value in _chain(levels, growth).items()}
    spend, asked = _spend(reader, average.months)
    for segment, amount in spend.items():
        if segment in chosen:
            numbers["spend", segment, None] = _rounded(amount / len(average.months) * growth, 0)
    nameless = average.levels[None][0] if named and None in average.levels else Fraction(0)
    outside = sum((levels[-1] for levels in average.levels.values()), Fraction(0))
    return ImpliedPlan(
        month, average.months, growth, numbers, to_kopecks(Decimal(outside.numerator) / outside.denominator),
        int(_rounded(nameless, 0)), (*base.asked, *average.asked, asked),
    )  # fmt: skip


def _chain(levels: Levels, growth: Fraction) -> dict[str, Fraction]:
    """The factors of a segment; a rate without cases before it is left for the person to fill."""
    before: tuple[Fraction, ...] = (Fraction(1), *levels[:4])
    found = {}
    for place, metric in enumerate(FACTORS):
        if not place:
            found[metric] = _rounded(levels[0] * growth, 0)
        elif before[place]:
            share = max(levels[place], Fraction(0)) / before[place]
            found[metric] = _rounded(share, 0 if metric == "aov" else 3)
    return found


def _spend(reader: Reader, months: tuple[Month, ...]) -> tuple[dict[str | None, Fraction], str]:
    listed = ", ".join(literal(month.number) for month in months)
    question = (
        f"SELECT segment, SUM(cost) AS spend FROM spend WHERE month IN ({listed}) "
        "GROUP BY segment ORDER BY segment NULLS LAST"
    )
    rows = reader.query(question).to_pylist()
    return {row["segment"]: Fraction(row["spend"] or 0) for row in rows}, question


def _rounded(value: Fraction, digits: int) -> Fraction:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return Fraction(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
