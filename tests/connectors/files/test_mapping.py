from __future__ import annotations

import pytest

from smarketing.connectors.files.mapping import named_mapping, parse_mapping, recognise, shipped
from smarketing.facts.company import parse_company
from smarketing.facts.errors import WrongSetting
from tests.connectors.files.conftest import Sift

HEAD = 'name = "test"\ntitle = { ru = "Проба", en = "Test" }\n'


def refusal(text: str) -> str:
    with pytest.raises(WrongSetting) as caught:
        parse_mapping(text, "my.toml")
    return caught.value.text.en


def test_an_unknown_column_is_told_with_its_place_and_the_nearest_one() -> None:
    said = refusal(
        HEAD + '[[table]]\ntable = "leads"\n[table.columns]\nlead_id = "a"\ncreated_at = "b"\nmanger = "c"\n'
    )
    assert said == "Wrong in “my.toml”: table.0: leads has no column “manger”. Did you mean “manager”?"


def test_an_unknown_table_and_a_missing_required_column_are_told() -> None:
    assert "no table “lead”. Did you mean “leads”?" in refusal(HEAD + '[[table]]\ntable = "lead"\ncolumns = {}\n')
    assert "leads needs created_at" in refusal(HEAD + '[[table]]\ntable = "leads"\ncolumns = { lead_id = "a" }\n')


def test_a_column_is_made_in_exactly_one_way() -> None:
    text = '[[table]]\ntable = "people"\n[table.columns]\nperson = { column = "a", constant = "b" }\n'
    assert "exactly one of column" in refusal(HEAD + text)


def test_broken_toml_is_told() -> None:
    assert refusal("name = ").startswith("“my.toml” is not TOML:")


def test_a_name_nobody_knows_is_told_with_the_nearest_one() -> None:
    with pytest.raises(WrongSetting) as caught:
        named_mapping("zoho_deal")
    assert caught.value.text.ru == "Схемы «zoho_deal» нет. Возможно, имелось в виду «zoho_deals»."


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_shipped_mapping_proposes_settings_that_hold_and_knows_its_stages(name: str) -> None:
    mapping = shipped()[name]
    company = parse_company(mapping.company)
    keys = {stage.key for stage in company.stages}
    assert not mapping.company or set(mapping.stages.values()) <= keys
    assert mapping.headings


MAKERS = (
    HEAD
    + """
empty = ["-", "Select"]
[[table]]
table = "leads"
when = [{ column = "Вид", not_in = ["спам"] }, { column = "Номер", filled = true }]
[table.columns]
lead_id = { column = "Номер", prefix = "L" }
created_at = "Создан"
campaign = { first = ["Метка", "Кампания"] }
lead_source = { column = "Адрес", part = "utm_source" }
medium = { column = "Адрес", part = "host" }
landing = { column = "Адрес", part = "path" }
is_test = { column = "Вид", is = ["Тест"] }
segment = { column = "Вид", values = { "ДИЛЕР" = "dealers", "тест" = "" } }
product = { constant = "горка" }
url = { join = ["Номер", "Вид"], separator = "/" }
[[table]]
table = "activities"
when = [{ column = "Ждал", filled = true }]
[table.columns]
activity_id = { digest = ["Номер", "Ждал"] }
at = { sum = ["Создан", "Ждал"] }
kind = { constant = "first_response" }
minutes = { minutes_of = "Ждал" }
"""
)
ROWS = """Номер,Создан,Метка,Кампания,Адрес,Вид,Ждал
1,2026-11-01 10:00,-,осень,https://www.X.ru/a/b?utm_source=ya%20direct&x=1#utm_source=no,дилер,"1 day, 0:30:00"
2,2026-11-01 10:00,m,осень,,Тест,
3,2026-11-01 10:00,m,осень,,Спам,
,2026-11-01 10:00,m,осень,,x,
"""


