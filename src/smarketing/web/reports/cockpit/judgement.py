"""Is a metric's shift more than chance? Shares and counts are judged together, so that noise is blamed on nobody.

A share is compared with the same share before (``analyses.shares``). A count is compared with the count before by
Poisson's law: of all events of both periods, as many should fall into this one as it has of the days, exactly
binomial. Holm's correction runs over both tables of the page. Money and medians have no such law: a threshold of
the company judges them, or the verdict of the month. Where half a year of weeks is known, the control limits of
the metric's own weeks judge instead: they know how it varies, Poisson's law only how it should.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from smarketing.analyses.attention import is_broken
from smarketing.analyses.result import Measurement
from smarketing.analyses.shares import LEVEL, MIN_CASES, Count, shifts
from smarketing.analyses.verdict.words import LABEL_NAMES
from smarketing.analyses.weekly import Weekly
from smarketing.facts.company import Company, Guardrail
from smarketing.facts.language import Text
from smarketing.facts.period import Period
from smarketing.metrics.kinds import Figure, Unit
from smarketing.metrics.wording import say_no_value
from smarketing.stats.errors import NotComputable
from smarketing.stats.multiplicity import holm
from smarketing.stats.proportions import exact_binomial_p
from smarketing.stats.uncertainty import Label

BEYOND = Text("порог превышен", "beyond the threshold")
WITHIN = Text("порог соблюдён", "threshold kept")
_NOTHING_BEFORE = Text("сравнивать не с чем", "nothing to compare with")
_UNRIPE = Text("когорта не дозрела: сравнивать рано", "the cohort is not ripe: too early to compare")
_NOT_ONE_GROUP = Text(
    "части этой доли — разные события и дни: разброс по ним не посчитать",
    "the parts of this share are of different events and days: its variation cannot be counted",
)
_NO_LAW = Text(
    "деньги и медианы судят по порогу, а он не задан", "money and medians are judged by a threshold; none is set"
)
_PLANNED = Text("расход не случаен: смотрите план рядом", "spend is not chance: see the plan beside it")


@dataclass(frozen=True)
class Judgement:
    """A word, or why there is none."""

    text: Text | None
    why: Text | None = None
    urgency: str = ""  # bad: a threshold of the company is broken
    is_notable: bool = False


def judge(
    now: Measurement, before: Measurement | None, company: Company, *, planned: Iterable[str] = (),
    of_money: Label | None = None,
) -> Mapping[str, Judgement]:  # fmt: skip
    """A judgement of every metric of a measurement against the same measurement of other days.

    ``planned`` are the metrics that have a plan beside them, ``of_money`` is the verdict's word on revenue.
    """
    known = set(planned)
    if before is not None and _had_no_leads(before):  # the facts had not begun: a rise from nothing says nothing
        before = None
    labels = _labels(now, before, company)
    if of_money is not None and "revenue" in now.metrics:
        labels = {**labels, "revenue": of_money}
    found = {}
    for key in now.metrics:
        figure = now.total.figures.get(key)
        rails = [rail for rail in company.guardrails if rail.metric == key]
        silent = _silence(figure, before, company, is_planned=key in known)
        found[key] = _judgement(figure, rails, labels.get(key), silent)
    return found


def by_weeks(
    judged: Mapping[str, Judgement], weeks: Mapping[str, Weekly], *, settled: Iterable[str] = ()
) -> Mapping[str, Judgement]:
    """The same judgements where enough weeks are known: a shift is named only beyond the control limits.

    A broken threshold stays, and so do the metrics in ``settled``: those that something else has judged.
    """
    left = set(settled)
    return {
        key: one if key in left or one.urgency or not weeks[key].is_judged else _by_limits(one, weeks[key])
        for key, one in judged.items()
    }


def _by_limits(one: Judgement, found: Weekly) -> Judgement:
    if found.signal is not None:
        return Judgement(LABEL_NAMES[Label.CONFIRMED], is_notable=True)
    return one if one.text == WITHIN else Judgement(LABEL_NAMES[Label.WITHIN_CHANCE])


def count_p_value(now: int, before: int, period: Period, other: Period) -> float | None:
    """Exact p that both periods had one daily rate; None for fewer than ten events in all.

    >>> round(count_p_value(15, 5, Period(date(2026, 3, 1), date(2026, 3, 11)),
    ...                     Period(date(2026, 2, 1), date(2026, 2, 11))), 4)
    0.0414
    """
    if now + before < MIN_CASES:
        return None
    found = exact_binomial_p(now, now + before, period.days / (period.days + other.days))
    return None if isinstance(found, NotComputable) else found


def _judgement(figure: Figure | None, rails: Sequence[Guardrail], label: Label | None, silent: Text) -> Judgement:
    if figure is not None and any(is_broken(rail, figure) for rail in rails):
        return Judgement(BEYOND, urgency="bad")
    if label is not None:
        return Judgement(LABEL_NAMES[label], is_notable=label is Label.CONFIRMED)
    if rails and figure is not None and figure.value is not None:
        return Judgement(WITHIN)
    return Judgement(None, silent)


def _labels(now: Measurement, before: Measurement | None, company: Company) -> Mapping[str, Label]:
    """One family of shares and counts: notable where Holm's p stays below the level."""
    if before is None:
        return {}
    ripe = [key for key in now.metrics if _is_ripe(now.total.figures.get(key), company)]
    shares = {key: pair for key in ripe if (pair := _shares(now, before, key))}
    moved = dict(zip(shares, shifts(shares.values()), strict=True))
    counts = {key: _p_of_counts(now, before, key) for key in ripe if _are_counts(now, before, key)}
    p_values = {key: shift.p_value for key, shift in moved.items()} | counts
    family = {key: p for key, p in p_values.items() if p is not None}
    adjusted = dict(zip(family, holm(list(family.values())), strict=True))
    wide = {
        key for key, shift in moved.items() if shift.interval and shift.interval.low <= 0 <= shift.interval.high
    }
    return {key: _label(adjusted.get(key), certain=key not in wide) for key in p_values}


