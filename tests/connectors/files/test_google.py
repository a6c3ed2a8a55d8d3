"""Google Ads and Google Analytics 4 by file: made-up figures in the shapes their pages export."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smarketing.connectors.files.gathering import Intake, Reading
from smarketing.connectors.files.mapping import recognise
from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import parse_company
from smarketing.facts.errors import WrongInput
from tests.connectors.files.conftest import NOW

ADS = """Campaign report
"November 1, 2026 - November 2, 2026"
Day,Campaign status,Campaign,Budget,Currency code,Impr.,Interactions,Avg. cost,Cost,Clicks,Conversions
2026-11-01,Enabled,Brand,500.00,USD,"1,200",31,0.81,"1,025.10",30,2.50
2026-11-02,Enabled,Brand,500.00,USD,900,20,0.50,10.00,20,1.00
2026-11-02,Paused,Generic, --,USD,0,0, --,0.00,0, --
Total: Campaigns, --, --,500.00,USD,"2,100",51,0.68,"1,035.10",50,3.50
Total: Account, --, --,500.00,USD,"2,100",51,0.68,"1,035.10",50,3.50
Total: Search campaigns, --, --,500.00,USD,"2,100",51,0.68,"1,035.10",50,3.50
Total: Display campaigns, --, --,0.00,USD,0,0, --,0.00,0,0.00
"""
ADS_RU = (
    "Отчет о кампаниях\n1 ноября 2026 г. – 2 ноября 2026 г.\n"
    "День\tКампания\tКод валюты\tПоказы\tКлики\tСтоимость\tКонверсии\n"
    "2026-11-01\tБренд\tRUB\t1\u00a0200\t30\t1\u00a0025,10\t2,00\n"
    "2026-11-02\tБренд\tRUB\t900\t20\t10,00\t1,00\n"
    "Всего: аккаунт\t\tRUB\t2\u00a0100\t50\t1\u00a0035,10\t3,00\n"
)
HEAD = (
    "# ---------------\n# Free form 1\n# Account: Made-up, Inc\n"
    "# Start date: 20261101\n# End date: 20261102\n# ---\n\n"
)
GA4 = (
    HEAD
    + """Date,Session source / medium,Session campaign,Sessions,Key events,Ads cost
