"""Which leads and which months of spend count under another campaign, because somebody said so of two names?

What was said is a setting (``Company.campaign_pairs``); of all settings that the derived tables follow it is the
one that changes from one click to the next, so only what it touches is built anew.
"""

from __future__ import annotations

from smarketing.facts.campaigns import one_name
from smarketing.facts.company import Company
from smarketing.lake.batches import PART
from smarketing.lake.engine import Engine

_OF_LEADS = """
CREATE OR REPLACE TABLE renamed_leads AS
SELECT DISTINCT l.lead_id FROM raw_leads l
JOIN renamed n ON n.lead_source = l.lead_source AND n.campaign = l.campaign
"""
_OF_SPEND = f"""
CREATE OR REPLACE TABLE renamed_spend AS
SELECT DISTINCT a.{PART} FROM raw_ad_spend a
JOIN renamed n ON n.lead_source = a.lead_source AND n.campaign = a.campaign
"""


def put_touched(engine: Engine, before: Company | None, after: Company) -> None:
    """Make ``renamed_leads`` (``lead_id``) and ``renamed_spend`` (the part) of names that count otherwise now."""
    old = one_name(before.campaign_pairs) if before else {}
    new = one_name(after.campaign_pairs)
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    engine.fill("renamed", {"lead_source": "VARCHAR", "campaign": "VARCHAR"}, names)
    engine.run(_OF_LEADS)
    engine.run(_OF_SPEND)
