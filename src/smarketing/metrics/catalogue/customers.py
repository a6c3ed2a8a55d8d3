"""Who comes again, who leaves, what is a customer worth?

Shares of customers by source, product or month of the lead: measures of the derived table ``customers``.
"""

from __future__ import annotations

from typing import Literal

from smarketing.facts.company import Zone
from smarketing.facts.journeys import LEAD_DIMENSIONS
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.catalogue.facts import BOTH, TIME
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

_SPLITS = frozenset((*TIME, *LEAD_DIMENSIONS))


def _of_customers(key: str, condition: str, expression: str = "COUNT(*)", *, unit: Unit = Unit.COUNT) -> Measure:
    """A measure of ``customers``, dated by the lead that made the customer or by the first purchase."""
    dates = {Clock.COHORT: "created", Clock.PERIOD: "first"}
    return Measure(key, "customers", expression, dates, condition, _SPLITS, unit)


_KNOWN = "is_identified"
_YEAR_OLD = f"{_KNOWN} AND {{year_old}}"
_PAID_YEAR_OLD = f"{_YEAR_OLD} AND {{paid}}"

MEASURES: tuple[Measure, ...] = (
    _of_customers("known_customers", _KNOWN),
    _of_customers("unknown_customers", "NOT is_identified"),
    _of_customers("repeat_customers", f"{_KNOWN} AND purchases > 1"),
    _of_customers("judged_customers", f"{_KNOWN} AND {{judged}}"),
    _of_customers("lost_customers", f"{_KNOWN} AND {{judged}} AND {{lost}}"),
    _of_customers("year_customers", _YEAR_OLD),
    _of_customers("year_revenue", _YEAR_OLD, "SUM(year_revenue)", unit=Unit.MONEY),
    _of_customers("year_cost", _YEAR_OLD, "SUM(year_cost)", unit=Unit.MONEY),
    _of_customers("paid_year_customers", _PAID_YEAR_OLD),
    _of_customers("paid_year_revenue", _PAID_YEAR_OLD, "SUM(year_revenue)", unit=Unit.MONEY),
    _of_customers("paid_year_cost", _PAID_YEAR_OLD, "SUM(year_cost)", unit=Unit.MONEY),
)

_NO_NUMBER = Text(
    "Клиент без номера не узнаётся, когда приходит снова: он в «Покупатели без номера» и сюда не входит.",
    "A customer without a number is not recognised when he comes again: he is among “Customers without a number”.",
)
_YOUNG = Text(
    "У недавних покупателей было меньше времени вернуться: сравнивайте когорты одного возраста (show retention).",
    "Recent customers have had less time to come again: compare cohorts of one age (show retention).",
)


def _measured(
    key: str,
    name: Text,
    meaning: Text,
    formula: Text,
    unit: Unit,
    direction: Direction,
    numerator: tuple[str, ...],
    denominator: tuple[str, ...] = (),
    *,
    zone: Zone = Zone.SALES,
    watchers: tuple[Zone, ...] = (Zone.MARKETING, Zone.COMPANY),
    interval: Literal["wilson", None] = None,
    pitfall: Text = _NO_NUMBER,
) -> Metric:
    return Metric(
        key, name, meaning, formula, unit, direction, zone, BOTH, numerator, denominator, watchers, interval,
        pitfall=pitfall,
    )  # fmt: skip


def _composed(key: str, name: Text, formula: Text, value: str, cost: str, pitfall: Text) -> Metric:
    meaning = Text(
        "Во сколько раз маржа клиента за первый год больше того, что стоило его привлечь.",
        "How many times a customer's first-year margin exceeds what it cost to win him.",
    )
    return Metric(
        key, name, meaning, formula, Unit.RATIO, Direction.UP, Zone.COMPANY, BOTH, numerator=(),
        watchers=(Zone.MARKETING,), pitfall=pitfall, product_of=(value,), divided_by=(cost,),
    )  # fmt: skip


