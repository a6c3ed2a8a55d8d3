"""A page and its place are kept together, and nothing changes twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smarketing.connectors.outside.mirror import Kept, Mirror
from smarketing.connectors.outside.streams import Page, Record, Refused
from smarketing.facts.language import Text

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    made = Mirror(tmp_path / "mirror.sqlite3")
    yield made
    made.close()


def leads(*keys: str, stage: str = "NEW", cursor: int = 0) -> Page:
    return Page("leads", [Record(key, {"id": key, "stage": stage}) for key in keys], {"last": cursor})


def keys(mirror: Mirror, after: int = 0) -> list[str]:
    return [record.key for record in mirror.changed("leads", after, mirror.position)]


def test_page_is_kept_with_the_place_after_it(mirror: Mirror) -> None:
    assert mirror.cursor("leads") is None
    assert mirror.keep(leads("1", "2", cursor=2), NOW) == Kept(received=2, new=2)
    assert mirror.cursor("leads") == {"last": 2}
    assert keys(mirror) == ["1", "2"]


def test_same_page_again_changes_nothing(mirror: Mirror) -> None:
    mirror.keep(leads("1", "2"), NOW)
    before = mirror.position
    assert mirror.keep(leads("1", "2"), LATER) == Kept(received=2, same=2)
    assert mirror.position == before


def test_changed_record_takes_the_next_position_and_keeps_when_it_was_first_seen(mirror: Mirror) -> None:
    mirror.keep(leads("1", "2"), NOW)
    before = mirror.position
    assert mirror.keep(leads("1", stage="WON"), LATER) == Kept(received=1, changed=1)
    [changed] = mirror.changed("leads", before, mirror.position)
    assert (changed.key, changed.body["stage"], changed.first_seen) == ("1", "WON", NOW)


def test_page_that_breaks_in_the_middle_leaves_neither_records_nor_place(mirror: Mirror) -> None:
    mirror.keep(leads("1", cursor=1), NOW)
    broken = Page("leads", [Record("2", {"id": "2"}), Record("3", {"id": object()})], {"last": 3})
    with pytest.raises(TypeError):
        mirror.keep(broken, NOW)
    assert mirror.cursor("leads") == {"last": 1}
    assert keys(mirror) == ["1"]


def test_records_beside_a_page_are_kept_with_it_and_not_counted_twice(mirror: Mirror) -> None:
    page = Page("leads", [Record("1", {"id": "1"})], {"last": 1}, beside={"seen": [Record("1/NEW", {"at": 1})]})
    assert mirror.keep(page, NOW) == Kept(received=1, new=1)
    assert [record.key for record in mirror.all("seen")] == ["1/NEW"]
    broken = Page("leads", [], {"last": 2}, beside={"seen": [Record("2/NEW", {"at": object()})]})
    with pytest.raises(TypeError):
        mirror.keep(broken, NOW)
    assert mirror.cursor("leads") == {"last": 1}


def test_refused_record_waits_with_its_reason_until_it_comes_right(mirror: Mirror) -> None:
    wrong = Refused("7", {"id": "7", "createdTime": "soon"}, "createdTime", Text("не дата", "no date"))
    kept = mirror.keep(Page("leads", [Record("1", {"id": "1"})], {}, refused=[wrong]), NOW)
    assert kept == Kept(received=2, new=1, refused=1)
    assert mirror.refused() == {"leads": [wrong]}
    mirror.keep(leads("7"), LATER)
    assert mirror.refused() == {}


def test_sweep_marks_what_is_no_longer_listed(mirror: Mirror) -> None:
    mirror.keep(leads("1", "2", "3"), NOW)
    before = mirror.position
    assert mirror.sweep("leads", [["1"], ["3"]], LATER) == 1
    [gone] = mirror.changed("leads", before, mirror.position)
    assert (gone.key, gone.gone_at) == ("2", LATER)
    assert [record.key for record in mirror.all("leads")] == ["1", "3"]
    assert [record.key for record in mirror.all("leads", gone=True)] == ["1", "2", "3"]


def test_sweep_that_breaks_off_marks_nothing(mirror: Mirror) -> None:
    mirror.keep(leads("1", "2"), NOW)

    def broken() -> Iterator[Sequence[str]]:
        yield ["1"]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        mirror.sweep("leads", broken(), LATER)
    assert [record.key for record in mirror.all("leads")] == ["1", "2"]


def test_record_back_from_the_bin_is_alive_again(mirror: Mirror) -> None:
    mirror.keep(leads("1"), NOW)
    mirror.sweep("leads", [[]], LATER)
    assert mirror.keep(leads("1"), LATER) == Kept(received=1, changed=1)
    assert [record.gone_at for record in mirror.all("leads")] == [None]


def test_links_lead_from_a_lead_to_its_deals(mirror: Mirror) -> None:
    deals = [Record("5", {"id": 5}, {"lead": "1"}), Record("6", {"id": 6}, {"lead": "1"}), Record("7", {"id": 7})]
    mirror.keep(Page("deals", deals, {}), NOW)
    found = mirror.linked("deals", "lead", ["1", "2"])
    assert {target: [record.key for record in records] for target, records in found.items()} == {"1": ["5", "6"]}
    mirror.keep(Page("deals", [Record("6", {"id": 6}, {"lead": "2"})], {}), NOW)
    found = mirror.linked("deals", "lead", ["1", "2"])
    assert {target: [record.key for record in records] for target, records in found.items()} == {
        "1": ["5"],
        "2": ["6"],
    }


def test_keys_that_are_there_are_told_without_their_records(mirror: Mirror) -> None:
    mirror.keep(leads("1", "2"), NOW)
    mirror.sweep("leads", [["1"]], LATER)
    assert mirror.has("leads", ["1", "2", "3"]) == {"1", "2"}


def day(day: str, **cost: str) -> Page:
    records = [Record(f"{day}/{name}", {"cost": value}, slice=day) for name, value in cost.items()]
    return Page("spend", records, {}, replaces=[day])


def test_slice_that_comes_anew_loses_what_it_no_longer_has(mirror: Mirror) -> None:
    mirror.keep(day("2026-10-01", a="10", b="20"), NOW)
    before = mirror.position
    mirror.keep(day("2026-10-01", a="10"), LATER)
    assert mirror.changed_slices("spend", before, mirror.position) == ["2026-10-01"]
    alive = [record.key for record in mirror.in_slices("spend", ["2026-10-01"]) if record.gone_at is None]
    assert alive == ["2026-10-01/a"]


def test_slice_that_comes_the_same_takes_no_position(mirror: Mirror) -> None:
    mirror.keep(day("2026-10-01", a="10", b="20"), NOW)
    before = mirror.position
    mirror.keep(day("2026-10-01", a="10", b="20"), LATER)
    assert mirror.position == before


def test_slice_that_became_empty_is_still_told(mirror: Mirror) -> None:
    mirror.keep(day("2026-10-01", a="10"), NOW)
    before = mirror.position
    mirror.keep(day("2026-10-01"), LATER)
    assert mirror.changed_slices("spend", before, mirror.position) == ["2026-10-01"]


def test_position_is_never_given_twice(mirror: Mirror) -> None:
    mirror.keep(leads("1"), NOW)
    first = mirror.position
    mirror.keep(leads("1", stage="WON"), NOW)
    assert mirror.position > first
    assert keys(mirror, after=first) == ["1"]
