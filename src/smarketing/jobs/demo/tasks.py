"""What must be done in the demo company again and again, and was it done in time?

Three regular tasks: audiences every quarter, the report against the CRM every month, forgotten leads every Friday.
A generator of its own, so that nothing else of the demo hangs on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from smarketing.facts.period import Month
from smarketing.jobs.demo import columns
from smarketing.jobs.demo.clock import DAY, WorkingClock, day_number
from smarketing.jobs.demo.draw import Random
from smarketing.jobs.demo.walk import NEVER

_MORNING, _AFTERNOON = 10 * 3600, 17 * 3600
_NOTICE = 5  # days before its term a task is set
_AUDIENCES = ("audiences", "Обновить аудитории рекламы", "Ольга Тихая", 0.85)
_REPORT = ("report_and_crm", "Сверить отчёт маркетинга с CRM", "Анна Вершинина", 0.9)
_FORGOTTEN = ("forgotten_leads", "Разобрать забытых лидов", "Игорь Латыпов", 0.75)

_Rule = tuple[str, str, str, float]  # template, title, person, how often in time


def tasks(random: Random, months: list[Month], clock: WorkingClock, cut: int) -> pa.Table:
    """Every task set by ``cut``; its term is a day, done that day or before it, else one to four days late."""
    due = sorted(((day, rule) for month in months for day, rule in _due(month, clock)), key=lambda one: one[0])
    set_on = np.array([day_number(day) - _NOTICE for day, _ in due], dtype=np.int64) * DAY + _MORNING
    term = np.array([day_number(day) for day, _ in due], dtype=np.int64) * DAY
    draws = random.random((len(due), 2))
    in_time = draws[:, 0] < np.array([rule[3] for _, rule in due])
    after = np.where(in_time, -(2 * draws[:, 1]).astype(np.int64), 1 + (4 * draws[:, 1]).astype(np.int64))
    done = term + after * DAY + _AFTERNOON
    table = pa.table(
        {
            "task_id": columns.words(columns.ids("Z-", np.arange(len(due)) + 1)),
            "created_at": columns.moments(set_on),
            "due_at": columns.moments(term),
            "done_at": columns.moments(np.where(done <= cut, done, NEVER)),
            "person": columns.words([rule[2] for _, rule in due]),
            "title": columns.words([rule[1] for _, rule in due]),
            "template": columns.words([rule[0] for _, rule in due]),
        }
    )
    return table.filter(pa.array(set_on <= cut))


def _due(month: Month, clock: WorkingClock) -> Iterator[tuple[date, _Rule]]:
    if month.number % 100 in (1, 4, 7, 10):
        yield _working(date(month.year, month.number % 100, 20), clock), _AUDIENCES
    yield _working(date(month.year, month.number % 100, 12), clock), _REPORT
    for number in range(month.days):
        day = month.first + timedelta(days=number)
        if day.weekday() == 4 and clock.works(np.array([day_number(day)]))[0]:
            yield day, _FORGOTTEN


def _working(day: date, clock: WorkingClock) -> date:
    """The day itself or the first working one after it."""
    while not clock.works(np.array([day_number(day)]))[0]:
        day += timedelta(days=1)
    return day
