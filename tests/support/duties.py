"""The table ``duties`` a second time: in plain Python, from the tasks, without any SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from smarketing.facts.company import Company
from smarketing.facts.journeys import DUTY_COLUMNS

Row = dict[str, Any]


def duties_of(tasks: Iterable[Mapping[str, Any]], company: Company) -> list[Row]:
    """``duties`` for the latest versions of these tasks; moments of tasks carry a zone."""
    return sorted((_duty(task, company) for task in tasks), key=lambda row: row["task_id"])


def _duty(task: Mapping[str, Any], company: Company) -> Row:
    due, done = _term(task.get("due_at"), company), task.get("done_at")
    day = task["due_at"].astimezone(company.tz).date() if task.get("due_at") else None
    row: Row = {
        **dict.fromkeys(DUTY_COLUMNS),
        **{key: value for key, value in task.items() if key in DUTY_COLUMNS},
        "due_at": _plain(due),
        "due_day": day,
        "due_week": day and day - timedelta(days=day.weekday()),
        "due_month": day and day.year * 100 + day.month,
        "done_at": _plain(done),
        "done_day": done and done.astimezone(company.tz).date(),
        "is_done": done is not None,
        "is_in_time": bool(done and due and done <= due),
        "is_regular": task.get("template") is not None,
        "manager": task.get("person"),
    }
    return row


def _term(due: datetime | None, company: Company) -> datetime | None:
    """A term without an hour lasts to the end of its day."""
    if due is None:
        return None
    local = due.astimezone(company.tz)
    if local.time() != time():
        return due
    tomorrow: date = local.date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=company.tz)


def _plain(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(UTC).replace(tzinfo=None)