def _label(adjusted: float | None, *, certain: bool) -> Label:
    if adjusted is None:
        return Label.TOO_LITTLE_DATA
    return Label.CONFIRMED if adjusted < 1 - LEVEL and certain else Label.WITHIN_CHANCE


def _had_no_leads(measurement: Measurement) -> bool:
    figure = measurement.total.figures.get("leads")
    return figure is not None and not figure.value


def _is_ripe(figure: Figure | None, company: Company) -> bool:
    return figure is not None and (figure.ripe is None or figure.ripe >= float(company.verdict.ripe_share))


def _shares(now: Measurement, before: Measurement, key: str) -> tuple[Count, Count] | None:
    """Both counts of a share of one group of cases; None of anything else."""
    counts = []
    for figure in (now.total.figures.get(key), before.total.figures.get(key)):
        if figure is None or figure.interval is None or figure.numerator is None or figure.denominator is None:
            return None
        counts.append((int(figure.numerator), int(figure.denominator)))
    return counts[0], counts[1]


def _are_counts(now: Measurement, before: Measurement, key: str) -> bool:
    figures = now.total.figures.get(key), before.total.figures.get(key)
    return all(figure is not None and figure.unit is Unit.COUNT and figure.value is not None for figure in figures)


def _p_of_counts(now: Measurement, before: Measurement, key: str) -> float | None:
    period, other = now.question.period, before.question.period
    if period is None or other is None:
        return None
    values = [int(row.total.figures[key].value or 0) for row in (now, before)]
    return count_p_value(values[0], values[1], period, other)


def _silence(figure: Figure | None, before: Measurement | None, company: Company, *, is_planned: bool) -> Text:
    """Why a metric that got no label has none."""
    if figure is None or figure.value is None:
        return say_no_value(figure.reason if figure else None)
    if not _is_ripe(figure, company):
        return _UNRIPE
    if is_planned and figure.unit is Unit.MONEY:
        return _PLANNED
    if figure.unit not in (Unit.SHARE, Unit.COUNT):
        return _NO_LAW
    then = before.total.figures.get(figure.metric) if before is not None else None
    if then is None or then.value is None:
        return _NOTHING_BEFORE
    return _NOT_ONE_GROUP
