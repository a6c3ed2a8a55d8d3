"""How are the reconciliation, its open pairs and the pairs already judged shown?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from smarketing.analyses.handover import handover
from smarketing.analyses.labels import say_key
from smarketing.analyses.question import DIMENSION_NAMES, Question
from smarketing.analyses.reconciliation import Reconciliation, Report, reconciliation
from smarketing.analyses.reconciliation.measure import CAUSE_METRICS, SPLITS
from smarketing.analyses.reconciliation.pairs import Proposal, preview
from smarketing.analyses.reconciliation.places import REPORT_NAMES
from smarketing.analyses.reconciliation.saying import conclusion
from smarketing.analyses.result import Measurement
from smarketing.facts.company import CampaignPair, Zone
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Language, Text
from smarketing.jobs.record_export import Sheet
from smarketing.metrics.catalogue import metric, name_of
from smarketing.metrics.kinds import Figure, Row, Unit
from smarketing.metrics.wording import DASH, say, say_day, say_no_value, say_number
from smarketing.web.lists import list_sheet
from smarketing.web.reports import reading
from smarketing.web.reports.page import Page
from smarketing.web.reports.tables import Group, Table, table

SHOWN = ("spend", "leads", "sales", "cac_paid")
BY = ("lead_source", "campaign")
OFFERED: tuple[tuple[str, ...], ...] = (BY, ("source_group", "lead_source"), ("day",), ("week",), ("month",))
_COUNTS = ("reported_leads", "crm_leads", "lead_difference", "report_gap")
_BEST = Text("Самый подробный", "The finest")


@dataclass(frozen=True)
class Side:
    """One line of a pair's table: what a name costs, or the campaign made of both."""

    name: str
    cells: tuple[tuple[str, str], ...]  # text, why there is none
    is_joined: bool = False


@dataclass(frozen=True)
class OpenPair:
    source: Text  # as the company calls it
    lead_source: str
    report: str
    crm: str
    why: Text
    sides: tuple[Side, ...]


@dataclass(frozen=True)
class JudgedPair:
    source: Text
    pair: CampaignPair
    said: Text
    is_waiting: bool  # kept, and the figures do not follow it yet


def known(page: Page) -> Page:
    """The page without the filters that no report knows: a person came with them from another page."""

    def only(question: Question) -> Question:
        return replace(question, where={key: values for key, values in question.where.items() if key in SPLITS})

    return replace(page, said=only(page.said), question=only(page.question))


def report_of(page: Page) -> Report | None:
    """The report the address asks for; raises :class:`WrongQuestion` for one there is not."""
    word = page.request.GET.get("report", "")
    if word and word not in set(Report):
        raise WrongQuestion(
            "bad-report", Text("report бывает forms, account и typed.", "report is forms, account or typed.")
        )
    return Report(word) if word else None


def found(page: Page, question: Question) -> Reconciliation:
    """The reconciliation of a question, made once for a version of the facts."""
    report = report_of(page)
    return page.facts.answer(
        f"reconciliation:{report}", question, lambda: reconciliation(page.reader, question, report)
    )


def said(page: Page, one: Reconciliation) -> Text:
    return conclusion(
        page.company, one.reported, one.crm, one.causes, red=one.is_red, known=bool(one.reports), apart=one.apart
    )


def shown_table(page: Page, one: Reconciliation, parents: Reconciliation | None) -> Table:
    """Counts, then the causes that any row has."""
    causes = [key for key in CAUSE_METRICS.values() if _is_used(one.table, key)]
    groups = (
        Group(Text("Счёт", "Counts"), _COUNTS),
        Group(Text("Почему расходятся", "Why they differ"), tuple(causes)),
    )
    look = page.look(Text("Отчёт и CRM", "Report and CRM"), groups, sort="-reported_leads")
    whole = parents.table if parents else None
    return table(one.table, replace(look, mark=_mark), whole)


LEDGER_BY: tuple[tuple[str, ...], ...] = (("lead_source",), ("manager",), ("day",))


def ledger_by(page: Page) -> tuple[str, ...]:
    """By what the ledger is split: the address says it beside the split of the reconciliation."""
    word = page.request.GET.get("ledger", "")
    return (word,) if (word,) in LEDGER_BY else LEDGER_BY[0]


def ledger(page: Page) -> Measurement:
    """What became of the leads handed over in the period."""
    question = page.question.split(*ledger_by(page))
    return page.facts.answer("handover", question, lambda: handover(page.reader, question))


