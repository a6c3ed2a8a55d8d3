"""How many leads are the right ones by the written criteria, which rule turned them down, does the seller agree?

The verdict is a fact judged once, by the version valid when the lead came; only the what-if judges again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from smarketing.analyses.measuring import measure, measured_as
from smarketing.analyses.measuring.asking import renamed
from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.analyses.result import Measurement
from smarketing.analyses.shares import Shift, share, shifts
from smarketing.facts.company import Company
from smarketing.facts.criteria import CriteriaVersion, TargetVerdict
from smarketing.facts.language import Text, same
from smarketing.facts.period import Period
from smarketing.facts.query import Reader, literal
from smarketing.metrics.catalogue import MEASURES, accountable, metric
from smarketing.metrics.criteria import verdict_expression
from smarketing.metrics.kinds import Figure

COLUMNS = (
    "leads",
    "target_leads",
    "non_target_leads",
    "unknown_leads",
    "non_target_share",
    "unknown_share",
    "target_share",
)
_NO_CRITERION = Text("Критерий не назван", "No criterion named")


@dataclass(frozen=True)
class CriterionRow:
    """One rule: how many leads it turned down, which share of all turned down, and how that share moved."""

    criterion: str | None
    name: Text
    leads: int
    share: Figure
    shift: Shift | None = None


@dataclass(frozen=True)
class WhatIf:
    """What a draft of the criteria would have said of the same leads.

    ``matrix`` counts leads by (verdict now, verdict by the draft), all nine pairs; leads that a person judged keep
    the person's verdict.
    """

    draft: str
    matrix: Mapping[tuple[TargetVerdict, TargetVerdict], int]
    before: Figure  # non-target share
    after: Figure
    unknown_before: Figure
    unknown_after: Figure
    asked: tuple[str, ...]

    @property
    def leads(self) -> int:
        return sum(self.matrix.values())

    @property
    def changed(self) -> int:
        """Leads whose verdict would be another."""
        return sum(leads for (now, then), leads in self.matrix.items() if now is not then)


@dataclass(frozen=True)
class DisputedLead:
    """A lead of which the seller says one thing and the criteria another."""

    lead_id: str
    created_at: datetime
    target_verdict: TargetVerdict
    criterion: str | None
    seller_verdict: TargetVerdict
    seller_quality: str | None
    manager: str | None
    lead_source: str | None
    segment: str | None
    amount: Decimal | None
    url: str | None


@dataclass(frozen=True)
class Arbitration:
    """The arbiter's queue, newest first: how many there are and one page of them."""

    count: int
    leads: tuple[DisputedLead, ...]


def qualification(reader: Reader, question: Question) -> Measurement:
    """Verdicts by the question's dimensions, ``criterion`` among them; unknown always beside non-target."""
    return measured_as("qualification", reader, question, measure(reader, question, COLUMNS))


def criteria_table(reader: Reader, question: Question) -> tuple[CriterionRow, ...]:
    """Why leads are non-target: a row per criterion, most leads first, shares of all non-target leads.

    With ``question.compare`` every share is judged against that period, all rows as one family (Holm).
    """
    company = reader.company
    now = _by_criterion(reader, question, question.period)
    before = _by_criterion(reader, question, question.compare) if question.compare else {}
    keys = sorted({**now, **before}, key=lambda key: (key is None, -now.get(key, 0), key or ""))
    all_now, all_before = sum(now.values()), sum(before.values())
    moved = shifts(((now.get(key, 0), all_now), (before.get(key, 0), all_before)) for key in keys)
    zone = accountable(metric("non_target_share"), company)
    return tuple(
        CriterionRow(
            key,
            criterion_name(company, key),
            now.get(key, 0),
            share("non_target_share", now.get(key, 0), all_now, zone),
            shift if question.compare else None,
        )
        for key, shift in zip(keys, moved, strict=True)
    )


def criterion_name(company: Company, key: str | None) -> Text:
    """How the newest version that has the criterion calls it; its key where none does."""
    if key is None:
        return _NO_CRITERION
    versions = sorted(company.criteria, key=lambda version: version.valid_from, reverse=True)
    rules = (rule for version in versions for rule in version.rules if rule.key == key)
    return next((rule.name.text for rule in rules), same(key))


