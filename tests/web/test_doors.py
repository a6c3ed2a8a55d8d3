"""Every table leaves as CSV and XLSX with its own figures; every figure opens its definition and its records.

Every page that the menu leads to is crawled. What is let off stands in one of the two lists below with its reason.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from smarketing.jobs.load import load
from smarketing.jobs.sync import sync
from smarketing.jobs.workspace import Workspace
from smarketing.web.reports import reading
from smarketing.web.shell import PLACES
from tests.analyses import small_company
from tests.support.connected import connect, portal, shop, toy_kind
from tests.support.toy import Portal, Shop
from tests.web.conftest import OneAtATime
from tests.web.crawling import Node, Table, links, strips, tables, tree
from tests.web.test_connections import LEADS, send

__all__ = ["portal", "shop", "toy_kind"]
SignIn = Callable[..., Client]

# Tables that are a form: what is typed into them leaves from the page that shows it.
NO_FILE = {
    "/plan/edit": "a form: the plan that is saved by it leaves from the page of the plan",
    **dict.fromkeys(
        ("How it was read", "Rows by table", "Rows for the quarantine", "Columns"),
        "a step of the wizard: nothing is stored yet, and the file itself is in the hands of the person",
    ),
    "What to write": "a form of switches: what they did leaves as the log of writing",
}
# Figures without records of their own: (caption, head) → why. An empty head stands for the whole table.
NO_RECORDS = {
    ("", "Change"): "a difference of two figures of its row, each with a door of its own",
    ("", "Before"): "the figure of the other period: its door is that period's page",
    ("", "Interval"): "bounds of the figure beside it, which has the door",
    ("Transitions", "Norm"): "a setting of the company, counted from no records",
    ("Transitions", "Worth of the former rate, ₽"): "a product of the difference, the leads and their worth",
    ("Distances", ""): "an index over whole columns: the columns of the table above have the doors",
    ("Shares of the focus segment", "Against its revenue"): "a difference of two shares, each with a door",
    ("Contribution of the zones to the deviation", ""): "a sum of the causes beside it, each with its door",
    ("", "90% interval"): "bounds of the figure beside it, which has the door",
    (
        "What causes make by the order of the count",
        "",
    ): "one cause counted in other orders: its door is the cause's",
    (
        "Leads without an answer, those in work and waiting longest first",
        "",
    ): "the records themselves, lead by lead",
    ("Loads", "Received"): "rows of a file as it came, not facts; those set aside open",
    ("Loads", "Accepted"): "rows of a file that became facts: pages count them from then on",
    ("Loads", "Version"): "a number of the lake's version, not a count",
    ("Runs", "Received"): "what a system sent, not facts; the row unfolds by kind of record",
    ("Records", ""): "the records themselves: the door of every other figure leads here",
    ("Numbers of the plan", ""): "the records of the plan themselves",
    ("/plan/edit", ""): "a form: what is typed there is not a figure yet",
}
STRIPS: dict[str, str] = {}
VARIANTS = (
    "/qualification?draft=2", "/qualification?compare=prev", "/funnel?compare=prev", "/funnel?kind=milestones",
    "/plan?horizon=quarter", "/?compare=prev", "/focus?compare=prev", "/reconciliation?compare=prev",
    "/analytics?by=segment&by=lead_source&compare=prev",
)  # fmt: skip
# The chain of one segment by source and of the other whole, so that every table of the plan has rows.
PLANS = tuple(
    {"month": 202611, "metric": metric, "value": Decimal(value), "segment": segment, "lead_source": source}
    for segment, source, numbers in (
        ("dealers", "yandex", {"leads": "10", "aov": "500000"}),
        ("dealers", "site", {"leads": "5", "aov": "400000"}),
        ("dealers", None, {"target_share": "0.5", "handled_share": "0.8", "handled_to_sale_cr": "0.5"}),
        ("private", None, {"leads": "20", "target_share": "0.5", "handled_share": "0.5",
                           "handled_to_sale_cr": "0.2", "aov": "100000"}),
        (None, None, {"spend": "100000"}),
    )
    for metric, value in numbers.items()
)  # fmt: skip


@pytest.fixture
def furnished(
    workspace: Workspace, toy_kind: None, portal: Portal, shop: Shop, tmp_path: Path, monkeypatch: Any
) -> Workspace:
    """The small company with a whole plan under the pages, a load with a row in quarantine, a connected system."""
    second = small_company.COMPANY.criteria[0].model_copy(
        update={"version": "2", "rules": small_company.RULES[:1]}
    )
    company = small_company.COMPANY.model_copy(update={"criteria": (*small_company.COMPANY.criteria, second)})
    known = reading.Facts(OneAtATime(small_company.reader(plans=PLANS, company=company)))
    monkeypatch.setattr(reading, "newest", lambda: known)
    file = tmp_path / "leads.csv"
    file.write_text(LEADS)
    load(workspace, [file])
    connect(workspace, portal)
    shop.lead()
    sync(workspace, "toy")
    return workspace


def walk(client: Client, known: set[str]) -> Iterator[tuple[str, Node]]:
    """Every page that can be reached from the menu, by one address of each; ``known`` grows by them."""
    todo = [*VARIANTS, *(reverse(place.name) for place in PLACES)]
    while todo:
        address = todo.pop(0)
        path = urlsplit(address).path
        key = address if address in VARIANTS else path
        if key in known or "format=" in address or path.startswith(("/how", "/connections/new", "/sign")):
            continue
        answer = client.get(address)
        if answer.status_code in (403, 405) or "html" not in answer.headers.get("Content-Type", ""):
            continue
        assert answer.status_code == 200, (address, answer.status_code)
        known.add(key)
        page = tree(answer.content.decode())
        todo += links(page)
        yield address, page


def crawled(signed_in: SignIn) -> Iterator[tuple[Client, str, Table]]:
    """The tables that the founder sees, then those that only the administrator does."""
    known: set[str] = set()
    for name in ("alice", "charlie"):
        client = signed_in(name, "en")
        for address, page in walk(client, known):
            for table in tables(page):
                yield client, address, table
    assert len(known) > 25


def excused(table: Table, address: str, head: str = "") -> bool:
    path = urlsplit(address).path
    caption = "Records" if path == "/records" else table.caption
    keys = {("", head), (caption, head), (caption, ""), (path, "")}
    return bool(keys & NO_RECORDS.keys())


def csv_rows(client: Client, href: str) -> list[list[str]]:
    answer = client.get(href)
    assert answer.status_code == 200, href
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def xlsx_rows(client: Client, href: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(client.get(href).content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def number(text: str) -> Decimal | None:
    """A number of an English page or file, however it is dressed."""
    bare = re.sub(r"[ ,%₽]|pp$|×", "", text.replace("−", "-"))
    return Decimal(bare) if re.fullmatch(r"[+-]?\d+(\.\d+)?(E[+-]?\d+)?", bare) else None


def says(shown: str, values: list[Decimal]) -> bool:
    """Whether a figure of a page is one of the values, in the unit and to the digits of the page."""
    figure = number(shown)
    if figure is None:
        return True  # a time in words and the like is no number to compare
    digits = len(shown.rstrip("%₽ ").partition(".")[2])
    slack = Decimal(5).scaleb(-digits - 1) + Decimal("0.000001")
    scales = [Decimal(1), Decimal(100)] if "%" in shown else [Decimal(1), Decimal("0.001"), Decimal("0.000001")]
    return any(abs(value * scale - figure) <= slack for value in values for scale in scales)


def missing(table: Table, rows: list[list[str]], address: str) -> list[str]:
    """The figures of the page that the file does not hold in the rows of the same name."""
    faults = []
    for row in table.rows:
        own = [line for line in rows if row.label.casefold() in (cell.casefold() for cell in line)] or rows
        values = [value for line in own for cell in line if (value := number(cell)) is not None]
        faults += [
            f"{row.label} / {cell.head}: {cell.text}"
            for cell in row.cells
            if cell.is_figure and not says(cell.text, values) and not excused(table, address, cell.head)
        ]
    return faults


def alike(written: list[list[str]], held: list[list[Any]]) -> bool:
    """Whether the two files hold the same numbers in the same places; a workbook keeps a share as one of one."""
    if [len(line) for line in written] != [len(line) for line in held]:
        return False
    pairs = [pair for texts, values in zip(written, held, strict=True) for pair in zip(texts, values, strict=True)]
    return all(same_number(text, value) for text, value in pairs if isinstance(value, int | float))


def same_number(text: str, value: float) -> bool:
    found = number(text)
    near = pytest.approx(value, abs=0.0001)
    return found is not None and (float(found) == near or float(found) / 100 == near)


def test_every_table_leaves_as_csv_and_xlsx_with_its_figures(furnished: Workspace, signed_in: SignIn) -> None:
    faults = []
    for client, address, table in crawled(signed_in):
        if NO_FILE.keys() & {urlsplit(address).path, table.caption}:
            continue
        place = f"{address} «{table.caption}»"
        if table.files.keys() != {"csv", "xlsx"}:
            faults.append(f"{place}: no files")
            continue
        files, rows = table.files, csv_rows(client, table.files["csv"])[1:]
        if missing(table, rows, address) and table.page_files.keys() == {"csv", "xlsx"}:
            files, rows = table.page_files, csv_rows(client, table.page_files["csv"])[1:]  # of a section of two
        faults += [f"{place}: {fault} is not in the file" for fault in missing(table, rows, address)]
        held = xlsx_rows(client, files["xlsx"])[1:]
        if not alike(rows, held[len(held) - len(rows) :]):  # each file of the audit log adds a line to it
            faults.append(f"{place}: CSV and XLSX differ")
    assert not faults, "\n".join(faults)


def test_tables_of_the_wizard_have_their_reason(workspace: Workspace, signed_in: SignIn) -> None:
    page = signed_in("charlie", "en").get(send(signed_in("charlie", "en"))).content.decode()
    captions = [table.caption for table in tables(tree(page))]
    assert "How it was read" in captions
    assert set(captions) <= NO_FILE.keys()


def test_every_figure_opens_its_records(furnished: Workspace, signed_in: SignIn) -> None:
    faults = set()
    for _, address, table in crawled(signed_in):
        for row in table.rows:
            for cell in row.cells:
                if cell.is_figure and not cell.href and not excused(table, address, cell.head):
                    faults.add(f"{address} «{table.caption}» {cell.head}: {cell.text} opens nothing")
    assert not faults, "\n".join(sorted(faults))


def test_every_figure_of_a_strip_opens_its_records(furnished: Workspace, signed_in: SignIn) -> None:
    faults = set()
    for address, page in walk(signed_in("alice", "en"), set()):
        for name, text, href in strips(page):
            if any(letter.isdigit() for letter in text) and not href and name not in STRIPS:
                faults.add(f"{address}: {name}, {text} opens nothing")
    assert not faults, "\n".join(sorted(faults))


def test_every_figure_opens_its_definition(furnished: Workspace, signed_in: SignIn) -> None:
    """The head defines it, or the page of its records does."""
    faults, asked = set(), set()
    for client, address, table in crawled(signed_in):
        for row in table.rows:
            for cell in row.cells:
                key = (table.caption, cell.head)
                if not cell.is_figure or key in asked or excused(table, address, cell.head):
                    continue
                asked.add(key)
                answer = client.get(cell.href)
                page = answer.content.decode()
                if answer.status_code != 200:
                    faults.add(f"{address} «{table.caption}» {cell.head}: {cell.href} does not open")
                known = cell.head in table.defined or row.is_defined or "/metrics#" in page
                if not known and not cell.href.startswith(("/data/quarantine", "/plan/figure")):
                    faults.add(f"{address} «{table.caption}» {cell.head}: {cell.href} defines nothing")
    assert not faults, "\n".join(sorted(faults))