def ledger_table(page: Page, found: Measurement) -> Table:
    groups = (
        Group(Text("Маркетинг", "Marketing"), ("handed_over_leads", "no_source_share"), Zone.MARKETING),
        Group(Text("Продажи", "Sales"), ("handed_in_time_leads", "handed_accepted_leads"), Zone.SALES),
        Group(Text("Вернули", "Turned down"), ("returned_leads", "returned_unnamed_leads")),
        Group(Text("Забыли", "Forgotten"), ("forgotten_leads", "forgotten_median_age", "forgotten_oldest_age")),
    )
    look = page.look(Text("Передача лидов", "The hand-over of leads"), groups, sort="")
    return table(found, replace(look, sort=""))


def ledger_splits(page: Page) -> list[tuple[Text, str, bool]]:
    now = ledger_by(page)
    return [(DIMENSION_NAMES[by[0]], page.href(ledger=by[0]), by == now) for by in LEDGER_BY]


def reports(page: Page, one: Reconciliation) -> list[tuple[Text, str, bool]]:
    """The reports to compare by; nothing to choose where there is one."""
    if len(one.offered) < 2:
        return []
    now = report_of(page)
    choices = [(_BEST, page.href(report=""), now is None)]
    return choices + [(REPORT_NAMES[kind], page.href(report=kind.value), now is kind) for kind in one.offered]


def open_pairs(page: Page, proposals: Sequence[Proposal]) -> list[OpenPair]:
    """Pairs to be judged; one judged a moment ago is not asked again while the figures follow."""
    judged = {(pair.lead_source, pair.report, pair.crm) for pair in _judged(page)}
    return [_open(page, one) for one in proposals if one.key not in judged]


def judged_pairs(page: Page) -> list[JudgedPair]:
    """What people said, the newest first."""
    followed = page.company.campaign_pairs
    return [
        JudgedPair(say_key(page.company, "lead_source", pair.lead_source), pair, _word(pair), pair not in followed)
        for pair in reversed(_judged(page))
    ]


def names_sheet(judged: Sequence[JudgedPair], language: Language) -> Sheet:
    """What people said of two names."""
    heads = (
        Text("источник", "source"), Text("в отчёте", "in the report"), Text("у лидов", "on leads"),
        Text("решение", "decision"),
    )  # fmt: skip
    rows = [(one.pair.lead_source, one.pair.report, one.pair.crm, one.said) for one in judged]
    return list_sheet(heads, rows, language)


def _judged(page: Page) -> Sequence[CampaignPair]:
    """As the settings hold them now: the facts may be of a version before the last word."""
    now = reading.company()
    return (now or page.company).campaign_pairs


def heads(page: Page) -> list[str]:
    return [page.say(name_of(metric(key), page.company)) for key in SHOWN]


def _is_used(measurement: Measurement, key: str) -> bool:
    return any(row.figures[key].value for row in (*measurement.rows, measurement.total))


def _mark(row: Row) -> Text | None:
    return row.mark.text if row.mark else None


def _open(page: Page, one: Proposal) -> OpenPair:
    seen = page.facts.answer("pair", repr(one.key), lambda: preview(page.reader, one))
    covered = Text(*(say_number(one.covered, Unit.SHARE, language) for language in ("ru", "en")))
    why = Text(
        "Написание похоже на {alike} из 100. {covered} лидов пришли в дни, когда за «{report}» платили; "
        "{leads} лидов с {first} по {last}.",
        "Alike by {alike} of 100. {covered} of the leads came on days on which “{report}” was paid for; "
        "{leads} leads from {first} to {last}.",
    ).fill(
        alike=one.alike, covered=covered, report=one.report, leads=one.leads,
        first=say_day(one.first_day), last=say_day(one.last_day),
    )  # fmt: skip
    both = page.say(Text("Одна кампания", "One campaign"))
    sides = (
        _side(page, one.report, seen.report),
        _side(page, one.crm, seen.crm),
        replace(_side(page, both, seen.joined), is_joined=True),
    )
    source = say_key(page.company, "lead_source", one.lead_source)
    return OpenPair(source, one.lead_source, one.report, one.crm, why, sides)


def _side(page: Page, name: str, figures: Mapping[str, Figure]) -> Side:
    return Side(name, tuple(_cell(page, figures.get(key)) for key in SHOWN))


def _cell(page: Page, figure: Figure | None) -> tuple[str, str]:
    if figure is None or figure.value is None:
        return DASH, page.say(say_no_value(figure.reason if figure else None))
    return say(figure, page.language, page.company.currency, digits=0), ""


def _word(pair: CampaignPair) -> Text:
    word = Text("одна кампания", "one campaign") if pair.same else Text("разные кампании", "two campaigns")
    who = f", {pair.said_by}" if pair.said_by else ""
    if pair.said_on is None:
        return Text(word.ru + who, word.en + who)
    day = say_day(pair.said_on)
    return Text(f"{word.ru}{who}, {day.ru}", f"{word.en}{who}, {day.en}")
