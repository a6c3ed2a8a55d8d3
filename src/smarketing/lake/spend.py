"""What did advertising cost, net of VAT? The derived table ``spend``, one row per valid row of ``ad_spend``."""

from __future__ import annotations

from collections.abc import Collection

from smarketing.facts.company import Company
from smarketing.facts.journeys import SPEND_COLUMNS, SPEND_DIMENSIONS
from smarketing.facts.query import literal
from smarketing.lake.batches import LOAD, PART
from smarketing.lake.engine import Engine
from smarketing.lake.settings import in_company_money, month_of, rate_on, typed, week_of

_SPEND = """
CREATE OR REPLACE TABLE new_spend AS
WITH valid AS (
    SELECT * FROM raw_ad_spend WHERE {where}
    QUALIFY {load} = MAX({load}) OVER (PARTITION BY lead_source, account, day)
)
SELECT {columns}, {month}::INTEGER AS {part}
FROM valid a
LEFT JOIN source_groups g ON g.lead_source = a.lead_source
LEFT JOIN campaign_names n ON n.lead_source = a.lead_source AND n.campaign = a.campaign
LEFT JOIN rates r ON {rate}
"""


def build(engine: Engine, company: Company, parts: Collection[int] | None) -> None:
    """Make ``new_spend`` for some months, or for all of them (None)."""
    columns = {
        "day": "a.day",
        "week": week_of("a.day"),
        "month": month_of("a.day"),
        **{dimension: f"a.{dimension}" for dimension in SPEND_DIMENSIONS if dimension != "source_group"},
        "source_group": "g.source_group",
        "campaign": "COALESCE(n.name, a.campaign)",
        "cost": in_company_money("a.cost - COALESCE(a.vat, 0)"),
        "impressions": "a.impressions",
        "clicks": "a.clicks",
        "reported_leads": "a.reported_leads",
    }
    engine.run(
        _SPEND.format(
            where="TRUE" if parts is None else f"{PART} IN ({', '.join(map(str, parts))})",
            load=LOAD,
            columns=typed(columns, SPEND_COLUMNS),
            month=month_of("a.day"),
            part=PART,
            rate=rate_on(f"COALESCE(a.currency, {literal(company.currency)})", "a.day"),
        )
    )
