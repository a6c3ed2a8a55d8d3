"""What does a founder look for on a phone before a meeting? The questions, the month's end, what needs attention.

The page is long there; a line under the conclusion says what it holds and leads to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smarketing.analyses.forecast.result import Forecast
from smarketing.facts.language import Text
from smarketing.metrics.wording import NBSP, money_scale, money_unit
from smarketing.web.reports.cockpit.fall import Fall
from smarketing.web.reports.cockpit.saying import money
from smarketing.web.reports.page import Page

_METRICS = Text("Показатели", "Metrics")


@dataclass(frozen=True)
class Jump:
    """A part of the page and how much stands there."""

    text: Text
    href: str


def jumps(page: Page, fall: Fall | None, forecast: Forecast | None, alerts: Sequence[object]) -> list[Jump]:
    """Parts that hold something, in the order of the page, at most three: a line of a phone holds no more."""
    found = [_questions(fall), _end(page, forecast), _attention(len(alerts)), Jump(_METRICS, "#z1")]
    return [one for one in found if one][:3]


def _questions(fall: Fall | None) -> Jump | None:
    """To the first cause whose question nobody has asked yet."""
    causes = [one for one in fall.causes if one.question and not one.question.is_settled] if fall else []
    if not causes:
        return None
    count = len(causes)
    return Jump(Text(f"Вопросы: {count}", f"Questions: {count}"), f"#cause-{causes[0].key}")


def _end(page: Page, forecast: Forecast | None) -> Jump | None:
    if forecast is None or forecast.value is None:
        return None
    scale = money_scale([forecast.value])
    said = f"{money(page, forecast.value, scale)}{NBSP}{page.say(money_unit(forecast.currency, scale))}"
    return Jump(Text(f"Прогноз: {said}", f"Forecast: {said}"), "#pf")


def _attention(count: int) -> Jump | None:
    return Jump(Text(f"Внимание: {count}", f"Attention: {count}"), "#al") if count else None
