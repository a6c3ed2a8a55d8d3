"""Versions of the plan: saved, changed, withdrawn, loaded from files, confirmed by both departments."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from threading import Thread

import pytest

from smarketing.analyses.planning.record import Change, Origin, numbers_in_force, standing, versions
from smarketing.facts.company import Zone
from smarketing.facts.errors import WrongInput, WrongState
from smarketing.facts.period import Month
from smarketing.jobs.load import load
from smarketing.jobs.planning import Signature, confirm_plan, save_plan
from smarketing.jobs.workspace import Workspace

MAY, JUNE = Month(2026, 5), Month(2026, 6)
NOON = datetime(2026, 4, 20, 12, tzinfo=UTC)
DEALERS = {
    ("leads", "dealers", None): Fraction(60),
    ("target_share", "dealers", None): Fraction("0.6"),
    ("aov", "dealers", None): Fraction(500_000),
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """One lead of March and nothing else."""
    made = Workspace.init(tmp_path / "w")
    (tmp_path / "leads.csv").write_text("lead_id,created_at\n1,2026-03-02 10:00:00+0300\n", "utf-8")
    load(made, [tmp_path / "leads.csv"])
    return made


def save(workspace, plan, who="anna", why=None, month=MAY, **more):
    return save_plan(workspace, {month: plan}, Signature(who, NOON, why=why), **more)


def in_force(workspace, month=MAY):
    with workspace.lake.open() as reader:
        return numbers_in_force(reader, (month,)).get(month, {})


def history(workspace, month=MAY):
    with workspace.lake.open() as reader:
        return versions(reader, (month,))[month]


def stands(workspace, month=MAY):
    with workspace.lake.open() as reader:
        return standing(reader, month)


def test_saved_plan_is_the_plan_in_force_and_says_who_when_why(workspace):
    saved = save(workspace, DEALERS, why="План года")
    assert saved.versions == {MAY: 1}
    assert in_force(workspace) == DEALERS
    (version,) = history(workspace)
    assert (version.number, version.person, version.at, version.why) == (1, "anna", NOON, "План года")
    assert version.origin is Origin.TYPED
    assert version.changes[0] == Change(("leads", "dealers", None), None, Fraction(60))


def test_deleted_number_is_gone_and_the_difference_says_so(workspace):
    save(workspace, DEALERS)
    fewer = {("leads", "dealers", None): Fraction(66), ("aov", "dealers", None): Fraction(500_000)}
    save(workspace, fewer, who="boris", why="Без доли")
    assert in_force(workspace) == fewer
    newest, oldest = history(workspace)
    assert newest.changes == (
        Change(("leads", "dealers", None), Fraction(60), Fraction(66)),
        Change(("target_share", "dealers", None), Fraction("0.6"), None),
    )
    assert (newest.number, newest.person, oldest.numbers) == (2, "boris", DEALERS)


def test_same_plan_saved_again_makes_no_version(workspace):
    first = save(workspace, DEALERS)
    again = save(workspace, dict(DEALERS))
    assert (again.versions, again.lake_version) == ({}, first.lake_version)


def test_withdrawn_plan_is_no_plan_and_stays_in_the_history(workspace):
    save(workspace, DEALERS)
    save(workspace, {}, why="Пересматриваем")
    assert in_force(workspace) == {}
    assert stands(workspace) is None
    assert [version.number for version in history(workspace)] == [2, 1]
    assert history(workspace)[0].numbers == {}
    assert save(workspace, {}).versions == {}  # nothing stands already
    assert save(workspace, DEALERS).versions == {MAY: 3}


def test_earlier_version_of_the_lake_shows_the_plan_as_it_stood(workspace):
    first = save(workspace, DEALERS)
    save(workspace, {})
    with workspace.lake.open(version=first.lake_version) as reader:
        assert numbers_in_force(reader, (MAY,)) == {MAY: DEALERS}
        assert [version.number for version in versions(reader, (MAY,))[MAY]] == [1]


def test_both_departments_confirm_and_a_change_must_be_confirmed_anew(workspace):
    save(workspace, DEALERS)
    assert stands(workspace).confirmed_by == ()
    assert confirm_plan(workspace, (MAY,), Zone.SALES, "sergey", at=NOON) == (MAY,)
    assert stands(workspace).confirmed_by == (Zone.SALES,)
    confirm_plan(workspace, (MAY,), Zone.MARKETING, "maria", at=NOON)
    assert stands(workspace).is_confirmed
    assert [(one.department, one.person) for one in stands(workspace).version.confirmations] == [
        (Zone.MARKETING, "maria"), (Zone.SALES, "sergey"),
    ]  # fmt: skip
    save(workspace, {**DEALERS, ("leads", "dealers", None): Fraction(61)})
    assert stands(workspace).confirmed_by == ()
    assert history(workspace)[1].is_confirmed
    # back to the numbers of the first version: agreed then, not agreed now
    save(workspace, DEALERS)
    assert (stands(workspace).version.number, stands(workspace).confirmed_by) == (3, ())


def test_confirming_twice_changes_nothing(workspace):
    save(workspace, DEALERS)
    confirm_plan(workspace, (MAY,), Zone.SALES, "sergey", at=NOON)
    assert confirm_plan(workspace, (MAY,), Zone.SALES, "oleg") == ()
    assert stands(workspace).version.confirmations[0].person == "sergey"


def test_nothing_or_another_version_cannot_be_confirmed(workspace):
    with pytest.raises(WrongState) as refused:
        confirm_plan(workspace, (MAY,), Zone.SALES, "sergey")
    assert refused.value.code == "no-plan-version"
    save(workspace, DEALERS)
    save(workspace, {**DEALERS, ("leads", "dealers", None): Fraction(61)})
    with pytest.raises(WrongState) as refused:
        confirm_plan(workspace, (MAY,), Zone.SALES, "sergey", seen={MAY: 1})
    assert refused.value.code == "plan-changed"
    assert stands(workspace).confirmed_by == ()


def test_plan_changed_by_another_is_not_overwritten_unseen(workspace):
    save(workspace, DEALERS)
    with pytest.raises(WrongState) as refused:
        save(workspace, {}, seen={MAY: 0})
    assert refused.value.code == "plan-changed"
    assert save(workspace, {}, seen={MAY: 1}).versions == {MAY: 2}


def test_two_who_save_at_once_make_two_versions(workspace):
    plans = [{("leads", "dealers", None): Fraction(number)} for number in (1, 2, 3)]
    threads = [Thread(target=save, args=(Workspace(workspace.root), plan)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = history(workspace)
    assert [version.number for version in found] == [3, 2, 1]
    assert in_force(workspace) == found[0].numbers
    assert {version.numbers["leads", "dealers", None] for version in found} == {1, 2, 3}


def test_contradictory_plan_is_not_saved(workspace):
    with pytest.raises(WrongInput) as refused:
        save(workspace, {("leads", None, "ads"): Fraction(5)})
    assert refused.value.code == "plan-source-without-segment"
    assert history(workspace) == ()


def write_plan(folder, rows, name="plans.csv"):
    path = folder / name
    path.write_text("month,metric,segment,lead_source,value\n" + "\n".join(rows) + "\n", "utf-8")
    return path


def test_plan_of_a_file_is_a_version_that_names_the_file(workspace, tmp_path):
    report = load(
        workspace, [write_plan(tmp_path, ["2026-05,leads,dealers,,60", "2026-06,leads,dealers,,70"])],
        who="admin", now=NOON,
    )  # fmt: skip
    assert report.plans == {MAY: 1, JUNE: 1}
    (version,) = history(workspace)
    assert (version.origin, version.file, version.person, version.at) == (Origin.FILE, "plans.csv", "admin", NOON)
    assert in_force(workspace, JUNE) == {("leads", "dealers", None): 70}


def test_old_copy_of_a_file_does_not_undo_what_was_typed_since(workspace, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    write_plan(folder, ["2026-05,leads,dealers,,60"])
    load(workspace, [folder], now=NOON)
    typed = {("leads", "dealers", None): Fraction(66)}
    save(workspace, typed)
    # The next export of the folder has a new lead and the same plan.
    (folder / "leads.csv").write_text("lead_id,created_at\n2,2026-03-03 10:00:00+0300\n", "utf-8")
    report = load(workspace, [folder], now=NOON)
    assert report.plans == {}
    assert in_force(workspace) == typed
    write_plan(folder, ["2026-05,leads,dealers,,64"])
    assert load(workspace, [folder], now=NOON).plans == {MAY: 3}
    assert in_force(workspace) == {("leads", "dealers", None): 64}


def test_loading_a_plan_on_purpose_brings_its_numbers_back(workspace, tmp_path):
    path = write_plan(tmp_path, ["2026-05,leads,dealers,,60"], "may.csv")
    load(workspace, [path], plan_only=True, now=NOON, why="Как договорились")
    save(workspace, {("leads", "dealers", None): Fraction(66)})
    assert load(workspace, [path], plan_only=True, now=NOON).plans == {MAY: 3}
    assert in_force(workspace) == {("leads", "dealers", None): 60}
    assert history(workspace)[2].why == "Как договорились"


def test_file_with_one_number_twice_is_refused_whole(workspace, tmp_path):
    path = write_plan(tmp_path, ["2026-05,leads,dealers,,60", "2026-05,leads,dealers,,66"])
    with pytest.raises(WrongInput) as refused:
        load(workspace, [path])
    assert refused.value.text.ru == (
        "План на май 2026, dealers: «Лиды» задано дважды, 60 и 66. Оставьте одно число."
    )
    assert in_force(workspace) == {}
    write_plan(tmp_path, ["2026-05,leads,dealers,,60", "2026-05,leads,dealers,,60"])
    load(workspace, [path])
    assert in_force(workspace) == {("leads", "dealers", None): 60}


def test_file_called_like_a_record_of_ours_is_not_read_as_one(workspace, tmp_path):
    path = tmp_path / "plan_log.csv"
    path.write_text("month,version,act,at,department\n2026-05,1,confirmed,2026-05-01 10:00,sales\n", "utf-8")
    with pytest.raises(WrongInput):
        load(workspace, [path])
