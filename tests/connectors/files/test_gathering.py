# ruff: noqa: DTZ001 - the lake stores moments in UTC without a mark, and so do the tables of a reading
from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smarketing.connectors.files.folders import fact_mapping
from smarketing.connectors.files.gathering import Count, Intake, Reading
from smarketing.connectors.files.mapping import parse_mapping
from smarketing.connectors.files.reading import Workbench
from smarketing.connectors.files.sniffing import Hints
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongInput
from tests.connectors.files.conftest import NOW, Sift

LEADS = "lead_id,created_at,updated_at,amount,currency,is_test,lead_source\n"


def aside(reading: Reading) -> list[tuple[int, str, str]]:
    return [(row["row"], row["code"], row["ru"]) for row in reading.quarantined.to_pylist()]


def one(sift: Sift, **texts: str) -> tuple[str, str]:
    """Code and sentence of the only row set aside."""
    ((_, code, said),) = aside(sift(**texts))
    return code, said


def test_facts_are_typed_as_the_lake_stores_them(sift: Sift) -> None:
    reading = sift(leads=LEADS + '7,03.11.2026 10:30,,"1 234,50 ₽",руб.,да,yandex\n')
    assert reading.counts == {"leads": Count(1, 1, 0, 0)}
    (lead,) = reading.accepted["leads"].to_pylist()
    assert lead["created_at"] == datetime(2026, 11, 3, 7, 30)  # Moscow is three hours ahead
    assert (lead["amount"], lead["currency"], lead["is_test"]) == (Decimal("1234.50"), "RUB", True)
    assert lead["custom"] is None


def test_other_columns_of_leads_become_custom_fields(sift: Sift) -> None:
    reading = sift(leads="lead_id,created_at,Уровень языка,Note\n7,2026-11-03,B1,\n")
    assert reading.accepted["leads"]["custom"].to_pylist() == ['{"uroven_yazyka":"B1"}']


@pytest.mark.parametrize(
    ("row", "code", "said"),
    [
        (",2026-11-03,,,,,a", "missing", "Пусто обязательное поле «lead_id»."),
        ("7,когда-то,,,,,a", "bad-moment", "«когда-то» в поле «created_at» не похоже на дату."),
        ("7,31.02.2026,,,,,a", "impossible-date", "Невозможная дата «31.02.2026» в поле «created_at»."),
        ("7,01.01.1970,,,,,a", "impossible-date", "Невозможная дата «01.01.1970» в поле «created_at»."),
        ("7,01.01.2206,,,,,a", "impossible-date", "Невозможная дата «01.01.2206» в поле «created_at»."),
        ("7,2026-11-03,,договорная,,,a", "bad-money", "«договорная» в поле «amount» не похоже на сумму."),
        (
            "7,2026-11-03,,9999999999999,,,a",
            "out-of-range",
            "Число «9999999999999» в поле «amount» вне допустимых пределов.",
        ),
        (
            "7,2026-11-03,,5,USD,,a",
            "unknown-currency",
            "Нет курса для валюты «USD»: добавьте его в раздел [rates].",
        ),
        ("7,2026-11-03,,,,может,a", "bad-flag", "«может» в поле «is_test» не читается как «да» или «нет»."),
        ("7,2026-11-03,,#REF!,,,a", "formula-error", "В поле «amount» ошибка формулы Excel: #REF!."),
        ("7,2026-11-03,,,,,#ИМЯ?", "formula-error", "В поле «lead_source» ошибка формулы Excel: #ИМЯ?."),
        ("7,2026-11-03,,,,a", "wrong-cells", "В строке ячеек 6, а названий столбцов 7: 7,2026-11-03,,,,a."),
    ],
)
def test_a_bad_row_goes_to_quarantine_with_one_sentence(sift: Sift, row: str, code: str, said: str) -> None:
    assert one(sift, leads=LEADS + "1,2026-11-01,,10,RUB,нет,b\n" + row + "\n") == (code, said)


def test_a_currency_with_a_rate_is_taken(sift: Sift) -> None:
    assert sift(leads=LEADS + "7,2026-11-03,,5,EUR,,a\n").accepted["leads"]["currency"].to_pylist() == ["EUR"]


def test_an_unknown_stage_is_told_with_the_nearest_one(sift: Sift) -> None:
    moves = "lead_id,stage,entered_at\n1,new,2026-11-01\n1,Успех,2026-11-02\n1,принят,\n2,Оплаченно,2026-11-02\n"
    reading = sift(stage_moves=moves)
    assert reading.accepted["stage_moves"]["stage"].to_pylist() == ["new", "won", "accepted"]
    assert aside(reading) == [
        (
            5,
            "unknown-stage",
            "Стадии «Оплаченно» нет среди стадий компании. Возможно, имелось в виду «Оплачено».",
        )
    ]


