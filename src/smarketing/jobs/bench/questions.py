"""Which questions are timed, in the words of each engine?

``JOURNEY`` asks the derived tables in our restricted dialect; ``RAW`` asks the facts themselves in plain SQL that
PostgreSQL and DuckDB both read, as somebody with a BI tool over the same tables would. Rows and columns of one
question agree between the two, and the benchmark checks that they do.
"""

from __future__ import annotations

from smarketing.jobs.bench.facts import STAGES

THREE = ("economics", "funnel", "losses")

_ECONOMICS_END = """
SELECT l.lead_source, l.month, l.leads, l.won, l.revenue, s.cost, 1.0 * s.cost / NULLIF(l.leads, 0) AS cpl
FROM l LEFT JOIN s ON s.lead_source = l.lead_source AND s.month = l.month
ORDER BY l.lead_source, l.month"""

_ECONOMICS = f"""
WITH l AS (
    SELECT lead_source, created_month AS month, COUNT(*) AS leads, COUNT(*) FILTER (WHERE is_won) AS won,
        SUM(revenue) AS revenue
    FROM journeys WHERE is_counted GROUP BY lead_source, created_month
), s AS (
    SELECT lead_source, month, SUM(cost) AS cost FROM spend GROUP BY lead_source, month
){_ECONOMICS_END}"""

_MONTH = "CAST(EXTRACT(YEAR FROM {0}) * 100 + EXTRACT(MONTH FROM {0}) AS INTEGER)"
_CREATED = _MONTH.format("l.created_at")

_RAW_ECONOMICS = f"""
WITH w AS (
    SELECT DISTINCT lead_id FROM stage_moves WHERE stage = 'won'
), p AS (
    SELECT lead_id, SUM(amount - vat) AS revenue FROM payments GROUP BY lead_id
), l AS (
    SELECT l.lead_source, {_CREATED} AS month, COUNT(*) AS leads, COUNT(w.lead_id) AS won,
        COALESCE(SUM(p.revenue), 0) AS revenue
    FROM leads l LEFT JOIN w ON w.lead_id = l.lead_id LEFT JOIN p ON p.lead_id = l.lead_id
    GROUP BY l.lead_source, {_CREATED}
), s AS (
    SELECT lead_source, {_MONTH.format("day")} AS month, SUM(cost - vat) AS cost
    FROM ad_spend GROUP BY lead_source, {_MONTH.format("day")}
){_ECONOMICS_END}"""

_MEDIAN = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY {0})"

_FUNNEL = (
    "SELECT segment, "
    + ", ".join(
        f"COUNT(*) FILTER (WHERE in_{stage}) AS n_{stage}, {_MEDIAN.format(f'sec_{stage}')} AS median_{stage}"
        for stage in STAGES
    )
    + " FROM journeys WHERE is_counted GROUP BY segment ORDER BY segment NULLS LAST"
)

_RAW_FUNNEL = f"""
WITH m AS (
    SELECT lead_id, stage, entered_at,
        LEAD(entered_at) OVER (PARTITION BY lead_id ORDER BY entered_at) AS left_at
    FROM stage_moves
), s AS (
    SELECT lead_id, stage, SUM(EXTRACT(EPOCH FROM (left_at - entered_at))) AS seconds
    FROM m GROUP BY lead_id, stage
), g AS (
    SELECT l.segment, s.stage, COUNT(*) AS n, {_MEDIAN.format("s.seconds")} AS median
    FROM s JOIN leads l ON l.lead_id = s.lead_id GROUP BY l.segment, s.stage
)
SELECT segment, {
    ", ".join(
        f"MAX(CASE WHEN stage = '{stage}' THEN n END) AS n_{stage}, "
        f"MAX(CASE WHEN stage = '{stage}' THEN median END) AS median_{stage}"
        for stage in STAGES
    )
}
FROM g GROUP BY segment ORDER BY segment NULLS LAST"""

_LOSSES = """
SELECT loss_stage, created_month AS month, loss_reason, COUNT(*) AS leads, SUM(amount) AS amount
FROM journeys WHERE is_counted AND outcome = 'lost'
GROUP BY loss_stage, created_month, loss_reason
ORDER BY loss_stage NULLS LAST, month, loss_reason NULLS LAST"""

