"""Is the demo company written, loaded and planned, and does the product find what was planted?"""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa

from smarketing.analyses.economics import economics
from smarketing.analyses.planning.record import Origin, numbers_in_force, standings, versions
from smarketing.analyses.question import Question
from smarketing.analyses.reconciliation.pairs import preview, proposed_pairs
from smarketing.analyses.verdict.answer import verdict as judge
from smarketing.analyses.verdict.result import Cause
from smarketing.facts.company import Milestone
from smarketing.facts.period import Clock, Month
from smarketing.facts.tables import TABLES
from smarketing.jobs.deciding import say
from smarketing.jobs.demo.generate import TODAY, demo_company
from smarketing.jobs.demo.truths import (
    BROKEN_TAG,
    BROKEN_TAG_NAME,
    TWO_CARDS,
    TWO_CARDS_BOUGHT,
)
from smarketing.jobs.demo.write import BROKEN_ROWS, write
from smarketing.jobs.same_people import queue
from smarketing.jobs.workspace import Workspace
from smarketing.stats.uncertainty import Label
from tests.jobs.demo.reading import Fact, verdict

# --- the files --------------------------------------------------------------------------------------------------


def test_write_gives_a_file_per_table_with_seven_broken_rows(tmp_path: Path) -> None:
    counts = write(tmp_path, until=date(2025, 7, 31))

    assert sum(map(len, BROKEN_ROWS.values())) == 7
    assert {path.stem for path in tmp_path.iterdir()} == set(counts)
    for name, count in counts.items():
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == count
        assert None not in {key for row in rows for key in row}
    with (tmp_path / "plans.csv").open(encoding="utf-8") as file:
        assert next(csv.DictReader(file))["month"] == "2025-07"


def test_company_has_the_stages_and_milestones_of_the_funnel() -> None:
    company = demo_company()

    assert [stage.name.ru for stage in company.stages] == [
        "Новый лид",
        "Квалифицирован",
        "Принят в работу",
        "КП отправлено",
        "Согласование договора",
        "Продажа",
        "Отказ",
    ]
    assert [company.order(milestone) for milestone in (Milestone.ACCEPTED, Milestone.DEAL, Milestone.WON)] == [
        3,
        5,
        6,
    ]
    assert company.focus_segment is not None
    assert company.focus_segment.key == "dealers"
    # The mock of 20 November 2026 says: 14 of 20 working days.
    november = [date(2026, 11, 1) + timedelta(days=i) for i in range(30)]
    works = [company.calendar.hours_of(day) != (0, 0) for day in november]
    assert (sum(works[:20]), sum(works)) == (14, 20)


# --- the product finds it ---------------------------------------------------------------------------------------


