"""Behind a door stand as many records as its figure says; a list that leaves is written down and masked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from smarketing.jobs.load import load
from smarketing.jobs.workspace import Workspace
from smarketing.web.accounts.models import AuditEntry, Role, User
from smarketing.web.reports import opening, reading
from tests.analyses import small_company
from tests.web.conftest import OneAtATime
from tests.web.crawling import Table, tables, tree
from tests.web.test_connections import LEADS

SignIn = Callable[..., Client]


def table_of(client: Client, address: str, caption: str) -> Table:
    return next(one for one in tables(tree(client.get(address).content.decode())) if one.caption == caption)


def count_behind(client: Client, href: str) -> int:
    """What the page of records says there is, and as many lines of its file."""
    said = re.search(r"Records behind the figure: (\d+)", client.get(href).content.decode())
    assert said, href
    rows = list(csv.reader(io.StringIO(client.get(f"{href}&format=csv").content.decode("utf-8-sig"))))
    assert len(rows) - 1 == int(said[1])
    return int(said[1])


@pytest.fixture
def drafted(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second version of the criteria that knows small orders alone."""
    first = small_company.COMPANY.criteria[0]
    second = first.model_copy(update={"version": "2", "rules": small_company.RULES[:1]})
    company = small_company.COMPANY.model_copy(update={"criteria": (first, second)})
    known = reading.Facts(OneAtATime(small_company.reader(company=company)))
    monkeypatch.setattr(reading, "newest", lambda: known)


@pytest.fixture
def loaded(workspace: Workspace, tmp_path: Any, facts: Any) -> Workspace:
    file = tmp_path / "leads.csv"
    file.write_text(LEADS)
    load(workspace, [file])
    return workspace


def test_cell_of_the_what_if_opens_as_many_leads_as_it_counts(drafted: None, signed_in: SignIn) -> None:
    client = signed_in(language="en")
    table = table_of(client, "/qualification?draft=2", "Now and by the version")
    counted = {(row.label, cell.head): int(cell.text) for row in table.rows for cell in row.cells}
    assert sum(counted.values()) == 11  # every lead of November in one cell
    assert sum(count for (now, then), count in counted.items() if now != then) > 0
    for row in table.rows:
        for cell in row.cells:
            assert count_behind(client, cell.href) == int(cell.text), (row.label, cell.head)


def test_sentence_of_the_what_if_opens_what_it_says(drafted: None, signed_in: SignIn) -> None:
    client = signed_in(language="en")
    page = client.get("/qualification?draft=2").content.decode()
    said = re.search(r'The verdict changes for <a class="fig" href="([^"]+)">(\d+)</a>', page)
    assert said
    assert count_behind(client, said[1].replace("&amp;", "&")) == int(said[2])


def test_what_if_of_a_verdict_that_there_is_not_is_refused_in_words(drafted: None, signed_in: SignIn) -> None:
    answer = signed_in(language="en").get("/records?metric=leads&draft=2&now=maybe")
    assert answer.status_code == 400
    assert "now: one of target, non_target, unknown" in answer.content.decode()


@pytest.mark.parametrize("kind", ["", "kind=milestones&"])
def test_totals_of_the_funnel_open_as_many_leads_as_they_count(facts: Any, signed_in: SignIn, kind: str) -> None:
    client = signed_in(language="en")
    rows = table_of(client, f"/funnel?{kind}month=2026-11", "Totals").rows
    counts = {row.label: row.cells[0] for row in rows}
    assert counts["Went back a stage"].text == counts["Reopened after a loss"].text == "1"  # L2 and L11
    for name, cell in counts.items():
        if cell.text.isdecimal():
            assert count_behind(client, cell.href) == int(cell.text), name


