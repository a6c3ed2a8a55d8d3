"""The three leads of two sources, worked out by hand: yandex 1 of 2 sold, site 0 of 1, all 1 of 3."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl

from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement, Note
from smarketing.facts.company import Company, Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.jobs.export import CONTRACT_VERSION, to_csv, to_json, to_xlsx
from smarketing.metrics.kinds import Figure, Interval, NoValue, Row, Unit

COMPANY = Company(zone="UTC")
FIGURE_KEYS = {"value", "numerator", "denominator", "interval", "n", "unit", "zone", "ripe", "reason"}


def share(k: int, n: int, low: float, high: float) -> Figure:
    return Figure(
        "lead_to_sale_cr", Unit.SHARE, Decimal(k) / n, k, n, Interval(low, high, 0.9), n, Zone.SALES, ripe=0.5
    )


def money(metric: str, value: str | None) -> Figure:
    reason = None if value else NoValue.EMPTY_DENOMINATOR
    return Figure(metric, Unit.MONEY, Decimal(value) if value else None, zone=Zone.MARKETING, reason=reason)


def row(key: str | None, leads: int, cr: Figure, spend: str | None) -> Row:
    figures = {"leads": Figure("leads", Unit.COUNT, leads), "lead_to_sale_cr": cr, "spend": money("spend", spend)}
    return Row((key,) if key != "total" else (), figures)


TABLE = Measurement(
    what="economics",
    question=Question(Month(2026, 11).period, by=("lead_source",), where={"segment": ("dealers", "")}),
    version=7,
    known_until=datetime(2026, 11, 20, 18, tzinfo=UTC),
    currency="RUB",
    by=("lead_source",),
    metrics=("leads", "lead_to_sale_cr", "spend"),
    rows=(
        row("=HYPERLINK(1)", 2, share(1, 2, 0.15, 0.85), "1234.56"),
        row(None, 1, share(0, 1, 0.0, 0.73), None),
    ),
    total=row("total", 3, share(1, 3, 0.1, 0.7), "1234.56"),
    notes=(Note("young", Text("Когорта молода.", "The cohort is young.")),),
)


def test_json_carries_every_part_of_every_figure() -> None:
    data = json.loads(to_json(TABLE, COMPANY, "en"))
    assert data["contract_version"] == CONTRACT_VERSION == 1
    figures = [*(one for line in data["rows"] for one in line["figures"].values()), *data["total"].values()]
    assert len(figures) == 9
    assert all(set(figure) == FIGURE_KEYS for figure in figures)
    assert data["rows"][0]["figures"]["lead_to_sale_cr"] == {
        "value": 0.5,
        "numerator": 1,
        "denominator": 2,
        "interval": {"low": 0.15, "high": 0.85, "level": 0.9},
        "n": 2,
        "unit": "share",
        "zone": "sales",
        "ripe": 0.5,
        "reason": None,
    }


def test_json_value_is_null_exactly_where_there_is_a_reason() -> None:
    data = json.loads(to_json(TABLE, COMPANY, "ru"))
    empty = data["rows"][1]["figures"]["spend"]
    assert (empty["value"], empty["reason"]) == (None, "empty_denominator")


def test_json_names_the_question() -> None:
    data = json.loads(to_json(TABLE, COMPANY, "ru"))
    assert data["period"] == {"first_day": "2026-11-01", "last_day": "2026-11-30"}
    assert data["where"] == {"segment": ["dealers", None]}
    assert data["rows"][1]["keys"] == {"lead_source": None}
    assert data["rows"][1]["labels"] == {"lead_source": "Источник не указан"}
    assert data["notes"] == [{"code": "young", "text": "Когорта молода."}]
    assert (data["lake_version"], data["clock"], data["compare"]) == (7, "cohort", None)


def test_csv_of_a_russian_reader_has_semicolons_and_decimal_commas() -> None:
    text = to_csv(TABLE, COMPANY, "ru").decode("utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    name = "CR, лид → продажа"
    assert rows[0] == [
        "Источник", "Лиды", f"{name}, %", f"{name}: числитель", f"{name}: знаменатель", f"{name}: от",
        f"{name}: до",
        "Расход, ₽",
    ]  # fmt: skip
    assert rows[1] == ["'=HYPERLINK(1)", "2", "50", "1", "2", "15", "85", "1234,56"]
    assert rows[2] == ["Источник не указан", "1", "0", "0", "1", "0", "73", ""]
    assert rows[3] == ["Всего", "3", "33,3333", "1", "3", "10", "70", "1234,56"]


def test_csv_of_an_english_reader_has_commas_and_points() -> None:
    rows = list(csv.reader(io.StringIO(to_csv(TABLE, COMPANY, "en").decode("utf-8-sig"))))
    assert rows[1][-1] == "1234.56"
    assert rows[-1][0] == "Total"


def test_xlsx_holds_numbers_as_numbers_and_text_as_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(TABLE, COMPANY, "ru")))
    sheet = book["Таблица"]
    assert [cell.value for cell in sheet[2]] == ["=HYPERLINK(1)", 2, 0.5, 1, 2, 0.15, 0.85, 1234.56]
    assert sheet["A2"].data_type == "s"
    assert sheet["C2"].number_format == "0.0%"
    assert sheet["H3"].value == "—"
    assert sheet["H3"].comment.text == "не на что делить: знаменатель пуст"
    assert [sheet["A4"].value, sheet["B4"].value] == ["Всего", 3]


def test_xlsx_says_what_was_asked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(TABLE, COMPANY, "ru")))
    about = {line[0].value: line[1].value for line in book["О таблице"].iter_rows()}
    assert about["Период"] == "ноябрь 2026"
    assert about["Сегмент"] == "dealers, Сегмент не указан"
    assert about["Версия данных"] == "7"
    assert about["Примечание"] == "Когорта молода."
    assert "Расход" in about


def test_three_formats_give_the_same_total() -> None:
    data = json.loads(to_json(TABLE, COMPANY, "en"))["total"]["spend"]["value"]
    in_csv = list(csv.reader(io.StringIO(to_csv(TABLE, COMPANY, "en").decode("utf-8-sig"))))[-1][-1]
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(TABLE, COMPANY, "en")))["Table"]
    assert data == float(in_csv) == sheet.cell(4, 8).value == 1234.56
