# ruff: noqa: DTZ001 - the lake stores moments in UTC without a mark, and so do the tables of a reading
"""Exports of CRMs and ad accounts in the shapes that docs/developing/formats.md records; all made up."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smarketing.connectors.files.gathering import Intake, Reading
from smarketing.connectors.files.mapping import recognise
from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import parse_company
from tests.connectors.files.conftest import NOW


def load(folder: Path, text: str, encoding: str = "utf-8") -> tuple[str, Reading]:
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    with Workbench() as bench:
        sheet = bench.read(path)
        proposal = recognise(sheet.headings)[0]
        assert proposal.fits
        intake = Intake(bench, parse_company(proposal.mapping.company), NOW)
        intake.add(sheet, proposal.mapping)
        return proposal.mapping.name, intake.finish()


def by_id(reading: Reading) -> dict[str, dict[str, Any]]:
    return {row["lead_id"]: row for row in reading.accepted["leads"].to_pylist()}


def moves(reading: Reading) -> list[tuple[str, str, datetime | None]]:
    found = [
        (row["lead_id"], row["stage"], row["entered_at"]) for row in reading.accepted["stage_moves"].to_pylist()
    ]
    return sorted(found, key=str)


def quoted(*rows: str) -> str:
    """Rows as Bitrix24 writes them: every cell in quotes, a semicolon after the last one, too."""
    return "".join("".join(f'"{cell}";' for cell in row.split("|")) + "\n" for row in rows)


DEALS = quoted(
    "ID|Воронка|Название сделки|Стадия сделки|Товар|Цена|Количество|Сумма|Валюта|Ответственный|Дата создания"
    "|Предполагаемая дата закрытия|Дата изменения стадии|Сделка закрыта|Источник|UTM Source|UTM Medium",
    "11|Продажи|Двор|Сделка успешна|Горка|300000.00|1|300000.00|Рубль|Анна|03.11.2026 10:00:00"
    "|10.11.2026|10.11.2026 15:00:00|Да|Веб-сайт|Яндекс.Директ|CPC",
    "11|Продажи|Двор|Сделка успешна|Качели|90000.00|2|180000.00|Рубль|Анна|03.11.2026 10:00:00"
    "|10.11.2026|10.11.2026 15:00:00|Да|Веб-сайт|Яндекс.Директ|CPC",
    "12|Продажи|Сад|В работе||||30000.00|Рубль|Пётр|04.11.2026 11:00:00"
    "|30.12.2026|05.11.2026 09:00:00|Нет|Звонок||",
    "13|Продажи|Дом|Новая||||0.00|Рубль|Пётр|04.11.2026 12:00:00|||Нет|||",
)


def test_bitrix24_deals_with_products_are_one_deal_each(tmp_path: Path) -> None:
    name, reading = load(tmp_path, DEALS)
    assert (name, reading.quarantined.num_rows) == ("bitrix24_deals", 0)
    leads = by_id(reading)
    assert (leads["deal:11"]["amount"], leads["deal:11"]["product"]) == (Decimal("480000.00"), "Горка")
    assert [row["amount"] for row in reading.accepted["payments"].to_pylist()] == [Decimal("480000.00")]
    assert moves(reading) == [
        ("deal:11", "new", datetime(2026, 11, 3, 7)),
        ("deal:11", "won", datetime(2026, 11, 10, 12)),  # the day the stage changed, not the expected one
        ("deal:12", "executing", datetime(2026, 11, 5, 6)),
        ("deal:12", "new", datetime(2026, 11, 4, 8)),
        ("deal:13", "deal_new", None),
        ("deal:13", "new", datetime(2026, 11, 4, 9)),
    ]


def test_tags_outweigh_the_source_of_the_crm_and_an_unknown_one_stays_visible(tmp_path: Path) -> None:
    _, reading = load(tmp_path, DEALS)
    told = {key: (row["lead_source"], row["medium"]) for key, row in by_id(reading).items()}
    assert told == {"deal:11": ("yandex", "cpc"), "deal:12": ("Звонок", None), "deal:13": (None, None)}
    custom = {key: json.loads(row["custom"]) for key, row in by_id(reading).items()}
    assert (custom["deal:11"]["utm_source_raw"], custom["deal:11"]["channel_by"]) == ("Яндекс.Директ", "utm")
    assert custom["deal:12"]["channel_by"] == "crm"
    assert custom["deal:13"]["channel_by"] == "unknown"


def test_deals_without_the_number_of_their_lead_are_told(tmp_path: Path) -> None:
    _, reading = load(tmp_path, DEALS)
    (told,) = [finding for finding in reading.findings if finding.code == "column-absent"]
    assert told.text.ru.startswith(
        "В выгрузке нет столбца «ID лида»: каждая сделка считается отдельным обращением."
    )
    _, reading = load(tmp_path, DEALS.replace('"Воронка"', '"ID лида"').replace('"Продажи"', '"77"'))
    assert "column-absent" not in {finding.code for finding in reading.findings}


def test_bitrix24_deals_in_english(tmp_path: Path) -> None:
    text = quoted(
        "ID|Deal Name|Stage|Pipeline|Income|Currency|Responsible|Created|Assumed close date|Closed|Source"
        "|UTM Source",
        "5|Yard|Deal won|Sales|480000.00|RUB|Ann|03.11.2026 10:00:00|10.11.2026|Yes|Call|vk",
        "6|Garden|In progress|Sales|10.00|RUB|Ann|03.11.2026 10:00:00|30.12.2026|No|Call|",
    )
    name, reading = load(tmp_path, text)
    assert (name, reading.quarantined.num_rows) == ("bitrix24_deals", 0)
    assert {key: row["lead_source"] for key, row in by_id(reading).items()} == {"deal:5": "vk", "deal:6": "Call"}
    assert [(lead, stage) for lead, stage, _ in moves(reading)] == [
        ("deal:5", "new"),
        ("deal:5", "won"),
        ("deal:6", "executing"),
        ("deal:6", "new"),
    ]
    assert [row["paid_at"] for row in reading.accepted["payments"].to_pylist()] == [datetime(2026, 11, 9, 21)]


@pytest.mark.parametrize(
    ("head", "stages"),
    [
        ("ID|Стадия|Название лида|Возможная сумма|Источник|Ответственный|Дата создания|UTM Source",
         ("Качественный лид", "Не обработан")),
        ("ID|Status|Lead Name|Opportunity|Source|Responsible|Created|UTM Source",
         ("Good lead", "Unassigned")),
    ],
)  # fmt: skip
def test_bitrix24_leads_in_both_languages(tmp_path: Path, head: str, stages: tuple[str, str]) -> None:
    text = quoted(
        head,
        f"77|{stages[0]}|А|500.00|Call|Анна|03.11.2026 10:00:00|vk%20ads",
        f"78|{stages[1]}|Б||Call|Анна|03.11.2026 11:00:00|{{source}}",
    )
    name, reading = load(tmp_path, text)
    assert name == "bitrix24_leads"
    leads = by_id(reading)
    assert (leads["lead:77"]["lead_source"], leads["lead:77"]["amount"]) == ("vk", Decimal("500.00"))
    assert leads["lead:78"]["lead_source"] == "Call"  # a macro that was not filled in is no source
    assert [(lead, stage) for lead, stage, _ in moves(reading)] == [
        ("lead:77", "new"),
        ("lead:77", "qualified"),
        ("lead:78", "new"),
    ]


AMO = (
    "ID;Название сделки;Бюджет;Ответственный;Дата создания сделки;Кем создана сделка;Дата редактирования;"
    "Дата закрытия;Теги;Этап сделки;Воронка;Полное имя контакта;Город;Источник;Товар;utm_source;"
    "utm_medium;utm_campaign;_ym_uid;yclid;Товар;Источник\n"
    "501;Двор;480000;Анна;01.11.2026 10:00:00;Анна;09.11.2026 12:00:00;09.11.2026 12:00:00;срочно;"
    "Успешно реализовано;Основная;Иван;Пермь;;Горка;VK ;target;Осень;163;;;Сайт\n"
    "502;Сад;0;Анна;01.11.2026 10:00:00;Анна;02.11.2026 12:00:00;02.11.2026 12:00:00;;Закрыто и не реализовано;"
    "Основная;Олег;Пермь;Звонок;;;;;;;Качели;Сайт\n"
    "503;Дом;;Пётр;02.11.2026 10:00:00;Анна;02.11.2026 10:00:00;не закрыта;;Переговоры;"
    "Основная;Нина;Омск;;;;;;;17;;\n"
    "504;Луг;;Пётр;02.11.2026 10:00:00;Анна;02.11.2026 10:00:00;не закрыта;;Неразобранное;"
    "Основная;Вера;Омск;;;;;;;;;\n"
)


def test_amocrm_leads_with_columns_of_the_contact_beside_those_of_the_deal(tmp_path: Path) -> None:
    name, reading = load(tmp_path, AMO)
    assert (name, reading.quarantined.num_rows) == ("amocrm_leads", 0)
    leads = by_id(reading)
    assert {key: row["lead_source"] for key, row in leads.items()} == {
        "501": "vk",  # the tag, not the CRM's word
        "502": "Звонок",  # the first filled of two columns
        "503": "yandex",  # by the click id
        "504": None,
    }
    assert {key: row["product"] for key, row in leads.items()} == {
        "501": "Горка",
        "502": "Качели",
        "503": None,
        "504": None,
    }
    assert leads["501"]["visitor_id"] == "163"
    told = {f.text.ru: f.red for f in reading.findings if f.code == "columns-repeated"}
    assert told == {
        "Столбцов «Источник»: 2. Взято первое заполненное значение; строк, где они расходятся: 1.": True,
        "Столбцов «Товар»: 2. Взято первое заполненное значение; строк, где они расходятся: 0.": False,
    }


def test_amocrm_stages_and_money(tmp_path: Path) -> None:
    _, reading = load(tmp_path, AMO)
    assert [(lead, stage) for lead, stage, _ in moves(reading)] == [
        ("501", "new"),
        ("501", "won"),
        ("502", "lost"),
        ("502", "new"),
        ("503", "new"),
        ("503", "talks"),
        ("504", "new"),
    ]
    assert [(row["amount"], row["paid_at"]) for row in reading.accepted["payments"].to_pylist()] == [
        (Decimal("480000.00"), datetime(2026, 11, 9, 9))
    ]


@pytest.mark.parametrize(
    ("head", "campaign"),
    [
        ("Дата;Кампания;№ Кампании;Показы;Клики;CTR (%);Расход (руб.);Конверсии", "Дилеры"),
        ("Дата;Название кампании;№ Кампании;Показы;Клики;CTR (%);Расход, ₽;Конверсии", "Дилеры"),
        ("Дата;Название кампании;ID кампании;Показы;Клики;CTR (%);Расход(руб.);Конверсии", "Дилеры"),
        ("Дата;Группа;№ Кампании;Показы;Клики;CTR (%);Расход, ₽;Конверсии", "700"),
    ],
)
def test_yandex_direct_in_the_spellings_that_were_seen(tmp_path: Path, head: str, campaign: str) -> None:
    text = f"Отчёт\nПериод: 01.11.2026 - 02.11.2026\n\n{head}\n01.11.2026;Дилеры;700;1 000;20;2,00;1500,50;2\n"
    name, reading = load(tmp_path, text + "Итого;;;1 000;20;2,00;1500,50;2\n")
    assert name == "yandex_direct"
    (row,) = reading.accepted["ad_spend"].to_pylist()
    assert (row["campaign"], row["cost"], row["day"]) == (campaign, Decimal("1500.50"), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("head", "campaign", "ad"),
    [
        ("Дата,Название объявления,Статус,ID объявления,Показы,Клики,\"Потрачено, ₽\",Результат", "Осень", "17"),
        ("Дата,Кампания,Статус,ID объявления,Показы,Клики,\"Потрачено всего, ₽\",Результат", "Осень", "17"),
    ],
)  # fmt: skip
def test_vk_ads_in_the_spellings_that_were_seen(tmp_path: Path, head: str, campaign: str, ad: str) -> None:
    name, reading = load(tmp_path, f'{head}\n01.11.2026,Осень,Активно,17,"1 000",20,"99,90",3\n')
    assert name == "vk_ads"
    (row,) = reading.accepted["ad_spend"].to_pylist()
    assert (row["campaign"], row["ad"], row["cost"]) == (campaign, ad, Decimal("99.90"))
    assert (row["impressions"], row["reported_leads"]) == (1000, 3)
