"""What money came, from whom, for the first time or again? The derived table ``receipts``."""

from __future__ import annotations

from smarketing.facts.company import Company, Milestone
from smarketing.facts.journeys import LEAD_DIMENSIONS, RECEIPT_COLUMNS
from smarketing.facts.query import literal
from smarketing.lake import path
from smarketing.lake.batches import LOAD, PART
from smarketing.lake.engine import Engine
from smarketing.lake.settings import in_company_money, local, milestone_place, month_of, rate_on, typed, week_of

# Latest versions of the payments that changed, and of all others of the same clients: the first one may be there.
_NET = """
CREATE OR REPLACE TABLE net_payments AS
WITH latest AS (
    SELECT * FROM raw_payments WHERE payment_id IN (SELECT payment_id FROM raw_payments WHERE {relevant})
    QUALIFY ROW_NUMBER() OVER (PARTITION BY payment_id ORDER BY {load} DESC) = 1
), owners AS (
    SELECT lead_id, client_id FROM raw_leads WHERE lead_id IN (SELECT lead_id FROM latest)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY lead_id ORDER BY {load} DESC) = 1
), net AS (
    SELECT p.payment_id, p.lead_id, COALESCE(p.client_id, o.client_id) AS client_id, p.paid_at, p.product,
        {net} AS net, {cost} AS cost
    FROM latest p
    LEFT JOIN owners o ON o.lead_id = p.lead_id
    LEFT JOIN rates r ON {rate}
), owned AS (
    SELECT *, CASE WHEN client_id IS NOT NULL THEN 'client ' || client_id
                   WHEN lead_id IS NOT NULL THEN 'lead ' || lead_id END AS payer
    FROM net
)
SELECT *, CASE WHEN payer IS NULL THEN NULL ELSE net > 0 AND ROW_NUMBER() OVER (
    PARTITION BY payer, net > 0 ORDER BY paid_at NULLS LAST, payment_id
) = 1 END AS is_first
FROM owned
"""

_MONEY = """
CREATE OR REPLACE TABLE lead_money AS
SELECT lead_id, SUM(net) AS revenue, SUM(cost) AS cost_of_goods,
    COUNT(*) FILTER (WHERE net > 0) AS payments_count,
    MIN(paid_at) FILTER (WHERE net > 0) AS first_paid_at
FROM net_payments WHERE lead_id IS NOT NULL GROUP BY lead_id
"""

_PAYERS = """
CREATE OR REPLACE TABLE payer_clients AS
SELECT client_id FROM raw_payments WHERE payment_id IN (SELECT payment_id FROM changed_payments)
UNION
SELECT client_id FROM raw_leads WHERE lead_id IN (SELECT lead_id FROM changed_leads)
"""

_RELEVANT = """
payment_id IN (SELECT payment_id FROM changed_payments)
OR client_id IN (SELECT client_id FROM payer_clients)
OR lead_id IN (SELECT lead_id FROM raw_leads WHERE client_id IN (SELECT client_id FROM payer_clients))
"""

# Clients with one lead only can have no repeat lead, so their sales need not be walked.
_CLIENT_LEADS = """
CREATE OR REPLACE TABLE client_leads AS
SELECT lead_id, client_id, created_at,
    COALESCE(is_test, FALSE) OR duplicate_of IS NOT NULL OR deleted_at IS NOT NULL AS not_counted
FROM raw_leads
WHERE lead_id IN (SELECT lead_id FROM raw_leads WHERE client_id IN (
    SELECT client_id FROM raw_leads WHERE client_id IS NOT NULL AND lead_id IN (SELECT lead_id FROM changed_leads)
))
QUALIFY ROW_NUMBER() OVER (PARTITION BY lead_id ORDER BY {load} DESC) = 1
"""

_WON_LEADS = """
CREATE OR REPLACE TABLE won_leads AS
SELECT l.lead_id, l.client_id, l.created_at, (ROW_NUMBER() OVER ())::INTEGER AS lead_no FROM client_leads l
WHERE NOT l.not_counted
  AND l.client_id IN (SELECT client_id FROM client_leads GROUP BY client_id HAVING COUNT(*) > 1)
  AND l.lead_id IN (
    SELECT m.lead_id FROM raw_stage_moves m JOIN stage_places s ON s.stage = m.stage WHERE s.place >= {won}
)
"""

