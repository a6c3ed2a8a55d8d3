"""How does one row per lead come about? The derived table ``journeys`` for a chunk of leads.

Everything that engines understand differently happens here, once: latest versions, windows, zones, durations.
Whoever changes what a figure comes to raises ``manifest.BUILDER``.
"""

from __future__ import annotations

from datetime import datetime

from smarketing.facts.company import Company
from smarketing.facts.journeys import MILESTONES, journey_columns
from smarketing.facts.query import literal
from smarketing.lake import path, verdicts
from smarketing.lake.batches import LOAD, PART
from smarketing.lake.engine import Engine
from smarketing.lake.settings import in_company_money, local, month_of, rate_on, typed, week_of

# A first response is what a manager did towards the client and what reached him.
RESPONSE_KINDS = ("call", "letter", "meeting", "message", "first_response")
FAILED_RESULTS = (
    "missed", "no_answer", "busy", "failed",
    "не дозвонились", "недозвон", "нет ответа", "не ответил", "пропущен", "пропущенный", "занято", "сбой",
)  # fmt: skip

# Rows lie in the order in which they will be written: sorting them here is cheaper than as whole journeys.
_LEADS = """
CREATE OR REPLACE TABLE chunk_leads AS
WITH timed AS (
    SELECT l.*, {local_created} AS local_created
    FROM raw_leads l JOIN chunk k ON k.lead_id = l.lead_id AND k.newest = l.{load}
), dated AS (
    SELECT l.* EXCLUDE (amount, currency, campaign, loss_reason, {load}, {part_name}), {amount} AS amount,
        l.loss_reason AS card_loss_reason,
        COALESCE(n.name, l.campaign) AS campaign, g.source_group, v.seller_verdict,
        CAST(l.local_created AS DATE) AS created_day,
        {custom}
        HOUR(l.local_created) * 3600 + MINUTE(l.local_created) * 60 + SECOND(l.local_created) AS created_second
    FROM timed l
    LEFT JOIN source_groups g ON g.lead_source = l.lead_source
    LEFT JOIN campaign_names n ON n.lead_source = l.lead_source AND n.campaign = l.campaign
    LEFT JOIN seller_verdicts v ON v.seller_quality = l.seller_quality
    LEFT JOIN rates r ON {rate}
)
SELECT *, (ROW_NUMBER() OVER ())::INTEGER AS lead_no
FROM (SELECT * FROM dated ORDER BY {part}, lead_source, created_at, lead_id)
"""

_ANSWERS = """
CREATE OR REPLACE TABLE lead_answers AS
WITH first_answers AS (
    SELECT l.lead_no, MIN(a.at) AS answered_at, {local_answered} AS local_answered
    FROM raw_activities a JOIN chunk_leads l ON l.lead_id = a.lead_id
    WHERE a.kind IN ({kinds}) AND LOWER(a.direction) IS DISTINCT FROM 'in'
      AND (a.result IS NULL OR LOWER(a.result) NOT IN ({failed}))
      AND a.at >= l.created_at
    GROUP BY l.lead_no
)
SELECT f.lead_no, f.answered_at, {clock} AS answered_clock
FROM first_answers f LEFT JOIN calendar c ON c.local_day = CAST(f.local_answered AS DATE)
"""

_JOURNEYS = """
CREATE OR REPLACE VIEW new_journeys AS
WITH facts AS (
    SELECT l.*, c.opens, c.closes,
        {clock} AS created_clock,
        p.* EXCLUDE (lead_no),
        COALESCE(p.outcome, 'open') AS outcome_now,
        COALESCE(l.is_test, FALSE) AS test,
        a.answered_at, a.answered_clock,
        m.revenue, m.cost_of_goods, m.payments_count, m.first_paid_at,
        v.verdict, v.criterion, v.criteria_version, v.judged_by,
        CASE WHEN w.first_lead IS DISTINCT FROM l.lead_id THEN w.first_at ELSE w.second_at END < l.created_at
            AS repeat
    FROM chunk_leads l
    LEFT JOIN calendar c ON c.local_day = l.created_day
    LEFT JOIN lead_paths p ON p.lead_no = l.lead_no
    LEFT JOIN lead_answers a ON a.lead_no = l.lead_no
    LEFT JOIN lead_money m ON m.lead_id = l.lead_id
    LEFT JOIN lead_verdicts v ON v.lead_no = l.lead_no
    LEFT JOIN client_wins w ON w.client_id = l.client_id
), dated AS (
    SELECT *,
        reached_accepted_at AS accepted_at, reached_deal_at AS deal_at,
        CASE WHEN outcome_now = 'won' THEN reached_won_at END AS won_at,
        CAST({local_accepted} AS DATE) AS accepted_day,
        CAST({local_deal} AS DATE) AS deal_day,
        CASE WHEN outcome_now = 'won' THEN CAST({local_won} AS DATE) END AS won_day,
        CAST({local_lost} AS DATE) AS lost_day
    FROM facts
)
SELECT {columns}, {part}::INTEGER AS {part_name} FROM dated
"""


