"""Steps 4 and 5. Are money, people and data there, and is the work done as agreed?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from smarketing.analyses.diagnosis.evidence import of_cause, of_limit, percent, ratio
from smarketing.analyses.diagnosis.result import Case, Evidence, State
from smarketing.analyses.focus import FocusState, focus
from smarketing.analyses.question import EMPTY, Question, period_condition
from smarketing.analyses.records import Door
from smarketing.analyses.verdict.result import Cause, PlanKind
from smarketing.facts.company import Guardrail, Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.facts.query import literal

ENOUGH_FILLED = Decimal("0.80")  # ours, where the company has set no limit of its own
MANY_UNSAID = 0.20  # ours: a fifth of the losses without a reason

_UNKNOWN = Text(
    "{what} не указан у {share} лидов при допуске {limit}.",
    "{what} is not given for {share} of leads against a tolerance of {limit}.",
)
_WHAT = {"segment": Text("Сегмент", "Segment"), "lead_source": Text("Источник", "Source")}
_WHO_FILLS = {"segment": Zone.SALES, "lead_source": Zone.MARKETING}
_FILL_IN = {
    "segment": Text(
        "Сделать сегмент обязательным полем первой стадии.", "Make the segment a required field early."
    ),
    "lead_source": Text(
        "Проверить метки рекламы и поле источника в формах.",
        "Check the tags of the ads and the source of the forms.",
    ),
}
_NO_LEADS = Text("Лидов в этом месяце нет.", "There are no leads in this month.")
_WAIT = Text("Загрузить лидов месяца.", "Load the leads of the month.")
_FILL = Text(
    "Посмотреть с руководителем продаж, какие обязательные поля остаются пустыми.",
    "See with the head of sales which required fields stay empty.",
)
_NO_FIELDS = Text("Обязательные поля стадий не заданы.", "The stages require no fields.")
_TABLES = {
    "spend": (
        Text("Расход на рекламу за месяц загружен.", "Ad spend of the month is loaded."),
        Text("Расхода на рекламу за этот месяц нет.", "There is no ad spend for this month."),
        Text("Загрузить расход рекламных кабинетов.", "Load the ad accounts' spend."),
    ),
    "costs": (
        Text("Затраты отделов за месяц загружены.", "The departments' costs of the month are loaded."),
        Text("Затрат отделов за этот месяц нет.", "There are no departments' costs for this month."),
        Text("Загрузить фонд оплаты и инструменты (costs).", "Load payroll and tools (costs)."),
    ),
    "people": (
        Text("Состав отделов известен.", "Who works in which department is known."),
        Text("Состав отделов не загружен.", "Who works in which department is not loaded."),
        Text("Загрузить сотрудников (people).", "Load the people."),
    ),
}
_PLAN = Text("План месяца задан.", "The month's plan is given.")
_NO_PLAN = Text("План месяца не задан целиком.", "The month's plan is not given in full.")
_MAKE_PLAN = Text(
    "Задать план месяца по сегментам и подтвердить его обоим руководителям.",
    "Give the month's plan by segment and have both heads confirm it.",
)
_SLA = Text(
    "Разобрать с руководителем продаж, что задерживает первый ответ.",
    "Go through what delays the first response with the head of sales.",
)
_NO_ANSWERS = Text("Ответы менеджеров не загружены.", "Managers' answers are not loaded.")
_UNSAID = Text("Без причины закрыто {share} потерь.", "{share} of losses are closed without a reason.")
_NO_LOSSES = Text("Потерь в этом месяце нет.", "There are no losses in this month.")
_ASK_REASON = Text(
    "Сделать причину обязательной при закрытии и сократить её список.",
    "Make the reason required on closing, and shorten the list of reasons.",
)


def resources(case: Case) -> Iterator[Evidence]:
    """What is known of leads, money and people of the month."""
    yield from _unknown(case)
    ours = Guardrail(metric="fill_rate", limit=ENOUGH_FILLED, side="below")
    yield of_limit(case, "fill-rate", "fill_rate", _FILL, _NO_FIELDS, ours)
    yield from (_loaded(case, table) for table in _TABLES)
    yield _plan(case)
    found = focus(case.reader, case.question)
    if found.state is FocusState.JUDGED:
        yield Evidence("focus", found.headline, None, zone=Zone.JOINT)


def execution(case: Case) -> Iterator[Evidence]:
    """Handling, conversion and order value from the verdict; answers in time; losses without a reason."""
    yield of_cause(case, Cause.HANDLING)
    yield of_limit(case, "sla", "sla_first", _SLA, _NO_ANSWERS)
    yield from (of_cause(case, cause) for cause in (Cause.CONVERSION, Cause.ORDER_VALUE))
    yield _losses(case)


def _unknown(case: Case) -> Iterator[Evidence]:
    row = case.reader.query(
        "SELECT COUNT(*) AS n, COUNT(*) FILTER (WHERE segment IS NULL) AS segment,"
        " COUNT(*) FILTER (WHERE lead_source IS NULL) AS lead_source FROM journeys"
        f" WHERE is_counted AND {period_condition(case.period, 'created')}"
    ).to_pylist()[0]
    settings = case.company.verdict
    limits = {"segment": settings.max_unknown_segment, "lead_source": settings.max_unknown_source}
    for dimension, limit in limits.items():
        code, zone = f"unknown-{dimension.replace('_', '-')}", _WHO_FILLS[dimension]
        if not row["n"]:
            yield Evidence(code, _NO_LEADS, State.CANNOT_JUDGE, action=_WAIT, missing=_NO_LEADS, zone=zone)
            continue
        share = Decimal(row[dimension]) / row["n"]
        text = _UNKNOWN.fill(what=_WHAT[dimension], share=percent(share), limit=percent(limit))
        broken = share > limit
        state = State.ATTENTION if broken else State.IN_ORDER
        figure = ratio(f"unknown_{dimension}", row[dimension], row["n"])
        yield Evidence(
            code, text, state, figure, float(limit), _FILL_IN[dimension] if broken else None, zone=zone,
            records=Door("leads", case.question.only(dimension, EMPTY)),
        )  # fmt: skip


def _loaded(case: Case, table: str) -> Evidence:
    there, missing, action = _TABLES[table]
    month = "TRUE" if table == "people" else f"month = {literal(case.month.number)}"
    row = case.reader.query(f"SELECT COUNT(*) AS n FROM {table} WHERE {month}").to_pylist()[0]
    zone = Zone.MARKETING if table == "spend" else Zone.COMPANY
    if row["n"]:
        records = Door("spend", Question(case.period, Clock.PERIOD)) if table == "spend" else None
        return Evidence(table, there, State.IN_ORDER, zone=zone, records=records)
    return Evidence(table, missing, State.CANNOT_JUDGE, action=action, missing=missing, zone=zone)


def _plan(case: Case) -> Evidence:
    if case.verdict.plan_kind is PlanKind.GIVEN:
        return Evidence("plan", _PLAN, State.IN_ORDER, zone=Zone.JOINT)
    return Evidence("plan", _NO_PLAN, State.ATTENTION, action=_MAKE_PLAN, zone=Zone.JOINT)


def _losses(case: Case) -> Evidence:
    row = case.reader.query(
        "SELECT COUNT(*) AS n, COUNT(*) FILTER (WHERE loss_reason IS NULL) AS unsaid FROM journeys"
        f" WHERE is_counted AND outcome = 'lost' AND {period_condition(case.period, 'created')}"
    ).to_pylist()[0]
    if not row["n"]:
        return Evidence("loss-reasons", _NO_LOSSES, State.IN_ORDER, zone=Zone.SALES)
    share = row["unsaid"] / row["n"]
    figure = ratio("losses_without_reason", row["unsaid"], row["n"])
    many = share > MANY_UNSAID
    state = State.ATTENTION if many else State.IN_ORDER
    text = _UNSAID.fill(share=percent(share))
    return Evidence(
        "loss-reasons", text, state, figure, MANY_UNSAID, _ASK_REASON if many else None, zone=Zone.SALES,
        records=Door("lost_leads", case.question.only("loss_reason", EMPTY)),
    )  # fmt: skip
