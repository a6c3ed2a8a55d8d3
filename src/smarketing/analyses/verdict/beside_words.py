"""What is said beside the verdict: why departments name different sums, what revenue would have been, where from?

One sentence each, for the terminal and the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from smarketing.analyses.labels import say_key
from smarketing.analyses.verdict.result import CAUSE_NAMES, Verdict
from smarketing.analyses.verdict.rivals import Had, RivalSplit
from smarketing.analyses.verdict.sources import REST, SourceSplit, source_label
from smarketing.facts.company import Company, Zone
from smarketing.facts.language import LANGUAGES, Language, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import ZONE_NAMES, money_scale, say_interval, say_number

RIVAL_NAMES = {
    Zone.MARKETING: Text("Сначала маркетинг", "Marketing first"),
    Zone.SALES: Text("Сначала продажи", "Sales first"),
}
_RIVALS = Text(
    "Зона «{zone}» даёт {first}, если начать счёт с маркетинга, и {second}, если с продаж: обе суммы верны, спор "
    "только о порядке. В выводе стоит {fair}: там порядка нет.",
    "The zone “{zone}” makes {first} when the count begins with marketing and {second} when it begins with sales: "
    "both sums are right, the quarrel is about the order alone. The verdict says {fair}: it has no order.",
)
_SAME = Text(
    "С кого ни начни счёт, доли отделов те же: спорить о порядке здесь не о чем.",
    "Whoever the count begins with, the departments' parts are the same: there is no order to quarrel about.",
)
_HAD = Text(
    "Если бы по плану было: {causes}, выручка была бы {revenue}, интервал 90 % {interval}; к факту {change}.",
    "Had this been as planned: {causes}, revenue would be {revenue}, 90% interval {interval}; {change} to fact.",
)
_SOURCES = Text(
    "Сильнее всего в сторону отклонения тянет источник «{source}» в сегменте «{segment}»: {effect}, "
    "а всего {gap}.",
    "The source “{source}” of the segment “{segment}” pulls hardest the way the gap went: {effect}, "
    "of {gap} in all.",
)


def rivals_sentence(verdict: Verdict, rivals: Sequence[RivalSplit], company: Company) -> Text:
    """The zone whose part hangs most on the order, with both of its rival parts and the fair one."""
    first, second = rivals
    fair = {zone.zone: zone.effect for zone in verdict.zones}
    apart = {zone: abs(first.zones[zone] - second.zones[zone]) for zone in fair}
    widest = max(apart, key=lambda zone: apart[zone], default=None)
    if widest is None or not apart[widest]:
        return _SAME
    amounts = (first.zones[widest], second.zones[widest], fair[widest])
    effects = [effect for rival in rivals for effect in rival.effects.values()]  # one unit with their table
    said = [_money(amount, effects, company) for amount in amounts]
    return _RIVALS.fill(zone=ZONE_NAMES[widest], first=said[0], second=said[1], fair=said[2])


def had_sentence(had: Had, company: Company) -> Text:
    """What revenue would be, its interval, and how far that is from the fact."""
    scale, currency = money_scale([had.revenue, had.change]), company.currency
    names = [CAUSE_NAMES[cause] for cause in had.causes]
    return _HAD.fill(
        causes=Text(", ".join(one.ru.lower() for one in names), ", ".join(one.en.lower() for one in names)),
        revenue=_both(lambda language: say_number(had.revenue, Unit.MONEY, language, currency, scale)),
        interval=_both(lambda language: say_interval(had.interval, Unit.MONEY, language, currency, scale)),
        change=_both(lambda language: say_number(had.change, Unit.MONEY, language, currency, scale, signed=True)),
    )


def sources_sentence(verdict: Verdict, sources: SourceSplit, company: Company) -> Text | None:
    """The named source that pulled hardest the way the gap went; None where none did."""
    sign = -1 if verdict.gap < 0 else 1
    pulling = [cell for cell in sources.cells if cell[1] != REST and sources.of(cell) * sign > 0]
    if not pulling:
        return None
    hardest = max(pulling, key=lambda cell: abs(sources.of(cell)))
    amounts = (sources.of(hardest), verdict.gap)
    return _SOURCES.fill(
        source=source_label(hardest[1], company),
        segment=say_key(company, "segment", hardest[0]),
        effect=_money(amounts[0], amounts, company),
        gap=_money(amounts[1], amounts, company),
    )


def _money(amount: Decimal, beside: Sequence[Decimal], company: Company) -> Text:
    scale = money_scale(beside)
    return _both(lambda language: say_number(amount, Unit.MONEY, language, company.currency, scale, signed=True))


def _both(make: Callable[[Language], str]) -> Text:
    ru, en = (make(language) for language in LANGUAGES)
    return Text(ru, en)
