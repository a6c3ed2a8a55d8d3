"""Which segment and which source contribute most to a cause, and is that source more than chance?

A plan knows no sources, so a source is held against its own three months before, and its conversion, which those
months had longer to grow, against the other sources of the same month. A source is named only where it moved
beyond chance and makes most of the shift.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from smarketing.analyses.question import EMPTY, filter_condition, period_condition
from smarketing.analyses.shares import LEVEL, MIN_CASES, Count, shifts
from smarketing.analyses.verdict.chain import gates
from smarketing.analyses.verdict.result import Cause, Part
from smarketing.facts.period import Month, Period
from smarketing.facts.query import Reader
from smarketing.stats.errors import NotComputable
from smarketing.stats.multiplicity import holm
from smarketing.stats.proportions import exact_binomial_p
from smarketing.stats.uncertainty import Label

MONTHS_BEFORE = 3
MOST = 0.5  # of all that sources pull this way: a source with less is not where to look
Where = Mapping[str, tuple[str, ...]]
Source = str | None


@dataclass(frozen=True)
class BySource:
    """A source that stands out: its figure now and what it is held against (a count, or a share)."""

    source: Source
    now: float
    usual: float
    among_others: bool = False  # held against the other sources, not against the months before


@dataclass(frozen=True)
class _Counts:
    leads: int = 0
    target: int = 0
    handled: int = 0
    won: int = 0


def segment_of(part: Part) -> Where:
    """The segment that pulls hardest the way the cause goes; nothing where segments are not told apart."""
    if set(part.by_segment) == {None}:
        return {}
    sign = 1 if part.effect >= 0 else -1
    segment = max(part.by_segment, key=lambda key: part.by_segment[key] * sign)
    return {"segment": (EMPTY if segment is None else segment,)}


def source_of(reader: Reader, part: Part, period: Period, where: Where) -> BySource | None:
    """The source of these leads that moved most the way the cause went, if it moved beyond chance."""
    found = _counts(reader, period, where)
    if part.cause is Cause.CONVERSION:
        return _best(_against_others(found), part)
    month = Month.of(period.start)
    days = Period(month.shift(-MONTHS_BEFORE).first, month.first)
    before = _counts(reader, days, where)
    if part.cause in (Cause.VOLUME, Cause.MIX):
        return _best(_by_number(found, before, period.days, days.days), part)
    if part.cause in (Cause.QUALITY, Cause.HANDLING):
        return _best(_by_rate(found, before, part.cause), part)
    return None  # order values of one source are too few to tell


def common_criterion(reader: Reader, period: Period, where: Where) -> str | None:
    """The rule that turned down most of these leads."""
    asked = f"""
SELECT criterion, COUNT(*) AS leads FROM journeys
WHERE {_leads(period, where)} AND target_verdict = 'non_target' AND criterion IS NOT NULL
GROUP BY criterion ORDER BY leads DESC, criterion
""".strip()
    rows = reader.query(asked).to_pylist()
    return rows[0]["criterion"] if rows else None


def common_loss(reader: Reader, period: Period, where: Where) -> tuple[str | None, str | None]:
    """The stage that loses most of these handled leads, and the reason named there most often."""
    _, handled, _ = gates(reader)[0].conditions
    asked = f"""
SELECT loss_stage, loss_reason, COUNT(*) AS leads FROM journeys
WHERE {_leads(period, where)} AND outcome = 'lost' AND loss_stage IS NOT NULL AND {handled}
GROUP BY loss_stage, loss_reason ORDER BY leads DESC, loss_stage, loss_reason NULLS LAST
""".strip()
    rows = reader.query(asked).to_pylist()
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["loss_stage"]] = totals.get(row["loss_stage"], 0) + row["leads"]
    if not totals:
        return None, None
    stage = max(totals, key=lambda key: totals[key])
    reasons = (row["loss_reason"] for row in rows if row["loss_stage"] == stage and row["loss_reason"] is not None)
    return stage, next(reasons, None)


def _counts(reader: Reader, period: Period, where: Where) -> dict[Source, _Counts]:
    target, handled, won = gates(reader)[0].conditions
    asked = f"""
SELECT lead_source, COUNT(*) AS leads, COUNT(*) FILTER (WHERE {target}) AS target,
  COUNT(*) FILTER (WHERE {handled}) AS handled, COUNT(*) FILTER (WHERE {won}) AS won
FROM journeys WHERE {_leads(period, where)}
GROUP BY lead_source ORDER BY lead_source NULLS LAST
""".strip()
    return {row.pop("lead_source"): _Counts(**row) for row in reader.query(asked).to_pylist()}


def _leads(period: Period, where: Where) -> str:
    return f"is_counted AND {period_condition(period, 'created')} AND {filter_condition(where)}"


@dataclass(frozen=True)
class _Candidate:
    found: BySource
    pull: float  # how many cases more (or less) than usual
    label: Label


def _best(candidates: Iterable[_Candidate], part: Part) -> BySource | None:
    """The source with the strongest pull, if it is beyond chance and the others together pull less."""
    sign = 1 if part.effect >= 0 else -1
    pulling = [one for one in candidates if one.pull * sign > 0]
    if not pulling:
        return None
    best = max(pulling, key=lambda one: abs(one.pull))
    alone = abs(best.pull) >= MOST * sum(abs(one.pull) for one in pulling)
    return best.found if alone and best.label is Label.CONFIRMED else None


def _by_number(
    now: Mapping[Source, _Counts], before: Mapping[Source, _Counts], days: int, days_before: int
) -> list[_Candidate]:
    """Leads against those of as many days before: exact, the months before being no truth but a sample, too."""
    listed = sorted({*now, *before}, key=lambda key: (key is None, key or ""))
    share = days / (days + days_before)
    pairs = [(now.get(key, _Counts()).leads, before.get(key, _Counts()).leads) for key in listed]
    p_values = [exact_binomial_p(one, one + other, share) for one, other in pairs]
    adjusted = holm([1.0 if isinstance(p, NotComputable) else p for p in p_values])
    return [
        _Candidate(
            BySource(key, one, other * days / days_before),
            one - other * days / days_before,
            Label.CONFIRMED if one + other >= MIN_CASES and p < 1 - LEVEL else Label.WITHIN_CHANCE,
        )
        for key, (one, other), p in zip(listed, pairs, adjusted, strict=True)
    ]


def _by_rate(now: Mapping[Source, _Counts], before: Mapping[Source, _Counts], cause: Cause) -> list[_Candidate]:
    keys = [key for key in now if key in before]
    return _candidates(keys, [(_rate(now[key], cause), _rate(before[key], cause)) for key in keys])


def _against_others(now: Mapping[Source, _Counts]) -> list[_Candidate]:
    won, handled = sum(one.won for one in now.values()), sum(one.handled for one in now.values())
    pairs = [((one.won, one.handled), (won - one.won, handled - one.handled)) for one in now.values()]
    return _candidates(list(now), pairs, among_others=True)


def _candidates(
    keys: list[Source], pairs: list[tuple[Count, Count]], *, among_others: bool = False
) -> list[_Candidate]:
    return [
        _Candidate(
            BySource(key, k / n, k0 / n0, among_others),
            shift.difference * n,
            shift.label,
        )
        for key, ((k, n), (k0, n0)), shift in zip(keys, pairs, shifts(pairs), strict=True)
        if shift.difference is not None
    ]


def _rate(counts: _Counts, cause: Cause) -> Count:
    return (counts.target, counts.leads) if cause is Cause.QUALITY else (counts.handled, counts.target)