def test_figure_of_the_plan_opens_the_numbers_that_make_it(
    workspace: Workspace, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """15 leads of dealers by source, 20 of private persons whole."""
    plans = [
        {"month": 202611, "metric": "leads", "value": Decimal(10), "segment": "dealers", "lead_source": "yandex"},
        {"month": 202611, "metric": "leads", "value": Decimal(5), "segment": "dealers", "lead_source": "site"},
        {"month": 202611, "metric": "leads", "value": Decimal(20), "segment": "private", "lead_source": None},
        *(
            {"month": 202611, "metric": metric, "value": Decimal(value), "segment": None, "lead_source": None}
            for metric, value in (
                ("target_share", "0.5"), ("handled_share", "0.5"), ("handled_to_sale_cr", "0.5"),
                ("aov", "100000"),
            )
        ),
    ]  # fmt: skip
    known = reading.Facts(OneAtATime(small_company.reader(plans=plans)))
    monkeypatch.setattr(reading, "newest", lambda: known)
    client = signed_in(language="en")
    duties = table_of(client, "/plan?month=2026-11", "What the departments owe, by segment")
    for label, leads, numbers in (("dealers", "15", ["10", "5"]), ("private", "20", ["20"]),
                                  ("Total", "35", ["10", "5", "20"])):  # fmt: skip
        cell = next(row.cells[0] for row in duties.rows if row.label == label)
        assert cell.text == leads
        behind = table_of(client, cell.href, "Numbers of the plan")
        assert sorted(row.cells[1].text for row in behind.rows) == sorted(numbers)
    sales = next(row.cells[5] for row in duties.rows if row.label == "private")
    behind = table_of(client, sales.href, "Numbers of the plan")
    assert [row.cells[0].text for row in behind.rows] == [
        "Leads", "Target share", "Handled share", "CR handled → sale",
    ]  # fmt: skip
    facts_link = re.search(r'href="(/records[^"]+)"', client.get(sales.href).content.decode())
    assert facts_link
    assert count_behind(client, facts_link[1].replace("&amp;", "&")) == 1  # of private leads L11 was sold


def test_unknown_figure_of_the_plan_is_refused_in_words(facts: Any, signed_in: SignIn) -> None:
    assert signed_in(language="en").get("/plan/figure?what=leds").status_code == 400
    assert signed_in("bob").get("/plan/figure?what=leads").status_code == 403  # a seller sees no plan


def test_counts_of_the_quarantine_open_as_many_rows(loaded: Workspace, signed_in: SignIn) -> None:
    client = signed_in(language="en")
    for caption, head in (("Loads", "Quarantined"), ("Reasons of the quarantine", "Rows")):
        (row,) = table_of(client, "/data", caption).rows
        cell = next(cell for cell in row.cells if cell.head == head)
        assert cell.text == "1"
        assert len(table_of(client, cell.href, "Rows in quarantine").rows) == 1


def test_list_that_leaves_is_written_down(loaded: Workspace, signed_in: SignIn) -> None:
    client = signed_in("charlie", "en")
    assert client.get("/people?format=csv").headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    client.get("/data?table=loads&format=xlsx")
    entries = AuditEntry.objects.filter(action="list_exported").order_by("id")
    assert [(one.user and one.user.username, one.subject, one.details) for one in entries] == [
        ("charlie", "people", {"format": "csv", "rows": 5}),
        ("charlie", "loads", {"format": "xlsx", "rows": 1}),
    ]


@pytest.mark.parametrize("address", ["/people?format=csv", "/audit?format=csv", "/connections?format=csv"])
def test_list_leaves_to_nobody_who_may_not_see_it(loaded: Workspace, signed_in: SignIn, address: str) -> None:
    assert signed_in("dora").get(address).status_code == 403


def test_quarantined_value_is_hidden_from_whom_it_does_not_concern(
    loaded: Workspace, cast: dict[str, User], signed_in: SignIn
) -> None:
    """The row says an impossible date; any other cell might be a phone."""
    User.objects.filter(username="dora").update(role=Role.ANALYST)
    cast["dora"].refresh_from_db()
    for name, is_seen in (("alice", True), ("dora", False)):
        client = signed_in(name)
        for address in (
            "/data/quarantine",
            "/data/quarantine?format=csv",
            "/data",
        ):
            said = client.get(address).content.decode()
            assert "created_at" in said or "2026-13-45" in said or "•••" in said
            assert not is_seen or "•••" not in said
            assert is_seen or "2026-13-45" not in said


def test_page_of_records_shows_what_tells_most_and_the_file_everything(facts: Any, signed_in: SignIn) -> None:
    client = signed_in(language="en")

    def heads(address: str) -> list[str]:
        (table,) = tables(tree(client.get(address).content.decode()))
        return [cell.head for cell in table.rows[0].cells]

    assert len(heads("/records?metric=leads")) == 8  # and the lead itself
    assert "Loss reason" in " ".join(heads("/records?metric=lost_leads&outcome=lost"))
    assert heads("/records?metric=leads&columns=region,campaign") == heads(
        "/records?metric=leads&columns=campaign&columns=region"
    )
    assert len(heads("/records?metric=leads&columns=all")) == 17
    file = client.get("/records?metric=leads&columns=region&format=csv").content.decode("utf-8-sig")
    assert len(next(csv.reader(io.StringIO(file)))) == 19  # the link among them
    wrong = client.get("/records?metric=leads&columns=colour")
    assert wrong.status_code == 400


def test_columns_stay_when_the_next_page_is_opened(facts: Any, signed_in: SignIn, monkeypatch: Any) -> None:
    monkeypatch.setattr(opening, "PAGE", 5)
    page = signed_in(language="en").get("/records?columns=region&columns=campaign").content.decode()
    assert "columns=region%2Ccampaign&amp;page=2" in page or "page=2&amp;columns=region%2Ccampaign" in page
