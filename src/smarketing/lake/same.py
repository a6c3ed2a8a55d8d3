"""Which clients and leads count as one, because somebody said so?

Facts keep the ids they came with; the builder reads them through these views. A word taken back therefore brings
the earlier journeys, and nothing is ever merged in the facts.
"""

from __future__ import annotations

from collections.abc import Mapping

from smarketing.facts.identity import one_id
from smarketing.lake.batches import LOAD
from smarketing.lake.engine import Engine

_SAID = f"""
SELECT kind, one, other FROM raw_identity
QUALIFY ROW_NUMBER() OVER (PARTITION BY kind, one, other ORDER BY {LOAD} DESC) = 1 AND verdict = 'same'
ORDER BY kind, one, other
"""
_LEADS = """
CREATE OR REPLACE VIEW raw_leads AS
SELECT l.* REPLACE (
    COALESCE(c.same_as, l.client_id) AS client_id, COALESCE(l.duplicate_of, d.same_as) AS duplicate_of
)
FROM {relation} l
LEFT JOIN same_clients c ON c.id = l.client_id
LEFT JOIN same_leads d ON d.id = l.lead_id
"""
_PAYMENTS = """
CREATE OR REPLACE VIEW raw_payments AS
SELECT p.* REPLACE (COALESCE(c.same_as, p.client_id) AS client_id)
FROM {relation} p LEFT JOIN same_clients c ON c.id = p.client_id
"""


def apply(engine: Engine, relations: Mapping[str, str]) -> None:
    """Show ``raw_leads`` and ``raw_payments`` with one id for what is one; ``relations``: rows as written."""
    said = engine.rows(_SAID)
    if not said:
        return
    for kind, table in (("client", "same_clients"), ("lead", "same_leads")):
        joined = one_id((one, other) for of, one, other in said if of == kind)
        engine.fill(table, {"id": "VARCHAR", "same_as": "VARCHAR"}, joined.items())
    engine.run(_LEADS.format(relation=relations["leads"]))
    engine.run(_PAYMENTS.format(relation=relations["payments"]))
