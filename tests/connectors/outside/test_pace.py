"""The bucket lets a burst through and then keeps the pace, by a clock of our own."""

from __future__ import annotations

from smarketing.connectors.outside.pace import Pace


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_burst_passes_at_once_and_the_rest_at_the_rate() -> None:
    time = Time()
    pace = Pace(2, 3, clock=time.clock, sleep=time.sleep)
    moments = []
    for _ in range(5):
        pace.take()
        moments.append(time.now)
    assert moments == [0, 0, 0, 0.5, 1.0]
    assert pace.waited == 1.0


def test_bucket_leaks_while_nobody_asks() -> None:
    time = Time()
    pace = Pace(1, 2, clock=time.clock, sleep=time.sleep)
    pace.take()
    pace.take()
    time.now = 10
    pace.take()
    pace.take()
    assert time.now == 10


def test_refusal_fills_the_bucket() -> None:
    time = Time()
    pace = Pace(2, 50, clock=time.clock, sleep=time.sleep)
    pace.take()
    pace.slow_down()
    pace.take()
    assert time.now == 0.5
