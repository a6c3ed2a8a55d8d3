"""Does «as of» show every figure as it was, after loads, what people said, new settings, compaction and vacuum?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from smarketing.facts.company import CampaignPair, Company
from smarketing.facts.language import Text
from smarketing.lake.engines import differing_cells
from smarketing.lake.store import Lake
from tests.lake.asked import OWN, asked_by_measurements
from tests.lake.world import Facts, World, at, batch, batches, company

Row = dict[str, Any]
KNOWN = at("2026-05-28")


def parts(facts: Facts) -> tuple[Facts, Facts]:
    """The world as it was told first, and what was told later: every other row of each table."""
    return (
        {table: rows[::2] for table, rows in facts.items()},
        {table: rows[1::2] for table, rows in facts.items()},
    )


def corrected(facts: Facts) -> Facts:
    """Newer versions: ten leads change their source and their client, ten payments their sum and their client."""
    return {
        "leads": [{**row, "lead_source": "seo", "client_id": "C3"} for row in facts["leads"][:10]],
        "payments": [{**row, "amount": Decimal("1234.56"), "client_id": "C4"} for row in facts["payments"][:10]],
        "ad_spend": [{**row, "cost": Decimal("9.99")} for row in facts["ad_spend"][:1]],
    }


def answers(lake: Lake, questions: Sequence[str], **past: Any) -> dict[str, list[Row]]:
    with lake.open(**past) as reader:
        return {question: reader.query(question).to_pylist() for question in questions}


def questions_of(lake: Lake) -> tuple[str, ...]:
    with lake.open() as reader:
        return (*OWN, *asked_by_measurements(reader))


def differing(then: Mapping[str, list[Row]], now: Mapping[str, list[Row]]) -> list[tuple[str, list[str]]]:
    found = [(question, differing_cells(then[question], now[question])) for question in then]
    return [(question, cells) for question, cells in found if cells]


def test_as_of_shows_every_figure_as_it_was(tmp_path: Path) -> None:
    lake, settings = Lake(tmp_path), company()
    first, later = parts(World(7, leads=60).facts)
    one = {"kind": "client", "one": "C2", "other": "C1", "verdict": "same", "said_at": KNOWN}
    paired = CampaignPair(lead_source="vk", report="spring", crm="brand", same=True)

    def load(facts: Facts, by: Company) -> None:
        lake.load(batches(facts), by, known_until=KNOWN)

    renamed = settings.model_copy(update={"campaign_pairs": (paired,)})
    strict = renamed.model_copy(update={"criteria": renamed.criteria[:1]})
    steps = [
        lambda: load(first, settings),
        lambda: load(later, settings),
        lambda: load({**corrected(first), "identity": [one]}, settings),
        lambda: load({"identity": [{**one, "verdict": "different"}]}, renamed),
        lambda: load({}, strict),
    ]
    seen: list[tuple[datetime, int, dict[str, list[Row]]]] = []
    steps[0]()
    questions = questions_of(lake)
    for version, step in enumerate(steps, start=1):
        step()  # the first one once more: nothing is new
        seen.append((datetime.now(UTC), version, answers(lake, questions)))
    lake.pin(3, "meeting")
    lake.compact()
    lake.make_cache()
    fresh = Lake(tmp_path)
    for moment, version, then in seen:
        assert differing(then, answers(fresh, questions, as_of=moment)) == []
        with fresh.open(as_of=moment) as reader:
            assert reader.version == version
    assert lake.vacuum(days=0, hours=0).versions == (1, 2, 4)
    after = Lake(tmp_path)
    for _, version, then in (seen[2], seen[4]):
        assert differing(then, answers(after, questions, version=version)) == []


def test_version_that_was_not_ready_yet_is_not_what_was_seen(tmp_path: Path) -> None:
    lake, during = Lake(tmp_path), []
    lake.load([batch("leads", {"lead_id": "1", "created_at": at("2026-05-01")})], company())

    def look(_: Text) -> None:
        """A page that is opened while the second load works sees the first version."""
        with lake.open() as reader:
            during.append((datetime.now(UTC), reader.version))

    lake.load([batch("leads", {"lead_id": "2", "created_at": at("2026-05-02")})], company(), tell=look)
    assert [version for _, version in during] == [1]
    for moment, version in during:
        with lake.open(as_of=moment) as reader:
            assert reader.version == version


def test_reader_goes_on_through_a_compaction_and_a_vacuum(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for number in range(4):
        row = {"lead_id": str(number), "created_at": at("2026-05-01")}
        lake.load([batch("leads", row)], company(), known_until=KNOWN)
    with lake.open() as reader:
        lake.compact()
        lake.vacuum(days=0)
        assert reader.query("SELECT COUNT(*) AS n FROM leads").to_pylist() == [{"n": 4}]
        assert reader.query("SELECT COUNT(*) AS n FROM journeys").to_pylist() == [{"n": 4}]


def test_day_of_spend_that_comes_back_smaller_is_counted_as_it_is(tmp_path: Path) -> None:
    lake = Lake(tmp_path)

    def spent(day: int, *costs: int) -> list[Row]:
        return [{"day": date(2026, 5, day), "lead_source": "vk", "cost": Decimal(cost)} for cost in costs]

    lake.load([batch("ad_spend", *spent(4, 1, 2, 3), *spent(5, 4))], company(), known_until=KNOWN)
    lake.load([batch("ad_spend", *spent(4, 6))], company(), known_until=KNOWN)
    lake.load([batch("ad_spend", *spent(5, 1, 1), *spent(6, 8))], company(), known_until=KNOWN)
    counted = [info.rows["ad_spend"] for info in lake.versions()]
    assert counted == [4, 2, 4]  # 3 + 1; 1 + 1; 1 + 2 + 1
    for version, rows in enumerate(counted, start=1):
        with lake.open(version) as reader:
            assert reader.query("SELECT COUNT(*) AS n FROM ad_spend").to_pylist() == [{"n": rows}]
