"""What do the derived tables carry? The builder in ``lake`` makes them, every question reads only them.

``journeys``           one row per lead: dimensions, milestones, time in stages, verdict, loss, revenue.
``receipts``           one row per payment with the dimensions of its lead.
``spend``              one row per row of ad spend, money net of VAT.
``customers``          one row per customer: first and last purchase, money, what brought him.
``customer_receipts``  one row per payment of a customer: which purchase it opens, how long after the one before.
``duties``             one row per task: when it was due, whether it was done in time.
"""

from __future__ import annotations

from smarketing.facts.company import Company

# Dimensions that leads carry; NULL is «not given» and always a row of its own.
LEAD_DIMENSIONS = (
    "lead_source",
    "source_group",
    "medium",
    "campaign",
    "ad",
    "keyword",
    "landing",
    "segment",
    "product",
    "region",
    "manager",
    "pipeline",
    "hypothesis",
    "source_system",
)

# Of these only what the ad accounts know.
SPEND_DIMENSIONS = ("lead_source", "source_group", "campaign", "ad", "segment", "product")

MILESTONES = ("accepted", "deal", "won", "lost")

# name → stored type. ``*_month`` is yyyymm; days, weeks (their Monday) and months are local, moments UTC.
_LEAD_COLUMNS: dict[str, str] = {
    "lead_id": "VARCHAR",
    "client_id": "VARCHAR",
    "visitor_id": "VARCHAR",  # the browser's number in web analytics
    "created_at": "TIMESTAMP",
    "created_day": "DATE",
    "created_week": "DATE",
    "created_month": "INTEGER",
    "created_hour": "SMALLINT",  # 0-23 local
    "created_weekday": "SMALLINT",  # 1 Monday
    "in_working_hours": "BOOLEAN",
    "created_working_clock": "BIGINT",  # facts.calendar.WorkingCalendar.clock of created_at
    **dict.fromkeys(LEAD_DIMENSIONS, "VARCHAR"),
    "amount": "DECIMAL(18,2)",
    "url": "VARCHAR",
    "seller_quality": "VARCHAR",
    "seller_verdict": "VARCHAR",  # target, non_target or NULL: Company.seller_quality of it
    "is_test": "BOOLEAN",
    "is_duplicate": "BOOLEAN",
    "is_deleted": "BOOLEAN",  # the card was removed from its system
    "is_counted": "BOOLEAN",  # unique, no test, not removed: the only leads a figure may count
    "is_repeat": "BOOLEAN",  # the client had a won lead before this one was created
    "target_verdict": "VARCHAR",  # target, non_target, unknown
    "criterion": "VARCHAR",  # key of the rule that decided
    "criteria_version": "VARCHAR",
    "judged_by": "VARCHAR",  # rule, person
    "outcome": "VARCHAR",  # won, lost, open
    "stage": "VARCHAR",  # where the lead stands now
    "furthest": "SMALLINT",  # place on Company.path of the furthest stage entered, 1 is the first; 0 none
    "returns": "INTEGER",  # moves to an earlier stage of the path
    "reopenings": "INTEGER",  # moves out of a lost or won stage
    "loss_stage": "VARCHAR",  # stage of the path it stood in when lost
    "loss_reason": "VARCHAR",
    "competitor": "VARCHAR",
    "first_response_at": "TIMESTAMP",
    "is_answered": "BOOLEAN",
    # Answered within Company.response_sla_minutes of working time; NULL: too early to say.
    "is_handled": "BOOLEAN",
    "response_seconds": "BIGINT",  # elapsed from creation to first response
    "response_working_seconds": "BIGINT",  # the same in working time
    "won_seconds": "BIGINT",  # elapsed from creation to won
    "lost_seconds": "BIGINT",
    "revenue": "DECIMAL(18,2)",  # all payments of the lead net of VAT, refunds subtracted
    "cost_of_goods": "DECIMAL(18,2)",
    "payments_count": "INTEGER",
    "first_paid_at": "TIMESTAMP",
    "custom": "VARCHAR",  # the other columns of the source as JSON, for the record; never read by a report
}
for _milestone in MILESTONES:
    _LEAD_COLUMNS[f"is_{_milestone}"] = "BOOLEAN"  # reached it or went past it; lost: is lost now
    _LEAD_COLUMNS[f"{_milestone}_at"] = "TIMESTAMP"  # NULL also where the source does not know when
    _LEAD_COLUMNS[f"{_milestone}_day"] = "DATE"
    _LEAD_COLUMNS[f"{_milestone}_week"] = "DATE"
    _LEAD_COLUMNS[f"{_milestone}_month"] = "INTEGER"

RECEIPT_COLUMNS: dict[str, str] = {
    "payment_id": "VARCHAR",
    "lead_id": "VARCHAR",
    "client_id": "VARCHAR",
    "paid_at": "TIMESTAMP",
    "paid_day": "DATE",  # NULL: the day is not known
    "paid_week": "DATE",
    "paid_month": "INTEGER",
    "amount": "DECIMAL(18,2)",  # net of VAT, in the company's currency; negative: a refund
    "cost": "DECIMAL(18,2)",
    "is_first": "BOOLEAN",  # the client's first payment
    "is_counted": "BOOLEAN",  # FALSE only for money of test leads
    "created_day": "DATE",  # of the lead; NULL for money without a lead
    "created_week": "DATE",
    "created_month": "INTEGER",
    **dict.fromkeys(LEAD_DIMENSIONS, "VARCHAR"),
}