def build(engine: Engine, company: Company, known_until: datetime, *, has_activities: bool) -> None:
    """Make ``chunk_leads`` and ``new_journeys`` for table ``chunk`` (``lead_id``, ``newest``: its load).

    Needs the views of raw facts, the tables of :mod:`smarketing.lake.settings`, and ``lead_money`` and
    ``client_wins`` of :mod:`smarketing.lake.receipts`. ``new_journeys`` is computed when it is read, once.
    """
    engine.run(
        _LEADS.format(
            load=LOAD,
            part=month_of("created_day"),
            part_name=PART,
            local_created=local("created_at", company),
            amount=in_company_money("l.amount"),
            rate=rate_on(f"COALESCE(l.currency, {literal(company.currency)})", "CAST(l.local_created AS DATE)"),
            custom="".join(_custom(field.key) for field in company.custom_fields),
        )
    )
    path.walk(engine, company, "chunk_leads")
    engine.run(
        _ANSWERS.format(
            kinds=_listed(RESPONSE_KINDS),
            failed=_listed(FAILED_RESULTS),
            local_answered=local("MIN(a.at)", company),
            clock=_clock(_second("f.local_answered")),
        )
    )
    verdicts.judge(engine, company, known_until)
    columns = _columns(company, known_until, has_activities)
    engine.run(
        _JOURNEYS.format(
            clock=_clock("l.created_second"),
            columns=typed(columns, journey_columns(company)),
            part=month_of("created_day"),
            part_name=PART,
            **{f"local_{milestone}": local(_moment_of(milestone), company) for milestone in MILESTONES},
        )
    )


def _columns(company: Company, known_until: datetime, has_activities: bool) -> dict[str, str]:
    """Every column of the contract → SQL over the CTE ``dated``."""
    columns = {
        **{name: f'"{name}"' for name in journey_columns(company)},
        **_created_columns(),
        **_lead_columns(),
        **_response_columns(company, known_until, has_activities),
    }
    for milestone in MILESTONES:
        columns[f"{milestone}_week"] = week_of(f"{milestone}_day")
        columns[f"{milestone}_month"] = month_of(f"{milestone}_day")
    for stage in company.stages:
        columns[f"in_{stage.key}"] = f'COALESCE("in_{stage.key}", FALSE)'
    return columns


def _created_columns() -> dict[str, str]:
    return {
        "created_week": week_of("created_day"),
        "created_month": month_of("created_day"),
        "created_hour": "HOUR(local_created)",
        "created_weekday": "ISODOW(local_created)",
        "in_working_hours": "created_second >= opens AND created_second < closes",
        "created_working_clock": "created_clock",
    }


def _lead_columns() -> dict[str, str]:
    return {
        "is_test": "test",
        "is_duplicate": "duplicate_of IS NOT NULL",
        "is_deleted": "deleted_at IS NOT NULL",
        "is_counted": "NOT test AND duplicate_of IS NULL AND deleted_at IS NULL",
        "is_repeat": "COALESCE(repeat, FALSE)",
        "target_verdict": "COALESCE(verdict, 'unknown')",
        "outcome": "outcome_now",
        "loss_reason": "CASE WHEN outcome_now = 'lost' THEN COALESCE(card_loss_reason, loss_reason) END",
        "furthest": "COALESCE(furthest, 0)",
        "returns": "COALESCE(returns, 0)",
        "reopenings": "COALESCE(reopenings, 0)",
        "is_accepted": "COALESCE(reached_accepted, FALSE)",
        "is_deal": "COALESCE(reached_deal, FALSE)",
        "is_won": "outcome_now = 'won'",
        "is_lost": "outcome_now = 'lost'",
        "won_seconds": _not_negative(_seconds("created_at", "won_at")),
        "lost_seconds": _not_negative(_seconds("created_at", "lost_at")),
        "revenue": "COALESCE(revenue, 0)",
        "cost_of_goods": "COALESCE(cost_of_goods, 0)",
        "payments_count": "COALESCE(payments_count, 0)",
    }


def _response_columns(company: Company, known_until: datetime, has_activities: bool) -> dict[str, str]:
    """How fast was the answer? Without any activity in the lake nobody can say, so nobody is blamed."""
    sla = company.response_sla_minutes * 60
    now = company.calendar.clock(known_until)
    handled = (
        f"CASE WHEN answered_at IS NOT NULL THEN answered_clock - created_clock <= {sla} "
        f"WHEN {now} - created_clock > {sla} THEN FALSE END"
    )
    return {
        "first_response_at": "answered_at",
        "is_answered": "answered_at IS NOT NULL" if has_activities else "NULL",
        "is_handled": handled if has_activities else "NULL",
        "response_seconds": _seconds("created_at", "answered_at"),
        "response_working_seconds": "answered_clock - created_clock",
    }


def _moment_of(milestone: str) -> str:
    return "lost_at" if milestone == "lost" else f"reached_{milestone}_at"


def _seconds(start: str, end: str) -> str:
    return f"(EPOCH_US({end}) - EPOCH_US({start})) // 1000000"


def _not_negative(seconds: str) -> str:
    """A move dated before its lead (a day without an hour) stands where the lead begins."""
    return f"CASE WHEN {seconds} < 0 THEN 0 ELSE {seconds} END"


def _second(moment: str) -> str:
    return f"(HOUR({moment}) * 3600 + MINUTE({moment}) * 60 + SECOND({moment}))"


def _clock(second: str) -> str:
    """``WorkingCalendar.clock`` in SQL: ``c`` is the day in the calendar, ``second`` is local."""
    return f"c.worked_before + LEAST(GREATEST({second} - c.opens, 0), c.closes - c.opens)"


def _custom(key: str) -> str:
    return f"NULLIF(l.custom ->> '$.{key}', '') AS custom_{key}, "


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(literal(word) for word in words)
