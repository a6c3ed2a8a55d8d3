"""How much does the fake portal let through? A bucket that leaks, and seconds of work in ten minutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from tests.support.bitrix24_answers import Row

MSK = timezone(timedelta(hours=3))


class Refusal(Exception):
    def __init__(self, status: int, code: str, said: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.said = status, code, said


@dataclass
class Limited:
    """The limits, switched off unless a test asks for them. ``now`` is the portal's own clock."""

    now: Callable[[], datetime] = lambda: datetime(2026, 11, 20, 12, tzinfo=MSK)
    limits: bool = False
    burst: float = 50
    drain: float = 2
    budget: float = 480.0
    work_per_call: float = 0.01

    def __post_init__(self) -> None:
        self.refused = 0
        self._level, self._seen = 0.0, self.now()
        self._work: dict[str, list[tuple[datetime, float]]] = {}

    def _let_in(self, name: str) -> None:
        if self.limits:
            self._leak()
            if self._level + 1 > self.burst:
                self.refused += 1
                raise Refusal(503, "QUERY_LIMIT_EXCEEDED", "Too many requests")
            self._level += 1
            if name != "batch":
                self._spend(name)

    def _leak(self) -> None:
        now = self.now()
        self._level = max(0.0, self._level - (now - self._seen).total_seconds() * self.drain)
        self._seen = now

    def _spend(self, name: str) -> None:
        now = self.now()
        window = [(at, cost) for at, cost in self._work.get(name, []) if now - at < timedelta(minutes=10)]
        self._work[name] = window
        if sum(cost for _, cost in window) + self.work_per_call > self.budget:
            self.refused += 1
            raise Refusal(429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.")
        window.append((now, self.work_per_call))

    def _time(self, name: str, started: datetime) -> Row:
        now = self.now()
        told: Row = {
            "start": started.timestamp(), "finish": now.timestamp(), "duration": 0.01, "processing": 0.01,
            "date_start": started.isoformat(), "date_finish": now.isoformat(),
        }  # fmt: skip
        if self.limits:
            window = self._work.get(name, [])
            back = min((at for at, _ in window), default=now) + timedelta(minutes=10)
            told |= {"operating": sum(cost for _, cost in window), "operating_reset_at": int(back.timestamp())}
        return told
