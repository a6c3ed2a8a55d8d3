"""Which leads and payments must be computed anew after these facts came?

A lead's journey hangs on its own facts and on those of its client (is this a repeat lead, is this the first
payment). Old versions count too: a lead that changed its client changes both clients. What a person said of two
clients, two leads or two names of a campaign touches only those that count otherwise now
(:func:`smarketing.lake.same.put_touched`, :func:`smarketing.lake.renamed.put_touched`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from smarketing.facts.company import Company
from smarketing.lake.batches import LOAD, PART
from smarketing.lake.engine import Engine
from smarketing.lake.settings import local, month_of

NO_LEAD_PART = 0  # the part of money that no known lead brought
_BY_LEAD = ("leads", "stage_moves", "activities", "qualifications")
_MOVES_MONEY = ("leads", "stage_moves", "payments", "said", "renamed")

_CLIENTS = """
CREATE OR REPLACE TABLE touched_clients AS
SELECT DISTINCT client_id FROM raw_leads
WHERE client_id IS NOT NULL AND lead_id IN (SELECT lead_id FROM money_leads)
UNION
SELECT DISTINCT client_id FROM raw_payments
WHERE client_id IS NOT NULL AND payment_id IN (SELECT payment_id FROM touched_payments)
UNION
SELECT id FROM said_clients
"""

# What a client says of itself reaches figures only where it bought.
_SAID_OF_CLIENTS = """
UNION
SELECT client_id FROM raw_clients
WHERE client_id IN (SELECT client_id FROM new_clients) AND (left_at IS NOT NULL OR segment IS NOT NULL)
  AND client_id IN (
    SELECT client_id FROM raw_payments
    UNION SELECT client_id FROM raw_leads WHERE lead_id IN (SELECT lead_id FROM raw_payments)
)
"""

_CLOSURE = """
CREATE OR REPLACE TABLE changed_leads AS
WITH wide AS (
    SELECT lead_id FROM touched_leads
    UNION SELECT lead_id FROM raw_leads WHERE client_id IN (SELECT client_id FROM touched_clients)
    UNION SELECT lead_id FROM ({payments}) WHERE {theirs}
)
SELECT DISTINCT lead_id FROM wide WHERE lead_id IS NOT NULL
"""

# A payment hangs on the lead it names now; those of its older versions were changed along with it. Only payments
# of which some version is looked for are sorted by version.
_PAYMENTS_NOW = f"""
SELECT payment_id, lead_id, client_id FROM raw_payments
WHERE payment_id IN (SELECT payment_id FROM raw_payments WHERE {{looked_for}})
QUALIFY ROW_NUMBER() OVER (PARTITION BY payment_id ORDER BY {LOAD} DESC) = 1
"""
_OF_CLIENTS = "client_id IN (SELECT client_id FROM touched_clients)"
_OF_ANY = f"""
lead_id IN (SELECT lead_id FROM changed_leads) OR {_OF_CLIENTS}
OR payment_id IN (SELECT payment_id FROM touched_payments)
"""

_PAYMENTS = """
CREATE OR REPLACE TABLE changed_payments AS
SELECT payment_id FROM ({payments}) WHERE {theirs}
"""


@dataclass(frozen=True)
class Extent:
    """How much must be computed anew: everything, or some parts."""

    everything: bool
    leads: int
    parts: tuple[int, ...]
    payments: int
    spend_parts: tuple[int, ...]
    tasks: bool = True


def find(engine: Engine, company: Company, changed: Collection[str], *, waiting: bool) -> Extent:
    """Make ``changed_leads`` and ``changed_payments`` out of the tables ``new_<table>`` of a load.

    ``waiting``: time went on, so leads that were not answered yet must be judged again.
    """
    _touched(engine, changed, waiting=waiting)
    engine.run(_CLIENTS + (_SAID_OF_CLIENTS if "clients" in changed else ""))
    for statement, looked_for in ((_CLOSURE, _OF_CLIENTS), (_PAYMENTS, _OF_ANY)):
        engine.run(statement.format(payments=_PAYMENTS_NOW.format(looked_for=looked_for), theirs=looked_for))
    month = month_of(f"CAST({local('created_at', company)} AS DATE)")
    parts = engine.rows(
        f"SELECT DISTINCT {month} FROM raw_leads WHERE lead_id IN (SELECT lead_id FROM changed_leads) ORDER BY 1"
    )
    of_load = f"SELECT {PART} FROM new_ad_spend UNION " if "ad_spend" in changed else ""
    spend = f"SELECT {PART} FROM ({of_load}SELECT {PART} FROM renamed_spend) ORDER BY 1"
    return Extent(
        everything=False,
        leads=engine.value("SELECT COUNT(*) FROM changed_leads"),
        parts=tuple(row[0] for row in parts),
        payments=engine.value("SELECT COUNT(*) FROM changed_payments"),
        spend_parts=tuple(row[0] for row in engine.rows(spend)),
        tasks="tasks" in changed,
    )


def find_all(engine: Engine) -> Extent:
    """The same for a build from scratch."""
    engine.run("CREATE OR REPLACE TABLE changed_leads AS SELECT DISTINCT lead_id FROM raw_leads")
    engine.run("CREATE OR REPLACE TABLE changed_payments AS SELECT DISTINCT payment_id FROM raw_payments")
    return Extent(everything=True, leads=-1, parts=(), payments=-1, spend_parts=())


def _touched(engine: Engine, changed: Collection[str], *, waiting: bool) -> None:
    payments = "SELECT payment_id FROM new_payments" if "payments" in changed else _nothing("payment_id")
    engine.run(f"CREATE OR REPLACE TABLE touched_payments AS {payments}")
    of_payments = "SELECT lead_id FROM raw_payments WHERE payment_id IN (SELECT payment_id FROM touched_payments)"
    sources = {table: f"SELECT lead_id FROM new_{table}" for table in _BY_LEAD if table in changed}
    sources |= {"payments": of_payments, "said": "SELECT id FROM said_leads"}
    sources["renamed"] = "SELECT lead_id FROM renamed_leads"  # money carries the campaign of its lead
    money = " UNION ".join(query for table, query in sources.items() if table in _MOVES_MONEY)
    engine.run(f"CREATE OR REPLACE TABLE money_leads AS SELECT DISTINCT lead_id FROM ({money})")
    if waiting:
        sources["waiting"] = "SELECT lead_id FROM old_journeys WHERE is_handled IS NULL AND NOT is_answered"
    engine.run(f"CREATE OR REPLACE TABLE touched_leads AS {' UNION '.join(sources.values())}")


def _nothing(column: str) -> str:
    return f"SELECT CAST(NULL AS VARCHAR) AS {column} WHERE FALSE"
