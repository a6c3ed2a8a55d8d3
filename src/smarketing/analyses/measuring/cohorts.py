"""How ripe is each row: which share of the sales its leads will bring has had the time to happen?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from smarketing.analyses.maturity import sales_delays
from smarketing.analyses.measuring.asking import renamed
from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.facts.company import Company
from smarketing.facts.period import local_day
from smarketing.facts.query import Reader, literal
from smarketing.metrics.catalogue.facts import of_leads
from smarketing.metrics.kinds import Measure, Unit
from smarketing.stats.delays import RipeningCurve

if TYPE_CHECKING:
    import pyarrow as pa

RIPE_LEADS = "ripe_leads"
_STEPS = 50  # a long curve is read in steps of two hundredths


def ripe_leads(reader: Reader, question: Question) -> Measure | None:
    """A measure: leads, each counted by the share of sales that has happened by its age; None: cannot be told.

    How fast sales come is learnt from the leads within the filters, and from all where those are too few.
    """
    curve = sales_delays(reader, renamed(question.where)) or (sales_delays(reader) if question.where else None)
    if curve is None:
        return None
    today = local_day(reader.known_until, reader.company.tz)
    steps = _thinned(curve)
    whens = " ".join(
        f"WHEN created_day <= {literal(today - timedelta(days=int(age)))} THEN {share:.6f}"
        for age, share in reversed(steps)
    )
    return of_leads(RIPE_LEADS, expression=f"SUM(CASE {whens} ELSE 0.0 END)", unit=Unit.RATIO)


@dataclass(frozen=True)
class _Heard:
    """A reader that keeps what it was asked, for --explain."""

    reader: Reader
    asked: list[str]

    @property
    def version(self) -> int:
        return self.reader.version

    @property
    def known_until(self) -> datetime:
        return self.reader.known_until

    @property
    def company(self) -> Company:
        return self.reader.company

    def query(self, question: str) -> pa.Table:
        self.asked.append(question)
        return self.reader.query(question)


def lead_ripeness(reader: Reader, question: Question, asked: list[str]) -> float | None:
    """Ripeness of the question's leads together: the very figure that the end-to-end table shows of them.

    What was asked for it is added to ``asked``.
    """
    reader = _Heard(reader, asked)
    measure = ripe_leads(reader, question)
    if measure is None:
        return None
    dated = period_condition(question.period, "created")
    row = reader.query(
        f"SELECT {measure.expression} AS ripe, COUNT(*) AS leads FROM journeys "
        f"WHERE is_counted AND {dated} AND {filter_condition(renamed(question.where))}"
    ).to_pylist()[0]
    return float(row["ripe"]) / row["leads"] if row["leads"] else None


def _thinned(curve: RipeningCurve) -> list[tuple[float, float]]:
    pairs = list(zip(curve.ages, curve.shares, strict=True))
    if len(pairs) <= _STEPS:
        return pairs
    by_step = {int(share * _STEPS): (age, share) for age, share in reversed(pairs)}
    return [by_step[step] for step in sorted(by_step)]
