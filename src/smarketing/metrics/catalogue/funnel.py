"""What does the funnel say of each stage?

These figures are counted by the measurement ``funnel`` in one pass over all stages, each lead once per stage.
"""

from __future__ import annotations

from typing import Literal

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

_BOTH = (Clock.COHORT, Clock.PERIOD)
_COHORT = (Clock.COHORT,)


def _metric(
    key: str,
    name: Text,
    meaning: Text,
    formula: Text,
    unit: Unit,
    direction: Direction = Direction.NEITHER,
    *,
    clocks: tuple[Clock, ...] = _BOTH,
    interval: Literal["wilson", None] = None,
    ripens: bool = False,
    pitfall: Text | None = None,
) -> Metric:
    return Metric(
        key, name, meaning, formula, unit, direction, Zone.JOINT, clocks, numerator=(), interval=interval,
        ripens=ripens, pitfall=pitfall, computed_by="funnel",
    )  # fmt: skip


MEASURES: tuple[Measure, ...] = ()
METRICS: tuple[Metric, ...] = (
    _metric(
        "stage_reached",
        Text("Дошли до стадии", "Reached the stage"),
        Text(
            "Лиды, которые дошли до стадии или прошли дальше, каждый один раз.",
            "Leads that reached the stage or went past it, each once.",
        ),
        Text(
            "число лидов, чья самая дальняя стадия не раньше этой",
            "number of leads whose furthest stage is this one or a later one",
        ),
        Unit.COUNT,
        Direction.UP,
        ripens=True,
        pitfall=Text(
            "По дате события это входы в стадию за период: среди них лиды прошлых месяцев.",
            "By the date of the event these are entries of the period: leads of earlier months are among them.",
        ),
    ),
    _metric(
        "stage_skipped",
        Text("Миновали стадию", "Skipped the stage"),
        Text(
            "Лиды, которые прошли дальше, не заходя в стадию.",
            "Leads that went past the stage without entering it.",
        ),
        Text("дошли до стадии − входили в неё", "reached the stage − ever entered it"),
        Unit.COUNT,
        Direction.DOWN,
        clocks=_COHORT,
    ),
    _metric(
        "stage_outside",
        Text("Вне процесса", "Outside the process"),
        Text(
            "Лиды, которые достигли этапа, минуя предыдущие: например, продажа нецелевому лиду.",
            "Leads that reached the step past the earlier ones: a sale to a lead that was not target.",
        ),
        Text("достигли этапа − прошли все этапы до него", "reached the step − passed every step before it"),
        Unit.COUNT,
        clocks=_COHORT,
    ),
    _metric(
        "stage_conversion",
        Text("Конверсия из предыдущей стадии", "Conversion from the stage before"),
        Text(
            "Доля дошедших до предыдущей стадии, что дошли до этой.",
            "Share of the stage before that reached this one.",
        ),
        Text("дошли до стадии ÷ дошли до предыдущей", "reached the stage ÷ reached the one before"),
        Unit.SHARE,
        Direction.UP,
        interval="wilson",
        ripens=True,
        pitfall=Text(
            "По дате события числитель и знаменатель — разные лиды, поэтому интервала нет.",
            "By the date of the event numerator and denominator are different leads, so there is no interval.",
        ),
    ),
    _metric(
        "stage_from_first",
        Text("Доля от первой стадии", "Share of the first stage"),
        Text("Доля всех лидов, что дошли до этой стадии.", "Share of all leads that reached this stage."),
        Text("дошли до стадии ÷ лиды", "reached the stage ÷ leads"),
        Unit.SHARE,
        Direction.UP,
        interval="wilson",
        ripens=True,
    ),
    _metric(
        "stage_lost",
        Text("Потеряны на стадии", "Lost from the stage"),
        Text(
            "Лиды, которые потеряны, стоя в этой стадии.", "Leads that were lost while they stood in this stage."
        ),
        Text("потерянные лиды с этой стадией потери", "lost leads with this stage of loss"),
        Unit.COUNT,
        Direction.DOWN,
    ),
    _metric(
        "stage_open",
        Text("Ещё в работе", "Still open"),
        Text("Лиды, которые стоят в этой стадии сейчас.", "Leads that stand in this stage now."),
        Text("открытые лиды в этой стадии", "open leads in this stage"),
        Unit.COUNT,
    ),
    _metric(
        "stage_median_seconds",
        Text("Медиана времени в стадии", "Median time in the stage"),
        Text(
            "За это время из стадии ушла половина лидов, которые её закончили.",
            "Half of the leads that finished the stage left it within this time.",
        ),
        Text(
            "медиана прошедшего времени по законченным пребываниям",
            "median of elapsed time over finished stays",
        ),
        Unit.SECONDS,
        Direction.DOWN,
        pitfall=Text(
            "Стоящие в стадии сейчас не входят: если их много, настоящее время больше.",
            "Leads that stand there now are left out: where they are many, the true time is longer.",
        ),
    ),
    _metric(
        "stage_p90_seconds",
        Text("90-й процентиль времени в стадии", "90th percentile of time in the stage"),
        Text(
            "Дольше этого в стадии пробыл каждый десятый из закончивших её.",
            "One in ten of the leads that finished the stage stayed longer than this.",
        ),
        Text(
            "90-й процентиль прошедшего времени по законченным пребываниям",
            "90th percentile of elapsed time over finished stays",
        ),
        Unit.SECONDS,
        Direction.DOWN,
    ),
    _metric(
        "lead_returns",
        Text("Возвраты на раннюю стадию", "Returns to an earlier stage"),
        Text(
            "Сколько раз лиды вернулись на более раннюю стадию.", "How often leads went back to an earlier stage."
        ),
        Text("сумма возвратов по лидам", "sum of returns over leads"),
        Unit.COUNT,
        Direction.DOWN,
    ),
    _metric(
        "lead_reopenings",
        Text("Повторные открытия", "Reopenings"),
        Text(
            "Сколько раз закрытые лиды снова взяли в работу.",
            "How often closed leads were taken up again.",
        ),
        Text("сумма выходов из потери или продажи", "sum of moves out of lost or won"),
        Unit.COUNT,
    ),
)
