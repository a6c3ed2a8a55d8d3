"""A fake counter of Yandex.Metrica as the common suite sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.yandex_metrica.connector import Options, YandexMetrica
from tests.connectors.outside.suite import Question, System, Told
from tests.support.faults import WORDS, start, stop
from tests.support.metrica_counter import TOKEN, Server, Site

FIRST = date(2026, 7, 1)


class YandexMetricaSystem(System):
    """A visit on four days of every five since July: logs of a month, in parts of three visits."""

    tells = frozenset({"touches"})
    final = frozenset({"touches"})
    absent: ClassVar[Mapping[Question, str]] = {
        Question.LATE_CHANGE: "a visit of a day that is over is told once; one that comes late is a new visit",
        Question.DELETION: "the counter deletes no visits",
        Question.MERGE: "visits are not merged",
    }

    def __init__(self) -> None:
        super().__init__()
        self.site = Site()
        for step in range((self.now().date() - FIRST).days):
            if step % 5:
                self._visit(step + 1, FIRST + timedelta(days=step))
        self.server = start(Server(self.site))
        self.server.plan = lambda number: WORDS.get(self.counted(number) or "")

    @property
    def secret(self) -> str:
        return TOKEN

    @property
    def holds(self) -> Mapping[str, int]:
        return {"counter": 1, "visits": len(self.site.visits)}

    def connect(self) -> YandexMetrica:
        options = Options(counter="7", first_day=FIRST)
        return YandexMetrica(self.server.url, TOKEN, options, pace=Pace(1e6, 1e6), sleep=lambda _: None)

    def close(self) -> None:
        stop(self.server)

    def revoke(self) -> None:
        self.site.token = "another"

    def restore(self) -> None:
        self.site.token = TOKEN

    def do_add(self) -> Told:
        """A visit of the day before yesterday reaches the counter late."""
        number = 1000 + len(self.site.visits)
        self._visit(number, self.now().date() - timedelta(days=2))
        return Told("touches", {"touch_id": f"metrica:{number}"})

    def a_moment(self) -> Told:
        """Half past midnight of the counter's Yekaterinburg is the evening before in Greenwich."""
        self.site.visit(900, "2026-08-11 00:30:00", "v900", Source="yandex")
        return Told("touches", {"touch_id": "metrica:900"}, {"at": datetime(2026, 8, 10, 19, 30, tzinfo=UTC)})

    def _visit(self, number: int, day: date) -> None:
        self.site.visit(number, f"{day} 12:00:00", f"v{number % 40}", Source="yandex", Campaign="dealers")