def what_if(reader: Reader, question: Question, draft: CriteriaVersion) -> WhatIf:
    """The verdicts that ``draft`` would give to the leads of the question, against those they have."""
    judged = judged_by(draft, reader.company)
    asked = (
        f"SELECT target_verdict AS verdict_now, {judged} AS verdict_then, COUNT(*) AS leads\n"
        f"FROM journeys\nWHERE {leads_of(question, question.period)}\n"
        f"GROUP BY target_verdict, {judged}\nORDER BY verdict_now NULLS LAST, verdict_then NULLS LAST"
    )
    matrix = {(now, then): 0 for now in TargetVerdict for then in TargetVerdict}
    for row in reader.query(asked).to_pylist():
        matrix[TargetVerdict(row["verdict_now"]), TargetVerdict(row["verdict_then"])] += row["leads"]
    now, then = _tally(matrix, 0), _tally(matrix, 1)
    return WhatIf(
        draft.version,
        matrix,
        _non_target(now, reader.company),
        _non_target(then, reader.company),
        _unknown(now, reader.company),
        _unknown(then, reader.company),
        (asked,),
    )


def judged_by(draft: CriteriaVersion, company: Company) -> str:
    """The verdict by a version as an expression over a lead; what a person judged stays."""
    return f"CASE WHEN judged_by = 'person' THEN target_verdict ELSE {verdict_expression(draft, company)} END"


def agreement(reader: Reader, question: Question) -> Figure:
    """How often the seller's opinion equals the verdict, of leads judged by both."""
    return measure(reader, question.split(), ("seller_agreement",)).total.figures["seller_agreement"]


def arbiter(reader: Reader, question: Question, limit: int = 50, offset: int = 0) -> Arbitration:
    """The leads of which the seller and the criteria differ, newest first."""
    where = f"{leads_of(question, question.period)} AND {MEASURES['disputed_leads'].condition}"
    count = reader.query(f"SELECT COUNT(*) AS leads FROM journeys WHERE {where}").to_pylist()[0]["leads"]
    page = (
        "SELECT lead_id, created_at, target_verdict, criterion, seller_verdict, seller_quality, manager,"
        f" lead_source, segment, amount, url\nFROM journeys\nWHERE {where}\n"
        f"ORDER BY created_at DESC NULLS LAST, lead_id LIMIT {literal(limit)} OFFSET {literal(offset)}"
    )
    return Arbitration(count, tuple(_disputed(row) for row in reader.query(page).to_pylist()))


def _disputed(row: Mapping[str, Any]) -> DisputedLead:
    return DisputedLead(
        lead_id=row["lead_id"],
        created_at=row["created_at"].replace(tzinfo=UTC),
        target_verdict=TargetVerdict(row["target_verdict"]),
        criterion=row["criterion"],
        seller_verdict=TargetVerdict(row["seller_verdict"]),
        seller_quality=row["seller_quality"],
        manager=row["manager"],
        lead_source=row["lead_source"],
        segment=row["segment"],
        amount=row["amount"],
        url=row["url"],
    )


def _by_criterion(reader: Reader, question: Question, period: Period | None) -> dict[str | None, int]:
    asked = (
        "SELECT criterion, COUNT(*) AS leads\nFROM journeys\n"
        f"WHERE {leads_of(question, period)} AND target_verdict = 'non_target'\n"
        "GROUP BY criterion\nORDER BY criterion NULLS LAST"
    )
    return {row["criterion"]: row["leads"] for row in reader.query(asked).to_pylist()}


def leads_of(question: Question, period: Period | None) -> str:
    """The condition of the counted leads that were created in a period, as the filters say."""
    parts = ("is_counted", period_condition(period, "created"), filter_condition(renamed(question.where)))
    return " AND ".join(part for part in parts if part != "TRUE")


def _tally(matrix: Mapping[tuple[TargetVerdict, TargetVerdict], int], side: int) -> dict[TargetVerdict, int]:
    return {
        verdict: sum(leads for pair, leads in matrix.items() if pair[side] is verdict) for verdict in TargetVerdict
    }


def _non_target(tally: Mapping[TargetVerdict, int], company: Company) -> Figure:
    judged = tally[TargetVerdict.TARGET] + tally[TargetVerdict.NON_TARGET]
    zone = accountable(metric("non_target_share"), company)
    return share("non_target_share", tally[TargetVerdict.NON_TARGET], judged, zone)


def _unknown(tally: Mapping[TargetVerdict, int], company: Company) -> Figure:
    zone = accountable(metric("unknown_share"), company)
    return share("unknown_share", tally[TargetVerdict.UNKNOWN], sum(tally.values()), zone)