def test_every_way_of_making_a_column(sift: Sift) -> None:
    reading = sift(parse_mapping(MAKERS, "my.toml"), deals=ROWS)
    first, second = reading.accepted["leads"].to_pylist()
    assert (first["lead_id"], first["campaign"], first["lead_source"]) == ("L1", "осень", "ya direct")
    assert (first["medium"], first["landing"], first["url"]) == ("x.ru", "/a/b", "1/дилер")
    assert (first["is_test"], first["segment"], first["product"]) == (False, "dealers", "горка")
    assert (second["campaign"], second["is_test"], second["segment"]) == ("m", True, None)
    (activity,) = reading.accepted["activities"].to_pylist()
    assert str(activity["at"]) == "2026-11-02 07:30:00"  # 10:00 in Moscow and 24.5 hours
    assert activity["minutes"] == 1470


def test_a_dictionary_may_refuse_what_it_does_not_know(sift: Sift) -> None:
    strict = MAKERS.replace('"тест" = "" }', '"тест" = "" }, otherwise = "reject"')
    reading = sift(parse_mapping(strict, "my.toml"), deals=ROWS + "5,2026-11-01 10:00,m,осень,,дилеры,\n")
    (row,) = reading.quarantined.to_pylist()
    assert (row["code"], row["value"]) == ("unknown-value", "дилеры")
    assert row["ru"] == "Неизвестное значение «дилеры» в поле «Вид». Возможно, имелось в виду «ДИЛЕР»."


def test_rows_without_an_id_get_one_from_their_content_and_repeats_stay_apart(sift: Sift) -> None:
    calls = parse_mapping(
        HEAD
        + '[[table]]\ntable = "activities"\n[table.columns]\nactivity_id = { digest = ["When", "Who"] }\n'
        + 'at = "When"\nmanager = "Who"\nkind = { constant = "call" }\n',
        "my.toml",
    )
    rows = "When,Who\n2026-11-01 10:00,Анна\n2026-11-01 10:00,Анна\n2026-11-01 10:00,Пётр\n"
    ids = sift(calls, a=rows).accepted["activities"]["activity_id"].to_pylist()
    assert len(set(ids)) == 3
    assert sorted(ids) == sorted(sift(calls, b=rows).accepted["activities"]["activity_id"].to_pylist())


BITRIX_DEALS = ("ID", "Название сделки", "Стадия сделки", "Сумма", "Валюта", "Ответственный", "Дата создания")
AMO = ("ID", "Название сделки", "Ответственный", "Этап сделки", "Воронка", "Бюджет", "Дата создания сделки")
DIRECT = ("Дата", "№ Кампании", "Кампания", "Показы", "Клики", "CTR (%)", "Расход (руб.)")


@pytest.mark.parametrize(
    ("headings", "name"),
    [
        (BITRIX_DEALS, "bitrix24_deals"),
        (("ID", "Стадия", "Название лида", "Дата создания", "Ответственный"), "bitrix24_leads"),
        (AMO, "amocrm_leads"),
        (DIRECT, "yandex_direct"),
        (("Date", "CampaignId", "CampaignName", "Impressions", "Clicks", "Cost"), "yandex_direct"),
        (("Дата", "Кампания", "Показы", "Клики", "Потрачено, ₽"), "vk_ads"),
        (("Номер заявки", "Дата заявки", "Источник"), "generic_leads"),
        (("Deal ID", "Created", "Amount", "Stage"), "generic_deals"),
        (("id", "stage", "CREATED TIME", "Deal Owner Name", "Closing Date", "SLA"), "zoho_deals"),
    ],
)
def test_a_file_is_recognised_by_its_headings(headings: tuple[str, ...], name: str) -> None:
    best = recognise(headings)[0]
    assert (best.mapping.name, best.fits) == (name, True)


def test_a_file_that_lacks_a_heading_is_proposed_and_not_recognised() -> None:
    best = recognise(("Id", "Stage", "Created Time", "Deal Owner Name"))[0]
    assert (best.mapping.name, best.fits, best.absent, best.share) == ("zoho_deals", False, ("Closing Date",), 0.8)
