"""Which few numbers can a person compare with what they already know about this data?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import Company, Milestone
from smarketing.facts.query import literal


@dataclass(frozen=True)
class Totals:
    """Counts and sums of one load; days are local. None where the load has no such facts."""

    leads: int = 0
    created: tuple[date, date] | None = None
    amount: Decimal | None = None  # of the leads
    won: int = 0  # leads that reached a stage with the milestone «won»
    payments: int = 0
    paid: Decimal | None = None
    spend: Decimal | None = None
    spend_days: tuple[date, date] | None = None
    clicks: int | None = None
    impressions: int | None = None
    stages: Mapping[str, int] = field(default_factory=dict)  # stage → leads that entered it


def totals(bench: Workbench, relations: Mapping[str, str], company: Company) -> Totals:
    """The totals of the accepted rows; ``relations`` name them by table."""
    said: dict[str, object] = {}
    if "leads" in relations:
        day = f"CAST(timezone({literal(company.zone)}, timezone('UTC', created_at)) AS DATE)"
        count, first, last, amount = bench.one(
            f"SELECT COUNT(*), MIN({day}), MAX({day}), SUM(amount) FROM {relations['leads']}"
        )
        said |= {"leads": count, "created": _span(first, last), "amount": amount}
    if "stage_moves" in relations:
        stages = dict(
            bench.rows(
                f"SELECT stage, COUNT(DISTINCT lead_id) FROM {relations['stage_moves']} "
                f"GROUP BY stage ORDER BY 2 DESC, 1"
            )
        )
        said |= {"stages": stages, "won": _won(bench, relations, company)}
    if "payments" in relations:
        count, paid = bench.one(f"SELECT COUNT(*), SUM(amount) FROM {relations['payments']}")
        said |= {"payments": count, "paid": paid}
    if "ad_spend" in relations:
        spend, first, last, clicks, impressions = bench.one(
            f"SELECT SUM(cost), MIN(day), MAX(day), SUM(clicks), SUM(impressions) FROM {relations['ad_spend']}"
        )
        said |= {"spend": spend, "spend_days": _span(first, last)}
        said |= {"clicks": _whole(clicks), "impressions": _whole(impressions)}
    return Totals(**said)  # type: ignore[arg-type]


# Days of closing and of payment are typed by people and may lie ahead. Work that goes on leaves no gap longer than
# this after the last moment a system itself recorded; what lies beyond such a gap is a plan or a slip.
LEEWAY = timedelta(days=7)
_RECORDED = (("leads", "created_at"), ("leads", "updated_at"), ("activities", "at"))
_TYPED = (("stage_moves", "entered_at"), ("payments", "paid_at"))


def latest_moment(accepted: Mapping[str, pa.Table], company: Company, now: datetime) -> datetime | None:
    """The last moment these facts know of, not later than ``now``; None where nothing is dated.

    A day of ad spend is known to its end.
    """
    recorded = [_latest(accepted, table, column, now) for table, column in _RECORDED]
    recorded.append(_spend_until(accepted, company, now))
    last = max(filter(None, recorded), default=None)
    if last is None:
        return max(filter(None, [_latest(accepted, *typed, now) for typed in _TYPED]), default=None)
    while (later := _typed_within(accepted, last, min(now, last + LEEWAY))) is not None:
        last = later
    return last


def _typed_within(accepted: Mapping[str, pa.Table], after: datetime, limit: datetime) -> datetime | None:
    """The last typed moment not over the limit, if it is later than what is known already."""
    found = max(filter(None, [_latest(accepted, *typed, limit) for typed in _TYPED]), default=None)
    return found if found is not None and found > after else None


def _latest(accepted: Mapping[str, pa.Table], table: str, column: str, limit: datetime) -> datetime | None:
    if table not in accepted:
        return None
    bound = pa.scalar(limit.astimezone(UTC).replace(tzinfo=None), pa.timestamp("us"))
    moments = accepted[table][column]  # alone: filtering whole rows for the sake of one column takes half a load
    moment = pc.max(moments.filter(pc.less_equal(moments, bound))).as_py()
    return None if moment is None else moment.replace(tzinfo=UTC)


def _spend_until(accepted: Mapping[str, pa.Table], company: Company, now: datetime) -> datetime | None:
    day = pc.max(accepted["ad_spend"]["day"]).as_py() if "ad_spend" in accepted else None
    if day is None:
        return None
    # Midnight would already be the next day, of which nothing is known.
    return min(now, datetime.combine(day, time(23, 59, 59), tzinfo=company.tz)).astimezone(UTC)


def _won(bench: Workbench, relations: Mapping[str, str], company: Company) -> int:
    """Leads that were won; beside leads, only those among them: a share above the whole would say nothing."""
    keys = [stage.key for stage in company.stages if stage.milestone is Milestone.WON]
    if not keys:
        return 0
    listed = ", ".join(map(literal, keys))
    among = f" AND lead_id IN (SELECT lead_id FROM {relations['leads']})" if "leads" in relations else ""
    moves = relations["stage_moves"]
    return int(bench.one(f"SELECT COUNT(DISTINCT lead_id) FROM {moves} WHERE stage IN ({listed}){among}")[0])


def _span(first: date | None, last: date | None) -> tuple[date, date] | None:
    return None if first is None or last is None else (first, last)


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))
