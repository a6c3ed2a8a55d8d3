"""Which cards moved on without the fields that the stage requires?

Counted by the measurement ``required``: stage × field. A lead is counted where it has reached the stage; whether
the field is filled is asked of the card as it is now.
"""

from __future__ import annotations

from typing import Literal

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit


def _metric(
    key: str,
    name: Text,
    meaning: Text,
    formula: Text,
    unit: Unit,
    direction: Direction,
    *,
    interval: Literal["wilson", None] = None,
    pitfall: Text | None = None,
) -> Metric:
    return Metric(
        key, name, meaning, formula, unit, direction, Zone.SALES, (Clock.COHORT,), numerator=(),
        watchers=(Zone.MARKETING,), interval=interval, pitfall=pitfall, computed_by="required",
    )  # fmt: skip


MEASURES: tuple[Measure, ...] = ()
METRICS: tuple[Metric, ...] = (
    _metric(
        "obliged_leads",
        Text("Дошли до стадии", "Reached the stage"),
        Text(
            "Сколько лидов дошло до стадии, на которой поле обязательно.",
            "How many leads reached a stage at which the field is required.",
        ),
        Text("лиды, вошедшие в стадию с обязательным полем", "leads that entered a stage with a required field"),
        Unit.COUNT,
        Direction.NEITHER,
    ),
    _metric(
        "lacking_leads",
        Text("Без обязательного поля", "Without a required field"),
        Text(
            "У скольких из них поле сейчас пусто. В строке «Всего» лид считается один раз.",
            "How many of them have the field empty now. The total counts a lead once.",
        ),
        Text(
            "лиды, вошедшие в стадию, с пустым обязательным полем",
            "leads that entered the stage and have the required field empty",
        ),
        Unit.COUNT,
        Direction.DOWN,
        pitfall=Text(
            "Смотрят на карточку как она есть: поле, заполненное после перехода, уже не пустое.",
            "The card is taken as it is now: a field filled after the move is no longer empty.",
        ),
    ),
    _metric(
        "lacking_share",
        Text("Доля без поля", "Share without the field"),
        Text(
            "Какая доля лидов, дошедших до стадии, осталась без её обязательного поля.",
            "Which share of the leads that reached the stage is left without its required field.",
        ),
        Text("без обязательного поля ÷ дошли до стадии", "without the required field ÷ reached the stage"),
        Unit.SHARE,
        Direction.DOWN,
        interval="wilson",
    ),
)
