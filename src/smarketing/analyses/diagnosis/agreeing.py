"""Step 6. What is the result, and do both departments see the same leads, the same quality, the same figures?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from smarketing.analyses.diagnosis.evidence import number, of_limit, ratio
from smarketing.analyses.diagnosis.result import Case, Evidence, State
from smarketing.analyses.labels import say_key
from smarketing.analyses.question import Question
from smarketing.analyses.reconciliation import Reconciliation, reconciliation
from smarketing.analyses.reconciliation.places import TOLERATED_SHARE
from smarketing.analyses.records import Door
from smarketing.analyses.verdict.result import VerdictState
from smarketing.analyses.verdict.words import LABEL_NAMES, headline
from smarketing.facts.company import Guardrail, Zone
from smarketing.facts.language import Text
from smarketing.metrics.kinds import Figure, Unit
from smarketing.stats.uncertainty import Label

ENOUGH_AGREED = Decimal("0.80")  # ours, where the company has set no limit of its own

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
    "Отчёта маркетинга о лидах за этот месяц нет: ни форм, ни кабинета, ни введённых цифр.",
    "There is no report of marketing's leads for this month: no forms, no ad account, no typed figures.",
)
_LOAD_REPORT = Text(
    "Загрузить отчёт маркетинга о лидах, чтобы сверить его с CRM.",
    "Load marketing's report of leads to reconcile it with the CRM.",
)
_RECONCILE = Text(
    "Сверить отчёт и CRM по источникам: дубли, тесты, потери до CRM.",
    "Reconcile report and CRM by source: duplicates, tests, leads lost before the CRM.",
)


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
    """The very figures of the reconciliation: of every source the finest report there is."""
    found = reconciliation(case.reader, Question(case.period))
    if not found.reports:
        return Evidence(
            "reported", _NO_REPORT, State.CANNOT_JUDGE, action=_LOAD_REPORT, missing=_NO_REPORT,
            zone=Zone.MARKETING,
        )  # fmt: skip
    figure = ratio("reported_difference", abs(found.crm - found.reported), found.reported)
    text = _SAME.fill(reported=number(found.reported), leads=number(found.crm))
    seen = Evidence(
        "reported", text, State.IN_ORDER, figure, float(TOLERATED_SHARE), zone=Zone.JOINT,
        records=Door("leads", case.question),
    )  # fmt: skip
    if not found.is_red:
        return seen
    told = _worst(case, found)
    return replace(seen, text=Text(text.ru + told.ru, text.en + told.en), state=State.ATTENTION, action=_RECONCILE)


def _worst(case: Case, found: Reconciliation) -> Text:
    """The source whose two counts differ most; nothing where the report names no source."""
    sides: dict[str | None, tuple[int, int]] = {}
    for cell in found.cells:
        before = sides.get(cell.place.lead_source, (0, 0))
        sides[cell.place.lead_source] = (before[0] + cell.reported, before[1] + cell.crm)
    if set(sides) == {None}:
        return Text("", "")
    worst = max(sorted(sides, key=str), key=lambda key: abs(sides[key][0] - sides[key][1]))
    reported, crm = (number(count) for count in sides[worst])
    return _WORST.fill(source=say_key(case.company, "lead_source", worst), reported=reported, leads=crm)
