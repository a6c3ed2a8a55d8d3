"""May this method be asked now, or has its share of the portal's work been spent?

Each method has a budget of execution seconds in a sliding window; every answer tells what is spent and when some
of it is given back. Moments are the server's: ours may be wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from smarketing.connectors.outside.pace import Sleep

BUDGET = 480.0  # seconds in ten minutes, the figure usually quoted for the cloud
CAREFUL = 0.7  # above this share we wait before the portal says so
LONGEST = 600.0


class WorkBudget:
    """Watches the work of each method; ``wall`` and ``sleep`` are injected."""

    def __init__(self, *, wall: Callable[[], float] = time.time, sleep: Sleep = time.sleep) -> None:
        self._wall, self._sleep = wall, sleep
        self._ahead = 0.0  # how far the server's clock is ahead of ours
        self._until: dict[str, float] = {}  # method → moment until which it rests
        self._given_back: dict[str, float] = {}
        self.spent: dict[str, float] = {}  # method → the most seconds that one window has seen
        self.waited = 0.0

    def before(self, methods: set[str]) -> None:
        """Wait until every one of these methods may be asked."""
        until = max((self._until.pop(method, 0.0) for method in methods), default=0.0)
        pause = min(until - self._wall() - self._ahead, LONGEST)
        if pause > 0:
            self.waited += pause
            self._sleep(pause)

    def saw(self, method: str, taken: Mapping[str, Any]) -> None:
        """Remember what an answer tells in its ``time``."""
        finished = _number(taken.get("finish"))
        if finished is not None:
            self._ahead = finished - self._wall()
        spent, back = _number(taken.get("operating")), _number(taken.get("operating_reset_at"))
        if spent is None or back is None:
            return
        self.spent[method] = max(self.spent.get(method, 0.0), spent)
        self._given_back[method] = back
        if spent >= CAREFUL * BUDGET:
            self._until[method] = back

    def refused(self, method: str) -> None:
        """The portal says that the budget is spent: rest until its last good answer said, or a minute."""
        now = self._wall() + self._ahead
        back = self._given_back.get(method, 0.0)
        self._until[method] = back if back > now else now + 60.0


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
