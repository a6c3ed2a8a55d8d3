"""Where did a lead first meet the company, before its form was sent?

The CRM knows the last step. Visits and other touches of marketing know the steps before it: they are found by the
lead's own number, its client's, or the number its browser has in web analytics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from smarketing.analyses.measuring import Measured, measured_as
from smarketing.analyses.measuring.asking import Key, column, key_of, renamed
from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.analyses.result import Measurement, Note
from smarketing.analyses.shares import share
from smarketing.facts.company import Company
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.facts.query import Reader
from smarketing.metrics.catalogue import accountable, metric
from smarketing.metrics.kinds import Figure, NoValue, Row

COLUMNS = ("touch_leads", "touched_leads", "touched_share", "other_first_touch_leads", "other_first_touch_share")

_BY_LEAD = Note("by-lead", Text("Касания считаются по дате лида.", "Touches are counted by the date of the lead."))
_NO_TOUCHES = Note(
    "no-touches",
    Text(
        "Касания не загружены: подключите Метрику или загрузите таблицу touches.",
        "No touches are loaded: connect Metrica or load a table touches.",
    ),
)
# A touch belongs to a lead by any of three numbers, and only one before the lead counts.
_FIRST = """
WITH seen AS (
    SELECT l.lead_id, t."at" AS touched_at, t.channel FROM journeys l JOIN touches t ON t.lead_id = l.lead_id
    WHERE t."at" <= l.created_at
    UNION ALL
    SELECT l.lead_id, t."at" AS touched_at, t.channel FROM journeys l JOIN touches t ON t.client_id = l.client_id
    WHERE t."at" <= l.created_at
    UNION ALL
    SELECT l.lead_id, t."at" AS touched_at, t.channel FROM journeys l JOIN touches t ON t.visitor_id = l.visitor_id
    WHERE t."at" <= l.created_at
), earliest AS (
    SELECT lead_id, MIN(touched_at) AS first_at FROM seen GROUP BY lead_id
), firsts AS (
    SELECT s.lead_id AS touched_lead, MIN(s.channel) AS first_channel
    FROM seen s JOIN earliest e ON e.lead_id = s.lead_id AND e.first_at = s.touched_at
    GROUP BY s.lead_id
)
"""
_COUNTS = (
    "COUNT(*) AS leads",
    "COUNT(first_channel) AS touched",
    "COUNT(*) FILTER (WHERE first_channel IS NOT NULL AND first_channel <> COALESCE(lead_source, '')) AS other",
)


def first_touch(reader: Reader, question: Question) -> Measurement:
    """Leads by the question's dimensions: how many were touched before their form, how many first from elsewhere.

    Counted by the date of the lead. Figures say «not loaded» where there are no touches at all.
    """
    asked = replace(question, clock=Clock.COHORT)
    known = _knows_touches(reader)
    by, questions = _counted(reader, asked)
    whole, more = _counted(reader, asked.split())
    rows = tuple(Row(key, _figures(counts, reader.company, known=known)) for key, counts in by.items())
    total = Row((), _figures(whole.get((), {}), reader.company, known=known))
    notes = (*([_BY_LEAD] if question.clock is Clock.PERIOD else []), *([] if known else [_NO_TOUCHES]))
    return measured_as("first_touch", reader, asked, Measured(COLUMNS, rows, total, notes, (questions, more)))


def _counted(reader: Reader, question: Question) -> tuple[dict[Key, Mapping[str, Any]], str]:
    keys = [column(dimension, "created") for dimension in question.by]
    listed = [f"{key} AS key_{place}" for place, key in enumerate(keys)]
    conditions = (
        "is_counted",
        period_condition(question.period, "created"),
        filter_condition(renamed(question.where)),
    )
    where = " AND ".join(condition for condition in conditions if condition)
    asked = (
        f"{_FIRST}SELECT {', '.join((*listed, *_COUNTS))}\n"
        f"FROM journeys LEFT JOIN firsts ON touched_lead = lead_id\nWHERE {where}"
    )
    if keys:
        asked += f"\nGROUP BY {', '.join(keys)}\nORDER BY {', '.join(f'{key} NULLS LAST' for key in keys)}"
    return {key_of(row, question): row for row in reader.query(asked).to_pylist()}, asked


def _figures(counts: Mapping[str, Any], company: Company, *, known: bool) -> dict[str, Figure]:
    leads, touched, other = (int(counts.get(name) or 0) for name in ("leads", "touched", "other"))
    return {
        "touch_leads": _count("touch_leads", leads, company),
        "touched_leads": _count("touched_leads", touched, company, known=known),
        "touched_share": _share("touched_share", touched, leads, company, known=known),
        "other_first_touch_leads": _count("other_first_touch_leads", other, company, known=known),
        "other_first_touch_share": _share("other_first_touch_share", other, touched, company, known=known),
    }


def _count(key: str, value: int, company: Company, *, known: bool = True) -> Figure:
    what = metric(key)
    zone = accountable(what, company)
    if not known:
        return Figure(key, what.unit, None, zone=zone, reason=NoValue.NOT_LOADED)
    return Figure(key, what.unit, value, n=value, zone=zone)


def _share(key: str, part: int, whole: int, company: Company, *, known: bool) -> Figure:
    zone = accountable(metric(key), company)
    if not known:
        return Figure(key, metric(key).unit, None, zone=zone, reason=NoValue.NOT_LOADED)
    return share(key, part, whole, zone)


def _knows_touches(reader: Reader) -> bool:
    (row,) = reader.query("SELECT COUNT(*) AS known FROM touches").to_pylist()
    return bool(row["known"])
