"""What is the plan gap made of? The waterfall, its causes with their questions, and the sums of the zones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe

from smarketing.analyses.question import Question
from smarketing.analyses.questions.kinds import KINDS, door
from smarketing.analyses.verdict.result import CAUSE_NAMES, Part, PlanKind, Verdict, VerdictState
from smarketing.analyses.verdict.words import LABEL_NAMES, PLAN_NAMES, main_cause, sentence
from smarketing.charts.drawing import inline_svg
from smarketing.charts.picture import Picture, Size
from smarketing.charts.waterfall import waterfall, waterfall_of
from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.metrics.wording import ZONE_NAMES, Scale, money_scale, money_unit, say_level, say_period
from smarketing.web.reports.asked import QuestionLine, question_lines
from smarketing.web.reports.cockpit.saying import bounds, money
from smarketing.web.reports.page import Page
from smarketing.web.reports.tables import ZONE_CLASS

CHANCE = Text("Обычный разброс", "Ordinary variation")


@dataclass(frozen=True)
class Cause:
    name: Text
    zone: Text
    zone_class: str
    value: str
    interval: str
    fact: Text
    records: str  # the rows behind its value; nothing for the lines that belong to nobody
    question: QuestionLine | None
    is_quiet: bool
    key: str


@dataclass(frozen=True)
class ZoneSum:
    zone: Text
    zone_class: str
    value: str
    interval: str
    label: Text | None


@dataclass(frozen=True)
class Fall:
    """The verdict as the page shows it; money in one unit."""

    title: Text
    unit: str
    level: Text | None
    plan: str
    fact: str
    gap: str
    drawing: SafeString
    causes: tuple[Cause, ...]
    main: Cause | None  # whose question comes first; none where every cause is within chance
    zones: tuple[ZoneSum, ...]
    plan_kind: Text | None
    period: Text


def fall(page: Page, verdict: Verdict) -> Fall | None:
    """The waterfall, its causes with what they ask, and the sums of the zones; None where nothing was judged."""
    if verdict.state is not VerdictState.JUDGED:
        return None
    scale = money_scale([verdict.fact, verdict.plan, *(part.effect for part in verdict.parts)])
    level = next((part.interval for part in verdict.parts if part.interval), None)
    main, links = main_cause(verdict), {part.cause: f"#cause-{part.cause}" for part in verdict.parts}
    asked = question_lines(page, verdict)
    causes = {part.cause: _cause(page, verdict, part, scale, asked.get(part.cause)) for part in verdict.parts}
    stands_in = verdict.plan_kind in (PlanKind.IMPLIED, PlanKind.SCALED)
    return Fall(
        title=_title(verdict),
        unit=page.say(money_unit(verdict.currency, scale)),
        level=say_level(level) if level else None,
        plan=money(page, verdict.plan, scale),
        fact=money(page, verdict.fact, scale),
        gap=money(page, verdict.gap, scale, signed=True),
        drawing=drawn(
            page, "waterfall", verdict, lambda size: waterfall(waterfall_of(verdict, links), size, page.language)
        ),
        causes=tuple(causes.values()),
        main=causes[main.cause] if main else None,
        zones=_zone_sums(page, verdict, scale),
        plan_kind=PLAN_NAMES[verdict.plan_kind] if verdict.plan_kind and stands_in else None,
        period=say_period(verdict.period, page.today),
    )


def drawn(page: Page, what: str, verdict: Verdict, make: Callable[[Size], Picture]) -> SafeString:
    """A picture of the verdict; drawn once for a version of the facts, a question and a language."""
    key = f"{_judged(verdict)} {sorted(page.question.where.items())}"
    found = page.facts.answer(f"{what}:{page.language}", key, lambda: inline_svg(make, what))
    return mark_safe(found)  # noqa: S308 - drawn here from figures and names, which the drawing escapes


def _judged(verdict: Verdict) -> tuple[Month, str]:
    return verdict.month, verdict.clock.value


def _title(verdict: Verdict) -> Text:
    if verdict.gap < 0:
        return Text("Из чего сложилось отставание", "What the shortfall is made of")
    return Text("Из чего сложилось отклонение", "What the deviation is made of")


def _cause(page: Page, verdict: Verdict, part: Part, scale: Scale, asked: QuestionLine | None) -> Cause:
    quiet = part.label is not None and not part.is_confirmed
    return Cause(
        name=CAUSE_NAMES[part.cause],
        zone=CHANCE if quiet else ZONE_NAMES[part.zone],
        zone_class="c" if quiet else ZONE_CLASS[part.zone],
        value=money(page, part.effect, scale, signed=True),
        interval=bounds(page, part.interval, scale, verdict.currency),
        fact=sentence(part, page.company),
        records=_records(page, verdict, part),
        question=asked,
        is_quiet=quiet,
        key=part.cause.value,
    )


def _records(page: Page, verdict: Verdict, part: Part) -> str:
    if part.cause not in KINDS:
        return ""
    return page.behind(door(part.cause, part.effect, Question(verdict.period, where=page.question.where)))


def _zone_sums(page: Page, verdict: Verdict, scale: Scale) -> tuple[ZoneSum, ...]:
    """A line per department and one for what belongs to none, so that the lines sum to the deviation."""
    sums = [
        ZoneSum(
            ZONE_NAMES[zone.zone],
            ZONE_CLASS[zone.zone],
            money(page, zone.effect, scale, signed=True),
            bounds(page, zone.interval, scale, verdict.currency),
            LABEL_NAMES[zone.label] if zone.label else None,
        )
        for zone in verdict.zones
    ]
    rest = verdict.gap - sum((zone.effect for zone in verdict.zones), Decimal(0))
    if rest:
        company = Zone.COMPANY
        said = money(page, rest, scale, signed=True)
        sums.append(ZoneSum(ZONE_NAMES[company], ZONE_CLASS[company], said, "", None))
    return tuple(sums)
