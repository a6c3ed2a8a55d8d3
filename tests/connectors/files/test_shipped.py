# ruff: noqa: DTZ001 - the lake stores moments in UTC without a mark, and so do the tables of a reading
"""Each shipped mapping over a few rows as its system writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from smarketing.connectors.files.gathering import Intake, Reading
from smarketing.connectors.files.mapping import recognise
from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import parse_company
from tests.connectors.files.conftest import NOW


def load(folder: Path, text: str, *, encoding: str = "utf-8") -> tuple[str, Reading]:
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    with Workbench() as bench:
        sheet = bench.read(path)
        mapping = recognise(sheet.headings)[0].mapping
        intake = Intake(bench, parse_company(mapping.company), NOW)
        intake.add(sheet, mapping)
        return mapping.name, intake.finish()


def moves(reading: Reading) -> list[tuple[Any, ...]]:
    rows = reading.accepted["stage_moves"].to_pylist()
    return sorted((row["lead_id"], row["stage"], str(row["entered_at"]), row["loss_reason"]) for row in rows)


def test_bitrix24_deals(tmp_path: Path) -> None:
    text = (
        "ID;Название сделки;Стадия сделки;Сделка закрыта;Сумма;Валюта;Ответственный;Дата создания;Дата завершения;"
        "Источник;UTM Source;UTM Campaign;ID лида;Причина отказа\n"
        "11;Горка;Сделка успешна;да;480 000,00;RUB;Анна;03.11.2026 10:00:00;10.11.2026;Сайт;yandex;dealers;;\n"
        "12;Качели;Сделка провалена;да;30 000,00;RUB;Пётр;04.11.2026 11:00:00;05.11.2026;Звонок;;;;Дорого\n"
        "13;Городок;В работе;нет;500 000,00;RUB;Анна;05.11.2026 12:00:00;30.12.2026;Сайт;;;77;\n"
    )
    name, reading = load(tmp_path, text, encoding="cp1251")
    assert (name, reading.quarantined.num_rows) == ("bitrix24_deals", 0)
    leads = {row["lead_id"]: row for row in reading.accepted["leads"].to_pylist()}
    assert sorted(leads) == ["deal:11", "deal:12"]  # the deal of lead 77 is no second lead
    assert (leads["deal:11"]["lead_source"], leads["deal:12"]["lead_source"]) == ("yandex", "Звонок")
    assert leads["deal:11"]["amount"] == Decimal(480000)
    assert moves(reading) == [
        ("deal:11", "new", "2026-11-03 07:00:00", None),
        ("deal:11", "won", "2026-11-09 21:00:00", None),
        ("deal:12", "lost", "2026-11-04 21:00:00", "Дорого"),
        ("deal:12", "new", "2026-11-04 08:00:00", None),
        ("lead:77", "executing", "None", None),
    ]
    assert [row["amount"] for row in reading.accepted["payments"].to_pylist()] == [Decimal(480000)]


def test_bitrix24_leads(tmp_path: Path) -> None:
    text = (
        "ID;Стадия;Название лида;Источник;Дата создания;Ответственный;UTM Campaign\n"
        "77;Качественный лид;Заявка;Сайт;03.11.2026 10:00:00;Анна;осень\n"
        "78;Не обработан;Заявка;Сайт;03.11.2026 11:00:00;Анна;-\n"
    )
    name, reading = load(tmp_path, text)
    assert name == "bitrix24_leads"
    assert [row["campaign"] for row in reading.accepted["leads"].to_pylist()] == ["осень", None]
    assert [(lead, stage) for lead, stage, _, _ in moves(reading)] == [
        ("lead:77", "new"),
        ("lead:77", "qualified"),
        ("lead:78", "new"),
    ]


def test_amocrm_leads(tmp_path: Path) -> None:
    text = (
        "ID,Название сделки,Ответственный,Этап сделки,Воронка,Бюджет,Дата создания сделки,Дата закрытия,"
        "utm_source,Причина отказа\n"
        "501,Двор,Анна,Успешно реализовано,Основная,480000,01.11.2026 10:00:00,09.11.2026 12:00:00,vk,\n"
        "502,Сад,Анна,Закрыто и не реализовано,Основная,0,01.11.2026 10:00:00,02.11.2026 12:00:00,,Дорого\n"
        "503,Дом,Пётр,Переговоры,Основная,,02.11.2026 10:00:00,,,\n"
    )
    name, reading = load(tmp_path, text)
    assert name == "amocrm_leads"
    assert [row[:2] for row in moves(reading)] == [
        ("501", "new"),
        ("501", "won"),
        ("502", "lost"),
        ("502", "new"),
        ("503", "new"),
        ("503", "talks"),
    ]
    assert reading.totals.won == 1
    assert reading.totals.paid == Decimal(480000)


def test_yandex_direct(tmp_path: Path) -> None:
    text = (
        "Отчёт за период 01.11.2026 - 02.11.2026\t\t\t\t\t\t\n"
        "Дата\t№ Кампании\tКампания\tПоказы\tКлики\tРасход (руб.)\tКонверсии\n"
        "01.11.2026\t700\tДилеры\t1 000\t20\t1 500,50\t2\n"
        "02.11.2026\t700\tДилеры\t900\t0\t0,00\t--\n"
        "Всего\t\t\t1 900\t20\t1 500,50\t2\n"
    )
    name, reading = load(tmp_path, text)
    assert name == "yandex_direct"
    first, second = reading.accepted["ad_spend"].to_pylist()
    assert (first["day"], first["cost"], first["impressions"]) == (date(2026, 11, 1), Decimal("1500.50"), 1000)
    assert (second["lead_source"], second["reported_leads"]) == ("yandex", None)
    assert reading.totals.spend == Decimal("1500.50")


def test_vk_ads(tmp_path: Path) -> None:
    text = "Дата;Кампания;Показы;Клики;Потрачено всего, ₽;Результат\n01.11.2026;Осень;10;1;99,90;1\n"
    name, reading = load(tmp_path, text)
    assert (name, reading.totals.spend, reading.totals.clicks) == ("vk_ads", Decimal("99.90"), 1)


def test_generic_leads(tmp_path: Path) -> None:
    text = (
        "Номер заявки;Дата заявки;Источник;Стадия;Причина отказа\n"
        "1;01.11.2026;Авито;Отказ;Дорого\n2;02.11.2026;-;Новый;\n"
    )
    name, reading = load(tmp_path, text)
    assert name == "generic_leads"
    assert [row["lead_source"] for row in reading.accepted["leads"].to_pylist()] == ["Авито", None]
    assert [row[1] for row in moves(reading)] == ["lost", "new", "new"]


def test_generic_deals(tmp_path: Path) -> None:
    text = "Deal ID,Created,Amount,Stage,Closing Date\n1,2026-11-01,500,Won,2026-11-05\n"
    name, reading = load(tmp_path, text)
    assert name == "generic_deals"
    assert moves(reading)[1] == ("1", "won", str(datetime(2026, 11, 4, 21)), None)
