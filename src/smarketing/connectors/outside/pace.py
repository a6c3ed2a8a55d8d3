"""How fast may we ask, so that the other side stays well disposed?"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

Clock = Callable[[], float]
Sleep = Callable[[float], None]


class Pace:
    """A leaky bucket: ``burst`` requests at once, then ``per_second``; what waits is counted.

    ``clock`` and ``sleep`` are injected, so that tests of an hour take no time.
    """

    def __init__(
        self, per_second: float, burst: float = 1, *, clock: Clock = time.monotonic, sleep: Sleep = time.sleep
    ) -> None:
        self._rate, self._burst = per_second, burst
        self._clock, self._sleep = clock, sleep
        self._level, self._seen = 0.0, clock()
        self._lock = Lock()
        self.waited = 0.0

    def take(self) -> None:
        """Wait until one more request fits."""
        with self._lock:
            self._leak()
            missing = self._level + 1 - self._burst
            if missing > 0:
                pause = missing / self._rate
                self.waited += pause
                self._sleep(pause)
                self._leak()
            self._level += 1

    def slow_down(self) -> None:
        """The other side refused in spite of our care: somebody else uses the same bucket, so ours is full."""
        with self._lock:
            self._level = max(self._level, self._burst)

    def _leak(self) -> None:
        now = self._clock()
        self._level = max(0.0, self._level - (now - self._seen) * self._rate)
        self._seen = now
