"""Which words of a definition does the company fill: who is a paid source, what is a deal, what must be filled?

A definition holds ``{paid}``; the question that goes to the engine holds what the company's settings say of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from smarketing.facts.company import Company, Milestone, Stage
from smarketing.facts.errors import WrongSetting, did_you_mean
from smarketing.facts.journeys import journey_columns
from smarketing.facts.language import Text
from smarketing.facts.query import literal, name

# What people type into a field that they must fill and have nothing for.
EMPTY_WORDS = ("-", "–", "—", ".", "нет", "no", "0", "select", "тест", "test")


@dataclass(frozen=True)
class Requirement:
    """A field that must be filled by a stage, as two conditions over ``journeys``.

    ``concerns``: the lead has reached the stage in a pipeline that requires the field. ``filled``: NULL where the
    field is empty.
    """

    stage: str
    field: str
    concerns: str
    filled: str

    @property
    def lacks(self) -> str:
        """It concerns the lead and is not filled."""
        return f"CASE WHEN {self.concerns} AND {self.filled} THEN FALSE ELSE {self.concerns} END"


def requirements(company: Company) -> tuple[Requirement, ...]:
    """Every stage's required fields in order; raises :class:`WrongSetting` for a field that no lead has."""
    return tuple(
        Requirement(stage.key, field, _concerns(stage, field), _is_filled(_column(field, company)))
        for stage in company.stages
        for field in dict.fromkeys(
            (*stage.required_fields, *(one for ones in stage.required_in.values() for one in ones))
        )
    )


def terms(company: Company, now_clock: int, sources_with_spend: Collection[str] = ()) -> Mapping[str, str]:
    """SQL over ``journeys`` for each word a definition may hold.

    ``now_clock`` is the working clock of «now» (``WorkingCalendar.clock``); ``sources_with_spend`` are the sources
    that had ad spend: the paid ones where the company has marked no group of sources as paid.
    """
    filled, required = _fill(company)
    return {
        "paid": _paid(company, sources_with_spend),
        "deal": "is_deal" if company.order(Milestone.DEAL) or not company.stages else "TRUE",
        "sla_due": f"created_working_clock <= {literal(now_clock - company.response_sla_minutes * 60)}",
        "filled": filled,
        "required": required,
    }


def filled_in(text: str, words: Mapping[str, str]) -> str:
    """An expression with its words filled."""
    for word, meaning in words.items():
        text = text.replace("{" + word + "}", meaning)
    return text


def marks_paid_groups(company: Company) -> bool:
    """Whether the settings say which groups of sources are paid."""
    return any(group.paid for group in company.source_groups)


def _paid(company: Company, sources_with_spend: Collection[str]) -> str:
    if marks_paid_groups(company):
        return _one_of("source_group", [group.key for group in company.source_groups if group.paid])
    return _one_of("lead_source", sorted(sources_with_spend))


def _one_of(column: str, values: Collection[str]) -> str:
    return f"{column} IN ({', '.join(literal(value) for value in values)})" if values else "FALSE"


def _fill(company: Company) -> tuple[str, str]:
    needed = requirements(company)
    reached = [f"CASE WHEN {one.concerns} THEN 1 ELSE 0 END" for one in needed]
    filled = [f"CASE WHEN {one.concerns} AND {one.filled} THEN 1 ELSE 0 END" for one in needed]
    return f"SUM({' + '.join(filled) or '0'})", f"SUM({' + '.join(reached) or '0'})"


def _concerns(stage: Stage, field: str) -> str:
    """Reached the stage in a pipeline that requires the field: by its own list, else by the common one."""
    reached = name(f"in_{stage.key}")
    said = {pipeline: field in own for pipeline, own in stage.required_in.items()}
    common = field in stage.required_fields
    differing = sorted(pipeline for pipeline, needs in said.items() if needs != common)
    if not differing:
        return reached
    listed = ", ".join(literal(pipeline) for pipeline in differing)
    return f"({reached} AND COALESCE(pipeline, '') {'NOT IN' if common else 'IN'} ({listed}))"


def _is_filled(column: str) -> str:
    if column == "amount":
        return "amount <> 0"
    words = ", ".join(literal(word) for word in ("", *EMPTY_WORDS))
    return f"LOWER(TRIM({name(column)})) NOT IN ({words})"


def _column(field: str, company: Company) -> str:
    texts = [column for column, kind in journey_columns(company).items() if kind == "VARCHAR"]
    known = (*texts, "amount")
    for column in (field, f"custom_{field}"):
        if column in known:
            return column
    hint = did_you_mean(field, known)
    raise WrongSetting(
        "unknown-required-field",
        Text(
            f"Обязательного поля «{field}» у лида нет. {hint.ru}",
            f"A lead has no required field “{field}”. {hint.en}",
        ),
    )