SPEND_COLUMNS: dict[str, str] = {
    "day": "DATE",
    "week": "DATE",
    "month": "INTEGER",
    **dict.fromkeys(SPEND_DIMENSIONS, "VARCHAR"),
    "cost": "DECIMAL(18,2)",  # net of VAT, in the company's currency
    "impressions": "BIGINT",
    "clicks": "BIGINT",
    "reported_leads": "BIGINT",
}

# A customer is who paid: a client by number, else a lead (see ``lake/customers.py``). His dimensions are those of
# the lead of his first purchase. ``*_no`` are whole days since 1970-01-01: a question can add a silence to them.
CUSTOMER_COLUMNS: dict[str, str] = {
    "customer": "VARCHAR",  # «client …» or «lead …»
    "client_id": "VARCHAR",
    "lead_id": "VARCHAR",  # of the first purchase
    "is_identified": "BOOLEAN",  # known by a client's number: can be recognised when he comes again
    "created_day": "DATE",  # of the lead of the first purchase; NULL for money without a lead
    "created_week": "DATE",
    "created_month": "INTEGER",
    "first_day": "DATE",  # of the first purchase; NULL: no purchase has a known day
    "first_week": "DATE",
    "first_month": "INTEGER",
    "second_day": "DATE",
    "second_week": "DATE",
    "second_month": "INTEGER",
    "last_day": "DATE",
    "last_week": "DATE",
    "last_month": "INTEGER",
    "left_day": "DATE",  # when his contract ended; NULL: nobody said
    "first_no": "INTEGER",
    "last_no": "INTEGER",
    "left_no": "INTEGER",
    "purchases": "INTEGER",  # days with a purchase, and purchases nobody knows the day of
    "revenue": "DECIMAL(18,2)",  # all payments net of VAT and refunds
    "cost_of_goods": "DECIMAL(18,2)",
    "repeat_revenue": "DECIMAL(18,2)",  # of the purchases after the first
    "year_revenue": "DECIMAL(18,2)",  # within 365 days of the first purchase, its own day included
    "year_cost": "DECIMAL(18,2)",
    **dict.fromkeys(LEAD_DIMENSIONS, "VARCHAR"),
}

CUSTOMER_RECEIPT_COLUMNS: dict[str, str] = {
    "payment_id": "VARCHAR",
    "customer": "VARCHAR",
    "client_id": "VARCHAR",
    "lead_id": "VARCHAR",
    "is_identified": "BOOLEAN",
    "paid_day": "DATE",  # NULL: the day is not known
    "paid_week": "DATE",
    "paid_month": "INTEGER",
    "amount": "DECIMAL(18,2)",
    "cost": "DECIMAL(18,2)",
    "is_purchase": "BOOLEAN",  # this payment opens a purchase; at most one a day
    "purchase_number": "INTEGER",  # 1 is the customer's first; only where it opens a purchase, as the next four
    "day_no": "INTEGER",
    "gap_days": "INTEGER",  # since the purchase before
    "next_no": "INTEGER",  # day of the purchase after
    "year_amount": "DECIMAL(18,2)",  # his revenue in the 365 days that end with this purchase's day
    "left_no": "INTEGER",  # of the customer
    "first_day": "DATE",
    "first_month": "INTEGER",
    "age_days": "INTEGER",  # from the first purchase to this payment
    "age_months": "INTEGER",  # calendar months from the month of the first purchase to that of this payment
    **dict.fromkeys(LEAD_DIMENSIONS, "VARCHAR"),
}

DUTY_COLUMNS: dict[str, str] = {
    "task_id": "VARCHAR",
    "due_at": "TIMESTAMP",  # the end of the day where the day alone was given; NULL: no term
    "due_day": "DATE",
    "due_week": "DATE",
    "due_month": "INTEGER",
    "done_at": "TIMESTAMP",
    "done_day": "DATE",
    "is_done": "BOOLEAN",
    "is_in_time": "BOOLEAN",  # done by the term; FALSE also for what is not done
    "is_regular": "BOOLEAN",  # set by a template or a rule
    "manager": "VARCHAR",  # whose task it is, whatever the department
    "kind": "VARCHAR",
    "template": "VARCHAR",
    "title": "VARCHAR",
    "lead_id": "VARCHAR",
    "client_id": "VARCHAR",
    "source_system": "VARCHAR",
    "url": "VARCHAR",
}

# Facts that questions may read as they are, latest versions only, with these names.
PLAIN_TABLES = (
    "plans",
    "plan_versions",
    "plan_log",
    "costs",
    "people",
    "clients",
    "reported",
    "qualifications",
    "activities",
    "touches",
    "tasks",
    "identity",
)


def journey_columns(company: Company) -> dict[str, str]:
    """All columns of ``journeys`` for a company: the common ones, three per stage, one per custom field.

    ``in_<stage>`` BOOLEAN was ever entered; ``at_<stage>`` TIMESTAMP first entry (NULL also where unknown);
    ``sec_<stage>`` BIGINT seconds spent in it over all finished stays; ``custom_<key>`` VARCHAR.
    """
    columns = dict(_LEAD_COLUMNS)
    for stage in company.stages:
        columns[f"in_{stage.key}"] = "BOOLEAN"
        columns[f"at_{stage.key}"] = "TIMESTAMP"
        columns[f"sec_{stage.key}"] = "BIGINT"
    for field in company.custom_fields:
        columns[f"custom_{field.key}"] = "VARCHAR"
    return columns
