"""Where in the product does each figure of olist_funnel's expected.json stand?

The leads and the deals are two files, and a mapping reads one: ``prepare`` joins them by mql_id, as a report of a
CRM would. Nothing else is changed.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smarketing.connectors.files.profile import ColumnProfile
from smarketing.facts.period import Clock
from smarketing.jobs.load import LoadReport, load
from tests.proof.accounting import Figures
from tests.proof.loaded import EMPTY, NOW, Loaded, named

LEADS = "olist_marketing_qualified_leads_dataset.csv"
DEALS = "olist_closed_deals_dataset.csv"
ITEMS = "olist_order_items_dataset.csv.gz"
PAYMENTS = "olist_order_payments_dataset.csv.gz"
# The day of the archive. Leads end in May, so the files themselves do not show how long they were kept.
ARCHIVED = datetime(2018, 11, 16, tzinfo=UTC)
JOINED, SALES = "leads_and_deals.csv", "sales_of_won_sellers.csv"
CLIENTS = "margin_per_customer"  # its denominator is the number of paying clients


def prepare(source: Path, folder: Path) -> list[Path]:
    """Two exports in ``folder``: leads with their deals; order items of won sellers with their lead."""
    deals = {row["mql_id"]: row for row in rows_of(source / DEALS)}
    sellers = {row["seller_id"]: row["mql_id"] for row in deals.values()}
    headings = list(next(iter(deals.values())))[1:]
    nothing = dict.fromkeys(headings, "")
    leads = [{**lead, **(deals.get(lead["mql_id"]) or nothing)} for lead in rows_of(source / LEADS)]
    items = [
        {"mql_id": sellers[item["seller_id"]], **item}
        for item in rows_of(source / ITEMS)
        if item["seller_id"] in sellers
    ]
    return [_write(folder / JOINED, leads), _write(folder / SALES, items)]


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))


def _write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


class Files:
    """What ``load --check`` says of the published files themselves, each looked at once."""

    def __init__(self, olist: Loaded, source: Path) -> None:
        self._olist, self._source = olist, source
        self._seen: dict[str, LoadReport] = {}

    def report(self, name: str) -> LoadReport:
        if name not in self._seen:
            self._seen[name] = load(self._olist.workspace, [self._source / name], check=True, now=NOW)
        return self._seen[name]

    def distinct(self, name: str, heading: str) -> int:
        return self._column(name, heading).distinct

    def filled(self, name: str) -> dict[str, int]:
        (profile,) = self.report(name).profiles
        return {column.heading: column.filled for column in profile.columns}

    def rows(self, name: str) -> int:
        return self.report(name).profiles[0].sniffed.rows

    def _column(self, name: str, heading: str) -> ColumnProfile:
        (profile,) = self.report(name).profiles
        return next(column for column in profile.columns if column.heading == heading)


def mqls(olist: Loaded, files: Files) -> Any:
    return olist.total("leads")["leads"].value


def mqls_distinct(olist: Loaded, files: Files) -> Any:
    return files.distinct(LEADS, "mql_id")


def deals(olist: Loaded, files: Files) -> Any:
    return files.rows(DEALS)


def deals_with_mql(olist: Loaded, files: Files) -> Any:
    return olist.total("sales")["sales"].value


def cr_mql_to_deal(olist: Loaded, files: Files) -> Any:
    return olist.total("lead_to_sale_cr")["lead_to_sale_cr"].value


def first_contact_range(olist: Loaded, files: Files) -> Any:
    return [day.isoformat() for day in olist.report.totals.created or ()]


def won_range(olist: Loaded, files: Files) -> Any:
    (row,) = olist.ask("SELECT MIN(won_at) AS first, MAX(won_at) AS last FROM journeys")
    return [f"{row[name]:%Y-%m-%d %H:%M:%S}" for name in ("first", "last")]


def mqls_by_origin(olist: Loaded, files: Files) -> Any:
    return {origin: row["mqls"] for origin, row in by_origin(olist, files).items()}


def by_origin(olist: Loaded, files: Files) -> Any:
    found = olist.rows("lead_source", ("leads", "sales", "lead_to_sale_cr"))
    return {
        origin: {
            "mqls": row["leads"].value,
            "deals": row["sales"].value,
            "cr": row["lead_to_sale_cr"].value,
        }
        for origin, row in found.items()
    }


def mqls_by_first_contact_month(olist: Loaded, files: Files) -> Any:
    return {month: row["leads"].value for month, row in olist.rows("month", ("leads",)).items()}


def deals_by_won_month(olist: Loaded, files: Files) -> Any:
    return {month: row["sales"].value for month, row in olist.rows("month", ("sales",), Clock.PERIOD).items()}


def cohort_by_first_contact_month(olist: Loaded, files: Files) -> Any:
    """Day 30 is the thirtieth day after the first contact, so 31 whole days of the clock have it."""
    within = olist.ask(
        "SELECT created_month AS month, COUNT(*) FILTER (WHERE is_won AND won_seconds < 31 * 86400) AS d30, "
        "COUNT(*) FILTER (WHERE is_won AND won_seconds < 91 * 86400) AS d90 FROM journeys "
        "GROUP BY created_month ORDER BY created_month"
    )
    by_month = {named(row["month"]): row for row in within}
    return {
        month: {
            "mqls": row["leads"].value,
            "deals": row["sales"].value,
            "deals_within_30d": by_month[month]["d30"],
            "deals_within_90d": by_month[month]["d90"],
        }
        for month, row in olist.rows("month", ("leads", "sales")).items()
    }


def days_first_contact_to_won(olist: Loaded, files: Files) -> Any:
    days = "FLOOR(1.0 * won_seconds / 86400)"
    percentiles = {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}
    asked = ", ".join(
        f"PERCENTILE_CONT({share}) WITHIN GROUP (ORDER BY {days}) AS {name}" for name, share in percentiles.items()
    )
    (row,) = olist.ask(
        f"SELECT MIN({days}) AS shortest, {asked}, MAX({days}) AS longest FROM journeys WHERE is_won"
    )
    return {
        "min": row["shortest"],
        **{name: row[name] for name in percentiles},
        "max": row["longest"],
        "mean": olist.total("cycle_days")["cycle_days"].value,
        "negative": olist.finding("closing-before-creation").count,
    }


def declared_monthly_revenue(olist: Loaded, files: Files) -> Any:
    (row,) = olist.ask(
        "SELECT COUNT(*) FILTER (WHERE amount > 0) AS positive, MAX(amount) AS largest FROM journeys"
    )
    total = olist.report.totals.amount or 0
    return {
        "sum": total,
        "positive": row["positive"],
        "max": row["largest"],
        "sum_without_max": total - row["largest"],
    }


def deals_by_business_segment(olist: Loaded, files: Files) -> Any:
    return _sold_by(olist, "segment")


def deals_by_lead_type(olist: Loaded, files: Files) -> Any:
    return _sold_by(olist, "custom_lead_type")


def deals_by_lead_behaviour_profile(olist: Loaded, files: Files) -> Any:
    return _sold_by(olist, "custom_behaviour")


def deals_by_business_type(olist: Loaded, files: Files) -> Any:
    return _sold_by(olist, "custom_business_type")


def _sold_by(olist: Loaded, dimension: str) -> dict[str, Any]:
    rows = olist.rows(dimension, ("sales",))
    return {name: row["sales"].value for name, row in rows.items() if row["sales"].value}


def deals_fill(olist: Loaded, files: Files) -> Any:
    return files.filled(DEALS)


def mql_fill(olist: Loaded, files: Files) -> Any:
    return files.filled(LEADS)


def sdr_count(olist: Loaded, files: Files) -> Any:
    return files.distinct(DEALS, "sdr_id")


def sr_count(olist: Loaded, files: Files) -> Any:
    return files.distinct(DEALS, "sr_id")


def deals_by_sr_top10(olist: Loaded, files: Files) -> Any:
    return _largest(_sold_by(olist, "manager"))


def deals_by_sdr_top10(olist: Loaded, files: Files) -> Any:
    return _largest(_sold_by(olist, "custom_sdr"))


def _largest(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:10])


def landing_pages_top10(olist: Loaded, files: Files) -> Any:
    rows = olist.rows("landing", ("leads", "sales"))
    counts = _largest({name: int(row["leads"].value or 0) for name, row in rows.items()})
    return {name: {"mqls": leads, "deals": rows[name]["sales"].value} for name, leads in counts.items()}


def landing_pages(olist: Loaded, files: Files) -> Any:
    return files.distinct(LEADS, "landing_page_id")


def items(olist: Loaded, files: Files) -> Any:
    report = files.report(ITEMS)
    return {
        "rows": report.counts["payments"].accepted,
        "orders": files.distinct(ITEMS, "order_id"),
        "sellers": files.distinct(ITEMS, "seller_id"),
        "price": report.totals.paid,
    }


def payments(olist: Loaded, files: Files) -> Any:
    report = files.report(PAYMENTS)
    return {
        "rows": report.counts["payments"].accepted,
        "orders": files.distinct(PAYMENTS, "order_id"),
        "value": report.totals.paid,
    }


def activated_sellers(olist: Loaded, files: Files) -> Any:
    (row,) = olist.ask("SELECT COUNT(*) FILTER (WHERE payments_count > 0) AS sold FROM journeys")
    return row["sold"]


def activation_rate(olist: Loaded, files: Files) -> Any:
    (row,) = olist.ask(
        "SELECT 1.0 * COUNT(*) FILTER (WHERE payments_count > 0) "
        "/ NULLIF(COUNT(*) FILTER (WHERE is_won), 0) AS share FROM journeys"
    )
    return row["share"]


def gmv_of_won_sellers(olist: Loaded, files: Files) -> Any:
    return {
        "rows": olist.report.counts["payments"].accepted,
        "orders": olist.profiles[SALES]["order_id"].distinct,
        "price": olist.total("revenue")["revenue"].value,
    }


def aov_of_won_sellers(olist: Loaded, files: Files) -> Any:
    return olist.total("aov")["aov"].value


def gmv_by_month(olist: Loaded, files: Files) -> Any:
    rows = olist.rows("month", ("revenue",), Clock.PERIOD)
    return {month: row["revenue"].value for month, row in rows.items() if row["revenue"].value}


def active_sellers_by_month(olist: Loaded, files: Files) -> Any:
    rows = olist.rows("month", ("arpu",), Clock.PERIOD)
    return {month: row["arpu"].denominator for month, row in rows.items() if row["arpu"].denominator}


def end_to_end_by_origin(olist: Loaded, files: Files) -> Any:
    sellers = _sellers_by(olist, "lead_source")
    per_lead = olist.ask(
        "SELECT lead_source, 1.0 * SUM(revenue) / NULLIF(COUNT(*), 0) AS share FROM journeys "
        "GROUP BY lead_source ORDER BY lead_source NULLS LAST"
    )
    worth = {named(row["lead_source"]): row["share"] for row in per_lead}
    money = olist.rows("lead_source", ("revenue",))
    return {
        origin: {
            **row,
            "gmv": money[origin]["revenue"].value,
            "sellers": sellers.get(origin, 0),
            "gmv_per_mql": worth[origin],
        }
        for origin, row in by_origin(olist, files).items()
    }


def end_to_end_by_segment(olist: Loaded, files: Files) -> Any:
    return _end_to_end(olist, "segment")


def end_to_end_by_sr(olist: Loaded, files: Files) -> Any:
    rows = _end_to_end(olist, "manager")
    rows.pop(EMPTY, None)  # leads that nobody signed
    return rows


def _end_to_end(olist: Loaded, dimension: str) -> dict[str, Any]:
    sellers = _sellers_by(olist, dimension)
    return {
        name: {"deals": row["sales"].value, "gmv": row["revenue"].value, "sellers": sellers.get(name, 0)}
        for name, row in olist.rows(dimension, ("sales", "revenue")).items()
    }


def _sellers_by(olist: Loaded, dimension: str) -> dict[str, int]:
    found = olist.ask(
        f"SELECT {dimension} AS value, COUNT(*) FILTER (WHERE payments_count > 0) AS sold FROM journeys "
        f"GROUP BY {dimension} ORDER BY {dimension} NULLS LAST"
    )
    return {named(row["value"]): row["sold"] for row in found}


FIGURES: Figures = {
    figure.__name__: figure
    for figure in (
        mqls, mqls_distinct, deals, deals_with_mql, cr_mql_to_deal, first_contact_range, won_range, mqls_by_origin,
        by_origin, mqls_by_first_contact_month, deals_by_won_month, cohort_by_first_contact_month,
        days_first_contact_to_won, declared_monthly_revenue, deals_by_business_segment, deals_by_lead_type,
        deals_by_lead_behaviour_profile, deals_by_business_type, deals_fill, mql_fill, sdr_count, sr_count,
        deals_by_sr_top10, deals_by_sdr_top10, landing_pages_top10, landing_pages, items, payments,
        activated_sellers, activation_rate, gmv_of_won_sellers, aov_of_won_sellers, gmv_by_month,
        active_sellers_by_month, end_to_end_by_origin, end_to_end_by_segment, end_to_end_by_sr,
    )
}  # fmt: skip
