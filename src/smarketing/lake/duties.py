"""Which tasks were due, and was each done in time? The derived table ``duties``, one row per task."""

from __future__ import annotations

from smarketing.facts.company import Company
from smarketing.facts.journeys import DUTY_COLUMNS
from smarketing.lake.batches import LOAD, PART
from smarketing.lake.engine import Engine
from smarketing.lake.settings import local, month_of, typed, week_of

# A term without an hour is a whole day: it passes when the day is over where the company is.
_DUTIES = """
CREATE OR REPLACE TABLE new_duties AS
WITH latest AS (
    SELECT *, {local_due} AS local_due, CAST({local_done} AS DATE) AS done_day FROM raw_tasks
    QUALIFY ROW_NUMBER() OVER (PARTITION BY task_id ORDER BY {load} DESC) = 1
), dated AS (
    SELECT * EXCLUDE (due_at), CAST(local_due AS DATE) AS due_day,
        CASE WHEN local_due = DATE_TRUNC('day', local_due) THEN {day_over} ELSE due_at END AS due_at
    FROM latest
)
SELECT {columns}, 0::INTEGER AS {part} FROM dated
"""


def build(engine: Engine, company: Company) -> None:
    """Make ``new_duties`` of all tasks."""
    columns = {
        **{name: name for name in DUTY_COLUMNS},
        "due_week": week_of("due_day"),
        "due_month": month_of("due_day"),
        "is_done": "done_at IS NOT NULL",
        "is_in_time": "COALESCE(done_at <= due_at, FALSE)",
        "is_regular": "template IS NOT NULL",
        "manager": "person",
    }
    engine.run(
        _DUTIES.format(
            local_due=local("due_at", company),
            local_done=local("done_at", company),
            day_over=_in_utc("local_due + INTERVAL 1 DAY", company),
            load=LOAD,
            columns=typed(columns, DUTY_COLUMNS),
            part=PART,
        )
    )


def _in_utc(wall_clock: str, company: Company) -> str:
    """SQL for a moment on the company's wall clock as it is stored; the other way round than ``local``."""
    return f"((({wall_clock}) AT TIME ZONE '{company.zone}') AT TIME ZONE 'UTC')"
