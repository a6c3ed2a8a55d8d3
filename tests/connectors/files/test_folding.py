"""Records that a file writes on several lines."""

from __future__ import annotations

from decimal import Decimal

import pytest

from smarketing.connectors.files.gathering import Count
from smarketing.connectors.files.mapping import parse_mapping
from smarketing.facts.errors import WrongSetting
from tests.connectors.files.conftest import Sift

DEALS = """
name = "deals"
title = { ru = "Сделки", en = "Deals" }
headings = ["ID"]
[[table]]
table = "leads"
together = { amount = "add", product = "list" }
[table.columns]
lead_id = "ID"
created_at = "День"
manager = "Кто"
amount = "Сумма"
product = "Товар"
"""
HEAD = "ID,День,Кто,Товар,Сумма\n"


def test_lines_of_one_deal_are_added_and_its_products_listed(sift: Sift) -> None:
    text = HEAD + "1,2026-11-02,Анна,Стул,100\n1,2026-11-02,Анна,Стол,250\n2,2026-11-02,Пётр,Стул,100\n"
    reading = sift(parse_mapping(DEALS, "deals"), deals=text)
    rows = {row["lead_id"]: row for row in reading.accepted["leads"].to_pylist()}
    assert (rows["1"]["amount"], rows["1"]["product"]) == (Decimal("350.00"), "Стол, Стул")
    assert rows["2"]["amount"] == Decimal("100.00")
    assert reading.counts["leads"] == Count(received=3, accepted=3, quarantined=0, repeated=1)
    (told,) = [finding for finding in reading.findings if finding.code == "rows-together"]
    assert told.text.ru == (
        "Одна запись стояла в файле на нескольких строках («лиды»): лишних строк 1, суммы сложены."
    )


def test_the_product_of_the_greatest_sum_stands_for_the_deal(sift: Sift) -> None:
    text = HEAD + "1,2026-11-02,Анна,Стул,100\n1,2026-11-02,Анна,Стол,250\n"
    text += "2,2026-11-02,Пётр,,70\n2,2026-11-02,Пётр,Стул,70\n"
    reading = sift(parse_mapping(DEALS.replace('"list"', '"main"'), "deals"), deals=text)
    rows = {row["lead_id"]: (row["amount"], row["product"]) for row in reading.accepted["leads"].to_pylist()}
    assert rows == {"1": (Decimal("350.00"), "Стол"), "2": (Decimal("140.00"), "Стул")}


def test_a_line_repeated_cell_by_cell_adds_nothing(sift: Sift) -> None:
    text = HEAD + "1,2026-11-02,Анна,Стул,100\n1,2026-11-02,Анна,Стул,100\n1,2026-11-02,Анна,Стол,250\n"
    (row,) = sift(parse_mapping(DEALS, "deals"), deals=text).accepted["leads"].to_pylist()
    assert row["amount"] == Decimal("350.00")


def test_lines_that_differ_in_more_are_not_one_deal(sift: Sift) -> None:
    text = HEAD + "1,2026-11-02,Анна,Стул,100\n1,2026-11-02,Пётр,Стол,250\n"
    reading = sift(parse_mapping(DEALS, "deals"), deals=text)
    assert set(reading.quarantined["code"].to_pylist()) == {"conflict"}
    assert reading.counts["leads"] == Count(received=2, accepted=0, quarantined=2)


def test_a_record_of_which_a_line_was_set_aside_is_told(sift: Sift) -> None:
    text = HEAD + "1,2026-11-02,Анна,Стул,100\n1,2026-11-02,Анна,Стол,сто\n2,2026-11-02,Пётр,Стул,100\n"
    reading = sift(parse_mapping(DEALS, "deals"), deals=text)
    (told,) = [finding for finding in reading.findings if finding.code == "rows-torn"]
    assert (told.count, told.red) == (1, True)
    assert told.text.ru == (
        "Записей, часть строк которых ушла в карантин («лиды»): 1. Их суммы неполны: исправьте файл и загрузите "
        "его целиком, а не по строке."
    )


@pytest.mark.parametrize(
    ("together", "said"),
    [
        ('{ region = "list" }', "“region” is no column of this section"),
        ('{ lead_id = "list" }', "“lead_id” is no column of this section"),
        ('{ product = "add" }', "numbers are added, texts are listed: product"),
        ('{ product = "main" }', "a column must be added for it"),
    ],
)
def test_what_cannot_be_put_together_is_refused(together: str, said: str) -> None:
    with pytest.raises(WrongSetting) as caught:
        parse_mapping(DEALS.replace('{ amount = "add", product = "list" }', together), "deals")
    assert said in caught.value.text.en
