"""What does a page of the plan ask of the facts, and what of it is kept beside their version?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib.auth.models import AnonymousUser

from smarketing.analyses import plan_horizons
from smarketing.analyses.plan_arithmetic import Ground, ground
from smarketing.analyses.plan_horizons import MonthPlan
from smarketing.analyses.plan_implied import ImpliedPlan, implied_plan
from smarketing.analyses.planning.numbers import Numbers
from smarketing.analyses.planning.record import Origin, numbers_in_force, versions
from smarketing.facts.language import Language
from smarketing.facts.period import Month
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import department_of
from smarketing.web.planning.forms import Sent
from smarketing.web.planning.numerals import growth_of
from smarketing.web.planning.sheet import Sheet
from smarketing.web.reports.reading import Facts


def before(facts: Facts, months: Sequence[Month]) -> tuple[dict[Month, Numbers], dict[Month, int]]:
    """The plans in force and the versions they are."""
    saved = versions(facts.reader, months)
    plans: dict[Month, Numbers] = dict(numbers_in_force(facts.reader, months))
    return plans, {month: saved[month][0].number if saved[month] else 0 for month in months}


def origin(facts: Facts, given: Sent, sheet: Sheet) -> Origin:
    """Implied only where nothing of the implied plan was changed."""
    found = implied(facts, sheet.months[0], given.implied, "en") if given.implied else None
    if found is None:
        return Origin.TYPED
    typed = [
        {key: value for key, value in numbers.items() if key[0] != "revenue"} for numbers in sheet.numbers.values()
    ]
    return Origin.IMPLIED if all(numbers == found.numbers for numbers in typed) else Origin.TYPED


def implied(facts: Facts, month: Month, growth: str, language: Language) -> ImpliedPlan | None:
    return implied_plan(facts.reader, month, growth_of(growth, language), base(facts))


def base(facts: Facts) -> Ground:
    return facts.answer("plan-ground", "", lambda: ground(facts.reader))


def horizon(facts: Facts, months: Sequence[Month]) -> tuple[MonthPlan, ...]:
    """The plan of every month; each is asked once for a version of the facts."""

    def make(month: Month) -> Callable[[], MonthPlan]:
        return lambda: plan_horizons.horizon(facts.reader, (month,), base(facts))[0]

    return tuple(facts.answer("plan-month", str(month), make(month)) for month in months)


def unconfirmed(plans: Sequence[MonthPlan], user: User | AnonymousUser) -> list[tuple[str, str]]:
    """The months that this head has not confirmed yet, as a form carries them."""
    own = department_of(user)
    return [
        ("seen", f"{plan.month.number}:{plan.standing.version.number}")
        for plan in plans
        if own and plan.standing and plan.standing.version and own not in plan.standing.confirmed_by
    ]


def sources(facts: Facts) -> tuple[str, ...]:
    """The lead sources that brought most leads, to choose from."""
    question = (
        "SELECT lead_source, COUNT(*) AS leads FROM journeys WHERE is_counted AND lead_source IS NOT NULL "
        "GROUP BY lead_source ORDER BY leads DESC, lead_source"
    )
    return tuple(row["lead_source"] for row in facts.reader.query(question).to_pylist()[:50])