,,,58,7,150.5,Grand total
20261101,google / cpc,autumn,20,3,150.5
20261101,google / organic,(organic),15,2,0
20261101,google / cpc,(not set),3,0,0
20261102,(direct) / (none),(direct),20,2,0
"""
)


def load(folder: Path, text: str, encoding: str = "utf-8") -> tuple[str, Reading]:
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    with Workbench() as bench:
        sheet = bench.read(path)
        mapping = recognise(sheet.headings)[0].mapping
        intake = Intake(bench, parse_company({"rates": {"USD": 90}}), NOW)
        intake.add(sheet, mapping)
        return mapping.name, intake.finish()


def picked(reading: Reading, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in reading.accepted[table].to_pylist()]


def test_a_google_ads_report_by_day(tmp_path: Path) -> None:
    name, reading = load(tmp_path, ADS)
    assert (name, reading.quarantined.num_rows) == ("google_ads", 0)
    assert picked(reading, "ad_spend", "day", "lead_source", "campaign", "cost", "currency", "clicks") == [
        (date(2026, 11, 1), "google", "Brand", Decimal("1025.10"), "USD", 30),
        (date(2026, 11, 2), "google", "Brand", Decimal("10.00"), "USD", 20),
        (date(2026, 11, 2), "google", "Generic", Decimal("0.00"), "USD", 0),
    ]
    sniffed = reading.files[0].sniffed
    assert sniffed.titles == ("Campaign report", "November 1, 2026 - November 2, 2026")
    assert sniffed.totals == (
        *("Total: Campaigns", "Total: Account"),
        *("Total: Search campaigns", "Total: Display campaigns"),
    )


def test_conversions_in_fractions_are_rounded_and_told(tmp_path: Path) -> None:
    _, reading = load(tmp_path, ADS)
    assert picked(reading, "ad_spend", "impressions", "reported_leads") == [(1200, 3), (900, 1), (0, None)]
    (rounded,) = [finding for finding in reading.findings if finding.code == "rounded"]
    assert rounded.text.ru == (
        "Дробные значения столбца «Conversions» округлены до целых: строк 1, было 3,5, стало 4."
    )
    assert "numbers-assumed" not in {finding.code for finding in reading.findings}  # of 1,200 impressions


def test_a_google_ads_report_in_russian_for_excel(tmp_path: Path) -> None:
    name, reading = load(tmp_path, ADS_RU, "utf-16")
    assert name == "google_ads"
    assert picked(reading, "ad_spend", "campaign", "cost", "currency", "impressions", "reported_leads") == [
        ("Бренд", Decimal("1025.10"), "RUB", 1200, 2),
        ("Бренд", Decimal("10.00"), "RUB", 900, 1),
    ]
    assert reading.files[0].sniffed.totals == ("Всего: аккаунт",)


def test_a_google_ads_report_without_days_is_no_match(tmp_path: Path) -> None:
    headings = ("Campaign", "Currency code", "Cost", "Impr.", "Clicks")
    first = recognise(headings)[0]
    assert (first.mapping.name, first.fits, first.absent) == ("google_ads", False, ("Day | День | Дата | Date",))


def test_analytics_become_reported_figures_and_spend(tmp_path: Path) -> None:
    name, reading = load(tmp_path, GA4)
    assert (name, reading.quarantined.num_rows) == ("ga4", 0)
    told = sorted(picked(reading, "reported", "metric", "day", "lead_source", "campaign", "value"), key=str)
    first, second = date(2026, 11, 1), date(2026, 11, 2)
    assert told == [
        ("key_events", first, "google", "autumn", Decimal(3)),
        ("key_events", first, "google", None, Decimal(2)),  # organic 2 and a campaign that is not set 0
        ("key_events", second, "direct", None, Decimal(2)),
        ("sessions", first, "google", "autumn", Decimal(20)),
        ("sessions", first, "google", None, Decimal(18)),
        ("sessions", second, "direct", None, Decimal(20)),
    ]
    assert picked(reading, "ad_spend", "day", "lead_source", "campaign", "cost") == [
        (first, "google", "autumn", Decimal("150.50"))
    ]
    assert reading.files[0].sniffed.totals == ("Grand total",)
    assert "rows-together" in {finding.code for finding in reading.findings}


def test_analytics_with_source_and_medium_apart_and_no_cost(tmp_path: Path) -> None:
    text = (
        "Date,Session source,Session medium,Sessions\n"
        "20261101,vk,cpc,4\n20261101,vk,social,3\n20261101,(direct),(none),1\n"
    )
    _, reading = load(tmp_path, HEAD + text)
    told = sorted(picked(reading, "reported", "lead_source", "value"))
    assert told == [("direct", Decimal(1)), ("vk", Decimal(7))]
    assert reading.accepted["ad_spend"].num_rows == 0


def test_analytics_in_russian(tmp_path: Path) -> None:
    text = "Дата,Источник/канал сеанса,Сеансы,Ключевые события\n20261101,yandex / cpc,4,1\n"
    name, reading = load(tmp_path, HEAD + text)
    assert name == "ga4"
    assert picked(reading, "reported", "lead_source", "metric", "value") == [
        ("yandex", "sessions", Decimal(4)),
        ("yandex", "key_events", Decimal(1)),
    ]


def test_several_tables_in_one_file_are_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(WrongInput) as caught:
        load(tmp_path, GA4 + "\n# ---\n# Start date: 20261101\nNth day,Sessions\n0000,38\n0001,20\n")
    assert caught.value.code == "file-two-tables"
    assert "исследование в свободной форме" in caught.value.text.ru


def test_a_single_line_behind_a_hash_may_be_the_header(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("#,Дата,Источник\n1,01.11.2026,vk\n2,01.11.2026,vk\n", encoding="utf-8")
    with Workbench() as bench:
        assert bench.read(path).headings == ("#", "Дата", "Источник")
