"""Is what was to be done done in time? Tasks by the day they were due."""

from __future__ import annotations

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.catalogue.facts import TIME
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

_SPLITS = frozenset((*TIME, "manager", "source_system"))
_DUE = "due_at <= {now}"


def _of_duties(key: str, condition: str) -> Measure:
    return Measure(key, "duties", "COUNT(*)", {Clock.PERIOD: "due"}, condition, _SPLITS)


MEASURES: tuple[Measure, ...] = (
    _of_duties("regular_due_tasks", f"is_regular AND {_DUE}"),
    _of_duties("regular_done_tasks", f"is_regular AND is_in_time AND {_DUE}"),
    _of_duties("due_tasks", _DUE),
    _of_duties("done_tasks", f"is_in_time AND {_DUE}"),
)

METRICS: tuple[Metric, ...] = (
    Metric(
        key="tasks_done",
        name=Text("Регулярные задачи в срок", "Regular tasks done in time"),
        meaning=Text(
            "Какая доля регулярных задач, например обновления аудитории раз в квартал, сделана в срок.",
            "Which share of the regular tasks, such as refreshing the audience every quarter, was done in time.",
        ),
        formula=Text(
            "регулярные задачи, сделанные в срок ÷ регулярные задачи, чей срок прошёл",
            "regular tasks done in time ÷ regular tasks whose term has passed",
        ),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.MARKETING,
        watchers=(Zone.COMPANY,),
        clocks=(Clock.PERIOD,),
        numerator=("regular_done_tasks",),
        denominator=("regular_due_tasks",),
        interval="wilson",
        pitfall=Text(
            "Регулярной считается задача с шаблоном или правилом (template): без него доля пуста.",
            "A regular task is one with a template or rule: without them the share is empty.",
        ),
    ),
    Metric(
        key="tasks_in_time",
        name=Text("Задачи в срок", "Tasks done in time"),
        meaning=Text("Какая доля всех задач сделана в срок.", "Which share of all tasks was done in time."),
        formula=Text(
            "задачи, сделанные в срок ÷ задачи, чей срок прошёл",
            "tasks done in time ÷ tasks whose term has passed",
        ),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.COMPANY,
        clocks=(Clock.PERIOD,),
        numerator=("done_tasks",),
        denominator=("due_tasks",),
        interval="wilson",
        pitfall=Text(
            "Задачи без срока сюда не входят: без срока нельзя опоздать.",
            "Tasks without a term are no part of it: without one nobody can be late.",
        ),
    ),
)
