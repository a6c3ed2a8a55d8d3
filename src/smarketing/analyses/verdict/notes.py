"""What must be said beside a verdict, and what cannot be known from these facts?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from smarketing.analyses.result import Note
from smarketing.analyses.verdict.chain import Gates, Links, Segment
from smarketing.analyses.verdict.plan import Plan
from smarketing.analyses.verdict.result import PlanKind
from smarketing.facts.company import Company
from smarketing.facts.language import Text
from smarketing.facts.period import Clock, Month
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import say_month, say_number

NO_PLAN = Note(
    "no-plan",
    Text(
        "Плана на месяц нет, и дозревших месяцев, которые могли бы его заменить, тоже нет. Введите план "
        "на странице «План».",
        "There is no plan for the month and no ripe months to stand in for one. Type one on the page of the plan.",
    ),
)
DEPENDS_ON_METHOD = Note(
    "depends-on-method",
    Text(
        "Знак вклада одной из зон зависит от способа разложения: считать его установленным нельзя.",
        "The sign of one zone's contribution depends on the method: it cannot be called established.",
    ),
)
_NO_CRITERIA = Note(
    "no-criteria",
    Text(
        "Ни один лид не проверен по критериям: качество лидов не отделить от конверсии. Запишите критерии.",
        "No lead is judged by criteria: lead quality cannot be told from conversion. Write the criteria down.",
    ),
)
_NO_ANSWERS = Note(
    "no-answers",
    Text(
        "Ответы менеджеров не загружены: обработку не отделить от конверсии.",
        "Managers' answers are not loaded: handling cannot be told from conversion.",
    ),
)
_LAST_WITH_LEADS = Text(
    "Последний месяц с лидами: {month}. Выберите его: {number}.",
    "The last month with leads is {month}. Choose it: {number}.",
)
_IMPLIED = Text(
    "План не задан. Вместо него взято среднее дозревших месяцев: {months}.",
    "No plan is given. The average of ripe months stands in for it: {months}.",
)
_SCALED = Text(
    "В плане только выручка. Остальное взято из дозревших месяцев и приведено к ней: {months}.",
    "The plan holds revenue only. The rest is taken from ripe months and scaled to it: {months}.",
)
_YOUNG = Text(
    "Не у всех лидов месяца было время купить: должно было прийти {share} их денег. "
    "План приведён к этому возрасту.",
    "Not all of the month's leads have had time to buy: {share} of their money is due. The plan is brought "
    "to that age.",
)
_UNDATED = Text(
    "У {share} денег от лидов месяца неизвестен день оплаты.",
    "The day of payment is unknown for {share} of the money from the month's leads.",
)
_COHORT = Text(
    "Поэтому сравнивается то, что принесли лиды месяца, а не то, что оплачено в месяце.",
    "So what the month's leads brought is compared, not what was paid in the month.",
)
_UNKNOWN_SEGMENT = Text(
    "Сегмент не указан у {share} лидов: вклад структуры сегментов не посчитан.",
    "The segment is not given for {share} of leads: the mix is not counted as a cause.",
)
_UNKNOWN_SOURCE = Text(
    "Источник не указан у {share} лидов: это больше допуска, заданного компанией.",
    "The source is not given for {share} of leads: more than the company allows.",
)
_UNDECIDED = Text(
    "По {share} лидов решения нет: для критериев не хватает полей. Целевыми они не считаются.",
    "{share} of leads are undecided: fields that the criteria need are empty. They do not count as target.",
)
RIPE_ENOUGH = 0.98
MANY_UNDECIDED = Decimal("0.05")


def last_with_leads(month: Month) -> Note:
    """Where to look instead: the facts may know of later moves and payments, of leads they do not."""
    return Note("last-with-leads", _LAST_WITH_LEADS.fill(month=say_month(month), number=str(month)))


def about(
    company: Company,
    gate: Gates,
    links: Mapping[Segment, Links],
    plan: Plan,
    undated: Decimal,
    ripe: float,
    clock: Clock,
) -> Iterator[Note]:
    """Every note that the figures of a month call for."""
    if plan.kind is not PlanKind.GIVEN:
        yield _plan_note(plan)
    if not gate.target:
        yield _NO_CRITERIA
    if not gate.handled:
        yield _NO_ANSWERS
    if ripe < RIPE_ENOUGH:
        yield Note("young", _share(_YOUNG, Decimal(str(round(ripe, 3)))))
    yield from _about_money(links, undated, clock)
    yield from _about_unknown(company, gate, links)


def too_many_unknown_segments(company: Company, links: Mapping[Segment, Links]) -> bool:
    """Whether so many leads lack a segment that no mix can be spoken of."""
    return set(links) != {None} and _unknown_segments(links) > company.verdict.max_unknown_segment


def _about_money(links: Mapping[Segment, Links], undated: Decimal, clock: Clock) -> Iterator[Note]:
    money = sum((link.all_revenue for link in links.values()), Decimal(0))
    if undated and money > 0:
        text = _share(_UNDATED, undated / money)
        if clock is Clock.COHORT:
            text = Text(f"{text.ru} {_COHORT.ru}", f"{text.en} {_COHORT.en}")
        yield Note("undated-money", text)


def _about_unknown(company: Company, gate: Gates, links: Mapping[Segment, Links]) -> Iterator[Note]:
    leads = _leads(links)
    if too_many_unknown_segments(company, links):
        yield Note("unknown-segment", _share(_UNKNOWN_SEGMENT, _unknown_segments(links)))
    unsourced = Decimal(sum(link.without_source for link in links.values())) / leads
    if unsourced > company.verdict.max_unknown_source:
        yield Note("unknown-source", _share(_UNKNOWN_SOURCE, unsourced))
    undecided = Decimal(sum(link.undecided for link in links.values())) / leads
    if gate.target and undecided > MANY_UNDECIDED:
        yield Note("undecided", _share(_UNDECIDED, undecided))


def _unknown_segments(links: Mapping[Segment, Links]) -> Decimal:
    unknown = links.get(None)
    return Decimal(unknown.leads if unknown else 0) / _leads(links)


def _leads(links: Mapping[Segment, Links]) -> Decimal:
    return Decimal(sum(link.leads for link in links.values()))


def _plan_note(plan: Plan) -> Note:
    said = [say_month(month) for month in plan.implied_from]
    months = Text(", ".join(text.ru for text in said), ", ".join(text.en for text in said))
    text = _IMPLIED if plan.kind is PlanKind.IMPLIED else _SCALED
    return Note(f"plan-{plan.kind}", text.fill(months=months))


def _share(text: Text, share: Decimal) -> Text:
    return text.fill(share=Text(say_number(share, Unit.SHARE, "ru"), say_number(share, Unit.SHARE, "en")))
