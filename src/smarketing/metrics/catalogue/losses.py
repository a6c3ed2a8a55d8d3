"""What was lost, and why?

These figures are counted by the measurement ``losses``: reason × stage, lost leads only.
"""

from __future__ import annotations

from typing import Literal

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

_BOTH = (Clock.COHORT, Clock.PERIOD)


def _metric(
    key: str,
    name: Text,
    meaning: Text,
    formula: Text,
    unit: Unit,
    *,
    interval: Literal["wilson", None] = None,
    pitfall: Text | None = None,
) -> Metric:
    return Metric(
        key, name, meaning, formula, unit, Direction.DOWN, Zone.JOINT, _BOTH, numerator=(), interval=interval,
        pitfall=pitfall, computed_by="losses",
    )  # fmt: skip


MEASURES: tuple[Measure, ...] = ()
METRICS: tuple[Metric, ...] = (
    _metric(
        "lost_leads",
        Text("Потеряно лидов", "Leads lost"),
        Text("Лиды, которые сейчас стоят в стадии потери.", "Leads that stand in a stage of loss now."),
        Text("число потерянных лидов", "number of lost leads"),
        Unit.COUNT,
        pitfall=Text(
            "Лид, который снова взяли в работу, потерянным не считается.",
            "A lead that was taken up again is not lost.",
        ),
    ),
    _metric(
        "loss_share",
        Text("Доля причины в потерях", "Share of losses"),
        Text(
            "Доля причины среди потерь с указанной причиной; строки «не указана» — среди всех потерь.",
            "Share of a reason among losses with a reason given; of the row without a reason, among all losses.",
        ),
        Text(
            "потери с этой причиной ÷ потери с указанной причиной",
            "losses with this reason ÷ losses with a reason given",
        ),
        Unit.SHARE,
        interval="wilson",
        pitfall=Text(
            "Если причину часто не указывают, доли остальных мало что говорят.",
            "Where reasons are often left out, the shares of the others say little.",
        ),
    ),
    _metric(
        "lost_amount",
        Text("Сумма потерянных сделок", "Amount lost"),
        Text("Сумма из карточек потерянных лидов.", "Amount on the cards of lost leads."),
        Text("сумма полей «сумма» потерянных лидов", "sum of the amounts of lost leads"),
        Unit.MONEY,
        pitfall=Text(
            "Это надежды менеджеров, а не деньги; лиды без суммы не добавляют ничего.",
            "These are hopes of managers, not money; leads without an amount add nothing.",
        ),
    ),
)