def test_a_number_that_fits_both_decimal_signs_is_asked_about(sift: Sift) -> None:
    spend = "day;lead_source;cost\n2026-11-01;a;1,5\n2026-11-01;a;1.5\n2026-11-01;a;1.500\n"
    assert one(sift, ad_spend=spend) == (
        "ambiguous-number",
        "Неясно, что значит «1.500» в поле «cost»: в столбце встречаются и десятичная запятая, и точка.",
    )


def test_negative_clicks_are_out_of_range(sift: Sift) -> None:
    code, _ = one(sift, ad_spend="day,lead_source,cost,clicks\n2026-11-01,a,1,-5\n")
    assert code == "out-of-range"


def test_a_quarantined_row_keeps_its_raw_cells(sift: Sift) -> None:
    reading = sift(leads="lead_id,created_at,note\n7,никогда,важно\n")
    (row,) = reading.quarantined.to_pylist()
    assert row["raw"] == '{"lead_id":"7","created_at":"никогда","note":"важно"}'
    assert (row["file"], row["row"], row["table"], row["column"]) == ("leads.csv", 2, "leads", "created_at")


# --- keys that meet ------------------------------------------------------------------------------------------


def test_exact_repeats_collapse_and_stay_accepted(sift: Sift) -> None:
    reading = sift(leads="lead_id,created_at\n1,2026-11-01\n1,2026-11-01\n2,2026-11-01\n1,01.11.2026\n")
    assert reading.counts == {"leads": Count(received=4, accepted=4, quarantined=0, repeated=2)}
    assert sorted(reading.accepted["leads"]["lead_id"].to_pylist()) == ["1", "2"]


def test_of_two_versions_the_newer_one_is_taken(sift: Sift) -> None:
    rows = "1,2026-11-01,2026-11-02,10,,,a\n1,2026-11-01,2026-11-05,20,,,a\n1,2026-11-01,2026-11-05,20,,,a\n"
    reading = sift(leads=LEADS + rows)
    assert reading.counts == {"leads": Count(received=3, accepted=3, quarantined=0, repeated=2)}
    assert reading.accepted["leads"]["amount"].to_pylist() == [Decimal(20)]


def test_a_key_with_different_content_is_set_aside_whole(sift: Sift) -> None:
    reading = sift(leads=LEADS + "1,2026-11-01,,10,,,a\n1,2026-11-01,,20,,,a\n2,2026-11-01,,5,,,a\n")
    said = (
        "Ключ «1» встречается в загрузке несколько раз с разным содержанием. "
        "Оставьте верную строку или дайте другой ключ."
    )
    assert aside(reading) == [(2, "conflict", said), (3, "conflict", said)]
    assert reading.counts == {"leads": Count(received=3, accepted=1, quarantined=2)}


def test_keys_meet_across_files(sift: Sift, bench: Workbench, company: Company, tmp_path: Path) -> None:
    intake = Intake(bench, company, NOW)
    for name, amount in (("a", "10"), ("b", "20")):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"payment_id,amount\n1,{amount}\n{name},5\n", encoding="utf-8")
        sheet = bench.read(path)
        mapping = fact_mapping("payments", sheet.headings)
        assert mapping is not None
        intake.add(sheet, mapping)
    reading = intake.finish()
    assert [dict(file.counts) for file in reading.files] == [
        {"payments": Count(2, 1, 1)},
        {"payments": Count(2, 1, 1)},
    ]


def test_an_event_that_repeats_with_other_content_is_a_conflict(sift: Sift) -> None:
    moves = "lead_id,stage,entered_at,loss_reason\n1,lost,2026-11-01,дорого\n1,lost,2026-11-01,долго\n"
    assert [code for _, code, _ in aside(sift(stage_moves=moves))] == ["conflict", "conflict"]


def test_equal_rows_of_ad_spend_all_stay(sift: Sift) -> None:
    reading = sift(ad_spend="day,lead_source,cost\n2026-11-01,a,5\n2026-11-01,a,5\n")
    assert reading.accepted["ad_spend"].num_rows == 2


# --- files as a whole ----------------------------------------------------------------------------------------