_RAW_LOSSES = f"""
WITH m AS (
    SELECT lead_id, stage, loss_reason,
        LAG(stage) OVER (PARTITION BY lead_id ORDER BY entered_at) AS loss_stage,
        LEAD(stage) OVER (PARTITION BY lead_id ORDER BY entered_at) AS next_stage
    FROM stage_moves
)
SELECT m.loss_stage, {_CREATED} AS month, m.loss_reason, COUNT(*) AS leads, SUM(l.amount) AS amount
FROM m JOIN leads l ON l.lead_id = m.lead_id
WHERE m.stage = 'lost' AND m.next_stage IS NULL
GROUP BY m.loss_stage, {_CREATED}, m.loss_reason
ORDER BY m.loss_stage NULLS LAST, month, m.loss_reason NULLS LAST"""

_WAITED = "EXTRACT(EPOCH FROM (m.entered_at - l.created_at))"
_COUNTED = "FROM journeys WHERE is_counted"

# What a page asks: twelve tiles, each with its raw counterpart.
_TILES: dict[str, tuple[str, str]] = {
    "leads by month": (
        f"SELECT created_month AS month, COUNT(*) AS leads {_COUNTED} GROUP BY created_month ORDER BY month",
        f"SELECT {_CREATED} AS month, COUNT(*) AS leads FROM leads l GROUP BY 1 ORDER BY month",
    ),
    "revenue by month paid": (
        "SELECT paid_month AS month, SUM(amount) AS revenue FROM receipts WHERE is_counted "
        "GROUP BY paid_month ORDER BY month",
        f"SELECT {_MONTH.format('paid_at')} AS month, SUM(amount - vat) AS revenue FROM payments "
        "GROUP BY 1 ORDER BY month",
    ),
    "sales by source": (
        f"SELECT lead_source, COUNT(*) AS leads, COUNT(*) FILTER (WHERE is_won) AS won {_COUNTED} "
        "GROUP BY lead_source ORDER BY lead_source",
        "SELECT l.lead_source, COUNT(*) AS leads, COUNT(w.lead_id) AS won FROM leads l LEFT JOIN "
        "(SELECT DISTINCT lead_id FROM stage_moves WHERE stage = 'won') w ON w.lead_id = l.lead_id "
        "GROUP BY l.lead_source ORDER BY l.lead_source",
    ),
    "deals by segment": (
        f"SELECT segment, COUNT(*) AS leads, COUNT(*) FILTER (WHERE is_deal) AS deals {_COUNTED} "
        "GROUP BY segment ORDER BY segment",
        "SELECT l.segment, COUNT(*) AS leads, COUNT(w.lead_id) AS deals FROM leads l LEFT JOIN "
        "(SELECT DISTINCT lead_id FROM stage_moves WHERE stage IN ('contract', 'won')) w ON w.lead_id = l.lead_id "
        "GROUP BY l.segment ORDER BY l.segment",
    ),
    "sales by manager": (
        f"SELECT manager, COUNT(*) AS leads, COUNT(*) FILTER (WHERE is_won) AS won {_COUNTED} "
        "GROUP BY manager ORDER BY manager",
        "SELECT l.manager, COUNT(*) AS leads, COUNT(w.lead_id) AS won FROM leads l LEFT JOIN "
        "(SELECT DISTINCT lead_id FROM stage_moves WHERE stage = 'won') w ON w.lead_id = l.lead_id "
        "GROUP BY l.manager ORDER BY l.manager",
    ),
    "reasons": (
        f"SELECT loss_reason, COUNT(*) AS leads {_COUNTED} AND outcome = 'lost' "
        "GROUP BY loss_reason ORDER BY loss_reason NULLS LAST",
        "SELECT loss_reason, COUNT(*) AS leads FROM stage_moves WHERE stage = 'lost' "
        "GROUP BY loss_reason ORDER BY loss_reason NULLS LAST",
    ),
    "time to a sale by month": (
        f"SELECT created_month AS month, {_MEDIAN.format('won_seconds')} AS median {_COUNTED} AND is_won "
        "GROUP BY created_month ORDER BY month",
        f"SELECT {_CREATED} AS month, {_MEDIAN.format(_WAITED)} AS median "
        "FROM leads l JOIN stage_moves m ON m.lead_id = l.lead_id AND m.stage = 'won' GROUP BY 1 ORDER BY month",
    ),
    "non-target by source": (
        f"SELECT lead_source, COUNT(*) FILTER (WHERE target_verdict = 'non_target') AS non_target {_COUNTED} "
        "GROUP BY lead_source ORDER BY lead_source",
        "SELECT lead_source, COUNT(*) FILTER (WHERE segment = 'abroad' OR amount < 20000) AS non_target "
        "FROM leads GROUP BY lead_source ORDER BY lead_source",
    ),
    "open leads by stage": (
        f"SELECT stage, COUNT(*) AS leads {_COUNTED} AND outcome = 'open' GROUP BY stage ORDER BY stage",
        "SELECT stage, COUNT(*) AS leads FROM (SELECT stage, "
        "ROW_NUMBER() OVER (PARTITION BY lead_id ORDER BY entered_at DESC) AS place FROM stage_moves) m "
        "WHERE place = 1 AND stage NOT IN ('won', 'lost') GROUP BY stage ORDER BY stage",
    ),
    "spend by month": (
        "SELECT month, SUM(cost) AS cost FROM spend GROUP BY month ORDER BY month",
        f"SELECT {_MONTH.format('day')} AS month, SUM(cost - vat) AS cost FROM ad_spend GROUP BY 1 ORDER BY month",
    ),
    "campaigns of a source": (
        f"SELECT campaign, COUNT(*) AS leads, SUM(revenue) AS revenue {_COUNTED} AND lead_source = 'source-00' "
        "GROUP BY campaign ORDER BY campaign",
        "SELECT l.campaign, COUNT(*) AS leads, COALESCE(SUM(p.revenue), 0) AS revenue FROM leads l LEFT JOIN "
        "(SELECT lead_id, SUM(amount - vat) AS revenue FROM payments GROUP BY lead_id) p ON p.lead_id = l.lead_id "
        "WHERE l.lead_source = 'source-00' GROUP BY l.campaign ORDER BY l.campaign",
    ),
    "accepted by segment and month": (
        f"SELECT segment, created_month AS month, COUNT(*) FILTER (WHERE is_accepted) AS accepted {_COUNTED} "
        "GROUP BY segment, created_month ORDER BY segment, month",
        f"SELECT l.segment, {_CREATED} AS month, COUNT(a.lead_id) AS accepted FROM leads l LEFT JOIN "
        "(SELECT DISTINCT lead_id FROM stage_moves WHERE stage IN "
        "('accepted', 'meeting', 'proposal', 'contract', 'won')) a ON a.lead_id = l.lead_id "
        "GROUP BY 1, 2 ORDER BY 1, 2",
    ),
}

