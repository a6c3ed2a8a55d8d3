"""Where in the product does each figure of school_crm's expected.json stand?

Each function gives the product's counterpart in the shape of the published figure. What no measurement gives is
asked of the facts and named so in ``known-differences.md``.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from smarketing.analyses.funnel import funnel
from smarketing.analyses.losses import losses
from smarketing.analyses.question import Question
from smarketing.analyses.records import records
from smarketing.analyses.response import response
from smarketing.connectors.files.mapping import Mapping, shipped
from smarketing.facts.period import Clock
from tests.proof.accounting import Figures
from tests.proof.loaded import Loaded, named
from tests.proof.shared import expected

BANDS = {"<=1h": (-1, 3600), "1-4h": (3600, 14_400), "4-24h": (14_400, 86_400), "24-72h": (86_400, 259_200)}
BANDS[">72h"] = (259_200, 10**12)
WON_SHARE = "1.0 * COUNT(*) FILTER (WHERE is_won) / NULLIF(COUNT(*), 0) AS cr"


def deal_rows(school: Loaded) -> Any:
    count = school.report.counts["leads"]
    leads = school.total("leads")["leads"].value
    return {
        "rows": count.received,
        "without_id": count.quarantined,
        "deals": count.accepted,
        "distinct_ids": leads,
    }


def contacts(school: Loaded) -> Any:
    rows = school.workspace.lake.versions()[-1].rows
    return {"rows": school.report.counts["clients"].received, "distinct": rows["clients"]}


def deals_with_known_contact(school: Loaded) -> Any:
    (row,) = school.ask(
        "SELECT COUNT(*) FILTER (WHERE client_id IN (SELECT client_id FROM clients)) AS known, "
        "COUNT(*) FILTER (WHERE client_id IS NULL) AS empty FROM journeys"
    )
    return row


def created_range(school: Loaded) -> Any:
    last = records(school.reader, "leads", Question(), limit=1)
    first = records(school.reader, "leads", Question(), limit=1, offset=last.count - 1)
    place = last.columns.index("created_at")
    zone = school.reader.company.tz
    moments = (page.rows[0][place].replace(tzinfo=ZoneInfo("UTC")).astimezone(zone) for page in (first, last))
    return [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in moments]


def deals_by_stage(school: Loaded) -> Any:
    words = {ours: outside for outside, ours in _mapping().stages.items() if outside in _known("deals_by_stage")}
    return {words[stage]: row["leads"].value for stage, row in school.rows("stage", ("leads",)).items()}


def deals_by_quality(school: Loaded) -> Any:
    return {quality: row["deals"] for quality, row in by_quality(school).items()}


def by_quality(school: Loaded) -> Any:
    found = school.ask(
        "SELECT seller_quality AS quality, COUNT(*) AS deals, COUNT(*) FILTER (WHERE is_won) AS paid, "
        f"COUNT(*) FILTER (WHERE is_lost) AS lost, {WON_SHARE} FROM journeys "
        "GROUP BY seller_quality ORDER BY seller_quality NULLS LAST"
    )
    return {named(row.pop("quality")): row for row in found}


def deals_by_source(school: Loaded) -> Any:
    rows = school.rows("lead_source", ("leads",))
    return {source: row["leads"].value for source, row in rows.items()}


def deals_by_product(school: Loaded) -> Any:
    return {product: row["leads"].value for product, row in school.rows("product", ("leads",)).items()}


def non_target_share(school: Loaded) -> Any:
    share = school.total("non_target_share")["non_target_share"]
    return {"D+E": share.numerator, "rated": share.denominator, "share": share.value}


def paid_deals(school: Loaded) -> Any:
    return school.total("sales")["sales"].value


def cr_deal_to_paid(school: Loaded) -> Any:
    return school.total("lead_to_sale_cr")["lead_to_sale_cr"].value


def paying_contacts(school: Loaded) -> Any:
    return school.total("new_customers")["new_customers"].value


def first_payment_sum(school: Loaded) -> Any:
    figures = school.total("revenue", "aov")
    (row,) = school.ask(
        "SELECT COUNT(*) AS filled, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) AS middle FROM receipts"
    )
    return {
        "sum": figures["revenue"].value,
        "filled": row["filled"],
        "symbolic_0_1_9": school.finding("symbolic-sums").count,
        "mean_filled": figures["aov"].value,
        "median_filled": row["middle"],
    }


def offer_total_sum(school: Loaded) -> Any:
    (row,) = school.ask(
        "SELECT SUM(amount) AS offered, COUNT(amount) AS filled, 1.0 * SUM(amount) / NULLIF(COUNT(amount), 0) "
        "AS mean_filled, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) AS median_filled "
        "FROM journeys WHERE is_won"
    )
    return {"sum": row.pop("offered"), **row}


def amount_errors(school: Loaded) -> Any:
    return school.finding("sum-above").count


def closing_before_created(school: Loaded) -> Any:
    return {"deals": school.finding("closing-before-creation").count}


def days_created_to_paid(school: Loaded) -> Any:
    cycle = school.total("cycle_days")["cycle_days"]
    median = funnel(school.reader, Question()).totals.median_won_seconds
    return {"n": cycle.denominator, "median": (median or 0) / 86_400, "mean": cycle.value}


def lost_reasons(school: Loaded) -> Any:
    return {named(reason.key): reason.leads for reason in losses(school.reader, Question()).reasons}


def sla_seconds(school: Loaded) -> Any:
    total = response(school.reader, Question(), hours="elapsed").total.figures
    (row,) = school.ask("SELECT MAX(response_seconds) AS longest FROM journeys")
    return {
        "n": total["elapsed_within_1h"].denominator,
        "median": total["elapsed_median"].value,
        "mean": total["elapsed_mean"].value,
        "p90": total["elapsed_p90"].value,
        "max": row["longest"],
        "share_within_1h": total["elapsed_within_1h"].value,
    }


def cr_by_sla_band(school: Loaded) -> Any:
    found = {}
    for band, (above, until) in BANDS.items():
        (found[band],) = school.ask(
            f"SELECT COUNT(*) AS deals, COUNT(*) FILTER (WHERE is_won) AS paid, {WON_SHARE} FROM journeys "
            f"WHERE response_seconds > {above} AND response_seconds <= {until}"
        )
    return found


def spend(school: Loaded) -> Any:
    figures = school.total("spend", "clicks", "impressions")
    repeated = school.finding("repeated-spend")
    (row,) = school.ask("SELECT COUNT(*) FILTER (WHERE cost > 0) AS paid FROM spend")
    return {
        "rows": school.report.counts["ad_spend"].accepted,
        "duplicate_rows": repeated.count,
        "spend_in_duplicates": repeated.amount,
        "spend": figures["spend"].value,
        "clicks": figures["clicks"].value,
        "impressions": figures["impressions"].value,
        "rows_with_spend": row["paid"],
        "range": [day.isoformat() for day in school.report.totals.spend_days or ()],
    }


def spend_by_month(school: Loaded) -> Any:
    return {month: row["spend"].value for month, row in school.rows("month", ("spend",)).items()}


def end_to_end_by_source(school: Loaded) -> Any:
    metrics = (
        "spend", "clicks", "impressions", "leads", "sales", "revenue", "non_target_share", "cpl", "cac_paid",
        "lead_to_sale_cr",
    )  # fmt: skip
    offered = {
        named(row["lead_source"]): row["offered"]
        for row in school.ask(
            "SELECT lead_source, SUM(amount) AS offered FROM journeys WHERE is_won "
            "GROUP BY lead_source ORDER BY lead_source NULLS LAST"
        )
    }
    return {
        source: {
            "spend": row["spend"].value,
            "clicks": row["clicks"].value,
            "impressions": row["impressions"].value,
            "deals": row["leads"].value,
            "paid": row["sales"].value,
            "first_payment": row["revenue"].value,
            "non_target": row["non_target_share"].numerator,
            "rated": row["non_target_share"].denominator,
            "offer_total": offered.get(source, 0),
            "cpl": row["cpl"].value,
            "cac": row["cac_paid"].value,
            "cr": row["lead_to_sale_cr"].value,
            "non_target_share": row["non_target_share"].value,
        }
        for source, row in school.rows("lead_source", metrics).items()
    }


def end_to_end_total(school: Loaded) -> Any:
    row = school.total("spend", "leads", "sales", "cpl", "cac_paid")
    return {
        "spend": row["spend"].value,
        "deals": row["leads"].value,
        "paid": row["sales"].value,
        "cpl": row["cpl"].value,
        "cac": row["cac_paid"].value,
    }


def by_month(school: Loaded) -> Any:
    cohort = school.rows("month", ("leads", "sales", "spend", "cpl"))
    by_event = school.rows("month", ("sales", "revenue"), Clock.PERIOD)
    lost: Counter[str] = Counter()
    for part in losses(school.reader, Question()).months:
        lost[str(part.month)] += part.leads
    return {
        month: {
            "deals": row["leads"].value,
            "paid": row["sales"].value,
            "lost": lost[month],
            "spend": row["spend"].value,
            "paid_by_closing_month": by_event[month]["sales"].value,
            "first_payment_by_closing_month": by_event[month]["revenue"].value,
            "cpl": row["cpl"].value,
        }
        for month, row in cohort.items()
    }


def by_manager(school: Loaded) -> Any:
    sold = school.rows("manager", ("leads", "sales", "revenue", "lead_to_sale_cr"))
    answers = response(school.reader, Question(by=("manager",)), hours="elapsed")
    waits = {named(row.keys[0]): row.figures["elapsed_median"].value for row in answers.rows}
    lost: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    for row in losses(school.reader, Question(by=("manager",))).table.rows:
        manager, reason, _ = row.keys
        leads = int(row.figures["lost_leads"].value or 0)
        lost[named(manager)] += leads
        silent[named(manager)] += leads if reason == "Doesn't Answer" else 0
    return {
        manager: {
            "deals": row["leads"].value,
            "paid": row["sales"].value,
            "lost": lost[manager],
            "lost_doesnt_answer": silent[manager],
            "median_sla_s": waits[manager],
            "first_payment": row["revenue"].value,
            "cr": row["lead_to_sale_cr"].value,
        }
        for manager, row in sold.items()
    }


def campaign_reconciliation(school: Loaded) -> Any:
    unnamed_by_leads = school.finding("spend-without-leads")
    leads = {name: row["leads"].value for name, row in school.rows("campaign", ("leads",)).items()}
    campaigns = [name for name, count in leads.items() if name != "(empty)" and count]
    return {
        "in_spend": unnamed_by_leads.of,
        "in_deals": len(campaigns),
        "both": unnamed_by_leads.of - unnamed_by_leads.count,
        "spend_unmatched": unnamed_by_leads.amount,
        "deals_unmatched": school.finding("leads-without-spend").count,
        "spend_without_campaign": school.finding("spend-without-campaign").amount,
        "deals_without_campaign": leads["(empty)"],
    }


def campaigns_top15(school: Loaded) -> Any:
    rows = school.rows("campaign", ("leads", "sales", "spend"))
    named_rows = [(name, row) for name, row in rows.items() if name != "(empty)"]
    largest = sorted(named_rows, key=lambda pair: -int(pair[1]["leads"].value or 0))[:15]
    return {
        name: {"deals": row["leads"].value, "paid": row["sales"].value, "spend": row["spend"].value}
        for name, row in largest
    }


def deal_fill(school: Loaded) -> Any:
    """Cells of the file less those of the two rows in quarantine."""
    aside = Counter(
        heading
        for row in school.report.quarantined
        for heading, cell in row.raw.items()
        if row.file == "deals.csv" and (cell or "").strip()
    )
    return {heading: column.filled - aside[heading] for heading, column in school.profiles["deals.csv"].items()}


def calls(school: Loaded) -> Any:
    called = next(
        section.columns["direction"].values for section in shipped()["zoho_calls"].tables if section.columns
    )
    outside = {ours: word for word, ours in called.items()}
    by_type = school.ask(
        "SELECT direction, COUNT(*) AS calls, SUM(minutes) AS minutes FROM activities WHERE kind = 'call' "
        "GROUP BY direction ORDER BY direction"
    )
    by_status = school.ask(
        "SELECT result, COUNT(*) AS calls FROM activities WHERE kind = 'call' GROUP BY result ORDER BY result"
    )
    return {
        "rows": school.sniffed_rows("zoho_calls"),
        "by_type": {outside[row["direction"]]: row["calls"] for row in by_type},
        "by_status": {row["result"]: row["calls"] for row in by_status},
        # Minutes are kept to six decimals, so seconds come back whole.
        "seconds": round(sum(row["minutes"] for row in by_type) * 60),
    }


def calls_by_owner(school: Loaded) -> Any:
    found = school.ask(
        "SELECT manager, COUNT(*) AS calls FROM activities WHERE kind = 'call' GROUP BY manager ORDER BY manager"
    )
    return {row["manager"]: row["calls"] for row in found}


def dirty_values(school: Loaded) -> Any:
    (row,) = school.ask("SELECT COUNT(*) AS signs FROM journeys WHERE custom_initial_amount_paid LIKE '%€%'")
    return {
        "euro_initial": row["signs"],
        "quality_F": by_quality(school)["F"]["deals"],
        "deutsch_spellings": school.profiles["deals.csv"]["Level of Deutsch"].distinct,
    }


def _mapping() -> Mapping:
    return shipped()["zoho_deals"]


def _known(key: str) -> Any:
    return expected("school_crm")[key]


FIGURES: Figures = {
    figure.__name__: figure
    for figure in (
        deal_rows, contacts, deals_with_known_contact, created_range, deals_by_stage, deals_by_quality,
        deals_by_source, deals_by_product, non_target_share, paid_deals, cr_deal_to_paid, paying_contacts,
        first_payment_sum, offer_total_sum, amount_errors, closing_before_created, days_created_to_paid,
        lost_reasons, sla_seconds, cr_by_sla_band, by_quality, spend, spend_by_month, end_to_end_by_source,
        end_to_end_total, by_month, by_manager, campaign_reconciliation, campaigns_top15, deal_fill, calls,
        calls_by_owner, dirty_values,
    )
}  # fmt: skip
