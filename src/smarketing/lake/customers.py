"""Who bought, when first, when again, and for how much? The tables ``customers`` and ``customer_receipts``.

Both are made of ``receipts`` (and of what ``clients`` say of themselves) and hold no rule of silence: how long a
customer may be silent is learnt from the gaps when somebody asks, so a new purchase of one customer changes the
rows of that customer alone.

A payer is a client by number; money without one belongs to its lead, and such a customer cannot be recognised when
he comes again. Money of nobody makes no customer. A purchase is a day on which an order was first paid and that
was not all given back; an order is a lead with all its payments, or, where ``Company.purchase`` is «payment» and
for money without a lead, a day of payment.
"""

from __future__ import annotations

from smarketing.facts.company import Company
from smarketing.facts.journeys import CUSTOMER_COLUMNS, CUSTOMER_RECEIPT_COLUMNS, LEAD_DIMENSIONS
from smarketing.lake.batches import LOAD, PART
from smarketing.lake.engine import Engine
from smarketing.lake.settings import month_of, typed, week_of

NOT_CHANGED = "customer NOT IN (SELECT customer FROM changed_customers)"
YEAR = 365  # days of a customer's first year

# A payment may name a client of its own: what its lead says now reaches that client, who is not the lead's.
_CHANGED = """
CREATE OR REPLACE TABLE changed_customers AS
SELECT 'client ' || client_id AS customer FROM touched_clients WHERE client_id IS NOT NULL
UNION
SELECT 'client ' || client_id FROM {receipts}
WHERE client_id IS NOT NULL AND payment_id IN (SELECT payment_id FROM changed_payments)
UNION
SELECT 'lead ' || lead_id FROM changed_leads
"""

_PAID = """
CREATE OR REPLACE TABLE customer_payments AS
WITH owned AS (
    SELECT * EXCLUDE ({part}), {order_key} AS order_key,
        CASE WHEN client_id IS NOT NULL THEN 'client ' || client_id ELSE 'lead ' || lead_id END AS customer
    FROM {receipts} WHERE is_counted
)
SELECT *, SUM(amount) OVER one_order AS order_amount,
    MIN(paid_day) FILTER (WHERE amount > 0) OVER one_order AS opened_day
FROM owned WHERE customer IS NOT NULL AND {which}
WINDOW one_order AS (PARTITION BY customer, order_key)
"""

_PURCHASES = """
CREATE OR REPLACE TABLE customer_purchases AS
SELECT customer, opened_day,
    ROW_NUMBER() OVER days AS purchase_number,
    LAG(opened_day) OVER days AS previous_day,
    LEAD(opened_day) OVER days AS next_day
FROM (
    SELECT DISTINCT customer, opened_day FROM customer_payments WHERE order_amount > 0 AND opened_day IS NOT NULL
)
WINDOW days AS (PARTITION BY customer ORDER BY opened_day)
"""

# Dimensions come from the payment that made him a customer.
_WHO = """
CREATE OR REPLACE TABLE customer_origins AS
WITH said AS (
    SELECT client_id, segment, left_at FROM raw_clients
    QUALIFY ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY {load} DESC) = 1
)
SELECT p.customer, p.client_id, p.lead_id, p.created_day, s.left_at AS left_day, {dimensions}
FROM customer_payments p LEFT JOIN said s ON s.client_id = p.client_id
WHERE p.amount > 0 AND p.order_amount > 0
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY p.customer ORDER BY p.opened_day NULLS LAST, p.paid_at NULLS LAST, p.payment_id
) = 1
"""

_RECEIPTS = """
CREATE OR REPLACE TABLE new_customer_receipts AS
WITH placed AS (
    SELECT p.* EXCLUDE (client_id, {excluded}), o.*  EXCLUDE (customer, lead_id, created_day),
        f.opened_day AS first_day,
        u.purchase_number, u.previous_day, u.next_day,
        u.opened_day IS NOT NULL AND ROW_NUMBER() OVER (
            PARTITION BY p.customer, u.opened_day ORDER BY p.paid_at, p.payment_id
        ) = 1 AS opens
    FROM customer_payments p
    JOIN customer_origins o ON o.customer = p.customer
    LEFT JOIN customer_purchases f ON f.customer = p.customer AND f.purchase_number = 1
    LEFT JOIN customer_purchases u ON u.customer = p.customer AND u.opened_day = p.paid_day
        AND p.opened_day = p.paid_day AND p.amount > 0 AND p.order_amount > 0
), valued AS (
    SELECT *, SUM(amount) OVER (
        PARTITION BY customer ORDER BY paid_day RANGE BETWEEN INTERVAL {before} DAYS PRECEDING AND CURRENT ROW
    ) AS year_amount
    FROM placed
)
SELECT {columns}, COALESCE({first_month}, 0)::INTEGER AS {part} FROM valued
"""

