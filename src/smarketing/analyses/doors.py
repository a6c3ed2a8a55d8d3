"""Which leads stand behind a step of the funnel, a cell of losses or of the what-if, a time of response?

``records`` opens the metrics that are made of measures; what the funnel, the losses, the what-if and the response
compute themselves is opened here, by the same conditions they count with. And which values may a filter take?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from smarketing.analyses.funnel import LEAD, Kind
from smarketing.analyses.funnel.counting import Counting
from smarketing.analyses.measuring.asking import renamed
from smarketing.analyses.qualification import judged_by, leads_of
from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.analyses.records import LEAD_COLUMNS, Records
from smarketing.analyses.response import WITHIN
from smarketing.facts.company import Company
from smarketing.facts.criteria import CriteriaVersion, TargetVerdict
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.facts.query import Reader, literal, name

TURNED = {"lead_returns": "returns", "lead_reopenings": "reopenings"}  # metric → column that counts
_ORDER = "created_at DESC NULLS LAST, lead_id"


def of_step(
    reader: Reader,
    question: Question,
    metric: str,
    step: str,
    kind: Kind = Kind.STAGES,
    limit: int = 100,
    offset: int = 0,
) -> Records:
    """The leads that reached a step, or with ``stage_lost`` and ``stage_open`` those that stand in it.

    Raises :class:`WrongQuestion` for a step that the company's funnel does not have.
    """
    counting = Counting(reader.company, kind, question.clock, question.period)
    keys = [one.key for one in counting.steps]
    if step not in keys:
        hint = did_you_mean(step, keys)
        raise WrongQuestion(
            "unknown-step",
            Text(f"Шага «{step}» в воронке нет. {hint.ru}", f"The funnel has no step “{step}”. {hint.en}"),
        )
    reached = _reached(counting, keys.index(step))
    if metric == "stage_lost":
        standing = _stands(counting, keys.index(step), "loss_stage")
        return _leads(reader, question, f"{_lost(question)} AND {standing}", limit, offset)
    if metric == "stage_open":
        standing = _stands(counting, keys.index(step), "stage")
        return _leads(reader, question, f"outcome = 'open' AND {standing}", limit, offset)
    return _leads(reader, question, reached, limit, offset)


def of_losses(reader: Reader, question: Question, limit: int = 100, offset: int = 0) -> Records:
    """The lost leads of a question; reason and stage are filters of it (``losses.drill``)."""
    return _leads(reader, question, _lost(question), limit, offset)


def of_response(reader: Reader, question: Question, metric: str, limit: int = 100, offset: int = 0) -> Records:
    """The answered leads behind a time, by the day they came; behind «answered within …» those of that time."""
    known = (
        "response_working_seconds IS NOT NULL"
        if not metric.startswith("elapsed")
        else "response_seconds IS NOT NULL"
    )
    within = f" AND response_working_seconds <= {literal(WITHIN[metric])}" if metric in WITHIN else ""
    asked = replace(question, clock=Clock.COHORT)
    return _leads(reader, asked, f"is_answered AND {known}{within}", limit, offset)


def of_turned(reader: Reader, question: Question, metric: str, limit: int = 100, offset: int = 0) -> Records:
    """The leads that went back a stage (``lead_returns``) or were taken up again (``lead_reopenings``)."""
    created = period_condition(question.period, "created")  # by either clock, as the funnel counts them
    return _leads(reader, question, f"{TURNED[metric]} > 0 AND {created}", limit, offset)


def of_draft(
    reader: Reader,
    question: Question,
    draft: CriteriaVersion,
    now: TargetVerdict | None = None,
    then: TargetVerdict | None = None,
    limit: int = 100,
    offset: int = 0,
) -> Records:
    """The leads of a cell of the what-if: by the verdict they have and by the one a draft would give.

    Without both: the leads whose verdict would be another.
    """
    judged = judged_by(draft, reader.company)
    parts = [f"target_verdict = {literal(now.value)}"] if now else []
    parts += [f"({judged}) = {literal(then.value)}"] if then else []
    chosen = " AND ".join(parts) or f"target_verdict <> ({judged})"
    condition = f"{chosen} AND {leads_of(question, question.period)}"
    return _leads(reader, replace(question, period=None, compare=None), condition, limit, offset)


def values_of(reader: Reader, dimension: str, where: Mapping[str, tuple[str, ...]]) -> tuple[str | None, ...]:
    """The values that leads carry in a dimension, «not given» last; for the choices of a filter."""
    column = name(dimension)
    asked = (
        f"SELECT {column} AS value FROM journeys WHERE is_counted AND {filter_condition(where)}"
        f" GROUP BY {column} ORDER BY {column} NULLS LAST"
    )
    return tuple(row["value"] for row in reader.query(asked).to_pylist())


def _reached(counting: Counting, index: int) -> str:
    step = counting.steps[index]
    if counting.clock is Clock.PERIOD and (index == 0 or counting.kind is Kind.MILESTONES):
        return _happened(counting, step.key)
    if index == 0 or counting.kind is Kind.MILESTONES:
        return counting.nested(index)
    if counting.clock is Clock.COHORT:
        return "TRUE" if index == 1 else f"furthest >= {step.place}"  # of no known stage: in the first one
    entered, at = name(f"in_{step.key}"), name(f"at_{step.key}")
    if counting.period is None:
        return entered
    start, end = counting.period.moments(counting.company.tz)
    return f"{entered} AND {at} >= {literal(start)} AND {at} < {literal(end)}"


def _happened(counting: Counting, key: str) -> str:
    """By the period clock a milestone counts where its own day lies in the period, whatever came before it."""
    created = period_condition(counting.period, "created")
    if key == LEAD:
        return created
    if key == "target":
        return f"target_verdict = 'target' AND {created}"
    return f"{name(f'is_{key}')} AND {period_condition(counting.period, key)}"


def _stands(counting: Counting, index: int, column: str) -> str:
    """In the step now, or when lost; who stands in no known stage stands in the first step, as the funnel says."""
    if counting.kind is Kind.MILESTONES:
        further = counting.nested(index + 1) if index + 1 < len(counting.steps) else "FALSE"
        return f"{counting.nested(index)} AND NOT ({further})"
    key = counting.steps[index].key
    stands = f"{name(column)} = {literal(key)}"
    if index > 1 or (index == 1 and counting.clock is Clock.PERIOD):
        return stands
    known = ", ".join(literal(stage) for stage in _path(counting.company))
    nowhere = f"{name(column)} IS NULL OR {name(column)} NOT IN ({known})" if known else "TRUE"
    return f"({nowhere})" if key == LEAD else f"({stands} OR {nowhere})"


def _path(company: Company) -> tuple[str, ...]:
    return tuple(stage.key for stage in company.path)


def _lost(question: Question) -> str:
    if question.clock is Clock.COHORT:
        return "outcome = 'lost'"
    return f"outcome = 'lost' AND {period_condition(question.period, 'lost')}"


def _leads(reader: Reader, question: Question, condition: str, limit: int, offset: int) -> Records:
    conditions = ["is_counted", f"({condition})", filter_condition(renamed(question.where))]
    if question.clock is Clock.COHORT:
        conditions.append(period_condition(question.period, "created"))
    where = " AND ".join(conditions)
    counting = f"SELECT COUNT(*) AS records FROM journeys WHERE {where}"
    page = (
        f"SELECT {', '.join(LEAD_COLUMNS)}\nFROM journeys\nWHERE {where}\n"
        f"ORDER BY {_ORDER} LIMIT {literal(limit)} OFFSET {literal(offset)}"
    )
    (count,) = reader.query(counting).to_pylist()
    rows = tuple(tuple(row[column] for column in LEAD_COLUMNS) for row in reader.query(page).to_pylist())
    return Records("journeys", LEAD_COLUMNS, rows, int(count["records"]), (page, counting))
