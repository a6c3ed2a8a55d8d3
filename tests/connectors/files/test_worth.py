"""Are sums of several currencies shown in the company's, by the rate of their day?"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from smarketing.connectors.files.folders import fact_mapping
from smarketing.connectors.files.gathering import Intake, Reading
from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import Company

RATES = {"USD": [{"since": "2026-02-01", "rate": "90"}, {"since": "2026-03-01", "rate": "100"}], "EUR": "80.5"}


def reading(folder: Path, table: str, text: str, **settings: Any) -> Reading:
    path = folder / f"{table}.csv"
    path.write_text(text, encoding="utf-8")
    company = Company.model_validate({"zone": "Europe/Moscow", **settings})
    with Workbench() as bench:
        sheet = bench.read(path)
        mapping = fact_mapping(table, sheet.headings)
        assert mapping is not None
        intake = Intake(bench, company, datetime(2026, 6, 1, tzinfo=UTC))
        intake.add(sheet, mapping)
        return intake.finish()


PAID = (
    "payment_id,paid_at,amount,currency\n"
    "1,2026-01-05,1,USD\n"  # before the first rate: 90
    "2,2026-02-28T21:00:00Z,1,USD\n"  # 1 March in Moscow: 100
    "3,2026-02-28,2,EUR\n"  # 161
    "4,2026-02-28,7,RUB\n5,2026-02-28,3,\n"  # 10
    "6,,1,USD\n"  # no day: the newest rate, 100
)


def test_total_of_several_currencies_is_in_the_company_s_by_the_rate_of_the_day(tmp_path: Path) -> None:
    read = reading(tmp_path, "payments", PAID, rates=RATES)
    assert read.totals.paid == Decimal("461.00")
    assert sum(read.accepted["payments"]["amount"].to_pylist()) == 15  # the facts stay as they were told


def test_spend_of_an_account_in_another_currency(tmp_path: Path) -> None:
    text = "day,lead_source,cost,currency\n2026-03-01,vk,10,USD\n2026-02-28,vk,10,USD\n2026-02-28,vk,10,\n"
    assert reading(tmp_path, "ad_spend", text, rates=RATES).totals.spend == Decimal("1910.00")


def test_one_currency_needs_no_rates(tmp_path: Path) -> None:
    text = "lead_id,created_at,amount\n1,2026-03-01,10.55\n2,2026-03-01,\n"
    assert reading(tmp_path, "leads", text).totals.amount == Decimal("10.55")


def _finding(found: Reading, code: str) -> Any:
    (finding,) = [finding for finding in found.findings if finding.code == code]
    return finding


def test_repeated_spend_is_told_in_the_companys_money(tmp_path: Path) -> None:
    spend = (
        "day,lead_source,cost,currency\n"
        + "2026-02-10,a,5,USD\n" * 2
        + "2026-03-10,a,5,USD\n" * 2
        + "2026-03-10,a,1,\n"
    )
    told = _finding(reading(tmp_path, "ad_spend", spend, rates=RATES), "repeated-spend")
    assert (told.count, told.amount) == (2, Decimal(5 * 90 + 5 * 100))


def test_spend_of_two_files_is_added_in_the_companys_money(tmp_path: Path) -> None:
    head = "day,lead_source,cost,currency\n"
    texts = {"a.csv": head + "2026-03-01,google,10,USD\n", "b.csv": head + "2026-03-01,google,2,EUR\n"}
    company = Company.model_validate({"zone": "Europe/Moscow", "rates": RATES})
    with Workbench() as bench:
        intake = Intake(bench, company, datetime(2026, 6, 1, tzinfo=UTC))
        for name, text in texts.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
            sheet = bench.read(tmp_path / name)
            mapping = fact_mapping("ad_spend", sheet.headings)
            assert mapping is not None
            intake.add(sheet, mapping)
        assert _finding(intake.finish(), "spend-of-two-files").amount == Decimal(1161)
