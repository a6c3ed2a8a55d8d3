from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from smarketing.facts.company import Company, Milestone, Segment, Stage, parse_company, read_company
from smarketing.facts.criteria import Names
from smarketing.facts.errors import WrongSetting
from smarketing.facts.language import Text


def stage(key: str, milestone: Milestone | None = None) -> Stage:
    return Stage(key=key, name=Names(ru=key.upper(), en=key), milestone=milestone)


COMPANY = Company(
    stages=(
        stage("fresh"),
        stage("offer", Milestone.DEAL),
        stage("paid", Milestone.WON),
        stage("gone", Milestone.LOST),
    ),
    segments=(Segment(key="Дилеры", name=Names(ru="Дилеры", en="Dealers"), focus=True),),
)


def test_path_leaves_out_loss():
    assert [item.key for item in COMPANY.path] == ["fresh", "offer", "paid"]


def test_order_counts_from_one():
    assert COMPANY.order(Milestone.DEAL) == 2
    assert COMPANY.order(Milestone.ACCEPTED) is None


def test_unknown_stage_names_the_nearest():
    with pytest.raises(WrongSetting) as error:
        COMPANY.stage("ofer")
    assert error.value.say("ru") == "Стадии «ofer» нет в company.toml. Возможно, имелось в виду «offer»."


def test_label_of_nothing_is_not_given():
    assert COMPANY.label("segment", None) == Text("не указан", "not given")
    assert COMPANY.label("segment", "Дилеры").en == "Dealers"
    assert COMPANY.label("segment", "Прочие") == Text("Прочие", "Прочие")


def test_source_is_called_as_the_settings_say_and_any_other_as_it_is_written():
    company = parse_company({"source_names": {"yd": {"ru": "Яндекс Директ", "en": "Yandex Direct"}}})
    assert company.label("lead_source", "yd") == Text("Яндекс Директ", "Yandex Direct")
    assert company.label("lead_source", "vk") == Text("vk", "vk")
    assert company.label("campaign", "yd") == Text("yd", "yd")


def test_stage_named_twice_is_refused():
    content = {"stages": [{"key": "a", "name": {"ru": "а", "en": "a"}}] * 2}
    with pytest.raises(WrongSetting, match="stage named twice: a"):
        parse_company(content)


def test_unknown_setting_is_refused_by_name():
    with pytest.raises(WrongSetting) as error:
        parse_company({"curency": "RUB"})
    assert "curency" in error.value.say("ru")


def test_unknown_zone_is_refused():
    with pytest.raises(WrongSetting, match="Mars/Base"):
        parse_company({"zone": "Mars/Base"})


def test_missing_company_file_says_how_to_make_one(tmp_path):
    with pytest.raises(WrongSetting) as error:
        read_company(tmp_path / "company.toml")
    assert error.value.code == "no-company"
    assert "smarketing init" in error.value.say("ru")


def test_broken_toml_names_the_place(tmp_path):
    path = tmp_path / "company.toml"
    path.write_text("name = ", encoding="utf-8")
    with pytest.raises(WrongSetting, match="bad-company-toml"):
        read_company(path)


def test_rate_of_a_day_is_the_newest_that_holds_and_the_first_one_before_its_day() -> None:
    rates = {"USD": [{"since": "2026-03-01", "rate": "95"}, {"since": "2026-02-01", "rate": "90"}], "EUR": "100"}
    company = parse_company({"rates": rates})
    days = [date(2025, 1, 1), date(2026, 2, 28), date(2026, 3, 1)]
    assert [company.rate("USD", day) for day in days] == [Decimal(90), Decimal(90), Decimal(95)]
    assert company.rate("EUR", days[0]) == Decimal(100)
    assert company.rate(None, days[0]) == company.rate("RUB", days[0]) == Decimal(1)
    assert company.rate("CNY", days[0]) is None


def test_vat_holds_from_its_day_and_nothing_is_assumed_where_nothing_is_said() -> None:
    company = parse_company(
        {"vat": [{"since": "2019-01-01", "rate": "0.20"}, {"since": "2026-01-01", "rate": "0.22"}]}
    )
    assert company.vat_rate(date(2025, 12, 31)) == Decimal("0.20")
    assert company.vat_rate(date(2026, 1, 1)) == Decimal("0.22")
    assert parse_company({}).vat_rate(date(2026, 1, 1)) is None


def test_two_rates_of_one_day_are_refused() -> None:
    with pytest.raises(WrongSetting, match="named twice"):
        parse_company({"vat": [{"since": "2026-01-01", "rate": "0.2"}, {"since": "2026-01-01", "rate": "0.22"}]})
