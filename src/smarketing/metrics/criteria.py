"""How do written criteria become a verdict on every lead? One expression, for facts and for what-if alike."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from smarketing.facts.company import Company
from smarketing.facts.criteria import Condition, CriteriaVersion, Rule, TargetVerdict
from smarketing.facts.errors import WrongSetting, did_you_mean
from smarketing.facts.journeys import LEAD_DIMENSIONS
from smarketing.facts.language import Text
from smarketing.facts.query import literal, name

_FIELDS = (*LEAD_DIMENSIONS, "amount", "seller_quality")


def criteria_fields(company: Company) -> tuple[str, ...]:
    """The fields of a lead that a criterion may speak of: columns of ``journeys``."""
    return (*_FIELDS, *(f"custom_{field.key}" for field in company.custom_fields))


def verdict_expression(version: CriteriaVersion, company: Company) -> str:
    """SQL over the columns of ``journeys``: target, non_target or unknown.

    Rules are read in order; neighbours with one verdict form a step. A step decides when one of its rules
    holds; when none holds but an empty field keeps one from being judged, the verdict is unknown.
    """
    return _case(version, company, lambda rule: literal(rule.verdict), literal(version.otherwise.value))


def criterion_expression(version: CriteriaVersion, company: Company) -> str:
    """SQL over the columns of ``journeys``: the key of the rule that decided or could not be judged, or NULL."""
    return _case(version, company, lambda rule: literal(rule.key), "NULL", by_rule=True)


def by_date_expression(company: Company, part: str) -> str:
    """``verdict``, ``criterion`` or ``version`` by the version valid on the lead's local ``created_day``.

    Leads older than every version are ``unknown`` with neither criterion nor version.
    """
    versions = sorted(company.criteria, key=lambda version: version.valid_from, reverse=True)
    otherwise = literal(TargetVerdict.UNKNOWN.value) if part == "verdict" else "NULL"
    whens = " ".join(
        f"WHEN created_day >= {literal(version.valid_from)} THEN {_part(version, company, part)}"
        for version in versions
    )
    return f"CASE {whens} ELSE {otherwise} END" if whens else otherwise


def _part(version: CriteriaVersion, company: Company, part: str) -> str:
    if part == "version":
        return literal(version.version)
    make = verdict_expression if part == "verdict" else criterion_expression
    return f"({make(version, company)})"


def _case(
    version: CriteriaVersion,
    company: Company,
    said: Callable[[Rule], str],
    otherwise: str,
    *,
    by_rule: bool = False,
) -> str:
    whens: list[str] = []
    for _, step in groupby(version.rules, key=lambda rule: rule.verdict):
        rules = [(rule, _rule(rule, company)) for rule in step]
        whens += [f"WHEN {test} THEN {said(rule)}" for rule, test in rules]
        for rule, test in rules:
            unknown = literal(rule.key) if by_rule else literal(TargetVerdict.UNKNOWN.value)
            whens.append(f"WHEN ({test}) IS NULL THEN {unknown}")
    return f"CASE {' '.join(whens)} ELSE {otherwise} END" if whens else otherwise


def _rule(rule: Rule, company: Company) -> str:
    return "(" + " AND ".join(_condition(condition, rule, company) for condition in rule.when) + ")"


def _condition(condition: Condition, rule: Rule, company: Company) -> str:
    field = _field(condition.field, rule, company)
    value = condition.value
    match condition.op:
        case "empty":
            return f"{field} IS NULL"
        case "filled":
            return f"{field} IS NOT NULL"
        case "in" | "not_in":
            listed = ", ".join(literal(item) for item in (value if isinstance(value, tuple) else (value,)))
            return f"{field} {'NOT IN' if condition.op == 'not_in' else 'IN'} ({listed})"
        case "contains":
            return f"POSITION({literal(str(value).lower())} IN LOWER({field})) > 0"
        case "below" | "at_least":
            number = field if condition.field == "amount" else f"TRY_CAST({field} AS DECIMAL(18,2))"
            return f"{number} {'<' if condition.op == 'below' else '>='} {literal(value)}"
        case "is" | "is_not":
            return f"{field} {'=' if condition.op == 'is' else '<>'} {literal(value)}"


def _field(field: str, rule: Rule, company: Company) -> str:
    known = criteria_fields(company)
    if field not in known:
        hint = did_you_mean(field, known)
        raise WrongSetting(
            "unknown-criterion-field",
            Text(
                f"Критерий «{rule.name.ru}» смотрит на поле «{field}», которого нет. {hint.ru}",
                f"Criterion “{rule.name.en}” looks at a field “{field}” that does not exist. {hint.en}",
            ),
        )
    return name(field)
