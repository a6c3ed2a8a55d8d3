"""Where do marketing's report and the CRM differ, by how much and why? By day and campaign, or lead by lead."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from smarketing.analyses.question import EMPTY, Question, check_dimensions
from smarketing.analyses.reconciliation.causes import Sides, settle
from smarketing.analyses.reconciliation.forms import of_forms, settle_forms, submissions
from smarketing.analyses.reconciliation.gathering import (
    Asked,
    Gathered,
    as_reported,
    chosen,
    covered,
    holds_month,
    of_account,
    of_crm,
    of_typed,
)
from smarketing.analyses.reconciliation.pairs import Proposal, proposed_pairs
from smarketing.analyses.reconciliation.places import Cause, Cell, Count, Place, Report, is_red
from smarketing.analyses.reconciliation.saying import OUT_OF_TOLERANCE, Apart, notes_of
from smarketing.analyses.result import Measurement
from smarketing.facts.company import Company
from smarketing.facts.period import Period
from smarketing.facts.query import Reader
from smarketing.metrics.catalogue import accountable, metric
from smarketing.metrics.kinds import Figure, NoValue, Row

SPLITS = ("day", "week", "month", "lead_source", "source_group", "campaign")
CAUSE_METRICS: Mapping[Cause, str] = {cause: f"gap_{cause.value}" for cause in Cause}
METRICS = ("reported_leads", "crm_leads", "lead_difference", "report_gap", *CAUSE_METRICS.values())
USUAL = ("lead_source", "campaign")


@dataclass(frozen=True)
class Reconciliation:
    """Every place compared, the table by the question's split, which report each source has, and open pairs."""

    cells: tuple[Cell, ...]
    table: Measurement
    reports: Mapping[str | None, Report]
    offered: tuple[Report, ...]  # reports that are there to compare by
    pairs: tuple[Proposal, ...]

    @property
    def reported(self) -> int:
        return sum(cell.reported for cell in self.cells)

    @property
    def crm(self) -> int:
        return sum(cell.crm for cell in self.cells)

    @property
    def causes(self) -> Mapping[Cause, int]:
        return added(self.cells)

    @property
    def is_red(self) -> bool:
        return is_red(self.reported, self.crm)

    @property
    def apart(self) -> tuple[Apart, ...]:
        """Campaigns out of tolerance, the widest gap first."""
        grouped: dict[tuple[str | None, str | None], list[Cell]] = defaultdict(list)
        for cell in self.cells:
            grouped[cell.place.lead_source, cell.place.campaign].append(cell)
        every = (
            Apart(*names, sum(cell.reported for cell in cells), sum(cell.crm for cell in cells))
            for names, cells in grouped.items()
        )
        red = [one for one in every if is_red(one.reported, one.crm)]
        return tuple(sorted(red, key=lambda one: (-abs(one.crm - one.reported), one.lead_source or "")))


def reconciliation(reader: Reader, question: Question, report: Report | None = None) -> Reconciliation:
    """Marketing's report against the CRM. ``report``: which one; None: of every source the finest there is.

    Raises :class:`WrongQuestion` for a split or filter that a report does not know.
    """
    check_dimensions((*question.by, *(key for key, values in question.where.items() if values)), SPLITS)
    asked, period = Asked(reader), question.period
    sent = submissions(asked, period)
    found = (of_forms(sent), of_account(asked, period), of_typed(asked, period))
    by_source = chosen(found, report)
    crm = of_crm(asked, period)
    pairs = proposed_pairs(reader)
    named = {source for source, one in by_source.items() if one.report is Report.FORMS}
    every = [*settle(_sides(by_source, crm, pairs)), *settle_forms(sent, crm, named)]
    known = covered(by_source)
    cells = [
        cell
        for cell in every
        if known.holds(cell.place)
        and _is_asked(cell.place, period, asked.today)
        and _passes(cell.place, question.where, reader.company)
    ]
    beside = _left_out(crm, by_source, question, reader.company, asked.today)
    notes = notes_of({source: one.report for source, one in by_source.items()}, beside, _cut(found), cells, pairs)
    rows = _rows(reader.company, cells, question.by)
    table = Measurement(
        "reconciliation", question, reader.version, reader.known_until, reader.company.currency, question.by,
        METRICS, rows, _row(reader.company, (), cells), notes, tuple(asked.questions),
    )  # fmt: skip
    reports = {source: one.report for source, one in by_source.items()}
    offered = tuple(one.report for one in found if one.grains)
    return Reconciliation(tuple(cells), table, reports, offered, pairs)