def test_make_demo_loads_everything_but_seven_rows(facts: dict[str, pa.Table], workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        for name, table in facts.items():
            if TABLES[name].identity != "slice":
                assert reader.fact_rows(name).num_rows == table.num_rows, name
        leads = reader.query("SELECT COUNT(*) AS n FROM journeys").to_pylist()
    kept = [path.read_text("utf-8").splitlines() for path in workspace.quarantine_path.glob("*.jsonl")]

    assert leads == [{"n": facts["leads"].num_rows}]
    assert sum(map(len, kept)) == 7


def test_two_cards_wait_for_a_word_and_joined_they_are_eight_new_customers_fewer(
    workspace: Workspace, tmp_path: Path
) -> None:
    copied = Workspace(tmp_path / "copy")
    shutil.copytree(workspace.root, copied.root)

    def new_customers() -> Any:
        with copied.lake.open() as reader:
            return economics(reader, Question(), ("new_customers",)).total.figures["new_customers"].value

    before = new_customers()
    with copied.lake.open() as reader:
        exact = queue(reader).exact
    assert [match.reason for match in exact] == ["phone"] * int(TWO_CARDS.after)
    say(copied, exact, "same", "founder", datetime(2026, 11, 20, 18, tzinfo=UTC))
    assert before - new_customers() == TWO_CARDS_BOUGHT


def test_queue_of_likely_pairs_is_short_and_holds_no_two_cards_of_one_name(workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        found = queue(reader)
    assert found.likely_count == len(found.likely) < 40
    assert [match.names for match in found.likely if match.names[0] == match.names[1]] == []


def test_every_source_of_the_demo_has_a_name_in_both_languages(
    facts: dict[str, pa.Table], workspace: Workspace
) -> None:
    sources = {*facts["leads"]["lead_source"].to_pylist(), *facts["ad_spend"]["lead_source"].to_pylist()}
    named = {source: workspace.company.label("lead_source", source) for source in sources}
    assert {source for source, name in named.items() if name.ru != source or not name.en.isascii()} == set()


def test_regular_tasks_are_a_figure(facts: dict[str, pa.Table], workspace: Workspace) -> None:
    due = [task for task in facts["tasks"].to_pylist() if task["due_at"].date() < TODAY]
    in_time = [task for task in due if task["done_at"] and task["done_at"].date() <= task["due_at"].date()]
    with workspace.lake.open() as reader:
        asked = Question(clock=Clock.PERIOD)
        figure = economics(reader, asked, ("tasks_done",)).total.figures["tasks_done"]

    assert (len(in_time), len(due)) == (79, 95)
    assert (figure.numerator, figure.denominator) == (79, 95)


def test_broken_tag_is_found_with_its_cost_before_and_after(workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        (pair,) = proposed_pairs(reader)
        seen = preview(reader, pair)

    assert pair.key == (BROKEN_TAG.lead_source, BROKEN_TAG.campaign, BROKEN_TAG_NAME)
    assert seen.crm["spend"].value is None  # free to look at, for the money stands under the other name
    assert seen.joined["spend"].value == seen.report["spend"].value
    for key in ("leads", "sales"):
        assert seen.joined[key].value == seen.report[key].value + seen.crm[key].value
    assert seen.joined["cac_paid"].value < seen.report["cac_paid"].value


def test_make_demo_ends_on_its_own_today(workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        assert reader.known_until.astimezone(demo_company().tz) == datetime(
            2026, 11, 20, 20, tzinfo=demo_company().tz
        )


def test_rules_of_the_company_judge_as_read_aloud_here(leads: list[Fact], workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        rows = reader.query("SELECT lead_id, target_verdict FROM journeys WHERE is_counted").to_pylist()

    judged = {row["lead_id"]: row["target_verdict"] for row in rows}
    assert judged == {lead["lead_id"]: verdict(lead) for lead in leads}


def test_verdict_of_november_confirms_only_what_was_planted(workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        found = judge(reader, Month(2026, 11))

    confirmed = {part.cause for part in found.parts if part.label is Label.CONFIRMED}
    assert {Cause.MIX, Cause.HANDLING} <= confirmed
    # Volume and quality were moved by the new campaign, conversion and order value by nobody.
    assert not confirmed & {Cause.CONVERSION, Cause.ORDER_VALUE}
    dealers = {part.cause: part.by_segment["dealers"] for part in found.parts if "dealers" in part.by_segment}
    assert dealers[Cause.MIX] < -500_000
    assert dealers[Cause.HANDLING] < -500_000


def test_verdict_of_february_blames_nobody(workspace: Workspace) -> None:
    with workspace.lake.open() as reader:
        found = judge(reader, Month(2026, 2))

    assert found.fact - found.plan < -3_000_000
    assert [part.cause for part in found.parts if part.label is Label.CONFIRMED] == []


def test_make_demo_types_the_plan_of_the_year_and_both_heads_confirm_it(
    facts: dict[str, pa.Table], workspace: Workspace
) -> None:
    months = tuple(Month(2026, number) for number in range(1, 13))
    with workspace.lake.open() as reader:
        in_force, firm = numbers_in_force(reader, months), standings(reader, months)
        november, earlier = versions(reader, (Month(2026, 11),))[Month(2026, 11)]
        (of_file,) = versions(reader, (Month(2025, 12),))[Month(2025, 12)]
    # The plan in force is the one that the generator means: the truths are held against it.
    for month in months[:11]:
        assert in_force[month] == {
            (row["metric"], row["segment"], None): Fraction(row["value"])
            for row in facts["plans"].to_pylist()
            if row["month"] == month.number
        }
    assert all(firm[month].is_confirmed for month in months)
    assert (november.person, november.origin, earlier.person) == ("marketing", Origin.TYPED, "founder")
    # Autumn was first planned with a tenth fewer dealers: 200 of 222.
    assert (november.changes[0].before, november.changes[0].after) == (200, 222)
    assert {change.key[0] for change in november.changes} == {"leads", "revenue"}
    assert (of_file.origin, of_file.file) == (Origin.FILE, "plans.csv")
