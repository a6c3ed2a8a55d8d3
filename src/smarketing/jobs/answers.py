"""Which questions can be asked by name, and what answers them? The one list for terminal, pages and reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from smarketing.analyses.churn import churn
from smarketing.analyses.economics import economics
from smarketing.analyses.first_touch import first_touch
from smarketing.analyses.focus import focus
from smarketing.analyses.forecast import measured
from smarketing.analyses.funnel import Kind, funnel
from smarketing.analyses.handover import handover
from smarketing.analyses.lifetime import lifetime
from smarketing.analyses.losses import losses
from smarketing.analyses.qualification import qualification
from smarketing.analyses.question import Question
from smarketing.analyses.reconciliation import reconciliation
from smarketing.analyses.required import required
from smarketing.analyses.response import response
from smarketing.analyses.result import Measurement
from smarketing.analyses.retention import retention
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Text
from smarketing.facts.query import Reader


@dataclass(frozen=True)
class Answer:
    """A measurement that can be asked by name; ``by`` is its usual split."""

    name: Text
    measure: Callable[[Reader, Question], Measurement]
    by: tuple[str, ...] = ()


ANSWERS: Mapping[str, Answer] = {
    "economics": Answer(Text("сквозная аналитика", "end-to-end economics"), economics, ("lead_source",)),
    "funnel": Answer(
        Text("воронка по стадиям", "funnel by stage"), lambda reader, question: funnel(reader, question).table
    ),
    "milestones": Answer(
        Text("воронка по вехам: лид, целевой, принятый, сделка, продажа", "funnel by milestone"),
        lambda reader, question: funnel(reader, question, kind=Kind.MILESTONES).table,
    ),
    "losses": Answer(
        Text("причины потерь по стадиям", "loss reasons by stage"),
        lambda reader, question: losses(reader, question).table,
    ),
    "qualification": Answer(Text("квалификация лидов", "lead qualification"), qualification, ("lead_source",)),
    "response": Answer(
        Text("скорость первого ответа", "speed of the first answer"),
        response,
        ("manager",),
    ),
    "focus": Answer(
        Text("фокус: куда идут деньги и время, откуда приходит выручка", "focus: where money and time go"),
        lambda reader, question: focus(reader, question).table,
        ("segment",),
    ),
    "forecast": Answer(
        Text("прогноз месяца и шанс выполнить план", "the month's forecast and the chance of its plan"),
        lambda reader, question: measured(reader, question)[1],
    ),
    "retention": Answer(
        Text(
            "когорты покупателей: вернулись, остались, принесли",
            "cohorts of customers: came again, stayed, brought",
        ),
        retention,
    ),
    "churn": Answer(
        Text("отток клиентов и выручки по месяцам", "churn of customers and revenue by month"), churn, ("month",)
    ),
    "lifetime": Answer(
        Text("чего стоит клиент: LTV и год вперёд", "what a customer is worth: LTV and the year to come"),
        lifetime,
        ("segment",),
    ),
    "reconciliation": Answer(
        Text("сверка отчёта маркетинга с CRM", "marketing's report against the CRM"),
        lambda reader, question: reconciliation(reader, question).table,
        ("lead_source", "campaign"),
    ),
    "required": Answer(
        Text("карточки без обязательных полей, по стадиям", "cards without required fields, by stage"), required
    ),
    "first_touch": Answer(
        Text("первое касание до заявки: откуда лид пришёл на самом деле", "the first touch before the form"),
        first_touch,
        ("lead_source",),
    ),
    "handover": Answer(
        Text(
            "передача лидов продажам: приняты, возвращены, забыты", "leads handed over: accepted, returned, lost"
        ),
        handover,
        ("day",),
    ),
}


def ask(reader: Reader, what: str, question: Question) -> Measurement:
    """The measurement with this name; raises :class:`WrongQuestion` with the nearest name for any other."""
    if what not in ANSWERS:
        hint = did_you_mean(what, ANSWERS)
        raise WrongQuestion(
            "unknown-answer",
            Text(f"Показать «{what}» нельзя. {hint.ru}", f"There is no “{what}” to show. {hint.en}"),
        )
    answer = ANSWERS[what]
    return answer.measure(reader, question if question.by or not answer.by else question.split(*answer.by))
