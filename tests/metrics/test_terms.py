"""The company's own words inside the definitions."""

from __future__ import annotations

import pytest

from smarketing.facts.company import Company, Milestone, SourceGroup, Stage
from smarketing.facts.criteria import Names
from smarketing.facts.errors import WrongSetting
from smarketing.metrics.terms import filled_in, requirements, terms

NAME = Names(ru="имя", en="name")


def test_paid_sources_are_those_of_the_groups_marked_paid() -> None:
    groups = (SourceGroup(key="ads", name=NAME, paid=True), SourceGroup(key="free", name=NAME))

    assert terms(Company(source_groups=groups), 0, ["yandex"])["paid"] == "source_group IN ('ads')"


def test_paid_sources_are_those_with_spend_where_no_group_is_marked() -> None:
    assert terms(Company(), 0, {"vk", "O'Brien"})["paid"] == "lead_source IN ('O''Brien', 'vk')"
    assert terms(Company(), 0)["paid"] == "FALSE"


def test_every_lead_is_a_deal_in_a_company_without_a_stage_of_deals() -> None:
    stages = (Stage(key="new", name=NAME), Stage(key="won", name=NAME, milestone=Milestone.WON))

    assert terms(Company(stages=stages), 0)["deal"] == "TRUE"
    assert terms(Company(), 0)["deal"] == "is_deal"


def test_sla_has_passed_for_leads_older_than_it_in_working_time() -> None:
    assert terms(Company(response_sla_minutes=30), 100_000)["sla_due"] == "created_working_clock <= 98200"


def test_required_field_that_no_lead_has_is_a_wrong_setting() -> None:
    stages = (Stage(key="new", name=NAME, required_fields=("segmnt",)),)

    with pytest.raises(WrongSetting) as error:
        terms(Company(stages=stages), 0)

    assert error.value.say("en") == "A lead has no required field “segmnt”. Did you mean “segment”?"


def test_words_are_filled_into_an_expression() -> None:
    assert filled_in("is_won AND {paid}", {"paid": "FALSE", "deal": "TRUE"}) == "is_won AND FALSE"


def test_pipeline_may_require_other_fields_than_the_stage() -> None:
    stage = Stage(
        key="deal",
        name=NAME,
        required_fields=("segment", "amount"),
        required_in={"Dealers": ("segment", "region")},
    )

    found = {one.field: one.concerns for one in requirements(Company(stages=(stage,)))}

    assert found == {
        "segment": "in_deal",
        "amount": "(in_deal AND COALESCE(pipeline, '') NOT IN ('Dealers'))",
        "region": "(in_deal AND COALESCE(pipeline, '') IN ('Dealers'))",
    }