MAPPING = """
name = "test"
title = { ru = "Проба", en = "Test" }
headings = ["Номер", "Создан"]
[[table]]
table = "leads"
[table.columns]
lead_id = "Номер"
created_at = "Создан"
manager = "Менеджер"
"""


def test_a_missing_column_is_told_with_the_nearest_one(sift: Sift) -> None:
    with pytest.raises(WrongInput) as caught:
        sift(parse_mapping(MAPPING, "test.toml"), deals="Номер,Создан,Менеджеры\n1,2026-11-01,Анна\n")
    assert (caught.value.code, caught.value.text.ru) == (
        "column-missing",
        "В файле «deals.csv» нет столбца «Менеджер», который нужен схеме «test». "
        "Возможно, имелось в виду «Менеджеры».",
    )


def test_a_repeated_heading_that_the_mapping_needs_is_refused(sift: Sift) -> None:
    with pytest.raises(WrongInput) as caught:
        sift(parse_mapping(MAPPING, "test.toml"), deals="Номер,Создан,Менеджер,Менеджер\n1,2026-11-01,Анна,Пётр\n")
    assert (caught.value.code, caught.value.text.ru) == (
        "column-repeated",
        "В файле «deals.csv» столбец «Менеджер» встречается несколько раз, и неясно, какой из них нужен схеме. "
        "Переименуйте лишние.",
    )


def test_dates_whose_order_nothing_proves_are_asked_about(sift: Sift) -> None:
    with pytest.raises(WrongInput) as caught:
        sift(leads="lead_id,created_at\n1,03/04/2026\n")
    assert (caught.value.code, caught.value.text.ru) == (
        "dates-ambiguous",
        "В файле «leads.csv» в столбце «created_at» неясно, где день и где месяц: 03/04/2026. "
        'Укажите в схеме date_order = "dmy" или "mdy".',
    )


def test_the_mapping_may_say_the_order_of_day_and_month(sift: Sift) -> None:
    told = parse_mapping(MAPPING.replace("[[table]]", '[file]\ndate_order = "mdy"\n[[table]]', 1), "test.toml")
    reading = sift(told, deals="Номер,Создан,Менеджер\n1,03/04/2026,Анна\n")
    assert reading.accepted["leads"]["created_at"].to_pylist() == [datetime(2026, 3, 3, 21)]


# --- nothing is lost -----------------------------------------------------------------------------------------

cells = st.sampled_from(
    [
        "",
        "1",
        "2",
        "2026-11-01",
        "31.02.2026",
        "1,5",
        "1.500",
        "#REF!",
        "да",
        "never",
        "RUB",
        "USD",
        "5e3",
        '"',
        "a;b",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(cells, min_size=4, max_size=8), min_size=1, max_size=25))
def test_accepted_and_quarantined_are_always_what_was_received(
    company: Company, tmp_path: Path, table: list[list[str]]
) -> None:
    path = tmp_path / "leads.csv"
    lines = [LEADS.strip().replace(",", "\t"), *("\t".join(row) for row in table)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with Workbench() as bench:
        try:
            sheet = bench.read(path, hints=Hints(delimiter="\t"))
        except WrongInput:
            return
        mapping = fact_mapping("leads", sheet.headings)
        assert mapping is not None
        intake = Intake(bench, company, NOW)
        intake.add(sheet, mapping)
        reading = intake.finish()
        read = bench.one(f"SELECT COUNT(*) FROM {sheet.relation}")[0] + len(sheet.misfits)
    count = reading.counts["leads"]
    assert count.received == read == count.accepted + count.quarantined
    assert reading.quarantined.num_rows == count.quarantined
    assert reading.accepted["leads"].num_rows == count.accepted - count.repeated


def test_headings_that_give_the_same_key_are_both_kept(sift: Sift) -> None:
    reading = sift(leads="lead_id,created_at,Тег!,Тег?\n1,2026-11-01,a,b\n")
    assert reading.accepted["leads"]["custom"].to_pylist() == ['{"teg":"a","teg_2":"b"}']


def test_plans_and_people_are_read_though_their_columns_have_common_names(sift: Sift) -> None:
    reading = sift(
        plans="month,metric,value\n2026-11,revenue,6174000\n2026-12,revenue,много\n",
        people="person,from,to\nАнна,01.02.2024,\n",
    )
    assert reading.accepted["plans"].to_pylist()[0]["month"] == 202611
    assert str(reading.accepted["people"]["from"].to_pylist()[0]) == "2024-02-01"
    assert aside(reading) == [(3, "bad-number", "«много» в поле «value» не похоже на число.")]
