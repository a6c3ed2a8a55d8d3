"""Which records stand behind a cell of the reconciliation: leads, cards set aside, rows of the report?"""

from __future__ import annotations

from datetime import timedelta

from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.analyses.reconciliation.causes import DELAY_DAYS
from smarketing.analyses.reconciliation.forms import FORM_KINDS
from smarketing.analyses.reconciliation.gathering import BORDER_HOURS, REPORTED_METRICS
from smarketing.analyses.records import LEAD_COLUMNS, Records
from smarketing.facts.period import Period
from smarketing.facts.query import Reader, literal

_NIGHT = f"is_counted AND (created_hour < {BORDER_HOURS} OR created_hour >= {24 - BORDER_HOURS})"
_LEADS = {
    "gap_duplicate": "NOT is_test AND is_duplicate AND NOT is_repeat",
    "gap_existing_client": "NOT is_test AND is_duplicate AND is_repeat",
    "gap_test": "is_test",
    "gap_no_source": "is_counted AND (lead_source IS NULL OR campaign IS NULL)",
    "gap_day_border": _NIGHT,
}
_OF_REPORT = ("reported_leads", "gap_not_delivered")
_REPORTS = (
    ("touches", ("at", "channel", "campaign", "lead_id"), "t.at DESC, touch_id"),
    ("spend", ("day", "lead_source", "campaign", "ad", "reported_leads", "clicks", "cost"),
     "day DESC, lead_source NULLS LAST, campaign NULLS LAST"),
    ("reported", ("month", "day", "lead_source", "campaign", "value"),
     "month DESC NULLS LAST, day DESC NULLS LAST, lead_source NULLS LAST, campaign NULLS LAST"),
)  # fmt: skip


def behind(reader: Reader, metric: str, question: Question, limit: int = 100, offset: int = 0) -> Records:
    """The records of a cell, newest first; what the report counts is its own rows, forms before days of spend."""
    if metric not in _OF_REPORT:
        return _leads(reader, metric, question, limit, offset)
    for table, columns, order in _REPORTS:
        found = _page(reader, table, columns, _report_condition(reader, table, question), order, limit, offset)
        if found.count or table == _REPORTS[-1][0]:
            break
    return found


def _leads(reader: Reader, metric: str, question: Question, limit: int, offset: int) -> Records:
    period, where = question.period, dict(question.where)
    if metric == "gap_no_source":  # they stand under no name
        where = {key: values for key, values in where.items() if key == "source_group"}
    if period is not None and metric == "gap_day_border":
        period = Period(period.start - timedelta(days=1), period.end + timedelta(days=1))
    if period is not None and metric == "gap_delayed":
        period = Period(period.start + timedelta(days=1), period.end + timedelta(days=DELAY_DAYS))
    chosen = _LEADS.get(metric, "is_counted")
    conditions = (f"({chosen})", period_condition(period, "created"), filter_condition(where))
    order = "created_at DESC NULLS LAST, lead_id"
    return _page(reader, "journeys", LEAD_COLUMNS, " AND ".join(conditions), order, limit, offset)


def _report_condition(reader: Reader, table: str, question: Question) -> str:
    if table == "touches":
        kinds = f"LOWER(kind) IN ({', '.join(map(literal, FORM_KINDS))}) AND lead_id IS NOT NULL"
        where = {"channel" if key == "lead_source" else key: values for key, values in question.where.items()}
        days = "TRUE"
        if question.period is not None:
            start, end = question.period.moments(reader.company.tz)
            days = f"t.at >= {literal(start)} AND t.at < {literal(end)}"
        return (
            f"{kinds} AND {days} AND {filter_condition({k: v for k, v in where.items() if k != 'source_group'})}"
        )
    if table == "spend":
        counted = "reported_leads > 0"
        return f"{counted} AND {period_condition(question.period, '')} AND {filter_condition(question.where)}"
    named = ", ".join(map(literal, REPORTED_METRICS))
    of_source, of_campaign = (
        filter_condition({key: values for key, values in question.where.items() if key == wanted})
        for wanted in ("lead_source", "campaign")
    )
    of_campaign = f"(campaign IS NULL OR {of_campaign})"  # a figure of the whole source speaks of each campaign
    return f"metric IN ({named}) AND {_typed_days(question.period)} AND {of_source} AND {of_campaign}"


def _typed_days(period: Period | None) -> str:
    if period is None:
        return "TRUE"
    months = ", ".join(str(month.number) for month in period.months)
    return f"(({period_condition(period, '')}) OR (day IS NULL AND month IN ({months})))"


def _page(
    reader: Reader, table: str, columns: tuple[str, ...], where: str, order: str, limit: int, offset: int
) -> Records:
    counting = f"SELECT COUNT(*) AS records FROM {table} t WHERE {where}"
    page = (
        f"SELECT {', '.join(f't.{column}' for column in columns)}\nFROM {table} t\nWHERE {where}\n"
        f"ORDER BY {order} LIMIT {literal(limit)} OFFSET {literal(offset)}"
    )
    (count,) = reader.query(counting).to_pylist()
    rows = tuple(tuple(row[column] for column in columns) for row in reader.query(page).to_pylist())
    return Records(table, columns, rows, int(count["records"]), (page, counting))
