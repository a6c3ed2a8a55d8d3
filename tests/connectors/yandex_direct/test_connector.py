"""Reports of Yandex.Direct over real HTTP: queued, heavy, refused, and read into spend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import stamina

from smarketing.connectors.outside.mirror import Kept, Mirror
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble, Trouble
from smarketing.connectors.yandex_direct.connector import Options, YandexDirect
from smarketing.facts.company import Company
from tests.support.ad_accounts import TOKEN, Cabinet, DirectHandler, serving

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
FIRST = date(2026, 10, 1)


class Reader:
    def __init__(self, url: str, folder: Path, **options: object) -> None:
        self.slept: list[float] = []
        said = Options.model_validate({"first_day": FIRST, **options})
        self.connector = YandexDirect(url, TOKEN, said, pace=Pace(9_999, 9_999), sleep=self.slept.append)
        self.mirror = Mirror(folder / "m.sqlite3")

    def read(self, now: datetime = NOW) -> Kept:
        kept = Kept()
        for page in self.connector.walk("spend", self.mirror.cursor("spend"), now=now):
            kept += self.mirror.keep(page, now)
        return kept

    def spent(self) -> list[tuple[object, ...]]:
        made = self.connector.facts(self.mirror, Company(), after=0, upto=self.mirror.position, now=NOW)
        facts = [fact for tables in made for rows in tables.values() for fact in rows.to_pylist()]
        return [(fact["day"], fact["campaign"], fact["cost"], fact["reported_leads"]) for fact in facts]


@contextmanager
def reading(cabinet: Cabinet, folder: Path, **options: object) -> Iterator[Reader]:
    with serving(cabinet, DirectHandler) as server, stamina.set_testing(True, attempts=4):
        reader = Reader(server.url, folder, **options)
        yield reader
        reader.connector.close()
        reader.mirror.close()


@pytest.fixture
def cabinet() -> Cabinet:
    made = Cabinet()
    for step in range(50):
        made.spend(FIRST + timedelta(days=step), 7, "Дилеры Москва", "100.50", leads=2)
    return made


def test_days_and_money_arrive_exactly(cabinet: Cabinet, tmp_path: Path) -> None:
    with reading(cabinet, tmp_path, goals=("20002",)) as reader:
        assert reader.read().new == 50
        spent = reader.spent()
        assert (len(spent), spent[0]) == (50, (FIRST, "дилеры москва", Decimal("100.50"), 2))
        assert reader.read().new == 0


def test_leads_are_not_read_without_goals(cabinet: Cabinet, tmp_path: Path) -> None:
    with reading(cabinet, tmp_path) as reader:
        reader.read()
        assert {row[3] for row in reader.spent()} == {None}


def test_queued_report_is_asked_for_again_byte_for_byte_after_its_pause(cabinet: Cabinet, tmp_path: Path) -> None:
    cabinet.offline = 3
    with serving(cabinet, DirectHandler) as server:
        reader = Reader(server.url, tmp_path)
        reader.read()
        assert reader.slept == [7.0] * 6
        assert len(server.asked) == 8
        assert len(set(server.asked)) == 2
        assert len(reader.spent()) == 50


def test_report_that_stays_in_the_queue_is_left_for_later(cabinet: Cabinet, tmp_path: Path) -> None:
    cabinet.offline = 10_000
    with reading(cabinet, tmp_path) as reader, pytest.raises(PassingTrouble) as caught:
        reader.read()
    assert caught.value.code == "report-queue"
    assert sum(reader.slept) <= 3_600


def test_heavy_report_is_asked_for_in_halves(cabinet: Cabinet, tmp_path: Path) -> None:
    cabinet.heavy = 10
    with reading(cabinet, tmp_path) as reader:
        reader.read()
        assert len(reader.spent()) == 50


def test_correction_of_the_last_days_arrives_and_older_ones_within_a_week(
    cabinet: Cabinet, tmp_path: Path
) -> None:
    with reading(cabinet, tmp_path) as reader:
        reader.read()
        cabinet.days[date(2026, 11, 18)][7].cost = Decimal("90.00")
        cabinet.days[date(2026, 11, 1)][7].cost = Decimal("80.00")
        reader.read(NOW + timedelta(days=1))
        costs = {row[0]: row[2] for row in reader.spent()}
        assert (costs[date(2026, 11, 18)], costs[date(2026, 11, 1)]) == (Decimal("90.00"), Decimal("100.50"))
        reader.read(NOW + timedelta(days=8))
        assert {row[0]: row[2] for row in reader.spent()}[date(2026, 11, 1)] == Decimal("80.00")


@pytest.mark.parametrize(
    ("status", "error", "kind", "code"),
    [
        (400, 53, LastingTrouble, "no-access"),
        (400, 54, LastingTrouble, "forbidden"),
        (400, 8800, LastingTrouble, "no-client"),
        (400, 1000, PassingTrouble, "busy"),
        (400, 4000, Trouble, "unexpected"),
    ],
)
def test_refusals_say_what_they_mean(
    cabinet: Cabinet, tmp_path: Path, status: int, error: int, kind: type[Trouble], code: str
) -> None:
    cabinet.error = (status, error)
    with reading(cabinet, tmp_path) as reader, pytest.raises(kind) as caught:
        reader.read()
    assert caught.value.code == code
    assert TOKEN not in str(caught.value)
