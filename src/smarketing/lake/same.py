"""Which clients and leads count as one, because somebody said so?

Facts keep the ids they came with; the builder reads them through these views. A word taken back therefore brings
the earlier journeys, and nothing is ever merged in the facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from smarketing.facts.identity import one_id
from smarketing.lake.batches import LOAD
from smarketing.lake.engine import Engine

_SAID = f"""
SELECT kind, one, other FROM raw_identity WHERE {LOAD} <= {{until}}
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


_KINDS = ("client", "lead")


def apply(engine: Engine, relations: Mapping[str, str], until: int) -> None:
    """Show ``raw_leads`` and ``raw_payments`` with one id for what is one; ``relations``: rows as written.

    ``until``: the load whose words are the last to count.
    """
    joined = {kind: _joined(engine, kind, until) for kind in _KINDS}
    if not any(joined.values()):
        return
    for kind, same_as in joined.items():
        engine.fill(f"same_{kind}s", {"id": "VARCHAR", "same_as": "VARCHAR"}, same_as.items())
    engine.run(_LEADS.format(relation=relations["leads"]))
    engine.run(_PAYMENTS.format(relation=relations["payments"]))


def put_touched(engine: Engine, load: int) -> None:
    """Make ``said_clients`` and ``said_leads``: ids that count for another since this load, with both others."""
    for kind in _KINDS:
        before, after = (_joined(engine, kind, until) for until in (load - 1, load))
        moved = [one for one in before.keys() | after.keys() if before.get(one) != after.get(one)]
        ids = set(chain.from_iterable((one, before.get(one, one), after.get(one, one)) for one in moved))
        engine.fill(f"said_{kind}s", {"id": "VARCHAR"}, [(one,) for one in sorted(ids)])


def _joined(engine: Engine, kind: str, until: int) -> dict[str, str]:
    said = engine.rows(_SAID.format(until=until))
    return one_id((one, other) for of, one, other in said if of == kind)
