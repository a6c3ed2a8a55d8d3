"""The rows behind a figure as a file: the same rows as on the page, and written down."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.test import Client

from smarketing.web.accounts.models import AuditEntry
from smarketing.web.reports import opening

SignIn = Callable[..., Client]
REVENUE = "/records?metric=revenue&clock=period&month=2026-11"


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_file_holds_the_records_of_the_page(facts: Any, signed_in: SignIn) -> None:
    client = signed_in("alice")
    page = client.get(REVENUE).content.decode()
    heads, *rows = table(client.get(f"{REVENUE}&format=csv"))
    assert heads[:4] == ["Оплата", "Оплачено", "Сумма", "Расход"]
    assert [row[:4] for row in rows] == [
        ["P4", "2026-11-16", "-10000,00", "0,00"],
        ["P3", "2026-11-13", "60000,00", "20000,00"],
        ["P1", "2026-11-12", "500000,00", "300000,00"],
        ["P2", "2026-11-12", "200000,00", "100000,00"],
        ["P5", "2026-11-03", "240000,00", "140000,00"],
    ]
    assert all(row[0] in page for row in rows)
    assert ">P6<" not in page  # of a test lead


def test_file_holds_all_pages_and_not_one(facts: Any, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PAGE", 2)
    assert len(table(signed_in("alice").get("/records?month=2026-11&format=csv"))) == 1 + 11


def test_workbook_holds_numbers_and_moments_in_the_company_s_zone(facts: Any, signed_in: SignIn) -> None:
    answer = signed_in("alice").get("/records?month=2026-11&format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    first = {head.value: cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert first["Лид"] == "L8"
    assert first["Создан"] == datetime(2026, 11, 20, 17, 30)  # noqa: DTZ001 (a workbook knows no zone)
    assert answer["Content-Disposition"] == 'attachment; filename="leads-records-2026-11-01.xlsx"'


def test_seller_s_file_holds_own_leads_only(facts: Any, signed_in: SignIn) -> None:
    for forged in ("", "&manager=Борис", "&manager=~"):
        rows = table(signed_in("bob").get(f"/records?month=2026-11&format=csv{forged}"))[1:]
        assert [row[0] for row in rows] == ["L1"]


@pytest.mark.django_db
def test_export_of_records_is_written_down_and_looking_is_not(facts: Any, signed_in: SignIn) -> None:
    client = signed_in("alice")
    client.get(REVENUE)
    assert not AuditEntry.objects.filter(action="records_exported").exists()
    client.get(f"{REVENUE}&segment=private&format=csv")
    entry = AuditEntry.objects.get(action="records_exported")
    assert (entry.user.username, entry.subject) == ("alice", "revenue")
    assert entry.details == {
        "format": "csv",
        "rows": 2,
        "period": "2026-11-01..2026-11-30",
        "filters": ["segment=private"],
    }


def test_more_records_than_a_file_takes_are_refused_in_words(
    facts: Any, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST", 3)
    answer = signed_in("alice").get(f"{REVENUE}&format=csv")
    assert answer.status_code == 400
    assert "Записей 5, в файл помещается 3." in answer.content.decode()


def test_page_of_records_offers_both_files(facts: Any, signed_in: SignIn) -> None:
    page = signed_in("alice").get(REVENUE).content.decode()
    assert "format=csv" in page and "format=xlsx" in page and "format=json" not in page
