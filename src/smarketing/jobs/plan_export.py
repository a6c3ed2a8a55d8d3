"""How does a plan leave the product? As JSON whose keys are a contract, like those of a verdict.

``contract_version`` grows when a key changes its meaning or goes; new keys do not raise it. Money is text with two
digits in ``currency``, a share is a fraction of one as text; counts of duties are whole numbers, rounded up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from smarketing.analyses.plan_arithmetic import Duty
from smarketing.analyses.plan_horizons import MonthPlan
from smarketing.analyses.plan_implied import ImpliedPlan
from smarketing.analyses.planning.numbers import Numbers, as_decimal
from smarketing.analyses.planning.record import PlanVersion
from smarketing.facts.period import Month
from smarketing.facts.query import Reader

CONTRACT = "smarketing.plan"
DUTIES = "smarketing.plan_duties"
IMPLIED = "smarketing.plan_implied"
CONTRACT_VERSION = 1


def plan_data(
    plan: MonthPlan, numbers: Numbers, versions: Sequence[PlanVersion], reader: Reader
) -> dict[str, Any]:
    """The plan of one month: what is in force, what it asks for, and every version of it."""
    standing, duties = plan.standing, plan.duties
    return {
        "contract": CONTRACT,
        "contract_version": CONTRACT_VERSION,
        "lake_version": reader.version,
        "month": str(plan.month),
        "currency": reader.company.currency,
        "plan_kind": duties.plan_kind.value if duties else None,
        "plan_version": standing.version.number if standing and standing.version else None,
        "plan_confirmed_by": [zone.value for zone in standing.confirmed_by] if standing else None,
        "revenue": _money(duties.revenue) if duties else None,
        "spend": None if plan.spend is None else _money(plan.spend),
        "answer_minutes": reader.company.response_sla_minutes,
        "numbers": _numbers(numbers),
        "duties": _duties((*duties.duties, *duties.by_source)) if duties else [],
        "versions": [_version(version) for version in versions],
    }


def duties_data(plan: MonthPlan, reader: Reader) -> dict[str, Any]:
    """Who owes what for the plan of one month to come; no duties where nothing was planned."""
    duties = plan.duties
    return {
        "contract": DUTIES,
        "contract_version": CONTRACT_VERSION,
        "lake_version": reader.version,
        "month": str(plan.month),
        "currency": reader.company.currency,
        "plan_kind": duties.plan_kind.value if duties else None,
        "revenue": _money(duties.revenue) if duties else None,
        "answer_minutes": reader.company.response_sla_minutes,
        "duties": _duties((*duties.duties, *duties.by_source)) if duties else [],
    }


def implied_data(found: ImpliedPlan | None, month: Month, reader: Reader) -> dict[str, Any]:
    """The plan that ripe months imply; no numbers where none is ripe. ``growth``: factor of leads and spend."""
    return {
        "contract": IMPLIED,
        "contract_version": CONTRACT_VERSION,
        "lake_version": reader.version,
        "month": str(month),
        "currency": reader.company.currency,
        "implied_from": [str(one) for one in found.months] if found else [],
        "growth": f"{as_decimal(found.growth).normalize():f}" if found else None,
        "outside": _money(found.outside) if found else None,
        "nameless_leads": found.nameless if found else None,
        "numbers": _numbers(found.numbers) if found else [],
    }


def _numbers(numbers: Numbers) -> list[dict[str, Any]]:
    return [
        {
            "metric": metric,
            "segment": segment,
            "lead_source": source,
            "value": f"{as_decimal(value).normalize():f}",
        }
        for (metric, segment, source), value in numbers.items()
    ]


def _duties(duties: Iterable[Duty]) -> list[dict[str, Any]]:
    return [
        {
            "segment": duty.segment,
            "lead_source": duty.source,
            "revenue": _money(duty.revenue),
            "leads": duty.leads,
            "target": duty.target,
            "accepted": duty.accepted,
            "contacts": duty.contacts,
            "answers": duty.answers,
            "sales": duty.sales,
            "lead_value": None if duty.lead_value is None else _money(duty.lead_value),
        }
        for duty in duties
    ]


def _version(version: PlanVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "at": version.at.isoformat(),
        "person": version.person,
        "origin": version.origin.value,
        "file": version.file,
        "why": version.why,
        "confirmed": [
            {"department": one.department.value, "at": one.at.isoformat(), "person": one.person}
            for one in version.confirmations
        ],
        "numbers": _numbers(version.numbers),
    }


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"
