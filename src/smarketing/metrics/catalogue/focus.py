"""Does the company spend money, leads and sellers' time where its revenue comes from?

These figures are counted by the measurement ``focus``: shares by segment, segments under test left out.
"""

from __future__ import annotations

from typing import Literal

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.metrics.catalogue.facts import BOTH
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

_FOCUS = "focus"


def _metric(
    key: str,
    name: Text,
    meaning: Text,
    formula: Text,
    unit: Unit,
    zone: Zone,
    *,
    direction: Direction = Direction.NEITHER,
    interval: Literal["wilson", None] = None,
    pitfall: Text | None = None,
) -> Metric:
    return Metric(
        key, name, meaning, formula, unit, direction, zone, BOTH, numerator=(), interval=interval,
        pitfall=pitfall, computed_by=_FOCUS,
    )  # fmt: skip


def _beyond(key: str, zone: Zone, ru: str, en: str) -> Metric:
    return _metric(
        key,
        Text(f"{ru} сверх доли выручки", f"{en} beyond the share of revenue"),
        Text(
            f"Какую долю ({ru.lower()}) пришлось бы переложить, чтобы она шла туда, откуда приходит выручка.",
            f"Which share of {en.lower()} would have to move to go where the revenue comes from.",
        ),
        Text(
            "доля сегмента − доля сегмента в выручке, где больше нуля; сумма — полная вариация",
            "share of the segment − its share of revenue where above zero; the sum is the total variation",
        ),
        Unit.SHARE,
        zone,
        direction=Direction.DOWN,
        pitfall=Text(
            "Новый сегмент сначала тратит и только потом платит: отметьте его как проверяемый.",
            "A new segment spends first and pays later: mark it as under test.",
        ),
    )


MEASURES: tuple[Measure, ...] = ()
METRICS: tuple[Metric, ...] = (
    _metric(
        "spend_share",
        Text("Доля расхода", "Share of spend"),
        Text("Какая доля рекламного расхода ушла на сегмент.", "Which share of ad spend went to the segment."),
        Text("расход на сегмент ÷ весь расход", "spend on the segment ÷ all spend"),
        Unit.SHARE,
        Zone.MARKETING,
        pitfall=Text(
            "Рекламный кабинет знает сегмент, только если кампании разделены по сегментам.",
            "An ad account knows the segment only where campaigns are divided by segment.",
        ),
    ),
    _metric(
        "lead_share",
        Text("Доля лидов", "Share of leads"),
        Text("Какая доля лидов пришла из сегмента.", "Which share of leads came from the segment."),
        Text("лиды сегмента ÷ все лиды", "leads of the segment ÷ all leads"),
        Unit.SHARE,
        Zone.MARKETING,
        interval="wilson",
    ),
    _metric(
        "effort_share",
        Text("Доля усилий продаж", "Share of sellers' effort"),
        Text(
            "Какая доля времени продавцов ушла на сегмент; где минут нет, доля действий.",
            "Which share of sellers' time went to the segment; of actions where there are no minutes.",
        ),
        Text("минуты действий по лидам сегмента ÷ все минуты", "minutes on the segment's leads ÷ all minutes"),
        Unit.SHARE,
        Zone.SALES,
        pitfall=Text(
            "Видны только записанные действия: встреча без записи не отнимает времени.",
            "Only recorded actions are seen: a meeting without a record takes no time.",
        ),
    ),
    _metric(
        "sale_share",
        Text("Доля продаж", "Share of sales"),
        Text("Какая доля продаж пришлась на сегмент.", "Which share of sales is the segment's."),
        Text("продажи сегмента ÷ все продажи", "sales of the segment ÷ all sales"),
        Unit.SHARE,
        Zone.SALES,
        interval="wilson",
    ),
    _metric(
        "revenue_share",
        Text("Доля выручки", "Share of revenue"),
        Text("Какую долю выручки дал сегмент.", "Which share of revenue the segment gave."),
        Text("выручка сегмента ÷ вся выручка", "revenue of the segment ÷ all revenue"),
        Unit.SHARE,
        Zone.COMPANY,
        pitfall=Text(
            "Возвраты больше продаж считаются нулём: отрицательной доли не бывает.",
            "Refunds above sales count as zero: there is no negative share.",
        ),
    ),
    _beyond("spend_beyond_revenue", Zone.MARKETING, "Расход", "Spend"),
    _beyond("leads_beyond_revenue", Zone.MARKETING, "Лиды", "Leads"),
    _beyond("effort_beyond_revenue", Zone.SALES, "Усилия", "Effort"),
    _metric(
        "effort_hours",
        Text("Часы продавцов", "Sellers' hours"),
        Text(
            "Сколько часов записанных действий ушло на лиды.", "How many hours of recorded actions went to leads."
        ),
        Text("минуты действий ÷ 60", "minutes of actions ÷ 60"),
        Unit.COUNT,
        Zone.SALES,
    ),
    _metric(
        "effort_actions",
        Text("Действия продавцов", "Sellers' actions"),
        Text(
            "Сколько звонков, писем и встреч записано по лидам.",
            "How many calls, letters and meetings are recorded on leads.",
        ),
        Text("число действий", "number of actions"),
        Unit.COUNT,
        Zone.SALES,
    ),
    _metric(
        "non_target_hours",
        Text("Часы на нецелевых", "Hours on non-target leads"),
        Text(
            "Сколько часов продавцов ушло на лиды, не отвечающие критериям.",
            "How many sellers' hours went to leads that do not meet the criteria.",
        ),
        Text("минуты действий по нецелевым лидам ÷ 60", "minutes of actions on non-target leads ÷ 60"),
        Unit.COUNT,
        Zone.JOINT,
        direction=Direction.DOWN,
    ),
    _metric(
        "non_target_effort_share",
        Text("Доля усилий на нецелевых", "Share of effort on non-target leads"),
        Text(
            "Какая доля времени (или действий) продавцов ушла на нецелевых.",
            "Which share of sellers' time (or actions) went to non-target leads.",
        ),
        Text("усилия на нецелевых ÷ все усилия", "effort on non-target leads ÷ all effort"),
        Unit.SHARE,
        Zone.JOINT,
        direction=Direction.DOWN,
        pitfall=Text(
            "Отказать тоже нужно время: ноль здесь не цель.",
            "It takes time to turn somebody down, too: zero is no aim.",
        ),
    ),
)
