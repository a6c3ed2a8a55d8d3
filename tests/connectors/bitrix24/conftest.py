"""A portal behind a port of loopback, a clock that moves only when somebody waits, and no waiting for retries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import stamina

from smarketing.connectors.outside.mirror import Mirror
from tests.connectors.bitrix24.told import Told
from tests.support.bitrix24_portal import MSK, FakePortal
from tests.support.bitrix24_server import Server


class Clock:
    """The portal's clock and ours: one, so that waiting is what makes limits pass."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 12, tzinfo=MSK)
        self.slept = 0.0

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return self.moment.timestamp()

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.moment += timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=6):
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def portal(clock: Clock) -> FakePortal:
    return FakePortal(now=clock.now)


@pytest.fixture
def server(portal: FakePortal) -> Iterator[Server]:
    with Server(portal) as made:
        yield made


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    made = Mirror(tmp_path / "mirror.sqlite3")
    yield made
    made.close()


@pytest.fixture
def told(mirror: Mirror) -> Told:
    return Told(mirror)
