"""Which names of the ad report and of the CRM look like one campaign that nobody has joined yet?

A name that leads carry and the report never spent on, beside a name that was paid for and brought nobody: of the
same source, on the same days, spelled alike. A person says whether they are one; nothing is joined on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz

from smarketing.analyses.measuring import measure
from smarketing.analyses.question import Question
from smarketing.facts.campaigns import plain_campaign
from smarketing.facts.company import CampaignPair
from smarketing.facts.query import Reader
from smarketing.metrics.kinds import Figure

ALIKE_FROM = 65  # rapidfuzz points of the compared spellings
COVERED_FROM = 0.5  # share of the leads that came on days on which the other name was paid for
LEADS_FROM = 3
BARREN_UP_TO = 0.2  # leads of its own that the paid name may have in those days, of the other name's leads
PREVIEW = ("spend", "leads", "cpl", "sales", "cac_paid")

_SPEND = """SELECT lead_source, campaign, day, SUM(cost) AS amount
FROM spend WHERE campaign IS NOT NULL AND (cost <> 0 OR clicks > 0 OR impressions > 0)
GROUP BY lead_source, campaign, day
ORDER BY lead_source NULLS LAST, campaign NULLS LAST, day NULLS LAST"""
_LEADS = """SELECT lead_source, campaign, created_day AS day, COUNT(*) AS amount
FROM journeys WHERE is_counted AND campaign IS NOT NULL AND lead_source IS NOT NULL
GROUP BY lead_source, campaign, created_day
ORDER BY lead_source NULLS LAST, campaign NULLS LAST, created_day NULLS LAST"""

_Days = Mapping[date, Decimal]


@dataclass(frozen=True)
class Proposal:
    """Two names that may be one campaign, with what speaks for it.

    ``alike``: points of 100 by spelling. ``covered``: share of the leads that came on days on which the report's
    name was paid for. ``spend`` is the money of those days between the first and the last lead.
    """

    lead_source: str
    report: str
    crm: str
    alike: int
    covered: float
    leads: int
    spend: Decimal
    first_day: date
    last_day: date

    @property
    def weight(self) -> float:
        return self.alike / 100 * self.covered

    @property
    def key(self) -> tuple[str, str, str]:
        return self.lead_source, self.report, self.crm


@dataclass(frozen=True)
class Preview:
    """What the two names cost apart, and what they will cost as one campaign."""

    report: Mapping[str, Figure]
    crm: Mapping[str, Figure]
    joined: Mapping[str, Figure]


def proposed_pairs(reader: Reader) -> tuple[Proposal, ...]:
    """Pairs of names for a person to judge, the most money first; none that was judged before."""
    said = {(pair.lead_source, pair.report, pair.crm) for pair in reader.company.campaign_pairs}
    spend, leads = _by_name(reader, _SPEND), _by_name(reader, _LEADS)
    found: list[Proposal] = []
    for lead_source in sorted(spend.keys() & leads.keys()):
        of_source = list(_candidates(lead_source, spend[lead_source], leads[lead_source]))
        found += _best_of([one for one in of_source if one.key not in said], spend[lead_source])
    return tuple(sorted(found, key=lambda one: (-one.spend, one.key)))


def preview(reader: Reader, pair: Proposal | CampaignPair) -> Preview:
    """Cost per lead and per client of the two names, and of one campaign made of them; money of all time."""
    both = Question(by=("campaign",)).only("lead_source", pair.lead_source).only("campaign", pair.report, pair.crm)
    found = measure(reader, both, PREVIEW, strict=False)
    rows = {row.keys[0]: row.figures for row in found.rows}
    return Preview(rows.get(pair.report, {}), rows.get(pair.crm, {}), found.total.figures)


def _by_name(reader: Reader, question: str) -> dict[str, dict[str, dict[date, Decimal]]]:
    found: dict[str, dict[str, dict[date, Decimal]]] = {}
    for row in reader.query(question).to_pylist():
        of_source = found.setdefault(row["lead_source"], {})
        of_source.setdefault(row["campaign"], {})[row["day"]] = Decimal(row["amount"])
    return found


def _candidates(lead_source: str, spend: Mapping[str, _Days], leads: Mapping[str, _Days]) -> Iterator[Proposal]:
    for crm, came in leads.items():
        for report, paid in spend.items():
            one_is_lonely = crm not in spend or report not in leads
            if report != crm and one_is_lonely:
                found = _proposal(lead_source, (report, paid), (crm, came), spend.get(crm, {}))
                if found is not None and _is_barren(leads.get(report, {}), found):
                    yield found


def _proposal(
    lead_source: str, report: tuple[str, _Days], crm: tuple[str, _Days], own_spend: _Days
) -> Proposal | None:
    alike = round(fuzz.token_set_ratio(plain_campaign(report[0]), plain_campaign(crm[0])))
    # Leads of days on which their own name was paid for need no other.
    orphans = {day: count for day, count in crm[1].items() if day not in own_spend}
    count = int(sum(orphans.values()))
    covered = sum(leads for day, leads in orphans.items() if day in report[1])
    if alike < ALIKE_FROM or count < LEADS_FROM or covered < count * Decimal(str(COVERED_FROM)):
        return None
    first, last = min(orphans), max(orphans)
    spent = sum((cost for day, cost in report[1].items() if first <= day <= last), Decimal(0))
    return Proposal(
        lead_source, report[0], crm[0], alike, float(covered / count), count, spent, first, last
    )  # fmt: skip


def _is_barren(own_leads: _Days, found: Proposal) -> bool:
    """Whether the paid name brought next to nobody under itself while the other one's leads came."""
    came = sum(count for day, count in own_leads.items() if found.first_day <= day <= found.last_day)
    return came <= found.leads * Decimal(str(BARREN_UP_TO))


def _best_of(found: Iterable[Proposal], spend: Mapping[str, _Days]) -> list[Proposal]:
    """For every name that stands alone the likeliest other one."""
    best: dict[tuple[str, str], Proposal] = {}
    for one in sorted(found, key=lambda one: (-one.weight, one.key)):
        lonely = ("crm", one.crm) if one.crm not in spend else ("report", one.report)
        best.setdefault(lonely, one)
    return list(dict.fromkeys(best.values()))
