"""Does the read-only file beside the Parquet files give the same cells, and only for its version?"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from smarketing.lake.batches import FactBatch
from smarketing.lake.engines import differing_cells
from smarketing.lake.reader import LakeReader
from smarketing.lake.store import Lake
from tests.lake.asked import OWN, asked_by_measurements
from tests.lake.world import World, at, batch, batches, company

SETTINGS = company()
EXACT = 1e-12  # sums of fractions may be taken in another order
COUNTED = "SELECT manager, COUNT(*) AS n FROM journeys GROUP BY manager"


def reads_cache(reader: LakeReader) -> bool:
    return "PARQUET" not in reader.explain(COUNTED).upper()


def assert_same_answers(lake: Lake) -> None:
    """Ask every recorded question with the cache and without it."""
    with Lake(lake.root).open() as quick:
        assert reads_cache(quick)
        hidden = lake.root / "hidden"
        (lake.root / "cache").rename(hidden)
        with Lake(lake.root).open() as plain:
            assert not reads_cache(plain)
            found = []
            for question in (*asked_by_measurements(plain), *OWN):
                one, other = plain.query(question), quick.query(question)
                differences = differing_cells(one.to_pylist(), other.to_pylist(), EXACT)
                if differences or one.schema != other.schema:
                    found.append(f"{question}\n    {differences[:5]} {one.schema} {other.schema}")
            assert "\n".join(found) == ""
        hidden.rename(lake.root / "cache")


def filled(root: Path) -> Lake:
    lake = Lake(root)
    lake.load(batches(World(5, leads=300).facts), SETTINGS, known_until=at("2026-05-28"))
    return lake


def one_lead(lead_id: str, **fields: object) -> FactBatch:
    return batch("leads", {"lead_id": lead_id, "created_at": at("2026-05-20 10:00"), **fields})


def test_every_recorded_question_has_the_same_cells_with_the_cache(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    lake.make_cache()
    assert_same_answers(lake)


def test_cache_of_a_changed_month_is_made_from_the_last_one_and_answers_the_same(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    first = lake.make_cache()
    assert first is not None
    with duckdb.connect(str(first)) as opened:
        opened.execute("CREATE TABLE mark AS SELECT 1 AS one")
    lake.load([one_lead("new one", lead_source="vk", amount=Decimal(7))], SETTINGS)
    second = lake.make_cache()
    assert second is not None
    with duckdb.connect(str(second), read_only=True) as opened:
        assert opened.execute("SELECT one FROM mark").fetchall() == [(1,)]
    assert not first.exists()
    assert_same_answers(lake)
    with lake.open() as reader:
        assert reader.query("SELECT amount FROM journeys WHERE lead_id = 'new one'").to_pylist() == [
            {"amount": Decimal("7.00")}
        ]


def test_value_that_no_list_of_the_last_cache_has_makes_it_anew(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    lake.make_cache()
    lake.load([one_lead("new one", lead_source="a source nobody knew")], SETTINGS)
    lake.make_cache()
    assert_same_answers(lake)
    with lake.open() as reader:
        found = reader.query("SELECT lead_id FROM journeys WHERE lead_source = 'a source nobody knew'")
        assert found.to_pylist() == [{"lead_id": "new one"}]


def test_other_settings_make_the_cache_anew(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    lake.make_cache()
    lake.rebuild(company(zone="Asia/Vladivostok"))
    lake.make_cache()
    assert_same_answers(lake)


def test_cache_of_another_version_or_moment_is_not_read(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    path = lake.make_cache()
    assert path is not None
    lake.load([one_lead("new one")], SETTINGS)
    with lake.open() as newest, lake.open(1) as past:
        assert not reads_cache(newest)
        assert reads_cache(past)
    path.rename(path.with_name("cache-2.duckdb"))
    with lake.open() as newest:
        assert not reads_cache(newest)
        assert newest.query("SELECT COUNT(*) AS n FROM journeys WHERE lead_id = 'new one'").to_pylist() == [
            {"n": 1}
        ]


def test_cache_with_the_columns_of_another_program_is_not_read_and_made_anew(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    path = lake.make_cache()
    assert path is not None
    with duckdb.connect(str(path)) as opened:  # as a program made it that did not know this column
        opened.execute("ALTER TABLE journeys DROP COLUMN is_repeat")
        opened.execute("UPDATE made_for SET layout = 'of another program'")
    with Lake(tmp_path).open() as reader:
        assert not reads_cache(reader)
    assert lake.make_cache() == path
    assert_same_answers(lake)


@pytest.mark.parametrize("share", [0, 0.01, 0.5])
def test_torn_file_is_left_alone_and_made_again(tmp_path: Path, share: float) -> None:
    lake = filled(tmp_path)
    path = lake.make_cache()
    assert path is not None
    os.truncate(path, int(path.stat().st_size * share))
    with Lake(tmp_path).open() as reader:
        assert not reads_cache(reader)
        assert reader.query("SELECT COUNT(*) AS n FROM journeys").to_pylist() == [{"n": 300}]
    assert lake.make_cache() == path
    assert_same_answers(lake)


def test_second_call_finds_the_file_of_the_first(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    path = lake.make_cache()
    assert path is not None
    made = path.stat().st_ino
    assert lake.make_cache() == path
    assert path.stat().st_ino == made


def test_lake_with_few_leads_needs_no_cache(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    assert lake.make_cache(beyond=300) is None
    assert lake.make_cache(beyond=299) is not None
    assert Lake(tmp_path / "empty").make_cache() is None


def test_moved_lake_keeps_its_cache(tmp_path: Path) -> None:
    filled(tmp_path / "here").make_cache()
    (tmp_path / "here").rename(tmp_path / "there")
    with Lake(tmp_path / "there").open() as reader:
        assert reads_cache(reader)
