"""How do customers come, stay and leave over time? Figures that the measurements count themselves.

``churn`` counts what changes from month to month, ``retention`` cohorts, ``lifetime`` what is still to come.
"""

from __future__ import annotations

from typing import Literal

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit


def _computed(
    key: str,
    by: str,
    name: Text,
    meaning: Text,
    formula: Text,
    unit: Unit,
    direction: Direction = Direction.NEITHER,
    *,
    zone: Zone = Zone.SALES,
    interval: Literal["wilson", None] = None,
    pitfall: Text | None = None,
) -> Metric:
    watchers = (Zone.COMPANY,) if zone is not Zone.COMPANY else ()
    return Metric(
        key, name, meaning, formula, unit, direction, zone, (Clock.PERIOD,), numerator=(), watchers=watchers,
        interval=interval, pitfall=pitfall, computed_by=by,
    )  # fmt: skip


_BY_CHURN = (
    _computed(
        "customers_at_start",
        "churn",
        Text("Клиенты на начало", "Customers at the start"),
        Text("Сколько клиентов было к началу периода.", "How many customers there were when the period began."),
        Text(
            "купили раньше и не ушли: договор не окончен, молчание обычное",
            "bought before and had not left: contract running, silence usual",
        ),
        Unit.COUNT,
        Direction.UP,
    ),
    _computed(
        "arrived_customers",
        "churn",
        Text("Пришли", "Arrived"),
        Text("Сколько новых клиентов осталось к концу.", "How many new customers there were at the end."),
        Text(
            "первая покупка в периоде, клиент и в его конце", "first purchase in the period, still one at its end"
        ),
        Unit.COUNT,
        Direction.UP,
    ),
    _computed(
        "returned_customers",
        "churn",
        Text("Вернулись", "Returned"),
        Text("Сколько ушедших прежде снова стало клиентами.", "How many who had left are customers again."),
        Text("клиенты на конец − оставшиеся − пришедшие", "customers at the end − those who stayed − arrived"),
        Unit.COUNT,
        Direction.UP,
    ),
    _computed(
        "gone_customers",
        "churn",
        Text("Ушли", "Left"),
        Text("Сколько клиентов ушло за период.", "How many customers left in the period."),
        Text("были клиентами в начале и не были в конце", "customers at the start and not at the end"),
        Unit.COUNT,
        Direction.DOWN,
    ),
    _computed(
        "customers_at_end",
        "churn",
        Text("Клиенты на конец", "Customers at the end"),
        Text("Сколько клиентов было в конце периода.", "How many customers there were when the period ended."),
        Text("на начало + пришли + вернулись − ушли", "at the start + arrived + returned − left"),
        Unit.COUNT,
        Direction.UP,
    ),
    _computed(
        "customer_churn",
        "churn",
        Text("Отток клиентов", "Customer churn"),
        Text("Какая доля клиентов ушла за период.", "Which share of customers left in the period."),
        Text("ушли ÷ клиенты на начало", "left ÷ customers at the start"),
        Unit.SHARE,
        Direction.DOWN,
        interval="wilson",
        pitfall=Text(
            "Без договора клиент ушёл, когда замолчал дольше обычного: ушедший сегодня покупал давно.",
            "Without a contract a client has left when silent longer than usual: he last bought long ago.",
        ),
    ),
    _computed(
        "revenue_churn",
        "churn",
        Text("Отток выручки", "Revenue churn"),
        Text(
            "Какая доля годовой выручки клиентов ушла вместе с ними.",
            "Which share of the customers' yearly revenue left with them.",
        ),
        Text(
            "выручка ушедших за 365 дней до их последней покупки ÷ то же всех клиентов на начало",
            "revenue of those who left over the 365 days to their last purchase ÷ the same of all at the start",
        ),
        Unit.SHARE,
        Direction.DOWN,
        pitfall=Text(
            "Рост оставшихся сюда не входит: он в NRR.", "Growth of those who stayed is no part of it: see NRR."
        ),
    ),
    _computed(
        "nrr",
        "churn",
        Text("NRR, удержание выручки", "NRR, net revenue retention"),
        Text("Во что превратилась выручка тех же клиентов.", "What the revenue of the same customers has become."),
        Text(
            "выручка клиентов на начало за период ÷ их же выручка за такой же период перед ним",
            "revenue in the period of the customers at its start ÷ theirs in the same length of time before it",
        ),
        Unit.SHARE,
        Direction.UP,
        pitfall=Text(
            "Если покупают реже раза в месяц, смотрите за год: месяц к месяцу скачет.",
            "Where people buy less than monthly look at a year: month against month jumps.",
        ),
    ),
)

