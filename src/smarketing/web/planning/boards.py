"""What does the page of the plan show: a horizon of months, who owes what, versions, confirmations?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from smarketing.analyses.plan_arithmetic import Duty, PlanDuties
from smarketing.analyses.plan_horizons import MonthPlan, PlanSums, sums
from smarketing.analyses.planning.numbers import PLANNED, Numbers, say_cell, say_metric
from smarketing.analyses.planning.numbers import Cell as PlanCell
from smarketing.analyses.planning.record import DEPARTMENTS, PlanVersion, Standing
from smarketing.analyses.planning.words import say_change, say_origin, say_planned
from smarketing.analyses.verdict.words import standing_name
from smarketing.facts.company import Company, Zone
from smarketing.facts.language import LANGUAGES, Language, Text
from smarketing.facts.period import Month
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import (
    DASH,
    ZONE_NAMES,
    Scale,
    money_scale,
    money_unit,
    say_moment,
    say_month,
    say_number,
)
from smarketing.web.reports.tables import ZONE_CLASS

MANY_CHANGES = 8
NO_PLAN = Text("плана нет", "no plan")


@dataclass(frozen=True)
class Line:
    """A row of a table: its head, its figures as text, and where a month leads to."""

    name: Text
    cells: tuple[str, ...]
    standing: Text | None = None
    is_firm: bool = False
    month: str = ""
    is_chosen: bool = False
    is_source: bool = False
    cell: PlanCell | None = None  # segment and source of a row that is no month
    hrefs: tuple[str, ...] = ()

    @property
    def figures(self) -> list[tuple[str, str]]:
        """Every figure with the address of the numbers behind it."""
        return list(zip(self.cells, self.hrefs, strict=True))


@dataclass(frozen=True)
class Board:
    """One horizon as a table. ``heads`` are names of the columns with their zone."""

    heads: tuple[Text, ...]
    lines: tuple[Line, ...]
    total: tuple[str, ...]
    unit: str
    total_hrefs: tuple[str, ...] = ()

    @property
    def totals(self) -> list[tuple[str, str]]:
        return list(zip(self.total, self.total_hrefs, strict=True))


@dataclass(frozen=True)
class Confirmed:
    """What one head has said of the month."""

    zone: Text
    zone_class: str
    who: str
    when: Text | None
    is_yours: bool


@dataclass(frozen=True)
class VersionLine:
    number: int
    when: Text
    who: str
    origin: Text
    why: str
    changes: tuple[Text, ...]
    more: int
    confirmed: Text
    is_withdrawn: bool


def marketing_year(plans: Sequence[MonthPlan], chosen: Month, company: Company, language: Language) -> Board:
    """Months in leads, target leads and spend, with the revenue they are for."""
    heads = (
        Text("Лиды", "Leads"), Text("Целевые лиды", "Target leads"), Text("Расход", "Spend"),
        Text("Выручка, ради которой", "Revenue they are for"),
    )  # fmt: skip

    def cells(one: PlanSums, say: _Say) -> tuple[str, ...]:
        return say.count(one.leads), say.count(one.target), say.money(one.spend), say.money(one.revenue)

    return _board(heads, plans, cells, chosen, company, language)


def sales_quarter(plans: Sequence[MonthPlan], chosen: Month, company: Company, language: Language) -> Board:
    """Months in accepted leads, contacts, answers, conversion, sales and revenue."""
    heads = (
        Text("Принять", "To accept"), Text("Связаться", "To contact"),
        Text("Ответить вовремя", "To answer in time"), Text("Конверсия в продажу", "Conversion to sale"),
        Text("Продажи", "Sales"), Text("Выручка", "Revenue"),
    )  # fmt: skip

    def cells(one: PlanSums, say: _Say) -> tuple[str, ...]:
        return (
            say.count(one.accepted), say.count(one.contacts), say.count(one.answers), say.share(one.conversion),
            say.count(one.sales), say.money(one.revenue),
        )  # fmt: skip

    return _board(heads, plans, cells, chosen, company, language)


def duties_board(duties: PlanDuties, company: Company, language: Language) -> Board:
    """Who owes what in the month, by segment and, where it is planned so, by source."""
    say = _Say(company, language, money_scale([duties.revenue]))
    lines = []
    for duty in duties.duties:
        lines.append(_duty_line(duty, say, company))
        lines += [_duty_line(one, say, company) for one in duties.by_source if one.segment == duty.segment]
    heads = (
        Text("Лиды", "Leads"), Text("Целевые", "Target"), Text("Принять", "To accept"),
        Text("Связаться", "To contact"), Text("Ответить вовремя", "Answer in time"), Text("Продажи", "Sales"),
        Text("Выручка", "Revenue"), Text("Ценность лида", "Worth of a lead"),
    )  # fmt: skip
    total = (*(say.count(number) for number in duties_total(duties)), say.money(duties.revenue), "")
    return Board(heads, tuple(lines), total, say.unit)


def duties_total(duties: PlanDuties) -> tuple[int | None, ...]:
    """Leads, target, to accept, to contact, to answer and sales of all segments together."""
    rows = duties.duties
    accepted = [duty.accepted for duty in rows if duty.accepted is not None]
    return (
        sum(duty.leads for duty in rows), sum(duty.target for duty in rows),
        sum(accepted) if len(accepted) == len(rows) else None,
        sum(duty.contacts for duty in rows), sum(duty.answers for duty in rows), sum(duty.sales for duty in rows),
    )  # fmt: skip


def numbers_board(numbers: Numbers, cells: Sequence[PlanCell], company: Company, language: Language) -> Board:
    """The planned numbers themselves; cells without any are left out."""
    shown = [cell for cell in cells if any((metric, *cell) in numbers for metric in PLANNED)]
    lines = tuple(
        Line(
            say_cell(cell, company),
            tuple(say_planned(metric, numbers.get((metric, *cell)), company).say(language) for metric in PLANNED),
            is_source=cell[1] is not None,
            cell=cell,
        )
        for cell in shown
    )
    return Board(tuple(say_metric(metric) for metric in PLANNED), lines, (), "")


def confirmations(
    standing: Standing | None, yours: Zone | None, company: Company, names: Mapping[str, str]
) -> tuple[Confirmed, ...]:
    """Both heads, whether they have confirmed or not; nothing without a saved version."""
    if standing is None or standing.version is None:
        return ()
    said = {one.department: one for one in standing.version.confirmations}
    return tuple(
        Confirmed(
            ZONE_NAMES[zone], ZONE_CLASS[zone], _who(said[zone].person, names) if zone in said else "",
            say_moment(said[zone].at, company.tz) if zone in said else None, zone is yours,
        )
        for zone in DEPARTMENTS
    )  # fmt: skip


def version_lines(
    versions: Sequence[PlanVersion], company: Company, names: Mapping[str, str]
) -> tuple[VersionLine, ...]:
    """Versions, newest first; ``names`` are those of people by the name they sign in with."""
    return tuple(
        VersionLine(
            version.number, say_moment(version.at, company.tz), _who(version.person, names), say_origin(version),
            version.why or "", tuple(say_change(change, company) for change in version.changes[:MANY_CHANGES]),
            max(len(version.changes) - MANY_CHANGES, 0), standing_name(Standing(version.month, version)),
            is_withdrawn=not version.numbers,
        )
        for version in versions
    )  # fmt: skip


def conclusion(month: Month, plan: MonthPlan, company: Company) -> Text:
    """What is planned for the month and how firmly."""
    if plan.duties is None:
        return Text(
            "На {month} плана нет: вывод сравнивает месяц с дозревшими месяцами.",
            "There is no plan for {month}: the verdict holds it against ripe months.",
        ).fill(month=say_month(month))
    said = standing_name(plan.standing or Standing(month, None))
    return Text("План на {month}: {money}, {said}.", "The plan of {month}: {money}, {said}.").fill(
        month=say_month(month), money=money_text(plan.duties.revenue, company), said=said
    )


def money_text(amount: Decimal, company: Company) -> Text:
    """An amount in a sentence, in the unit that suits it."""
    scale = money_scale([amount])
    ru, en = (say_number(amount, Unit.MONEY, language, company.currency, scale) for language in LANGUAGES)
    return Text(ru, en)


def _who(person: str | None, names: Mapping[str, str]) -> str:
    return names.get(person or "") or person or DASH


@dataclass(frozen=True)
class _Say:
    """One table's way of writing: its money in one unit that stands in the heading."""

    company: Company
    language: Language
    scale: Scale

    @property
    def unit(self) -> str:
        return money_unit(self.company.currency, self.scale).say(self.language)

    def count(self, value: int | None) -> str:
        return DASH if value is None else say_number(value, Unit.COUNT, self.language)

    def money(self, value: Decimal | None, scale: Scale | None = None) -> str:
        if value is None:
            return DASH
        return say_number(
            value, Unit.MONEY, self.language, self.company.currency, scale or self.scale, bare=scale is None
        )

    def share(self, value: Fraction | None) -> str:
        if value is None:
            return DASH
        return say_number(Decimal(value.numerator) / value.denominator, Unit.SHARE, self.language)


