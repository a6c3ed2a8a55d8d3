"""Will the month make its plan? These figures are counted by the measurement ``forecast``."""

from __future__ import annotations

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit


def _metric(
    key: str,
    name: Text,
    meaning: Text,
    formula: Text,
    unit: Unit = Unit.MONEY,
    zone: Zone = Zone.COMPANY,
    pitfall: Text | None = None,
) -> Metric:
    return Metric(
        key, name, meaning, formula, unit, Direction.UP, zone, (Clock.PERIOD,), numerator=(), pitfall=pitfall,
        computed_by="forecast",
    )  # fmt: skip


MEASURES: tuple[Measure, ...] = ()
METRICS: tuple[Metric, ...] = (
    _metric(
        "forecast_booked",
        Text("Уже оплачено", "Booked"),
        Text(
            "Сколько выручки месяца пришло к последнему известному дню.",
            "How much of the month's revenue has come by the last known day.",
        ),
        Text("оплаты месяца за вычетом НДС и возвратов", "payments of the month net of VAT and refunds"),
    ),
    _metric(
        "forecast_open",
        Text("Открытые лиды", "Open leads"),
        Text(
            "Сколько в среднем успеют принести до конца месяца лиды, которые сейчас в работе.",
            "What the leads now in work bring on average before the month ends.",
        ),
        Text(
            "сумма по открытым лидам: шанс оплатить до конца месяца × деньги",
            "sum over open leads: chance to pay before the month ends × money",
        ),
        zone=Zone.SALES,
        pitfall=Text(
            "Сумма на карточке известна только в последнем виде.",
            "The amount on a card is known in its latest form alone.",
        ),
    ),
    _metric(
        "forecast_to_come",
        Text("Будущие лиды", "Leads to come"),
        Text(
            "Сколько в среднем успеют принести лиды, которые ещё придут в этом месяце.",
            "What leads that will still come this month bring on average before it ends.",
        ),
        Text(
            "темп лидов последних недель × доля, успевающая оплатить × средний чек",
            "rate of leads of the last weeks × share that pays in time × order value",
        ),
        zone=Zone.MARKETING,
    ),
    _metric(
        "forecast_later",
        Text("Доплаты", "Later payments"),
        Text(
            "Вторые и следующие оплаты, возвраты и деньги без лида, которых ждём до конца месяца.",
            "Second and further payments, refunds and money without a lead expected before the month ends.",
        ),
        Text("их среднее за день в последние 12 недель × дни", "their daily mean of the last 12 weeks × days"),
    ),
    _metric(
        "forecast_revenue",
        Text("Прогноз выручки", "Revenue forecast"),
        Text(
            "Чем в среднем закончится месяц; интервал 80 %.",
            "What the month comes to on average, with an 80% interval.",
        ),
        Text(
            "оплачено + открытые лиды + будущие лиды + доплаты; или темп месяца, если модель его не превзошла",
            "booked + open leads + leads to come + later payments; or run-rate where the model did not beat it",
        ),
        pitfall=Text(
            "Смотрите, какой способ показан и как он ошибался в прошлые месяцы.",
            "Look which method is shown and how far it was off in past months.",
        ),
    ),
    _metric(
        "forecast_plan",
        Text("План месяца", "Plan of the month"),
        Text("Выручка, которую месяц должен принести.", "The revenue that the month is to bring."),
        Text("план компании или дозревшие месяцы вместо него", "the company's plan, or ripe months in its place"),
    ),
    _metric(
        "plan_chance",
        Text("Шанс выполнить план", "Chance of the plan"),
        Text(
            "В какой доле возможных исходов месяц приносит не меньше плана.",
            "In which share of possible outcomes the month brings at least the plan.",
        ),
        Text("исходы не ниже плана ÷ все исходы", "outcomes at or above the plan ÷ all outcomes"),
        Unit.SHARE,
    ),
)