_WINS = """
CREATE OR REPLACE TABLE client_wins AS
WITH turned AS (
    SELECT l.client_id, l.lead_id, p.reached_won_at AS won_at,
        ROW_NUMBER() OVER (PARTITION BY l.client_id ORDER BY p.reached_won_at, l.lead_id) AS turn
    FROM lead_paths p JOIN won_leads l ON l.lead_no = p.lead_no
    WHERE p.outcome = 'won' AND p.reached_won_at IS NOT NULL
)
SELECT client_id,
    MAX(lead_id) FILTER (WHERE turn = 1) AS first_lead,
    MAX(won_at) FILTER (WHERE turn = 1) AS first_at,
    MAX(won_at) FILTER (WHERE turn = 2) AS second_at
FROM turned WHERE turn <= 2 GROUP BY client_id
"""

_RECEIPTS = """
CREATE OR REPLACE TABLE new_receipts AS
WITH local_payments AS (
    SELECT *, CAST({local_paid} AS DATE) AS paid_day FROM net_payments
    WHERE payment_id IN (SELECT payment_id FROM changed_payments)
)
SELECT {columns}, COALESCE({month}, 0)::INTEGER AS {part}
FROM local_payments p {join} JOIN chunk_leads j ON j.lead_id = p.lead_id
{where}
"""


def prepare_payments(engine: Engine, company: Company, *, everything: bool) -> None:
    """Make ``net_payments``: net of VAT, in the company's currency, with their payers; ``lead_money`` of them."""
    if not everything:
        engine.run(_PAYERS)
    engine.run(
        _NET.format(
            relevant="TRUE" if everything else _RELEVANT,
            load=LOAD,
            net=in_company_money("p.amount - COALESCE(p.vat, 0)"),
            cost=in_company_money("p.cost"),
            rate=rate_on(
                f"COALESCE(p.currency, {literal(company.currency)})",
                f"CAST({local('p.paid_at', company)} AS DATE)",
            ),
        )
    )
    engine.run(_MONEY)


def prepare_wins(engine: Engine, company: Company) -> None:
    """Make ``client_wins``: the two earliest won leads of every client of a changed lead."""
    engine.run(_CLIENT_LEADS.format(load=LOAD))
    engine.run(_WON_LEADS.format(won=milestone_place(company, Milestone.WON)))
    path.walk(engine, company, "won_leads")
    engine.run(_WINS)


def build(engine: Engine, company: Company) -> None:
    """Make ``new_receipts`` for the changed payments of the leads in ``chunk_leads``."""
    _build(engine, company, "", "")


def build_changed(engine: Engine, company: Company) -> None:
    """Make ``new_receipts`` for all changed payments; a lead that is not in ``chunk_leads`` is unknown."""
    _build(engine, company, "LEFT", "")


def build_without_lead(engine: Engine, company: Company) -> None:
    """Make ``new_receipts`` for changed payments whose lead is not in ``lead_months``, where all are."""
    _build(
        engine,
        company,
        "LEFT",
        "WHERE p.lead_id IS NULL OR p.lead_id NOT IN (SELECT lead_id FROM lead_months)",
    )


def _build(engine: Engine, company: Company, join: str, where: str) -> None:
    columns = _columns()
    engine.run(
        _RECEIPTS.format(
            local_paid=local("paid_at", company),
            columns=typed(columns, RECEIPT_COLUMNS),
            month=month_of("j.created_day"),
            part=PART,
            join=join,
            where=where,
        )
    )


def _columns() -> dict[str, str]:
    return {
        "payment_id": "p.payment_id",
        "lead_id": "p.lead_id",
        "client_id": "p.client_id",
        "paid_at": "p.paid_at",
        "paid_day": "p.paid_day",
        "paid_week": week_of("p.paid_day"),
        "paid_month": month_of("p.paid_day"),
        "amount": "p.net",
        "cost": "p.cost",
        "is_first": "p.is_first",
        "is_counted": "NOT COALESCE(j.is_test, FALSE) AND j.deleted_at IS NULL",
        "created_day": "j.created_day",
        "created_week": week_of("j.created_day"),
        "created_month": month_of("j.created_day"),
        **{dimension: f"j.{dimension}" for dimension in LEAD_DIMENSIONS},
        "product": "COALESCE(p.product, j.product)",
    }
