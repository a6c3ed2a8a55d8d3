"""How are a difference, its causes and what is beside it said to a person?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from smarketing.analyses.labels import say_key
from smarketing.analyses.reconciliation.pairs import Proposal
from smarketing.analyses.reconciliation.places import REPORT_NAMES, Cause, Cell, Report
from smarketing.analyses.result import Note
from smarketing.facts.company import Company
from smarketing.facts.language import LANGUAGES, Text, plural, same
from smarketing.facts.period import Month
from smarketing.metrics.kinds import Mark, Unit
from smarketing.metrics.wording import say_leads, say_month, say_number

CAUSE_NAMES: Mapping[Cause, Text] = {
    Cause.DUPLICATE: Text("дубли", "duplicates"),
    Cause.EXISTING_CLIENT: Text("повторные обращения клиентов", "repeat enquiries of clients"),
    Cause.TEST: Text("тесты и спам", "tests and spam"),
    Cause.RENAMED: Text("кампания под другим именем", "campaign under another name"),
    Cause.NO_SOURCE: Text("без метки источника или кампании", "no source or campaign tag"),
    Cause.DAY_BORDER: Text("граница суток", "the border of the day"),
    Cause.DELAYED: Text("пришли в CRM позже", "came to the CRM later"),
    Cause.NOT_DELIVERED: Text("не дошли до CRM", "did not reach the CRM"),
    Cause.UNMATCHED: Text("без объяснения", "unexplained"),
}
OUT_OF_TOLERANCE = Mark("red", Text("вне допуска", "out of tolerance"))
_WHICH = Text("Сверяется: {listed}.", "Compared with: {listed}.")
_WITHOUT = Text(
    "У {leads} источник не назван ни в одном отчёте: сверять их не с чем.",
    "No report speaks of the sources of {leads}: there is nothing to compare them with.",
)
_CUT = Text(
    "Отчёт за {months} дан целым месяцем, а период захватывает его часть: он не сверен.",
    "The report for {months} is by whole months and the period holds a part: it is not compared.",
)
_ESTIMATED = Text(
    "В счётах нет номеров лидов: причины подобраны от самой верной к самой слабой, каждая не больше остатка.",
    "Counts carry no ids of leads: causes are tried from the surest to the weakest, each up to what is left.",
)
_PAIRS = Text(
    "Пары названий кампаний ждут подтверждения: {count}.", "Pairs of campaign names waiting for a word: {count}."
)
_NONE = Text("Отчётов маркетинга за этот период нет.", "There is no report of marketing for this period.")
_SAME = Text(
    "Отчёт и CRM сходятся: {reported} и {crm} {word}.", "Report and CRM agree: {reported} and {crm} {word}."
)
_IN_TOTAL = Text(
    "В сумме отчёт и CRM сходятся: {reported} и {crm} {word}.",
    "In total report and CRM agree: {reported} and {crm} {word}.",
)
_APART = Text(
    "В отчёте {reported} {word}, в CRM {crm}: {side} на {gap} ({share}).",
    "The report has {reported} {word}, the CRM {crm}: {gap} {side} ({share}).",
)
_MAIN = Text(" Больше всего дают {named}.", " Most of it: {named}.")
_REST = Text(" Без объяснения остаётся {left}.", " {left} stay unexplained.")
_CLEAR = Text(" Необъяснённых нет.", " None stay unexplained.")
_CAMPAIGNS = Text(
    " Вне допуска {count}, сильнее всего {name}: {reported} по отчёту и {crm} в CRM.",
    " Out of tolerance: {count}, most of all {name}: {reported} in the report, {crm} in the CRM.",
)
_NAMELESS = Text("«{source}» без кампании", "“{source}” without a campaign")
_NO_SOURCE = Text("без источника", "no source")


@dataclass(frozen=True)
class Apart:
    """A campaign whose two counts lie further apart than is tolerated."""

    lead_source: str | None
    campaign: str | None
    reported: int
    crm: int


def campaign_name(one: Apart, company: Company) -> Text:
    """«Весна», or «VK» without a campaign."""
    if one.campaign:
        return Text(f"«{one.campaign}»", f"“{one.campaign}”")
    return _NAMELESS.fill(
        source=say_key(company, "lead_source", one.lead_source) if one.lead_source else _NO_SOURCE
    )


def conclusion(
    company: Company,
    reported: int,
    crm: int,
    causes: Mapping[Cause, int],
    *,
    red: bool,
    known: bool,
    apart: Sequence[Apart] = (),
) -> Text:
    """The sentence at the top: do they agree, by how much not, what explains most, what is left, and where."""
    if not known:
        return _NONE
    word = plural(crm, ("лид", "лида", "лидов"), ("lead", "leads"))
    gap = crm - reported
    if not red:
        return _joined(
            (_IN_TOTAL if apart else _SAME).fill(reported=_number(reported), crm=_number(crm), word=word),
            _left(causes),
            _worst(company, apart),
        )
    side = Text("меньше", "fewer") if gap < 0 else Text("больше", "more")
    text = _APART.fill(
        reported=_number(reported), crm=_number(crm), side=side, gap=_number(abs(gap)),
        share=_share(gap, reported), word=plural(reported, ("лид", "лида", "лидов"), ("lead", "leads")),
    )  # fmt: skip
    main = sorted(
        (cause for cause, leads in causes.items() if leads * gap > 0 and cause is not Cause.UNMATCHED),
        key=lambda cause: -abs(causes[cause]),
    )[:2]
    named = [Text(f"{CAUSE_NAMES[one].ru} ({abs(causes[one])})", f"{CAUSE_NAMES[one].en} ({abs(causes[one])})")
             for one in main]  # fmt: skip
    said = _MAIN.fill(named=_listed(named)) if named else same("")
    return _joined(text, said, _left(causes), _worst(company, apart))


def notes_of(
    reports: Mapping[str | None, Report],
    left_out: int,
    cut: Sequence[int],
    cells: Sequence[Cell],
    pairs: Sequence[Proposal],
) -> tuple[Note, ...]:
    """What must be known beside the table."""
    found: list[Note] = []
    used = [one for one in Report if one in reports.values()]
    if used:
        listed = _listed([REPORT_NAMES[one] for one in used])
        found.append(Note("report", _WHICH.fill(listed=listed)))
    else:
        found.append(Note("no-report", _NONE))
    if any(one is not Report.FORMS for one in reports.values()) and any(cell.causes for cell in cells):
        found.append(Note("estimated", _ESTIMATED))
    if used and left_out:
        found.append(Note("not-reported", _WITHOUT.fill(leads=say_leads(left_out))))
    if cut:
        found.append(Note("cut-months", _CUT.fill(months=_listed([say_month(Month.from_number(n)) for n in cut]))))
    if pairs:
        found.append(Note("open-pairs", _PAIRS.fill(count=len(pairs))))
    return tuple(found)


def _worst(company: Company, apart: Sequence[Apart]) -> Text:
    if not apart:
        return same("")
    one = apart[0]
    word = plural(len(apart), ("кампания", "кампании", "кампаний"), ("campaign", "campaigns"))
    return _CAMPAIGNS.fill(
        count=Text(f"{len(apart)} {word.ru}", f"{len(apart)} {word.en}"), name=campaign_name(one, company),
        reported=_number(one.reported), crm=_number(one.crm),
    )  # fmt: skip


def _left(causes: Mapping[Cause, int]) -> Text:
    left = causes.get(Cause.UNMATCHED, 0)
    return _REST.fill(left=_number(abs(left))) if left else _CLEAR


def _joined(*texts: Text) -> Text:
    return Text("".join(text.ru for text in texts), "".join(text.en for text in texts))


def _listed(texts: Iterable[Text]) -> Text:
    found = list(texts)
    return Text(", ".join(text.ru for text in found), ", ".join(text.en for text in found))


def _number(number: int) -> Text:
    ru, en = (say_number(number, Unit.COUNT, language) for language in LANGUAGES)
    return Text(ru, en)


def _share(gap: int, reported: int) -> Text:
    if not reported:
        return Text("в отчёте их нет", "none in the report")
    ru, en = (say_number(abs(gap) / reported, Unit.SHARE, language) for language in LANGUAGES)
    return Text(ru, en)
