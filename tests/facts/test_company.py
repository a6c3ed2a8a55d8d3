from __future__ import annotations

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
