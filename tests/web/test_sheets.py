"""Every table of every page leaves as CSV and XLSX, and both hold the figures of the table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.test import Client

from smarketing.analyses.focus import focus
from smarketing.analyses.qualification import criteria_table
from smarketing.analyses.verdict import verdict
from smarketing.facts.period import Month
from tests.analyses import small_company

SignIn = Callable[..., Client]
TABLES = (
    "/?table=causes", "/analytics?", "/funnel?", "/funnel?table=losses", "/funnel?table=months", "/qualification?",
    "/qualification?table=criteria", "/diagnosis?", "/focus?", "/focus?table=distances",
    "/reconciliation?", "/customers?", "/customers?table=churn", "/customers?table=lifetime", "/records?",
    "/plan?", "/plan?table=duties", "/plan?table=numbers",
)  # fmt: skip


def lines(client: Client, address: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(f"{address}&format=csv").content.decode("utf-8-sig"))))


def cells(client: Client, address: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}&format=xlsx").content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


@pytest.mark.parametrize("address", TABLES)
def test_table_leaves_as_csv_and_xlsx_with_as_many_rows(facts: Any, signed_in: SignIn, address: str) -> None:
    client = signed_in(language="en")
    answer = client.get(f"{address}&format=xlsx")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert len(lines(client, address)) == len(cells(client, address)) > 1


@pytest.mark.parametrize("page", ["/", "/funnel", "/qualification", "/diagnosis", "/focus", "/customers", "/plan"])
def test_every_export_that_a_page_offers_is_a_file(facts: Any, signed_in: SignIn, page: str) -> None:
    client = signed_in()
    offered = set(re.findall(r'href="([^"]*format=[^"]*)"', unescape(client.get(page).content.decode())))
    assert set(re.findall(r"format=(\w+)", " ".join(offered))) >= {"csv", "xlsx"}
    for href in offered:
        answer = client.get(href)
        assert (href, answer.status_code) == (href, 200)
        assert answer.headers["Content-Disposition"].startswith("attachment"), href


def test_causes_of_the_file_sum_to_the_gap(facts: Any, signed_in: SignIn) -> None:
    found = verdict(facts.reader, Month(2026, 11))
    rows = cells(signed_in(language="en"), "/?table=causes")[1:]
    causes = [row[2] for row in rows[: len(found.parts)]]
    assert sum(Decimal(str(effect)) for effect in causes) == pytest.approx(found.gap, abs=Decimal("0.01"))
    assert (rows[-1][0], rows[-1][2]) == ("Total", pytest.approx(float(found.gap)))


def test_criteria_of_the_file_are_those_of_the_table(facts: Any, signed_in: SignIn) -> None:
    """Of three non-target leads two are small orders, one could not be reached."""
    known = criteria_table(facts.reader, small_company.COHORT)
    head, *rows = lines(signed_in(language="en"), "/qualification?table=criteria")
    assert head[:3] == ["criterion", "leads", "share, %"]
    assert [(row[0], row[1]) for row in rows] == [(one.name.en, str(one.leads)) for one in known]
    assert rows[0][2] == "66.6667"


def test_distances_of_the_file_are_those_of_the_table(facts: Any, signed_in: SignIn) -> None:
    found = focus(facts.reader, small_company.COHORT.split("segment"))
    rows = cells(signed_in(language="en"), "/focus?table=distances")[1:]
    assert [row[2] for row in rows] == [pytest.approx(100 * one.variation, abs=0.001) for one in found.distances]


def test_plan_that_was_taken_away_reads_as_the_table_of_plans(facts: Any, signed_in: SignIn) -> None:
    head, *rows = lines(signed_in(language="en"), "/plan?month=2026-11&table=numbers")
    assert head == ["month", "metric", "value", "segment", "lead_source"]
    assert ["2026-11", "revenue", "1240000", "", ""] in rows