def added(cells: Iterable[Cell]) -> Mapping[Cause, int]:
    """The causes of several places; those that cancel out between them are nought."""
    total: Counter[Cause] = Counter()
    for cell in cells:
        for cause, leads in cell.causes.items():
            total[cause] += leads
    return {cause: total[cause] for cause in Cause}


def _sides(
    by_source: Mapping[str | None, Gathered], crm: Mapping[Place, Count], pairs: Sequence[Proposal]
) -> Sides:
    counted = {source: one for source, one in by_source.items() if one.report is not Report.FORMS}
    grains = {source: one.grains[source] for source, one in counted.items()}
    reported = {
        place: leads
        for one in dict.fromkeys(counted.values())
        for place, leads in one.leads.items()
        if counted.get(place.lead_source) is one
    }
    nameless: dict[date, int] = defaultdict(int)
    if None not in grains:
        for place, count in crm.items():
            if place.lead_source is None and place.day is not None:
                nameless[place.day] += count.counted
    known = covered(counted)
    held = {place: count for place, count in as_reported(crm, grains).items() if known.holds(place)}
    return Sides(reported, held, nameless, [one.key for one in pairs])


def _is_asked(place: Place, period: Period | None, today: date) -> bool:
    if place.day is None:
        return holds_month(period, place.month, today)
    return period is None or period.start <= place.day < period.end


def _passes(place: Place, where: Mapping[str, tuple[str, ...]], company: Company) -> bool:
    return all((_key(place, key, company) or EMPTY) in values for key, values in where.items() if values)


def _left_out(
    crm: Mapping[Place, Count],
    by_source: Mapping[str | None, Gathered],
    question: Question,
    company: Company,
    today: date,
) -> int:
    """Counted leads of the period that no report speaks of."""
    if None in by_source:
        return 0
    return sum(
        count.counted
        for place, count in crm.items()
        if place.lead_source not in by_source
        and _is_asked(place, question.period, today)
        and _passes(place, question.where, company)
    )


def _cut(found: Iterable[Gathered]) -> tuple[int, ...]:
    return tuple(sorted({month for one in found for month in one.cut_months}))


def _rows(company: Company, cells: Sequence[Cell], by: tuple[str, ...]) -> tuple[Row, ...]:
    if not by:
        return ()
    grouped: dict[tuple[str | int | None, ...], list[Cell]] = defaultdict(list)
    for cell in cells:
        grouped[tuple(_key(cell.place, dimension, company) for dimension in by)].append(cell)
    order = sorted(grouped, key=lambda keys: tuple((key is None, str(key)) for key in keys))
    return tuple(_row(company, keys, grouped[keys]) for keys in order)


def _row(company: Company, keys: tuple[str | int | None, ...], cells: Sequence[Cell]) -> Row:
    reported, crm = sum(cell.reported for cell in cells), sum(cell.crm for cell in cells)
    return Row(keys, _figures(company, cells), OUT_OF_TOLERANCE if is_red(reported, crm) else None)


def _key(place: Place, dimension: str, company: Company) -> str | int | None:
    if dimension == "month":
        return place.month
    if dimension == "day":
        return place.day.isoformat() if place.day else None
    if dimension == "week":
        return (place.day - timedelta(days=place.day.weekday())).isoformat() if place.day else None
    if dimension == "source_group":
        groups = (group.key for group in company.source_groups if place.lead_source in group.sources)
        return next(groups, None)
    return place.lead_source if dimension == "lead_source" else place.campaign


def _figures(company: Company, cells: Sequence[Cell]) -> Mapping[str, Figure]:
    reported, crm = sum(cell.reported for cell in cells), sum(cell.crm for cell in cells)
    counts = {"reported_leads": reported, "crm_leads": crm, "lead_difference": crm - reported}
    counts |= {CAUSE_METRICS[cause]: leads for cause, leads in added(cells).items()}
    figures = {key: _count(company, key, leads) for key, leads in counts.items()}
    gap, zone = abs(crm - reported), accountable(metric("report_gap"), company)
    value = gap / reported if reported else None
    reason = None if reported else NoValue.EMPTY_DENOMINATOR
    unit = metric("report_gap").unit
    return {**figures, "report_gap": Figure("report_gap", unit, value, gap, reported, zone=zone, reason=reason)}


def _count(company: Company, key: str, leads: int) -> Figure:
    what = metric(key)
    return Figure(key, what.unit, leads, leads, n=abs(leads), zone=accountable(what, company))
