"""Where did leads first meet the company? These figures are computed by the measurement ``first_touch``."""

from __future__ import annotations

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit


def _metric(key: str, name: Text, meaning: Text, formula: Text, unit: Unit, pitfall: Text | None = None) -> Metric:
    return Metric(
        key, name, meaning, formula, unit, Direction.NEITHER, Zone.MARKETING, (Clock.COHORT,), numerator=(),
        pitfall=pitfall, computed_by="first_touch",
    )  # fmt: skip


MEASURES: tuple[Measure, ...] = ()
METRICS: tuple[Metric, ...] = (
    _metric(
        "touch_leads",
        Text("Лиды", "Leads"),
        Text(
            "Сколько лидов проверено на касания до заявки.", "How many leads were looked at for earlier touches."
        ),
        Text("уникальные нетестовые лиды", "unique non-test leads"),
        Unit.COUNT,
    ),
    _metric(
        "touched_leads",
        Text("С касанием до заявки", "Touched before the form"),
        Text(
            "У скольких лидов известен визит или другое касание до заявки.",
            "Of how many leads a visit or another touch before the form is known.",
        ),
        Text(
            "лиды с касанием не позже их появления: по номеру лида, клиента или посетителя",
            "leads with a touch not later than they came, by the number of lead, client or visitor",
        ),
        Unit.COUNT,
    ),
    _metric(
        "touched_share",
        Text("Доля с касанием", "Share touched"),
        Text("Какая доля лидов узнаётся по касаниям.", "Which share of leads is recognised by touches."),
        Text("лиды с касанием до заявки ÷ лиды", "leads touched before the form ÷ leads"),
        Unit.SHARE,
        Text(
            "Мала, если CRM не хранит номер посетителя: остальное — не отсутствие касаний, а незнание.",
            "Low where the CRM keeps no visitor's number: the rest is not untouched but unknown.",
        ),
    ),
    _metric(
        "other_first_touch_leads",
        Text("Первое касание другое", "First touch elsewhere"),
        Text(
            "Сколько лидов впервые пришли не из того источника, что записан в CRM.",
            "How many leads first came from another source than the CRM has.",
        ),
        Text(
            "лиды, у которых канал первого касания не равен источнику",
            "leads whose first channel is not their source",
        ),
        Unit.COUNT,
    ),
    _metric(
        "other_first_touch_share",
        Text("Доля другого первого касания", "Share first touched elsewhere"),
        Text(
            "Какая доля узнанных лидов началась в другом канале.",
            "Which share of recognised leads began in another channel.",
        ),
        Text(
            "лиды с другим первым касанием ÷ лиды с касанием до заявки",
            "leads first touched elsewhere ÷ leads touched before the form",
        ),
        Unit.SHARE,
    ),
)
