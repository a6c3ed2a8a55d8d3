"""Rules become one expression. Company of one version: private persons below 100 000 are not target;

| lead | segment | amount | region | expected                                      |
|------|---------|--------|--------|-----------------------------------------------|
| 1    | private | 40000  | Москва | non_target, small                             |
| 2    | private | (none) | Москва | unknown, small: the amount decides            |
| 3    | dealer  | (none) | Москва | target: an empty amount cannot matter here    |
| 4    | private | 400000 | Чукотка| non_target, far                               |
| 5    | (none)  | 400000 | Москва | target: 400 000 is not small for anyone       |
| 6    | dealer  | 10     | (none) | unknown, far                                  |
| 7    | private | 40000  | (none) | non_target, small: one rule of the step holds |
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from smarketing.facts.company import Company
from smarketing.facts.criteria import Condition, CriteriaVersion, Names, Rule, TargetVerdict
from smarketing.facts.errors import WrongSetting
from smarketing.metrics.criteria import by_date_expression, criterion_expression, verdict_expression
from tests.support.memory import MemoryReader, at

SMALL = Rule(
    key="small",
    name=Names(ru="Мелкий заказ", en="Small order"),
    verdict="non_target",
    when=(Condition(field="segment", value="private"), Condition(field="amount", op="below", value=100000)),
)
FAR = Rule(
    key="far",
    name=Names(ru="Не возим", en="Not delivered"),
    verdict="non_target",
    when=(Condition(field="region", op="in", value=("Чукотка",)),),
)
FIRST = CriteriaVersion(version="1", valid_from=date(2026, 1, 1), rules=(SMALL, FAR))
LEADS = [
    ("1", "private", 40000, "Москва"),
    ("2", "private", None, "Москва"),
    ("3", "dealer", None, "Москва"),
    ("4", "private", 400000, "Чукотка"),
    ("5", None, 400000, "Москва"),
    ("6", "dealer", 10, None),
    ("7", "private", 40000, None),
]


def reader(company: Company) -> MemoryReader:
    leads = [
        {
            "lead_id": key,
            "created_at": at("2026-06-01"),
            "segment": segment,
            "amount": None if amount is None else Decimal(amount),
            "region": region,
        }
        for key, segment, amount, region in LEADS
    ]
    return MemoryReader(company, journeys=leads)


def ask(company: Company, *expressions: str) -> list[tuple[object, ...]]:
    columns = ", ".join(f"{expression} AS c{i}" for i, expression in enumerate(expressions))
    rows = reader(company).query(f"SELECT {columns} FROM journeys ORDER BY lead_id").to_pylist()
    return [tuple(row.values()) for row in rows]


def test_verdict_and_criterion_of_each_lead():
    company = Company(criteria=(FIRST,))
    answers = ask(company, verdict_expression(FIRST, company), criterion_expression(FIRST, company))
    assert answers == [
        ("non_target", "small"),
        ("unknown", "small"),
        ("target", None),
        ("non_target", "far"),
        ("target", None),
        ("unknown", "far"),
        ("non_target", "small"),
    ]


def test_target_rule_that_holds_first_ends_the_question():
    welcome = Rule(
        key="welcome",
        name=Names(ru="Дилер", en="Dealer"),
        verdict="target",
        when=(Condition(field="segment", value="dealer"),),
    )
    version = CriteriaVersion(
        version="2", valid_from=date(2026, 1, 1), rules=(welcome, SMALL, FAR), otherwise=TargetVerdict.UNKNOWN
    )
    company = Company(criteria=(version,))
    answers = [row[0] for row in ask(company, verdict_expression(version, company))]
    # Lead 5 has no segment: the first step cannot be judged, so nothing after it may decide.
    assert answers == ["non_target", "unknown", "target", "non_target", "unknown", "target", "non_target"]


def test_lead_is_judged_by_the_version_of_its_own_day():
    later = CriteriaVersion(version="2", valid_from=date(2026, 7, 1), rules=())
    company = Company(criteria=(later, FIRST))
    assert {row[0] for row in ask(company, by_date_expression(company, "version"))} == {"1"}
    assert ask(company, by_date_expression(company, "verdict"))[0] == ("non_target",)


def test_lead_older_than_every_version_is_unknown():
    version = CriteriaVersion(version="3", valid_from=date(2026, 7, 1), rules=(SMALL,))
    company = Company(criteria=(version,))
    assert set(ask(company, by_date_expression(company, "verdict"))) == {("unknown",)}
    assert set(ask(company, by_date_expression(company, "criterion"))) == {(None,)}


def test_company_without_criteria_knows_nothing():
    assert set(ask(Company(), by_date_expression(Company(), "verdict"))) == {("unknown",)}


def test_criterion_over_a_field_that_does_not_exist_names_the_nearest():
    rule = Rule(
        key="bad",
        name=Names(ru="Плохой", en="Bad"),
        verdict="target",
        when=(Condition(field="segmnt", value="x"),),
    )
    version = CriteriaVersion(version="1", valid_from=date(2026, 1, 1), rules=(rule,))
    with pytest.raises(WrongSetting) as error:
        verdict_expression(version, Company(criteria=(version,)))
    assert error.value.say("ru").endswith("Возможно, имелось в виду «segment».")