def _board(
    heads: tuple[Text, ...], plans: Sequence[MonthPlan], cells: Callable[[PlanSums, _Say], tuple[str, ...]],
    chosen: Month, company: Company, language: Language,
) -> Board:  # fmt: skip
    total = sums(plans)
    say = _Say(company, language, money_scale([total.revenue]))
    empty = (DASH,) * len(heads)
    lines = tuple(
        Line(
            say_month(plan.month), cells(sums((plan,)), say) if plan.is_planned else empty,
            standing=standing_name(plan.standing or Standing(plan.month, None)) if plan.is_planned else NO_PLAN,
            is_firm=plan.standing is not None and plan.standing.is_confirmed, month=str(plan.month),
            is_chosen=plan.month == chosen,
        )
        for plan in plans
    )  # fmt: skip
    return Board(heads, lines, cells(total, say) if total.months else empty, say.unit)


def _duty_line(duty: Duty, say: _Say, company: Company) -> Line:
    value = None if duty.lead_value is None else say.money(duty.lead_value, Scale.ONE)
    return Line(
        say_cell((duty.segment, duty.source), company) if duty.source else company.label("segment", duty.segment),
        (
            say.count(duty.leads), say.count(duty.target), say.count(duty.accepted), say.count(duty.contacts),
            say.count(duty.answers), say.count(duty.sales), say.money(duty.revenue), value or DASH,
        ),
        is_source=duty.source is not None, cell=(duty.segment, duty.source),
    )  # fmt: skip
