"""What needs somebody's hand today? Broken norms and holes in the facts, each with its figure and who can act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from smarketing.analyses.measuring import measure
from smarketing.analyses.question import EMPTY, Question, filter_condition, period_condition
from smarketing.analyses.reconciliation import reconciliation
from smarketing.analyses.reconciliation.measure import SPLITS
from smarketing.analyses.reconciliation.saying import campaign_name
from smarketing.facts.company import Guardrail, Zone
from smarketing.facts.language import LANGUAGES, Text, plural
from smarketing.facts.query import Reader, literal
from smarketing.metrics.catalogue import METRICS, accountable, name_of
from smarketing.metrics.catalogue.handover import FORGOTTEN
from smarketing.metrics.kinds import Figure, Unit
from smarketing.metrics.wording import say_leads, say_number


class Urgency(StrEnum):
    """How the page marks it: a broken norm, a broken tolerance, something to know."""

    BAD = "bad"
    WARNING = "warn"
    INFO = "info"


@dataclass(frozen=True)
class Alert:
    """One thing to act on; ``where`` and ``metric`` find the records behind it."""

    code: str
    urgency: Urgency
    zone: Zone
    title: Text
    more: Text
    metric: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_WAITING = Text("{leads} без ответа дольше нормы", "{leads} unanswered beyond the norm")
_WAITING_MORE = Text(
    "Норма первого ответа — {norm} рабочих минут. В фокусном сегменте: {focus}.",
    "The norm of the first response is {norm} working minutes. In the focus segment: {focus}.",
)
_UNKNOWN = Text("{what} не указан у {count} из {all}", "{what} is not given for {count} of {all}")
_UNKNOWN_MORE = {
    "segment": Text(
        "{share} при допуске {limit}. Эти лиды не попадают в разбор причин.",
        "{share} against a tolerance of {limit}. These leads are left out of the causes.",
    ),
    "lead_source": Text(
        "{share} при допуске {limit}. Их нельзя отнести ни к одному расходу.",
        "{share} against a tolerance of {limit}. No spend can be set against them.",
    ),
}
_WHAT = {"segment": Text("Сегмент", "Segment"), "lead_source": Text("Источник", "Source")}
_GUARDRAIL = Text("{name}: {value} при пороге {limit}", "{name}: {value} against a threshold of {limit}")
_GUARDRAIL_MORE = Text("Порог задан компанией.", "The company set this threshold.")
_APART = Text("Отчёт и CRM расходятся: {reported} и {crm}", "Report and CRM differ: {reported} and {crm}")
_APART_ONE = Text(
    "Кампания {name}: {reported} по отчёту, {crm} в CRM", "{name}: {reported} reported, {crm} in the CRM"
)
_APART_NAMELESS = Text(
    "{name}: {reported} по отчёту, {crm} в CRM", "{name}: {reported} reported, {crm} in the CRM"
)
_APART_MORE = Text(
    "Допуск — 5 % и три лида. Вне его {count} из сверенных; причины — на странице сверки.",
    "The tolerance is 5% and three leads. Beyond it: {count}; the causes stand on the reconciliation.",
)
_PAIR = Text("«{report}» и «{crm}» — похоже, одна кампания", "“{report}” and “{crm}” look like one campaign")
_PAIR_MORE = Text(
    "Расход {spend} и {leads} стоят под разными именами. Нужно слово человека.",
    "Spend of {spend} and {leads} stand under two names. A person has to say.",
)
_QUARANTINE = Text("В карантине {rows}", "{rows} in quarantine")
_QUARANTINE_MORE = Text(
    "Строки не вошли в цифры. Их можно исправить и загрузить снова.",
    "These rows are in no figure. They can be mended and loaded again.",
)


def attention(reader: Reader, question: Question, quarantined: int = 0) -> tuple[Alert, ...]:
    """What is out of order, the worst first; nothing where all is well.

    Waiting leads are those of now, whatever the period; the other checks speak of the question's leads.
    """
    alerts = [*_waiting(reader, question), *_guardrails(reader, question), *_unknown(reader, question)]
    alerts += _reconciled(reader, question)
    if quarantined:
        rows = plural(quarantined, ("строка", "строки", "строк"), ("row", "rows"))
        count = _said(quarantined, Unit.COUNT)
        said = _QUARANTINE.fill(rows=Text(f"{count.ru} {rows.ru}", f"{count.en} {rows.en}"))
        alerts.append(Alert("quarantine", Urgency.WARNING, Zone.COMPANY, said, _QUARANTINE_MORE))
    order = list(Urgency)
    return tuple(sorted(alerts, key=lambda alert: order.index(alert.urgency)))


def _waiting(reader: Reader, question: Question) -> list[Alert]:
    focus = reader.company.focus_segment
    in_focus = f"segment = {literal(focus.key)}" if focus else "FALSE"
    (row,) = reader.query(
        f"SELECT COUNT(*) AS waiting, COUNT(*) FILTER (WHERE {in_focus}) AS focus FROM journeys WHERE is_counted"
        f" AND {FORGOTTEN} AND {filter_condition(question.where)}"
    ).to_pylist()
    if not row["waiting"]:
        return []
    more = _WAITING_MORE.fill(norm=reader.company.response_sla_minutes, focus=_said(row["focus"], Unit.COUNT))
    title = _WAITING.fill(leads=say_leads(row["waiting"]))
    return [Alert("waiting", Urgency.BAD, Zone.SALES, title, more, "forgotten_leads")]


def _unknown(reader: Reader, question: Question) -> list[Alert]:
    settings = reader.company.verdict
    (row,) = reader.query(
        "SELECT COUNT(*) AS n, COUNT(*) FILTER (WHERE segment IS NULL) AS segment,"
        " COUNT(*) FILTER (WHERE lead_source IS NULL) AS lead_source FROM journeys WHERE is_counted"
        f" AND {period_condition(question.period, 'created')} AND {filter_condition(question.where)}"
    ).to_pylist()
    limits = (
        ("segment", settings.max_unknown_segment, Zone.SALES),
        ("lead_source", settings.max_unknown_source, Zone.MARKETING),
    )
    alerts = []
    for dimension, limit, zone in limits:
        if not row["n"] or Decimal(row[dimension]) / row["n"] <= limit:
            continue
        count, everything = (_said(number, Unit.COUNT) for number in (row[dimension], row["n"]))
        title = _UNKNOWN.fill(what=_WHAT[dimension], count=count, all=everything)
        share = Decimal(row[dimension]) / row["n"]
        more = _UNKNOWN_MORE[dimension].fill(share=_said(share, Unit.SHARE), limit=_said(limit, Unit.SHARE))
        alerts.append(
            Alert(f"unknown-{dimension}", Urgency.WARNING, zone, title, more, "leads", {dimension: (EMPTY,)})
        )
    return alerts


def _reconciled(reader: Reader, question: Question) -> list[Alert]:
    """What the reconciliation found; nothing for who sees a part of the company that no report knows."""
    if any(values and key not in SPLITS for key, values in question.where.items()):
        return []
    found = reconciliation(reader, replace(question, by=(), compare=None))
    alerts = []
    if found.is_red:
        title = _APART.fill(reported=found.reported, crm=found.crm)
        alerts.append(_of_reconciliation("reconciliation", title, len(found.apart)))
    elif found.apart:
        worst = found.apart[0]
        said = _APART_ONE if worst.campaign else _APART_NAMELESS
        name = campaign_name(worst, reader.company)
        title = said.fill(name=name, reported=worst.reported, crm=worst.crm)
        alerts.append(_of_reconciliation("reconciliation", title, len(found.apart)))
    for pair in found.pairs[:1]:
        title = _PAIR.fill(report=pair.report, crm=pair.crm)
        more = _PAIR_MORE.fill(
            spend=_said(pair.spend, Unit.MONEY, reader.company.currency), leads=say_leads(pair.leads)
        )
        alerts.append(Alert("campaign-pair", Urgency.WARNING, Zone.MARKETING, title, more))
    return alerts


def _of_reconciliation(code: str, title: Text, count: int) -> Alert:
    campaigns = plural(count, ("кампания", "кампании", "кампаний"), ("campaign", "campaigns"))
    said = Text(f"{count} {campaigns.ru}", f"{count} {campaigns.en}")
    return Alert(code, Urgency.WARNING, Zone.JOINT, title, _APART_MORE.fill(count=said))


def _guardrails(reader: Reader, question: Question) -> list[Alert]:
    known = [guardrail for guardrail in reader.company.guardrails if guardrail.metric in METRICS]
    if not known:
        return []
    keys = tuple(
        dict.fromkeys(guardrail.metric for guardrail in known if not METRICS[guardrail.metric].computed_by)
    )
    figures = measure(reader, question.split(), keys, strict=False).total.figures
    return [
        _broken(reader, guardrail, figures[guardrail.metric])
        for guardrail in known
        if guardrail.metric in figures and is_broken(guardrail, figures[guardrail.metric])
    ]


def is_broken(guardrail: Guardrail, figure: Figure) -> bool:
    """Whether the figure lies beyond the limit the company set; no value breaks nothing."""
    if figure.value is None:
        return False
    value = Decimal(str(figure.value))
    return value > guardrail.limit if guardrail.side == "above" else value < guardrail.limit


def _broken(reader: Reader, guardrail: Guardrail, figure: Figure) -> Alert:
    what, currency = METRICS[guardrail.metric], reader.company.currency
    title = _GUARDRAIL.fill(
        name=name_of(what, reader.company),
        value=_said(Decimal(str(figure.value)), figure.unit, currency),
        limit=_said(guardrail.limit, figure.unit, currency),
    )
    zone = accountable(what, reader.company)
    return Alert(f"guardrail-{guardrail.metric}", Urgency.BAD, zone, title, _GUARDRAIL_MORE, guardrail.metric)


def _said(value: Decimal | int, unit: Unit, currency: str = "RUB") -> Text:
    ru, en = (say_number(value, unit, language, currency) for language in LANGUAGES)
    return Text(ru, en)
