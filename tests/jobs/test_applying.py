"""Other settings in the place of these: what differs, what the facts forbid, what follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.facts.company import Segment, VerdictSettings
from smarketing.facts.errors import SmarketingError, WrongSetting
from smarketing.facts.wrong_places import WrongPlaces
from smarketing.jobs.applying import Difference, Overtaken, apply, check, compare, keep, stamp
from smarketing.jobs.deciding import follow, is_due, standing
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
    with pytest.raises(SmarketingError) as error:
        check(workspace, written(tmp_path, rates={}))  # told before anything is written
    assert error.value.code == "no-rate"
    with pytest.raises(SmarketingError) as error:
        apply(workspace, company(rates={}))
    assert error.value.code == "no-rate"
    assert workspace.company_path.read_text(encoding="utf-8") == text


def test_limit_reaches_the_newest_version_without_building_anything_anew(workspace: Workspace) -> None:
    limits = VerdictSettings(min_expected_sales=9)
    applied = apply(workspace, company(verdict=limits))
    assert applied.rebuilt is False
    assert workspace.lake.built_by() == workspace.company
    with workspace.lake.open() as reader:
        assert reader.company.verdict.min_expected_sales == 9


# ── one part, from a page ────────────────────────────────────────────────────


def test_part_is_written_and_the_figures_follow_beside(workspace: Workspace) -> None:
    part = {"response_sla_minutes": 5}
    changed = keep(workspace, part, stamp(workspace.company, part))
    assert changed == (Difference("response_sla_minutes", "60", "5"),)
    assert workspace.company.response_sla_minutes == 5
    assert handled(workspace) is True  # not built yet
    waiting = standing(workspace)
    assert waiting is not None
    assert (waiting.state, waiting.text.en) == ("waiting", "Waiting for its turn: new settings.")
    assert is_due(workspace)
    follow(workspace)
    assert handled(workspace) is False
    assert standing(workspace) is None


def test_name_of_the_company_leaves_the_figures_where_they_are(workspace: Workspace) -> None:
    keep(workspace, {"name": "Other"}, stamp(workspace.company, ["name"]))
    assert standing(workspace) is None


def test_part_that_another_changed_meanwhile_is_not_overwritten(workspace: Workspace) -> None:
    seen = stamp(workspace.company, ["response_sla_minutes"])
    keep(workspace, {"response_sla_minutes": 30}, seen)
    with pytest.raises(Overtaken) as error:
        keep(workspace, {"response_sla_minutes": 5}, seen)
    assert error.value.differences == (Difference("response_sla_minutes", "30", "5"),)
    assert workspace.company.response_sla_minutes == 30
    keep(workspace, {"name": "Other"}, stamp(company(), ["name"]))  # another part of the same file
    assert (workspace.company.name, workspace.company.response_sla_minutes) == ("Other", 30)


def test_wrong_part_names_its_places_and_writes_nothing(workspace: Workspace) -> None:
    text = workspace.company_path.read_text(encoding="utf-8")
    part = {"zone": "Nowhere/Land", "response_sla_minutes": 0}
    with pytest.raises(WrongPlaces) as error:
        keep(workspace, part, stamp(workspace.company, part))
    assert [(one.place, one.text.ru) for one in error.value.wrong] == [
        (("zone",), "часового пояса Nowhere/Land нет"),
        (("response_sla_minutes",), "нужно больше 0"),
    ]
    fewer = {"stages": [stage.model_dump() for stage in company().stages if stage.key != "talk"]}
    with pytest.raises(WrongSetting) as refused:
        keep(workspace, fewer, stamp(workspace.company, fewer))
    assert refused.value.code == "stage-in-use"
    assert workspace.company_path.read_text(encoding="utf-8") == text
