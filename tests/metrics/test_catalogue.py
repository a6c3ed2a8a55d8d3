"""One list, one place, one meaning."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from smarketing.facts.company import Company, Zone
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.catalogue import MEASURES, METRICS, accountable, by_key, metric, name_of, splittable_by
from smarketing.metrics.kinds import Metric, Unit
from smarketing.metrics.rules import RULES, DuplicateMetric, WrongDefinition, broken, check


def test_catalogue_keeps_every_rule() -> None:
    assert [(one.key, rule.code) for one, rule in broken(METRICS, MEASURES)] == []


def test_second_definition_of_a_key_stops_the_import() -> None:
    cpl = METRICS["cpl"]

    with pytest.raises(DuplicateMetric) as error:
        by_key([cpl, METRICS["leads"], replace(cpl, name=Text("Другой CPL", "Another CPL"))])

    assert error.value.code == "duplicate-metric"
    assert error.value.say("en") == "The metric “cpl” is defined twice."


BROKEN: dict[str, Metric] = {
    "one-language": replace(METRICS["cpl"], meaning=Text("Смысл", " ")),
    "two-ways": replace(METRICS["cpl"], computed_by="funnel"),
    "unknown-part": replace(METRICS["cpl"], denominator=("leeds",)),
    "half-a-ratio": replace(METRICS["cpl"], unit=Unit.SHARE, denominator=()),
    "clock-missing": replace(METRICS["payback"], clocks=(Clock.COHORT,)),
    "nothing-in-common": replace(METRICS["cpl"], denominator=("nowhere",)),
    "ripens-by-period": replace(METRICS["arpu"], ripens=True),
    "interval-of-money": replace(METRICS["romi"], interval="wilson"),
    "watches-itself": replace(METRICS["cpl"], watchers=(Zone.MARKETING,)),
}


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_rule_is_broken_by_a_definition_made_to_break_it(code: str) -> None:
    nowhere = replace(MEASURES["leads"], key="nowhere", dimensions=frozenset())
    measures = MappingProxyType({**MEASURES, "nowhere": nowhere})
    found = BROKEN[code]

    with pytest.raises(WrongDefinition) as error:
        check({**METRICS, found.key: found}, measures)

    assert error.value.code == code


def test_unknown_key_names_the_nearest_one() -> None:
    with pytest.raises(WrongQuestion) as error:
        metric("cac_payed")

    assert error.value.code == "unknown-metric"
    assert error.value.say("en") == "No metric “cac_payed” in the catalogue. Did you mean “cac_paid”?"


def test_conversion_of_accepted_leads_is_accounted_for_by_sales_and_watched_by_marketing() -> None:
    conversion = METRICS["accepted_to_sale_cr"]

    assert (conversion.zone, conversion.watchers) == (Zone.SALES, (Zone.MARKETING,))


def test_company_may_account_for_a_metric_otherwise() -> None:
    conversion = METRICS["accepted_to_sale_cr"]

    assert accountable(conversion, Company()) is Zone.SALES
    assert accountable(conversion, Company(accountable={"accepted_to_sale_cr": Zone.JOINT})) is Zone.JOINT


def test_name_of_mql_goes_to_every_lead_where_the_company_says_so() -> None:
    every = Company(mql="all")

    assert name_of(METRICS["target_leads"], Company()).ru == "Целевые лиды (MQL)"
    assert name_of(METRICS["target_leads"], every).ru == "Целевые лиды"
    assert name_of(METRICS["leads"], every).ru == "Лиды (MQL)"
    assert name_of(METRICS["lead_to_accepted_cr"], every).ru == "CR MQL → SQL"


def test_metric_splits_only_by_what_all_its_facts_carry() -> None:
    assert "manager" in splittable_by(METRICS["leads"])
    assert "manager" not in splittable_by(METRICS["cpl"])
    assert splittable_by(METRICS["cpl"]) == {
        "day", "week", "month", "lead_source", "source_group", "campaign", "ad", "segment", "product",
    }  # fmt: skip
    assert splittable_by(METRICS["cac_full"]) == {"month"}


def test_metric_computed_by_a_measurement_splits_by_nothing_here() -> None:
    assert splittable_by(METRICS["response_median"]) == frozenset()
