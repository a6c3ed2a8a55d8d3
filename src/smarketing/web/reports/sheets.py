"""How do the tables leave that no single measurement holds: criteria, causes, distances, the answers' curve?

Rows of values with heads in one language; every file carries the figures of its table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from django.http import HttpRequest, HttpResponse

from smarketing.analyses.focus import Focus
from smarketing.analyses.focus.words import NAMES
from smarketing.analyses.labels import say_key
from smarketing.analyses.qualification import CriterionRow
from smarketing.analyses.response import AnswerCurve
from smarketing.analyses.verdict.beside_words import RIVAL_NAMES
from smarketing.analyses.verdict.result import CAUSE_NAMES, Cause, Verdict
from smarketing.analyses.verdict.rivals import RivalSplit
from smarketing.analyses.verdict.sources import SourceSplit, source_label
from smarketing.analyses.verdict.words import LABEL_NAMES, sentence
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text
from smarketing.jobs.record_export import Cell, Sheet, to_csv, to_xlsx
from smarketing.metrics.kinds import Interval
from smarketing.metrics.wording import ZONE_NAMES, money_unit

FORMATS: Mapping[str, tuple[Callable[[Sheet, Language], bytes], str]] = {
    "csv": (to_csv, "text/csv; charset=utf-8"),
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_SHARE = Text("доля, %", "share, %")
_LOW, _HIGH = Text("интервал: от", "interval: low"), Text("интервал: до", "interval: high")
_ZONE = Text("зона", "zone")


def sheet_file(
    request: HttpRequest, make: Callable[[], Sheet], name: str, language: Language
) -> HttpResponse | None:
    """The sheet as a file where the address asks for one."""
    wanted = request.GET.get("format", "")
    if wanted not in FORMATS:
        return None
    write, kind = FORMATS[wanted]
    response = HttpResponse(write(make(), language), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{wanted}"'
    return response


def criteria_sheet(criteria: Sequence[CriterionRow], language: Language) -> Sheet:
    """Why leads are non-target; a change of the share in points where a period was compared."""
    heads = (
        Text("критерий", "criterion"), Text("лиды", "leads"), _SHARE, _LOW, _HIGH,
        Text("разница, п.п.", "change, pp"),
    )  # fmt: skip
    rows = [
        (
            row.name.say(language), row.leads, percent(row.share.value), *_bounds(row.share.interval),
            percent(row.shift.difference if row.shift else None),
        )
        for row in criteria
    ]  # fmt: skip
    return _sheet(heads, rows, language)


def causes_sheet(verdict: Verdict, company: Company, language: Language) -> Sheet:
    """The causes in the chain's order, then the zones, then the gap that the causes sum to."""
    unit = money_unit(verdict.currency)
    heads = (
        Text("причина", "cause"), _ZONE, Text(f"вклад, {unit.ru}", f"contribution, {unit.en}"), _LOW, _HIGH,
        Text("оценка", "judgement"), Text("факт", "fact"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            CAUSE_NAMES[part.cause].say(language), ZONE_NAMES[part.zone].say(language), part.effect,
            *_money_bounds(part.interval), LABEL_NAMES[part.label].say(language) if part.label else None,
            sentence(part, company).say(language),
        )
        for part in verdict.parts
    ]  # fmt: skip
    rows += [
        (
            Text("Зона вместе", "The zone together").say(language), ZONE_NAMES[zone.zone].say(language),
            zone.effect, *_money_bounds(zone.interval),
            LABEL_NAMES[zone.label].say(language) if zone.label else None, None,
        )
        for zone in verdict.zones
    ]  # fmt: skip
    whole = Text("Всего", "Total").say(language)
    rows.append((whole, None, verdict.gap, *_money_bounds(verdict.interval), None, None))
    return _sheet(heads, rows, language)


