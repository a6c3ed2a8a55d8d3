"""The page «Клиенты» over the small shop: the terminal's own figures, doors to their records, its files."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from smarketing.analyses.churn import churn
from smarketing.analyses.lifetime import lifetime
from smarketing.analyses.retention import retention
from smarketing.jobs.export import to_csv, to_json
from smarketing.web.reports import reading
from tests.analyses import small_shop
from tests.web.conftest import OneAtATime

SignIn = Callable[..., Client]
HALF = "from=2026-01-01&to=2026-06-30"


@pytest.fixture
def shop(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> reading.Facts:
    """The shop whose customers come again and leave, known until the end of June 2026."""
    found = reading.Facts(OneAtATime(small_shop.reader()))
    monkeypatch.setattr(reading, "newest", lambda: found)
    return found


@pytest.fixture
def unpaid(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same shop before anybody has paid."""
    found = reading.Facts(OneAtATime(small_shop.reader(receipts=[])))
    monkeypatch.setattr(reading, "newest", lambda: found)


def body(answer: Any) -> str:
    return unescape(answer.content.decode())


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body(answer)).replace("\u00a0", " "))


def test_customers_page_opens_with_who_left_and_who_stands_now(shop: Any, signed_in: SignIn) -> None:
    """Half a year of ``test_churn``: two customers at its start, none of them left, one came."""
    said = words(signed_in().get(f"/customers?{HALF}"))
    assert "из 2 клиентов ушли 0, 0,0 %; с пришедшими и вернувшимися их стало 3." in said


def test_files_of_the_page_are_those_of_the_terminal(shop: Any, signed_in: SignIn) -> None:
    client, reader = signed_in(), shop.reader
    tables = {
        "cohorts": retention(reader, small_shop.HALF),
        "churn": churn(reader, small_shop.HALF.split("month")),
        "lifetime": lifetime(reader, small_shop.HALF.split("segment")),
    }
    for name, table in tables.items():
        address = f"/customers?{HALF}&table={name}"
        assert client.get(f"{address}&format=csv").content == to_csv(table, reader.company, "ru"), name
        said = client.get(f"{address}&format=json").content.decode()
        assert said == to_json(table, reader.company, "ru"), name
        assert client.get(f"{address}&format=xlsx").content[:2] == b"PK"


@pytest.mark.parametrize("view", ["", "bought", "alive", "revenue"])
def test_every_door_of_the_customers_page_opens(shop: Any, signed_in: SignIn, view: str) -> None:
    client = signed_in()
    page = body(client.get(f"/customers?cohorts={view}"))
    doors = re.findall(r'<a class="fig" href="(/records\?[^"]*)"[^>]*>([^<]*)</a>', page)
    assert len(doors) > 40
    for door, text in doors:
        answer = client.get(door)
        assert answer.status_code == 200, door
        if "metric=gone_customers" in door or "metric=cohort_customers" in door:
            assert f"За цифрой стоит записей: {text}." in words(answer), door


def test_period_of_the_customers_page_does_not_follow_to_the_next_one(shop: Any, signed_in: SignIn) -> None:
    """Twelve months are the page's own; only a period that somebody chose goes along."""
    assert 'href="/analytics"' in body(signed_in().get("/customers"))
    assert 'href="/analytics?month=2026-03"' in body(signed_in().get("/customers?month=2026-03"))


def test_wrong_view_of_the_cohorts_is_a_sentence(shop: Any, signed_in: SignIn) -> None:
    answer = signed_in(language="en").get("/customers?cohorts=none")
    assert answer.status_code == 400
    assert "cohorts is bought, alive or revenue." in words(answer)


def test_company_whose_customers_cannot_be_recognised_is_told_what_is_missing(
    unpaid: Any, signed_in: SignIn
) -> None:
    assert "нужны оплаты и номера клиентов" in words(signed_in().get("/customers"))
