"""Visits over real HTTP: waited for, read in parts, cleared away, and made into touches of visitors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import stamina

from smarketing.connectors.outside.mirror import Kept, Mirror
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble, PassingTrouble
from smarketing.connectors.yandex_metrica.connector import _FIELDS, Options, YandexMetrica
from smarketing.facts.company import Company
from tests.support.metrica_counter import TOKEN, Site, serving

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Reader:
    def __init__(self, url: str, folder: Path, token: str = TOKEN, **options: object) -> None:
        said = Options.model_validate({"counter": "7", "first_day": date(2026, 11, 1), **options})
        self.slept: list[float] = []
        self.connector = YandexMetrica(url, token, said, pace=Pace(999, 999), sleep=self.slept.append)
        self.mirror = Mirror(folder / "m.sqlite3")

    def read(self) -> Kept:
        kept = Kept()
        for stream in self.connector.streams:
            for page in self.connector.walk(stream.name, self.mirror.cursor(stream.name), now=NOW):
                kept += self.mirror.keep(page, NOW)
        return kept

    def touches(self) -> list[dict[str, object]]:
        made = self.connector.facts(self.mirror, Company(), after=0, upto=self.mirror.position, now=NOW)
        return [touch for tables in made for touch in tables["touches"].to_pylist()]


@contextmanager
def reading(site: Site, folder: Path, **options: object) -> Iterator[Reader]:
    with serving(site) as server, stamina.set_testing(True, attempts=3):
        reader = Reader(server.url, folder, **options)
        yield reader
        reader.connector.close()
        reader.mirror.close()


@pytest.fixture
def site() -> Site:
    made = Site()
    for number in range(1, 9):
        made.visit(number, f"2026-11-0{number} 01:30:00", f"v{number}")
    return made


def test_visit_is_a_touch_of_a_visitor_at_the_counters_own_time(tmp_path: Path) -> None:
    site = Site()
    site.visit(1, "2026-11-02 01:30:00", "1700", Source="Yandex|search", Campaign="dealers")
    with reading(site, tmp_path) as reader:
        reader.read()
        [touch] = reader.touches()
    assert touch["at"] == datetime(2026, 11, 1, 20, 30)  # noqa: DTZ001 Yekaterinburg is five hours ahead
    assert (touch["visitor_id"], touch["channel"], touch["campaign"]) == ("1700", "yandex", "dealers")


def test_parts_of_a_log_are_all_read_and_the_log_is_cleared(site: Site, tmp_path: Path) -> None:
    site.looks = 4
    with reading(site, tmp_path) as reader:
        assert reader.read().new == 9  # eight visits and the counter itself
        assert reader.slept == [20.0] * 4
    assert site.cleared == [1]


def test_log_is_cleared_also_when_its_download_breaks(site: Site, tmp_path: Path) -> None:
    site.broken_part = 1
    with reading(site, tmp_path) as reader:
        with pytest.raises(LastingTrouble):
            reader.read()
        assert site.cleared == [1]
        assert reader.mirror.counts()["visits"] == 3
        site.broken_part = None
        reader.read()
        assert reader.mirror.counts()["visits"] == 8


def test_order_whose_answer_was_torn_is_not_repeated_where_the_counter_took_it(site: Site, tmp_path: Path) -> None:
    with serving(site) as server, stamina.set_testing(True, attempts=3):
        reader = Reader(server.url, tmp_path)
        server.plan = lambda number: "tear_body" if number == 3 else None  # after the counter and the list of logs
        reader.read()
        reader.connector.close()
        assert reader.mirror.counts()["visits"] == 8
        reader.mirror.close()
    assert (len(site.logs), site.cleared) == (1, [1])


def test_log_that_a_killed_run_left_behind_is_taken_and_cleared(site: Site, tmp_path: Path) -> None:
    with reading(site, tmp_path) as reader:
        next(reader.connector.counter.visits(date(2026, 11, 1), date(2026, 11, 19), _FIELDS))  # and dies there
        site.cleared.clear()
        reader.read()
        assert reader.mirror.counts()["visits"] == 8
    assert (len(site.logs), site.cleared) == (1, [1])


def test_log_that_is_not_prepared_is_left_for_later(site: Site, tmp_path: Path) -> None:
    site.ends = "processing_failed"
    with reading(site, tmp_path) as reader, pytest.raises(PassingTrouble) as caught:
        reader.read()
    assert caught.value.code == "log-failed"
    assert site.cleared == [1]


def test_visits_without_a_source_are_left_out_unless_wanted(tmp_path: Path) -> None:
    site = Site()
    site.visit(1, "2026-11-02 10:00:00", "a", source="direct")
    site.visit(2, "2026-11-02 10:00:00", "b", source="organic")
    with reading(site, tmp_path) as reader:
        reader.read()
        assert [touch["channel"] for touch in reader.touches()] == ["organic"]


def test_personal_data_of_an_address_is_not_kept(site: Site, tmp_path: Path) -> None:
    with reading(site, tmp_path) as reader:
        reader.read()
        pages = {record.body["startURL"] for record in reader.mirror.all("visits")}
    assert pages == {"https://shop.example/form"}


def test_wrong_token_says_what_to_do(site: Site, tmp_path: Path) -> None:
    with serving(site) as server, stamina.set_testing(True, attempts=2):
        reader = Reader(server.url, tmp_path, token="old")
        with pytest.raises(LastingTrouble) as caught:
            reader.connector.health()
    assert "OAuth" in caught.value.text.ru