METRICS: tuple[Metric, ...] = (
    _measured(
        "known_customers",
        Text("Покупатели с номером", "Customers with a number"),
        Text("Сколько клиентов, известных по номеру, заплатило.", "How many clients known by a number have paid."),
        Text("плательщики с client_id", "payers with a client_id"),
        Unit.COUNT,
        Direction.UP,
        ("known_customers",),
    ),
    _measured(
        "unknown_customers",
        Text("Покупатели без номера", "Customers without a number"),
        Text(
            "Сколько плательщиков известны только по лиду: их повторные покупки не видны.",
            "How many payers are known by a lead only: their repeat purchases cannot be seen.",
        ),
        Text("плательщики без client_id, по лиду каждый", "payers without a client_id, one per lead"),
        Unit.COUNT,
        Direction.DOWN,
        ("unknown_customers",),
        pitfall=Text(
            "Чем их больше, тем меньше можно сказать о возвратах и оттоке.",
            "The more of them, the less can be said of repeats and churn.",
        ),
    ),
    _measured(
        "repeat_customers",
        Text("Вернувшиеся покупатели", "Customers who came again"),
        Text("Сколько клиентов купило больше одного раза.", "How many clients bought more than once."),
        Text("клиенты с двумя покупками и более", "clients with two purchases or more"),
        Unit.COUNT,
        Direction.UP,
        ("repeat_customers",),
    ),
    _measured(
        "repeat_customer_share",
        Text("Доля вернувшихся", "Share who came again"),
        Text("Какая доля клиентов купила снова.", "Which share of clients bought again."),
        Text("вернувшиеся ÷ покупатели с номером", "customers who came again ÷ customers with a number"),
        Unit.SHARE,
        Direction.UP,
        ("repeat_customers",),
        ("known_customers",),
        interval="wilson",
        pitfall=_YOUNG,
    ),
    _measured(
        "lost_customers",
        Text("Ушедшие клиенты", "Lost customers"),
        Text("Сколько клиентов к этому дню ушло.", "How many clients have left by now."),
        Text(
            "договор окончен; если договора нет — молчание дольше 95-го перцентиля промежутков сегмента",
            "the contract has ended; without one, silence longer than the segment's 95th percentile of gaps",
        ),
        Unit.COUNT,
        Direction.DOWN,
        ("lost_customers",),
    ),
    _measured(
        "lost_customer_share",
        Text("Доля ушедших", "Share lost"),
        Text("Какая доля клиентов к этому дню ушла.", "Which share of clients has left by now."),
        Text("ушедшие ÷ покупатели с номером", "lost customers ÷ customers with a number"),
        Unit.SHARE,
        Direction.DOWN,
        ("lost_customers",),
        ("judged_customers",),
        interval="wilson",
        pitfall=Text(
            "Недавние покупатели ещё не успели замолчать: отток по месяцам — в show churn.",
            "Recent customers have had no time to fall silent: churn by month is in show churn.",
        ),
    ),
    _measured(
        "ltv",
        Text("LTV за год", "LTV, first year"),
        Text(
            "Сколько маржи приносит клиент за 365 дней с первой покупки.",
            "How much margin a client brings in the 365 days from the first purchase.",
        ),
        Text(
            "(выручка − себестоимость первых 365 дней) ÷ клиенты, у которых этот год прошёл",
            "(revenue − cost of goods of the first 365 days) ÷ clients whose year has passed",
        ),
        Unit.MONEY,
        Direction.UP,
        ("year_revenue", "-year_cost"),
        ("year_customers",),
        zone=Zone.COMPANY,
        watchers=(Zone.MARKETING, Zone.SALES),
        pitfall=Text(
            "Только за год и только по тем, у кого год прошёл: о свежих когортах не говорит.",
            "Of one year, and of those whose year has passed: it says nothing of fresh cohorts.",
        ),
    ),
    _measured(
        "ltv_revenue",
        Text("Выручка клиента за год", "Revenue per client, first year"),
        Text(
            "Сколько выручки приносит клиент за 365 дней с первой покупки.",
            "How much revenue a client brings in the 365 days from the first purchase.",
        ),
        Text(
            "выручка первых 365 дней ÷ клиенты, у которых этот год прошёл",
            "revenue of the first 365 days ÷ clients whose year has passed",
        ),
        Unit.MONEY,
        Direction.UP,
        ("year_revenue",),
        ("year_customers",),
        zone=Zone.COMPANY,
        watchers=(Zone.MARKETING, Zone.SALES),
        pitfall=Text("Это не маржа: с CAC не сравнивают.", "Not margin: not to be held against CAC."),
    ),
    _measured(
        "ltv_paid",
        Text("LTV за год, платные источники", "LTV, first year, paid sources"),
        Text(
            "Сколько маржи за первый год приносит клиент платных источников.",
            "How much margin a client of the paid sources brings in the first year.",
        ),
        Text(
            "то же по клиентам, чей первый лид пришёл из платного источника",
            "the same of clients whose first lead came from a paid source",
        ),
        Unit.MONEY,
        Direction.UP,
        ("paid_year_revenue", "-paid_year_cost"),
        ("paid_year_customers",),
        zone=Zone.MARKETING,
        watchers=(Zone.COMPANY,),
    ),
    _composed(
        "ltv_cac",
        Text("LTV / CAC", "LTV / CAC"),
        Text("LTV за год ÷ CAC (полный)", "LTV, first year ÷ CAC (full)"),
        "ltv",
        "cac_full",
        Text(
            "LTV знает только год жизни: у долгоживущих клиентов отношение занижено.",
            "LTV knows one year of life: with long-lived clients the ratio reads low.",
        ),
    ),
    _composed(
        "ltv_cac_paid",
        Text("LTV / CAC, платные источники", "LTV / CAC, paid sources"),
        Text("LTV за год платных источников ÷ CAC (платный)", "LTV of the paid sources ÷ CAC (paid)"),
        "ltv_paid",
        "cac_paid",
        Text(
            "Сравнивайте одинаковые месяцы: LTV свежих лидов ещё нет, а их CAC уже есть.",
            "Compare the same months: fresh leads have a CAC already and no LTV yet.",
        ),
    ),
)