_CUSTOMERS = """
CREATE OR REPLACE TABLE new_customers AS
WITH bought AS (
    SELECT customer, COUNT(*) AS days,
        MIN(opened_day) AS first_day, MAX(opened_day) AS last_day,
        MAX(opened_day) FILTER (WHERE purchase_number = 2) AS second_day
    FROM customer_purchases GROUP BY customer
), money AS (
    SELECT p.customer, SUM(p.amount) AS revenue, COALESCE(SUM(p.cost), 0) AS cost_of_goods,
        COUNT(DISTINCT p.order_key) FILTER (WHERE p.order_amount > 0 AND p.opened_day IS NULL)
            + MAX(CASE WHEN p.order_key IS NULL AND p.order_amount > 0 THEN 1 ELSE 0 END) AS undated,
        COALESCE(SUM(p.amount) FILTER (WHERE p.order_amount > 0 AND p.opened_day > b.first_day), 0)
            AS repeat_revenue,
        COALESCE(SUM(p.amount) FILTER (WHERE p.paid_day < b.first_day + {year}), 0) AS year_revenue,
        COALESCE(SUM(p.cost) FILTER (WHERE p.paid_day < b.first_day + {year}), 0) AS year_cost
    FROM customer_payments p LEFT JOIN bought b ON b.customer = p.customer GROUP BY p.customer
), everything AS (
    SELECT o.*, b.first_day, b.last_day, b.second_day, COALESCE(b.days, 0) + m.undated AS purchases,
        m.* EXCLUDE (customer, undated)
    FROM customer_origins o JOIN money m ON m.customer = o.customer
    LEFT JOIN bought b ON b.customer = o.customer
)
SELECT {columns}, COALESCE({first_month}, 0)::INTEGER AS {part} FROM everything
"""


def build(engine: Engine, company: Company, receipts: str) -> None:
    """Make ``new_customers`` and ``new_customer_receipts`` of all ``receipts`` (SQL for their rows)."""
    _build(engine, company, receipts, "TRUE")


def build_changed(engine: Engine, company: Company, receipts: str) -> set[int]:
    """The same for the customers of the leads and clients that changed; returns the parts they are and were in."""
    engine.run(_CHANGED.format(receipts=receipts))
    _build(engine, company, receipts, "customer IN (SELECT customer FROM changed_customers)")
    were = f"SELECT {PART} FROM old_customers WHERE customer IN (SELECT customer FROM changed_customers)"
    return {row[0] for row in engine.rows(f"SELECT {PART} FROM new_customers UNION {were}")} | {0}


def _build(engine: Engine, company: Company, receipts: str, which: str) -> None:
    day = "'day ' || CAST(paid_day AS VARCHAR)"
    engine.run(
        _PAID.format(
            part=PART,
            receipts=receipts,
            which=which,
            order_key=day if company.purchase == "payment" else f"COALESCE('lead ' || lead_id, {day})",
        )
    )
    engine.run(_PURCHASES)
    engine.run(_WHO.format(load=LOAD, dimensions=_dimensions()))
    engine.run(
        _RECEIPTS.format(
            excluded=", ".join(LEAD_DIMENSIONS),
            before=YEAR - 1,
            columns=typed(_receipt_columns(), CUSTOMER_RECEIPT_COLUMNS),
            first_month=month_of("first_day"),
            part=PART,
        )
    )
    engine.run(
        _CUSTOMERS.format(
            year=YEAR,
            columns=typed(_customer_columns(), CUSTOMER_COLUMNS),
            first_month=month_of("first_day"),
            part=PART,
        )
    )


def _dimensions() -> str:
    """The lead's own, and the client's segment where the lead has none."""
    listed = (f"p.{name}" for name in LEAD_DIMENSIONS if name != "segment")
    return ", ".join((*listed, "COALESCE(p.segment, s.segment) AS segment"))


def _receipt_columns() -> dict[str, str]:
    return {
        **{name: name for name in CUSTOMER_RECEIPT_COLUMNS},
        "is_identified": "client_id IS NOT NULL",
        "is_purchase": "opens",
        "purchase_number": "CASE WHEN opens THEN purchase_number END",
        "day_no": f"CASE WHEN opens THEN {_number('paid_day')} END",
        "gap_days": "CASE WHEN opens THEN paid_day - previous_day END",
        "next_no": f"CASE WHEN opens THEN {_number('next_day')} END",
        "left_no": _number("left_day"),
        "first_month": month_of("first_day"),
        "age_days": _not_before("paid_day - first_day"),
        "age_months": _not_before(f"{_months('paid_day')} - {_months('first_day')}"),
        "year_amount": "CASE WHEN opens THEN year_amount END",
    }


def _customer_columns() -> dict[str, str]:
    columns = {name: name for name in CUSTOMER_COLUMNS}
    for event in ("created", "first", "second", "last"):
        columns[f"{event}_week"] = week_of(f"{event}_day")
        columns[f"{event}_month"] = month_of(f"{event}_day")
    for event in ("first", "last", "left"):
        columns[f"{event}_no"] = _number(f"{event}_day")
    return {**columns, "is_identified": "client_id IS NOT NULL"}


def _not_before(age: str) -> str:
    """A refund dated before the first purchase stands where the customer begins; GREATEST would hide NULL."""
    return f"CASE WHEN {age} < 0 THEN 0 ELSE {age} END"


def _number(day: str) -> str:
    return f"({day} - DATE '1970-01-01')"


def _months(day: str) -> str:
    return f"(YEAR({day}) * 12 + MONTH({day}))"
