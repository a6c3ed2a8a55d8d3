"""Other settings in the place of these: what differs, what the facts forbid, what follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.facts.company import Segment
from smarketing.facts.errors import SmarketingError, WrongSetting
from smarketing.jobs.applying import Difference, apply, check, compare
from smarketing.jobs.settings import company_toml
from smarketing.jobs.workspace import Workspace
from tests.lake.world import at, batches, company, named


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two leads; one of them talked to after 40 minutes."""
    made = Workspace.init(tmp_path / "here", company())
    facts = {
        "leads": [{"lead_id": "1", "created_at": at("2026-11-02 07:00")}],
        "stage_moves": [{"lead_id": "1", "stage": "talk", "entered_at": at("2026-11-02 07:40")}],
        "activities": [{"activity_id": "a", "lead_id": "1", "kind": "call", "at": at("2026-11-02 07:40")}],
    }
    made.lake.load(batches(facts), company(), known_until=at("2026-11-03"))
    return made


def written(folder: Path, **changes: object) -> Path:
    path = folder / "new.toml"
    path.write_text(company_toml(company(**changes)), encoding="utf-8")
    return path


def handled(workspace: Workspace) -> object:
    with workspace.lake.open() as reader:
        return reader.query("SELECT is_handled FROM journeys").to_pylist()[0]["is_handled"]


def test_difference_names_places_by_key() -> None:
    one = company()
    other = company(
        name="Other",
        response_sla_minutes=30,
        segments=(Segment(key="dealers", name=named("Dealers"), focus=True),),
    )
    assert compare(one, one) == ()
    assert set(compare(one, other)) >= {
        Difference("name", "Компания", "Other"),
        Difference("response_sla_minutes", "60", "30"),
        Difference("segments[dealers].focus", None, "true"),
        Difference("segments[dealers].name.en", None, "Dealers"),
    }


def test_settings_put_in_place_change_the_figures_at_once(workspace: Workspace, tmp_path: Path) -> None:
    assert handled(workspace) is True  # within 60 working minutes
    found, differences = check(workspace, written(tmp_path, response_sla_minutes=5))
    assert differences == (Difference("response_sla_minutes", "60", "5"),)
    assert handled(workspace) is True  # looking changes nothing
    applied = apply(workspace, found)
    assert (applied.differences, applied.rebuilt) == (differences, True)
    assert handled(workspace) is False
    assert workspace.company.response_sla_minutes == 5


def test_name_alone_rebuilds_nothing_and_the_same_settings_change_nothing(
    workspace: Workspace, tmp_path: Path
) -> None:
    found, _ = check(workspace, written(tmp_path, name="Other"))
    assert apply(workspace, found).rebuilt is False
    assert [info.number for info in workspace.lake.versions()] == [1]
    again, differences = check(workspace, written(tmp_path, name="Other"))
    assert differences == ()
    assert apply(workspace, again).differences == ()


def test_stage_that_the_facts_hold_cannot_be_dropped(workspace: Workspace, tmp_path: Path) -> None:
    fewer = tuple(stage for stage in company().stages if stage.key != "talk")
    with pytest.raises(WrongSetting) as error:
        check(workspace, written(tmp_path, stages=fewer))
    assert error.value.code == "stage-in-use"
    assert "talk" in error.value.say("en")


def test_file_that_is_no_settings_is_refused_with_the_place(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text('zone = "Nowhere/Land"\n', encoding="utf-8")
    with pytest.raises(WrongSetting) as error:
        check(workspace, tmp_path / "new.toml")
    assert "zone" in error.value.say("en")


def test_settings_that_the_facts_refuse_leave_everything_as_it_was(workspace: Workspace, tmp_path: Path) -> None:
    text = workspace.company_path.read_text(encoding="utf-8")
    dear = {"lead_id": "2", "created_at": at("2026-11-02"), "amount": 5, "currency": "USD"}
    workspace.lake.load(batches({"leads": [dear]}), company(), known_until=at("2026-11-03"))
    found, _ = check(workspace, written(tmp_path, rates={}))
    with pytest.raises(SmarketingError) as error:
        apply(workspace, found)
    assert error.value.code == "no-rate"
    assert workspace.company_path.read_text(encoding="utf-8") == text
