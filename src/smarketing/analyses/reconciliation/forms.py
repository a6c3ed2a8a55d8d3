"""Which submission became which lead, where both sides know the lead's id?

A submission is a touch of kind ``form`` that names a lead. Nothing is estimated here: each of them is found in the
CRM, found there under another name or day, set aside there for a reason, or not found at all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from smarketing.analyses.reconciliation.gathering import (
    BORDER_HOURS,
    Asked,
    Gathered,
    Grain,
    as_reported,
    widened,
)
from smarketing.analyses.reconciliation.places import Cause, Cell, Count, Place, Report
from smarketing.facts.company import Company
from smarketing.facts.period import Period, local_day
from smarketing.facts.query import literal

FORM_KINDS = ("form", "submission", "lead_form", "форма", "заявка")

_FORMS = """SELECT t.touch_id, t.lead_id, t.at, t.channel, t.campaign,
 j.created_at, j.created_day, j.lead_source, j.campaign AS crm_campaign,
 j.is_counted, j.is_test, j.is_duplicate, j.is_repeat
FROM touches t LEFT JOIN journeys j ON j.lead_id = t.lead_id
WHERE t.lead_id IS NOT NULL AND LOWER(t.kind) IN ({kinds}) AND {where}
ORDER BY t.at, t.touch_id"""


@dataclass(frozen=True)
class Submission:
    """One form that was sent, and the lead of its id, if the CRM has it."""

    lead_id: str
    at: datetime
    place: Place
    is_found: bool = False
    created_at: datetime | None = None
    crm: Place | None = None
    is_test: bool = False
    is_duplicate: bool = False
    is_repeat: bool = False


def submissions(asked: Asked, period: Period | None) -> tuple[Submission, ...]:
    """The forms of the period and of the days round it, in the order they were sent."""
    company, where = asked.reader.company, "TRUE"
    wide = widened(period)
    if wide is not None:
        start, end = wide.moments(company.tz)
        where = f"t.at >= {literal(start)} AND t.at < {literal(end)}"
    rows = asked.rows(_FORMS.format(kinds=", ".join(map(literal, FORM_KINDS)), where=where))
    return tuple(_submission(row, company) for row in rows)


def of_forms(sent: Iterable[Submission]) -> Gathered:
    """The submissions as a report: how many of them in which place."""
    leads = Counter(one.place for one in sent)
    return Gathered(Report.FORMS, leads, {place.lead_source: Grain(True, True) for place in leads})


def settle_forms(sent: Iterable[Submission], crm: Mapping[Place, Count], of: Iterable[str | None]) -> list[Cell]:
    """The places of these sources with the cause of every submission that stands elsewhere in the CRM."""
    sources = set(of)
    reported: Counter[Place] = Counter()
    causes: dict[Place, Counter[Cause]] = defaultdict(Counter)
    seen: set[str] = set()
    for one in sent:
        if one.place.lead_source not in sources:
            continue
        reported[one.place] += 1
        cause = _cause(one, again=one.lead_id in seen)
        seen.add(one.lead_id)
        if cause is not None:
            causes[one.place][cause] -= 1
            if cause in (Cause.RENAMED, Cause.NO_SOURCE, Cause.DAY_BORDER, Cause.DELAYED) and one.crm is not None:
                causes[one.crm][cause] += 1
    held = as_reported(crm, {lead_source: Grain(True, True) for lead_source in sources})
    places = sorted({*reported, *held}, key=lambda place: place.order)
    return [_cell(place, reported[place], held.get(place, Count()).counted, causes[place]) for place in places]


def _cell(place: Place, reported: int, crm: int, causes: Counter[Cause]) -> Cell:
    """What no submission explains are leads that came past the forms."""
    rest = crm - reported - causes.total()
    told = {cause: leads for cause, leads in causes.items() if leads}
    return Cell(place, reported, crm, {**told, Cause.UNMATCHED: rest} if rest else told)


def _cause(one: Submission, *, again: bool) -> Cause | None:
    """None where the submission stands in its own place."""
    if not one.is_found:
        return Cause.NOT_DELIVERED
    if one.is_test:
        return Cause.TEST
    if again or (one.is_duplicate and not one.is_repeat):
        return Cause.DUPLICATE
    if one.is_duplicate:
        return Cause.EXISTING_CLIENT
    return _moved(one)


def _moved(one: Submission) -> Cause | None:
    """Why a counted lead stands under another name or day than its submission."""
    crm = one.crm
    if crm is None or crm == one.place:
        return None
    if crm.lead_source is None or (crm.lead_source == one.place.lead_source and crm.campaign is None):
        return Cause.NO_SOURCE
    if (crm.lead_source, crm.campaign) != (one.place.lead_source, one.place.campaign):
        return Cause.RENAMED
    waited = (one.created_at or one.at) - one.at
    return Cause.DELAYED if waited > timedelta(hours=BORDER_HOURS) else Cause.DAY_BORDER


def _submission(row: Mapping[str, object], company: Company) -> Submission:
    at = _moment(row["at"])
    sent_on = local_day(at, company.tz)
    place = Place(sent_on.year * 100 + sent_on.month, sent_on, _text(row["channel"]), _text(row["campaign"]))
    created_on = row["created_day"]
    if not isinstance(created_on, date):
        return Submission(str(row["lead_id"]), at, place)
    crm = Place(
        created_on.year * 100 + created_on.month, created_on, _text(row["lead_source"]), _text(row["crm_campaign"])
    )
    return Submission(
        str(row["lead_id"]), at, place, True, _moment(row["created_at"]), crm,
        bool(row["is_test"]), bool(row["is_duplicate"]), bool(row["is_repeat"]),
    )  # fmt: skip


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("no moment")
    return value.replace(tzinfo=UTC)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