_BY_RETENTION = (
    _computed(
        "cohort_customers",
        "retention",
        Text("Клиенты когорты", "Customers of the cohort"),
        Text("Сколько клиентов впервые купило в этом месяце.", "How many clients first bought in this month."),
        Text("клиенты с номером по месяцу первой покупки", "clients with a number by month of first purchase"),
        Unit.COUNT,
        Direction.UP,
    ),
    _computed(
        "cohort_bought_share",
        "retention",
        Text("Купили в этом месяце жизни", "Bought in this month of life"),
        Text("Какая доля когорты покупала в этом месяце.", "Which share of the cohort bought in this month."),
        Text(
            "клиенты с покупкой в месяце ÷ клиенты когорты",
            "clients with a purchase in it ÷ clients of the cohort",
        ),
        Unit.SHARE,
        Direction.UP,
        interval="wilson",
    ),
    _computed(
        "cohort_repeat_share",
        "retention",
        Text("Вернулись к этому месяцу", "Came again by this month"),
        Text(
            "Какая доля когорты к концу месяца купила снова.", "Which share had bought again by the month's end."
        ),
        Text(
            "клиенты со второй покупкой ÷ клиенты когорты",
            "clients with a second purchase ÷ clients of the cohort",
        ),
        Unit.SHARE,
        Direction.UP,
        interval="wilson",
    ),
    _computed(
        "cohort_alive_share",
        "retention",
        Text("Остались клиентами", "Still customers"),
        Text(
            "Какая доля когорты к концу месяца не ушла.",
            "Which share of the cohort had not left by the month's end.",
        ),
        Text(
            "не ушедшие (договор, молчание) ÷ клиенты когорты",
            "those not lost by contract or silence ÷ clients of the cohort",
        ),
        Unit.SHARE,
        Direction.UP,
        interval="wilson",
        pitfall=Text(
            "Пока не прошло обычное молчание, уйти не мог никто: такие клетки пусты.",
            "Until the usual silence has passed nobody can have left: such cells are empty.",
        ),
    ),
    _computed(
        "cohort_revenue_retention",
        "retention",
        Text("Выручка к первому месяцу", "Revenue against the first month"),
        Text(
            "Какую часть выручки первого месяца когорта приносит в этом.",
            "Which part of its first month's revenue the cohort brings in this one.",
        ),
        Text("выручка месяца жизни ÷ выручка месяца 0", "revenue of the month of life ÷ revenue of month 0"),
        Unit.SHARE,
        Direction.UP,
    ),
    _computed(
        "cohort_revenue",
        "retention",
        Text("Выручка клиента к этому месяцу", "Revenue per client to date"),
        Text(
            "Сколько выручки принёс клиент когорты к концу месяца.",
            "How much revenue a client of the cohort had brought by the month's end.",
        ),
        Text("выручка когорты нарастающим итогом ÷ клиенты когорты", "cumulative revenue ÷ clients of the cohort"),
        Unit.MONEY,
        Direction.UP,
        zone=Zone.COMPANY,
    ),
    _computed(
        "cohort_margin",
        "retention",
        Text("Маржа клиента к этому месяцу", "Margin per client to date"),
        Text(
            "Сколько маржи принёс клиент когорты к концу месяца: LTV по мере жизни.",
            "How much margin a client of the cohort had brought by the month's end: LTV as it grows.",
        ),
        Text("маржа когорты нарастающим итогом ÷ клиенты когорты", "cumulative margin ÷ clients of the cohort"),
        Unit.MONEY,
        Direction.UP,
        zone=Zone.COMPANY,
    ),
)

_MODEL = Text(
    "Модель BG/NBD: держится, пока покупают так же, как прежде.",
    "The BG/NBD model: it holds while people buy as they did before.",
)
_BY_LIFETIME = (
    _computed(
        "alive_share",
        "lifetime",
        Text("Вероятно, ещё клиенты", "Probably still customers"),
        Text(
            "Какая доля клиентов, по модели, ещё купит.", "Which share of clients will, by the model, buy again."
        ),
        Text("средняя вероятность клиента быть живым (BG/NBD)", "mean chance of a client to be alive (BG/NBD)"),
        Unit.SHARE,
        Direction.UP,
        pitfall=_MODEL,
    ),
    _computed(
        "expected_purchases",
        "lifetime",
        Text("Покупок за год вперёд", "Purchases in the year to come"),
        Text(
            "Сколько покупок, по модели, сделает клиент за 365 дней.",
            "How many purchases a client will, by the model, make in 365 days.",
        ),
        Text("среднее ожидание покупок клиента (BG/NBD)", "mean expected purchases of a client (BG/NBD)"),
        Unit.RATIO,
        Direction.UP,
        pitfall=_MODEL,
    ),
    _computed(
        "expected_revenue",
        "lifetime",
        Text("Выручка клиента за год вперёд", "Revenue per client in the year to come"),
        Text(
            "Сколько выручки, по модели, принесёт нынешний клиент за 365 дней.",
            "How much revenue a present client will, by the model, bring in 365 days.",
        ),
        Text(
            "ожидание покупок × ожидаемый чек клиента (BG/NBD и gamma-gamma)",
            "expected purchases × the client's expected order value (BG/NBD and gamma-gamma)",
        ),
        Unit.MONEY,
        Direction.UP,
        zone=Zone.COMPANY,
        pitfall=_MODEL,
    ),
)

MEASURES: tuple[Measure, ...] = ()
METRICS: tuple[Metric, ...] = (*_BY_CHURN, *_BY_RETENTION, *_BY_LIFETIME)