PAGE: tuple[str, ...] = tuple(_TILES)
JOURNEY: dict[str, str] = {
    "economics": _ECONOMICS,
    "funnel": _FUNNEL,
    "losses": _LOSSES,
    **{name: journey for name, (journey, _) in _TILES.items()},
}
RAW: dict[str, str] = {
    "economics": _RAW_ECONOMICS,
    "funnel": _RAW_FUNNEL,
    "losses": _RAW_LOSSES,
    **{name: raw for name, (_, raw) in _TILES.items()},
}

# The same columns summed without any grouping: as fast as an engine can look at them at all.
SCAN: dict[str, str] = {
    "economics": "SELECT COUNT(lead_source), SUM(created_month), COUNT(*) FILTER (WHERE is_won), "
    "COUNT(*) FILTER (WHERE is_counted), SUM(revenue) FROM journeys",
    "funnel": "SELECT COUNT(segment), COUNT(*) FILTER (WHERE is_counted), "
    + ", ".join(f"COUNT(*) FILTER (WHERE in_{stage}), SUM(sec_{stage})" for stage in STAGES)
    + " FROM journeys",
    "losses": "SELECT COUNT(loss_stage), SUM(created_month), COUNT(loss_reason), COUNT(outcome), "
    "COUNT(*) FILTER (WHERE is_counted), SUM(amount) FROM journeys",
}

# What other engines get of the journeys: every column the three questions read.
JOURNEY_COLUMNS: tuple[str, ...] = (
    "lead_source",
    "segment",
    "created_month",
    "is_counted",
    "is_won",
    "revenue",
    "outcome",
    "loss_stage",
    "loss_reason",
    "amount",
    *(f"in_{stage}" for stage in STAGES),
    *(f"sec_{stage}" for stage in STAGES),
)
NUMPY_COLUMNS = ("created_month", "is_counted", "is_won", "revenue")
