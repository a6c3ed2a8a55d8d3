"""Step 6. What is the result, and do both departments see the same leads, the same quality, the same figures?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from smarketing.analyses.diagnosis.evidence import number, of_limit, ratio
from smarketing.analyses.diagnosis.result import Case, Evidence, State
from smarketing.analyses.labels import say_key
from smarketing.analyses.question import Question, period_condition
from smarketing.analyses.records import Door
from smarketing.analyses.verdict.result import VerdictState
from smarketing.analyses.verdict.words import LABEL_NAMES, headline
from smarketing.facts.company import Guardrail, Zone
from smarketing.facts.language import Text
from smarketing.facts.query import literal
from smarketing.metrics.kinds import Figure, Unit
from smarketing.stats.uncertainty import Label

ENOUGH_AGREED = Decimal("0.80")  # ours, where the company has set no limit of its own
# methods.md j: a gap of more than a twentieth of the report and more than three leads.
MAX_DIFFERENCE = 0.05
MIN_DIFFERENCE = 3

_RESULT = Text("{headline} Отклонение: {label}.", "{headline} The gap: {label}.")
_LOOK_AT_CAUSES = Text(
    "Начать с первого шага выше, который требует внимания, и задать вопросы команды questions.",
    "Begin with the first step above that needs attention, and ask what the command questions gives.",
)
_WAIT = Text(
    "Подождать, пока дозреет больше продаж, или загрузить план.", "Wait for more sales to ripen, or load a plan."
)
_ARBITER = Text(
    "Разобрать спорных лидов с арбитром и уточнить критерии.",
    "Go through the disputed leads with the arbiter and make the criteria clearer.",
)
_NOT_TWICE = Text(
    "Нет лидов, о которых высказались и критерии, и продавец.",
    "No lead has both a verdict by the criteria and the seller's opinion.",
)
_SAME = Text(
    "Маркетинг отчитался о {reported} лидах, в CRM их {leads}.",
    "Marketing reported {reported} leads, the CRM has {leads}.",
)
_WORST = Text(
    " Больше всего расходится «{source}»: {reported} и {leads}.",
    " “{source}” differs most: {reported} and {leads}.",
)
_NO_REPORT = Text(
    "Отчёт маркетинга о лидах за этот месяц не загружен (reported).",
    "Marketing's report of leads for this month is not loaded (reported).",
)
_LOAD_REPORT = Text(
    "Загрузить отчёт маркетинга о лидах, чтобы сверить его с CRM.",
    "Load marketing's report of leads to reconcile it with the CRM.",
)
_RECONCILE = Text(
    "Сверить отчёт и CRM по источникам: дубли, тесты, потери до CRM.",
    "Reconcile report and CRM by source: duplicates, tests, leads lost before the CRM.",
)

Source = str | None


def agreeing(case: Case) -> Iterator[Evidence]:
    """The gap and its chance, the seller against the criteria, marketing's report against the CRM."""
    yield _result(case)
    ours = Guardrail(metric="seller_agreement", limit=ENOUGH_AGREED, side="below")
    agreed = of_limit(case, "agreement", "seller_agreement", _ARBITER, _NOT_TWICE, ours)
    # The criteria are both departments': neither can agree with them alone.
    records = Door("disputed_leads", case.question) if agreed.records else None
    yield replace(agreed, zone=Zone.JOINT, records=records)
    yield _reconciled(case)


def _result(case: Case) -> Evidence:
    found, said = case.verdict, headline(case.verdict, case.company)
    if found.state is not VerdictState.JUDGED or found.label is None:
        return Evidence("gap", said, State.CANNOT_JUDGE, action=_WAIT, missing=said)
    text = _RESULT.fill(headline=said, label=LABEL_NAMES[found.label])
    figure = Figure("revenue", Unit.MONEY, found.fact, found.fact, zone=Zone.COMPANY)
    seen = Evidence(
        "gap", text, State.IN_ORDER, figure, float(found.plan),
        records=Door("revenue", Question(found.period, found.clock)),
    )  # fmt: skip
    if found.label is Label.TOO_LITTLE_DATA:
        return replace(seen, state=State.CANNOT_JUDGE, action=_WAIT, missing=LABEL_NAMES[found.label])
    if found.gap < 0 and found.label is Label.CONFIRMED:
        return replace(seen, state=State.ATTENTION, action=_LOOK_AT_CAUSES)
    return seen


def _reconciled(case: Case) -> Evidence:
    reported = _reported(case)
    if not reported:
        return Evidence(
            "reported", _NO_REPORT, State.CANNOT_JUDGE, action=_LOAD_REPORT, missing=_NO_REPORT,
            zone=Zone.MARKETING,
        )  # fmt: skip
    leads = _leads(case)
    in_report, in_crm = sum(reported.values()), sum(leads.values())
    figure = ratio("reported_difference", abs(in_crm - in_report), in_report)
    text = _SAME.fill(reported=number(in_report), leads=number(in_crm))
    seen = Evidence(
        "reported", text, State.IN_ORDER, figure, MAX_DIFFERENCE, zone=Zone.JOINT,
        records=Door("leads", case.question),
    )  # fmt: skip
    if not _apart(in_report, in_crm):
        return seen
    if set(reported) != {None}:
        worst = max(
            sorted({*reported, *leads}, key=str), key=lambda key: abs(reported.get(key, 0) - leads.get(key, 0))
        )
        name = say_key(case.company, "lead_source", worst)
        told = _WORST.fill(source=name, reported=number(reported.get(worst, 0)), leads=number(leads.get(worst, 0)))
        text = Text(text.ru + told.ru, text.en + told.en)
    return replace(seen, text=text, state=State.ATTENTION, action=_RECONCILE)


def _apart(reported: int, leads: int) -> bool:
    gap = abs(leads - reported)
    return gap > MIN_DIFFERENCE and gap > MAX_DIFFERENCE * reported


def _reported(case: Case) -> dict[Source, int]:
    """By source; a report by month, where there is one, stands for its days."""
    period = case.period
    for condition in (
        f"month = {literal(case.month.number)} AND day IS NULL",
        f"day >= {literal(period.start)} AND day < {literal(period.end)}",
    ):
        rows = case.reader.query(
            "SELECT lead_source, SUM(value) AS value FROM reported "
            f"WHERE metric = 'leads' AND {condition} GROUP BY lead_source ORDER BY lead_source NULLS LAST"
        ).to_pylist()
        if rows:
            return {row["lead_source"]: int(row["value"]) for row in rows}
    return {}


def _leads(case: Case) -> dict[Source, int]:
    rows = case.reader.query(
        "SELECT lead_source, COUNT(*) AS leads FROM journeys "
        f"WHERE is_counted AND {period_condition(case.period, 'created')} "
        "GROUP BY lead_source ORDER BY lead_source NULLS LAST"
    ).to_pylist()
    return {row["lead_source"]: row["leads"] for row in rows}
