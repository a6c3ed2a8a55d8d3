"""What does a load change, what do readers see, what stays of the past?"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from smarketing.facts.errors import WrongInput, WrongState
from smarketing.lake.store import FactBatch, Lake, Overtaken
from tests.lake.story import load_step, state
from tests.lake.world import at, batch, company

SETTINGS = company()
DAY = date(2026, 11, 2)


def asked(lake: Lake, question: str) -> list[dict[str, Any]]:
    with lake.open() as reader:
        return reader.query(question).to_pylist()


def lead(lead_id: str = "1", **fields: Any) -> dict[str, Any]:
    return {"lead_id": lead_id, "created_at": at("2026-11-02 10:00"), **fields}


def test_empty_lake_is_version_zero_without_rows(tmp_path: Path) -> None:
    with Lake(tmp_path / "not there yet").open() as reader:
        assert reader.version == 0
        assert reader.query("SELECT COUNT(*) AS n FROM journeys").to_pylist() == [{"n": 0}]
        assert reader.query("SELECT COUNT(*) AS n FROM plans").to_pylist() == [{"n": 0}]


def test_same_facts_loaded_twice_change_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    rows = [
        batch("leads", lead("1", amount=Decimal(5)), lead("2")),
        batch("stage_moves", {"lead_id": "1", "stage": "talk"}, {"lead_id": "1", "stage": "talk"}),
        batch("ad_spend", *[{"day": DAY, "lead_source": "vk", "cost": Decimal(3)}] * 2),
    ]
    first = lake.load(rows, SETTINGS)
    again = lake.load(rows, SETTINGS)
    assert (first.version, again.version) == (1, 1)
    assert first.added == {"leads": 2, "stage_moves": 1, "ad_spend": 2}
    assert first.same == {"leads": 0, "stage_moves": 1, "ad_spend": 0}
    assert again.added == again.updated == {"leads": 0, "stage_moves": 0, "ad_spend": 0}
    assert again.same == {"leads": 2, "stage_moves": 2, "ad_spend": 2}
    assert again.is_empty
    assert [info.number for info in lake.versions()] == [1]


def test_newer_content_of_a_key_is_its_newer_version(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.load([batch("leads", lead(manager="Anna", segment="dealers"))], SETTINGS)
    change = lake.load([batch("leads", lead(manager="Boris", segment="dealers"))], SETTINGS)
    assert (change.version, change.added, change.updated) == (2, {"leads": 0}, {"leads": 1})
    assert asked(lake, "SELECT manager, segment FROM journeys") == [{"manager": "Boris", "segment": "dealers"}]
    assert asked(lake, "SELECT COUNT(*) AS n FROM leads") == [{"n": 1}]


def test_field_cleared_in_a_newer_version_stays_cleared(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.load([batch("leads", lead(segment="dealers", amount=Decimal(5)))], SETTINGS)
    lake.load([batch("leads", lead())], SETTINGS)
    assert asked(lake, "SELECT segment, amount FROM journeys") == [{"segment": None, "amount": None}]


def test_older_row_that_comes_later_overwrites_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.load([batch("leads", lead(manager="new", updated_at=at("2026-11-05")))], SETTINGS)
    change = lake.load([batch("leads", lead(manager="old", updated_at=at("2026-11-04")))], SETTINGS)
    assert (change.version, change.same) == (1, {"leads": 1})
    assert asked(lake, "SELECT manager FROM journeys") == [{"manager": "new"}]


def test_of_one_key_told_twice_in_a_load_the_youngest_counts(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    young = lead(manager="young", updated_at=at("2026-11-05"))
    old = lead(manager="old", updated_at=at("2026-11-04"))
    change = lake.load([batch("leads", young, old)], SETTINGS)
    assert (change.added, change.same) == ({"leads": 1}, {"leads": 1})
    assert asked(lake, "SELECT manager FROM journeys") == [{"manager": "young"}]


def test_key_with_empty_parts_is_one_key(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    told = {"month": 202611, "metric": "leads", "value": Decimal(100)}
    lake.load([batch("reported", told)], SETTINGS)
    change = lake.load([batch("reported", {**told, "value": Decimal(120)})], SETTINGS)
    assert change.updated == {"reported": 1}
    assert asked(lake, "SELECT value FROM reported") == [{"value": Decimal("120.000000")}]


def test_plan_of_a_month_comes_whole(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    plan = {"month": 202611, "metric": "revenue", "value": Decimal(100)}
    lake.load([batch("plans", plan, {**plan, "metric": "spend"}, {**plan, "month": 202612})], SETTINGS)
    lake.load([batch("plans", {**plan, "value": Decimal(120)})], SETTINGS)
    # November's spend is gone, December was not spoken of.
    assert asked(lake, "SELECT month, metric, value FROM plans ORDER BY month") == [
        {"month": 202611, "metric": "revenue", "value": Decimal("120.000000")},
        {"month": 202612, "metric": "revenue", "value": Decimal("100.000000")},
    ]


def test_facts_made_from_an_older_version_are_refused(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    plan = {"month": 202611, "metric": "revenue", "value": Decimal(100)}
    lake.load([batch("plans", plan)], SETTINGS, made_from=0)
    with pytest.raises(Overtaken):
        lake.load([batch("plans", {**plan, "value": Decimal(120)})], SETTINGS, made_from=0)
    lake.load([batch("plans", {**plan, "value": Decimal(120)})], SETTINGS, made_from=1)
    assert asked(lake, "SELECT value FROM plans") == [{"value": Decimal("120.000000")}]


def test_event_is_told_once_and_the_first_telling_stays(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    move = {"lead_id": "1", "stage": "lost", "entered_at": at("2026-11-03")}
    lake.load([batch("leads", lead()), batch("stage_moves", {**move, "loss_reason": "price"})], SETTINGS)
    change = lake.load([batch("stage_moves", {**move, "loss_reason": "other"})], SETTINGS)
    assert (change.version, change.same) == (1, {"stage_moves": 1})
    assert asked(lake, "SELECT loss_reason FROM journeys") == [{"loss_reason": "price"}]


def test_slice_comes_whole_in_the_place_of_its_earlier_rows(tmp_path: Path) -> None:
    lake = Lake(tmp_path)

    def spent(lead_source: str, *costs: str) -> list[dict[str, Any]]:
        return [{"day": DAY, "lead_source": lead_source, "cost": Decimal(cost)} for cost in costs]

    lake.load([batch("ad_spend", *spent("vk", "3", "3", "4"), *spent("direct", "9"))], SETTINGS)
    change = lake.load([batch("ad_spend", *spent("vk", "3", "4"), *spent("direct", "9"))], SETTINGS)
    assert (change.added, change.updated, change.same) == ({"ad_spend": 0}, {"ad_spend": 2}, {"ad_spend": 1})
    spend = "SELECT lead_source, SUM(cost) AS cost, COUNT(*) AS n FROM spend GROUP BY 1 ORDER BY 1"
    assert asked(lake, spend) == [
        {"lead_source": "direct", "cost": Decimal("9.00"), "n": 1},
        {"lead_source": "vk", "cost": Decimal("7.00"), "n": 2},
    ]
    assert lake.versions()[-1].rows["spend"] == 3


def test_verdict_of_a_person_wins_over_the_rule_that_came_later(tmp_path: Path) -> None:
    # The lead of 2 November is judged by version «new»: no region, no rule can be answered, so unknown.
    lake = Lake(tmp_path)
    lake.load([batch("leads", lead())], SETTINGS)
    assert asked(lake, "SELECT target_verdict, criterion, judged_by FROM journeys") == [
        {"target_verdict": "unknown", "criterion": "far_region", "judged_by": "rule"}
    ]
    said = {"lead_id": "1", "judged_at": at("2026-11-03"), "verdict": "target", "judged_by": "person"}
    lake.load([batch("qualifications", said)], SETTINGS)
    lake.load([batch("leads", lead(region="far"))], SETTINGS)
    assert asked(lake, "SELECT target_verdict, judged_by FROM journeys") == [
        {"target_verdict": "target", "judged_by": "person"}
    ]
    written = "SELECT verdict, criterion FROM qualifications WHERE judged_by = 'rule' ORDER BY judged_at"
    assert asked(lake, written) == [
        {"verdict": "unknown", "criterion": "far_region"},
        {"verdict": "non_target", "criterion": "far_region"},
    ]


def test_criteria_changed_in_settings_judge_anew_and_write_it_down(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.load([batch("leads", lead(region="near", amount=Decimal(500)))], SETTINGS)
    lake.rebuild(SETTINGS.model_copy(update={"criteria": SETTINGS.criteria[:1]}))
    assert asked(lake, "SELECT target_verdict, criteria_version FROM journeys") == [
        {"target_verdict": "non_target", "criteria_version": "old"}
    ]
    versions = "SELECT criteria_version FROM qualifications ORDER BY judged_at"
    assert asked(lake, versions) == [{"criteria_version": "new"}, {"criteria_version": "old"}]


def test_settings_that_change_no_figure_cost_no_rebuild(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.load([batch("leads", lead())], SETTINGS)
    change = lake.load([], SETTINGS.model_copy(update={"name": "Renamed"}))
    assert change.version == 2
    with lake.open(1) as old, lake.open(2) as new:
        assert (old.company.name, new.company.name) == ("Компания", "Renamed")
        assert old.files["journeys"] == new.files["journeys"]


def test_time_known_comes_from_the_facts_and_never_goes_back(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.load([batch("leads", lead(updated_at=at("2026-11-04 12:00")))], SETTINGS)
    with lake.open() as reader:
        assert reader.known_until == at("2026-11-04 12:00")
    assert lake.load([batch("leads", lead("2"))], SETTINGS, known_until=at("2026-11-01")).version == 2
    with lake.open() as reader:
        assert reader.known_until == at("2026-11-04 12:00")


def test_far_future_typing_error_is_not_today(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.load([batch("leads", lead(), lead("2", updated_at=at("2062-01-01")))], SETTINGS)
    with lake.open() as reader:
        assert reader.known_until == at("2026-11-02 10:00")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (FactBatch("orders", pa.table({"a": [1]})), "unknown-table"),
        (FactBatch("leads", pa.table({"lead": ["1"]})), "unknown-column"),
        (batch("leads", {"lead_id": "1"}), "empty-required"),
        (batch("stage_moves", {"lead_id": "1", "stage": "tolk"}), "unknown-stage"),
        (batch("payments", {"payment_id": "1", "amount": Decimal(1), "currency": "EUR"}), "no-rate"),
    ],
)
def test_facts_that_cannot_be_stored_leave_the_lake_as_it_was(tmp_path: Path, rows: FactBatch, code: str) -> None:
    lake = Lake(tmp_path)
    lake.load([batch("leads", lead())], SETTINGS)
    with pytest.raises(WrongInput) as caught:
        lake.load([batch("leads", lead("2")), rows], SETTINGS)
    assert caught.value.code == code
    assert asked(lake, "SELECT COUNT(*) AS n FROM leads") == [{"n": 1}]
    assert lake.load([batch("leads", lead("3"))], SETTINGS).version == 2
    assert asked(lake, "SELECT lead_id FROM leads ORDER BY 1") == [{"lead_id": "1"}, {"lead_id": "3"}]


def test_past_versions_answer_as_they_did(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for step in range(3):
        load_step(lake, step)
    moments = [info.made_at for info in lake.versions()]
    counts = []
    for version, made_at in enumerate(moments, start=1):
        with lake.open(version) as by_number, lake.open(as_of=made_at + timedelta(microseconds=1)) as by_moment:
            assert by_moment.version == version
            counts.append(by_number.query("SELECT COUNT(*) AS n FROM journeys").to_pylist()[0]["n"])
    assert counts == [1, 2, 3]
    for wrong in ({"version": 9}, {"version": 0}, {"as_of": moments[0] - timedelta(days=1)}):
        with pytest.raises(WrongState) as caught:
            lake.open(**wrong)  # type: ignore[arg-type]
        assert caught.value.code == "no-such-version"


def test_vacuum_keeps_pinned_versions_and_the_newest(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for step in range(4):
        load_step(lake, step)
    wanted = {2: state(lake, 2), 4: state(lake, 4)}
    lake.pin(2, "meeting of 3 November")
    lake.pin(2, "hypothesis 7")
    gone = lake.vacuum(days=0, hours=0)
    assert gone.versions == (1, 3)
    assert gone.files > 0
    assert lake.pins() == {2: ["meeting of 3 November", "hypothesis 7"]}
    fresh = Lake(tmp_path)
    assert {version: state(fresh, version) for version in (2, 4)} == wanted
    assert load_step(fresh, 4).version == 5


def test_compaction_joins_files_and_changes_no_row_and_no_number(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for step in range(4):
        load_step(lake, step)
    before = state(lake)
    with lake.open() as reader:
        files = len(reader.files["stage_moves"])
    assert lake.compact() > 0
    with lake.open() as reader:
        assert reader.version == 4
        assert len(reader.files["stage_moves"]) < files
    assert state(Lake(tmp_path)) == before
    assert load_step(lake, 4).version == 5


def test_cache_answers_as_the_files_do(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_step(lake, 0)
    load_step(lake, 1)
    plain = state(lake)
    made = lake.make_cache()
    cached = Lake(tmp_path)
    assert made is not None
    assert state(cached) == plain
    with cached.open() as reader:
        assert "PARQUET" not in reader.explain("SELECT manager, COUNT(*) FROM journeys GROUP BY 1").upper()
    made.write_bytes(b"not a database")
    assert state(Lake(tmp_path)) == plain


def test_leftovers_of_a_killed_load_never_come_to_life(tmp_path: Path) -> None:
    lake, whole = Lake(tmp_path / "cut"), Lake(tmp_path / "whole")
    for step in range(3):
        load_step(lake, step)
        load_step(whole, step)
    # As if the third load had been killed after writing everything and before saying so.
    (tmp_path / "cut" / "current.json").write_text((tmp_path / "cut" / "manifests" / "00000002.json").read_text())
    assert [info.number for info in lake.versions()] == [1, 2]
    assert state(lake) == state(whole, 2)
    assert load_step(lake, 2).version == 3
    assert state(Lake(tmp_path / "cut")) == state(whole)


def test_damaged_manifest_is_named_with_a_way_out(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_step(lake, 0)
    (tmp_path / "current.json").write_text("{")
    with pytest.raises(WrongState) as caught:
        lake.open()
    assert caught.value.code == "bad-manifest"


def test_table_with_deletion_vectors_is_refused(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_step(lake, 0)
    commit = min((tmp_path / "facts" / "leads" / "_delta_log").glob("*.json"))
    lines = [json.loads(line) for line in commit.read_text().splitlines()]
    for line in lines:
        if "metaData" in line:
            line["metaData"]["configuration"]["delta.enableDeletionVectors"] = "true"
    commit.write_text("\n".join(json.dumps(line) for line in lines))
    with pytest.raises(WrongState) as caught:
        Lake(tmp_path).open()
    assert caught.value.code == "foreign-delta-table"


def test_accounts_of_one_source_do_not_replace_each_other(tmp_path: Path) -> None:
    lake = Lake(tmp_path)

    def spent(account: str | None, cost: str) -> dict[str, Any]:
        return {"day": DAY, "lead_source": "vk", "account": account, "cost": Decimal(cost)}

    lake.load([batch("ad_spend", spent("first", "1"), spent(None, "5"))], SETTINGS)
    lake.load([batch("ad_spend", spent("second", "10"))], SETTINGS)
    lake.load([batch("ad_spend", spent("first", "2"))], SETTINGS)
    assert asked(lake, "SELECT SUM(cost) AS cost FROM spend") == [{"cost": Decimal("17.00")}]


def test_money_of_a_day_takes_the_rate_of_that_day(tmp_path: Path) -> None:
    rates = {"USD": [{"since": "2026-02-01", "rate": "90"}, {"since": "2026-03-01", "rate": "100"}]}
    settings = SETTINGS.model_validate({**SETTINGS.model_dump(exclude_defaults=True), "rates": rates})
    lake = Lake(tmp_path)
    days = [date(2026, 1, 5), date(2026, 2, 28), date(2026, 3, 1)]
    rows = [{"day": day, "lead_source": "vk", "cost": Decimal(1), "currency": "USD"} for day in days]
    lake.load([batch("ad_spend", *rows)], settings)
    costs = asked(lake, "SELECT cost FROM spend ORDER BY day")
    assert [row["cost"] for row in costs] == [Decimal("90.00"), Decimal("90.00"), Decimal("100.00")]


def test_money_of_next_year_is_not_today(tmp_path: Path) -> None:
    """A payment planned two years ahead and a slip of the pen would else be «today» for good."""
    lake = Lake(tmp_path)
    planned = {"payment_id": "1", "amount": Decimal(5), "paid_at": at("2062-01-01")}
    before = datetime.now(UTC)
    lake.load([batch("payments", planned)], SETTINGS)
    with lake.open() as reader:
        assert before <= reader.known_until <= datetime.now(UTC)
    lake.load([batch("leads", lead())], SETTINGS, known_until=at("2026-11-03"))
    lake.load([batch("payments", {**planned, "payment_id": "2"})], SETTINGS)
    with lake.open() as reader:
        assert reader.known_until.year < 2060


@pytest.mark.parametrize("change", [{"lead_source": "yandex"}, {"is_test": True}, {"client_id": "other"}])
def test_client_named_by_the_payment_alone_follows_its_lead(tmp_path: Path, change: dict[str, Any]) -> None:
    """Leads of many systems carry no client; their payments do. Step by step comes to what all at once does."""
    settings, told = company(), lead(lead_source="vk")
    paid = {
        "payment_id": "p",
        "paid_at": at("2026-11-03"),
        "amount": Decimal(100),
        "client_id": "A",
        "lead_id": "1",
    }
    lake = Lake(tmp_path)
    lake.load([batch("leads", told), batch("payments", paid)], settings)
    lake.load([batch("leads", {**told, **change})], settings)
    questions = (
        "SELECT * FROM customers ORDER BY customer",
        "SELECT * FROM customer_receipts ORDER BY payment_id",
    )
    step_by_step = [asked(lake, question) for question in questions]
    lake.rebuild(settings)
    assert [asked(lake, question) for question in questions] == step_by_step