def rivals_sheet(verdict: Verdict, rivals: Sequence[RivalSplit], language: Language) -> Sheet:
    """The causes, then the zones: as the verdict says and in each department's favourite order."""
    heads = (Text("причина", "cause"), _ZONE, Text("в выводе", "in the verdict"),
             *(RIVAL_NAMES[rival.first] for rival in rivals))  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (CAUSE_NAMES[part.cause].say(language), ZONE_NAMES[part.zone].say(language), part.effect,
         *(rival.effects[part.cause] for rival in rivals))
        for part in verdict.parts
    ]  # fmt: skip
    together = Text("Зона вместе", "The zone together").say(language)
    rows += [
        (together, ZONE_NAMES[zone.zone].say(language), zone.effect,
         *(rival.zones[zone.zone] for rival in rivals))
        for zone in verdict.zones
    ]  # fmt: skip
    return _sheet(heads, rows, language)


def sources_sheet(verdict: Verdict, sources: SourceSplit, company: Company, language: Language) -> Sheet:
    """The gap by segment and source, a column for each cause; money of other months' leads in a row of its own."""
    causes = [cause for cause in sources.effects if cause is not Cause.TIMING]
    heads = (Text("сегмент", "segment"), Text("источник", "source"), *(CAUSE_NAMES[cause] for cause in causes),
             Text("вклад", "contribution"))  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (say_key(company, "segment", cell[0]).say(language), source_label(cell[1], company).say(language),
         *(sources.effects[cause][cell] for cause in causes), sources.of(cell))
        for cell in sources.cells
    ]  # fmt: skip
    timing = verdict.part(Cause.TIMING)
    if timing is not None:
        name = CAUSE_NAMES[Cause.TIMING].say(language)
        rows.append((name, None, *(None for _ in causes), timing.effect))
    return _sheet(heads, rows, language)


def focus_shares_sheet(found: Focus, language: Language) -> Sheet:
    """Which share of each resource the focus segment gets."""
    heads = (
        Text("ресурс", "resource"), _ZONE, _SHARE, _LOW, _HIGH,
        Text("к доле выручки, п.п.", "against its revenue, pp"),
    )  # fmt: skip
    rows = [
        (
            NAMES[one.resource].say(language), ZONE_NAMES[one.zone].say(language), percent(one.figure.value),
            *_bounds(one.figure.interval), percent(one.gap),
        )
        for one in found.focus_shares
    ]  # fmt: skip
    return _sheet(heads, rows, language)


def distances_sheet(found: Focus, language: Language) -> Sheet:
    """How far every two resources part over segments."""
    heads = (
        Text("что", "what"), Text("с чем", "with what"), Text("переложить, %", "to move, %"), _LOW, _HIGH,
        Text("биты", "bits"),
    )  # fmt: skip
    rows = [
        (
            NAMES[one.first].say(language), NAMES[one.second].say(language), percent(one.variation),
            *_bounds(one.variation_interval), _rounded(one.bits),
        )
        for one in found.distances
    ]  # fmt: skip
    return _sheet(heads, rows, language)


def answers_sheet(now: AnswerCurve, before: AnswerCurve, language: Language) -> Sheet:
    """Which share of leads was answered by which working time; that of other days beside it where compared."""
    heads = (
        Text("рабочих минут", "working minutes"), Text("ответили, %", "answered, %"),
        Text("было, %", "before, %"),
    )  # fmt: skip
    then = dict(zip(before.seconds, before.shares, strict=True))
    rows = [
        (seconds // 60, percent(share), percent(then.get(seconds)))
        for seconds, share in zip(now.seconds, now.shares, strict=True)
    ]
    width = 3 if before.seconds else 2
    return _sheet(heads[:width], [row[:width] for row in rows], language)


def _sheet(heads: Sequence[Text], rows: Sequence[Sequence[Cell]], language: Language) -> Sheet:
    return Sheet(tuple(head.say(language) for head in heads), rows)


def percent(share: Decimal | float | None) -> Decimal | None:
    """A share of one in per cent, to four digits."""
    return None if share is None else _rounded(100 * float(share))


def _bounds(interval: Interval | None) -> tuple[Decimal | None, Decimal | None]:
    return (None, None) if interval is None else (percent(interval.low), percent(interval.high))


def _money_bounds(interval: Interval | None) -> tuple[Decimal | None, Decimal | None]:
    return (None, None) if interval is None else (_rounded(interval.low, 2), _rounded(interval.high, 2))


def _rounded(number: float, digits: int = 4) -> Decimal:
    return Decimal(str(round(number, digits)))
