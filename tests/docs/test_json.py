"""Is every key of the JSON contracts documented, and nothing else?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from smarketing.analyses.economics import economics
from smarketing.analyses.question import Question
from smarketing.analyses.required import Lacking
from smarketing.analyses.shares import share
from smarketing.analyses.verdict.result import Cause, PlanKind, VerdictState
from smarketing.connectors.outside.actions import Action, ActionKind, Done, Outcome
from smarketing.connectors.outside.streams import Assumption, Health
from smarketing.facts.company import Zone
from smarketing.facts.language import Text, same
from smarketing.facts.period import Month
from smarketing.jobs import compared, export, required_export, verdict_export, writing_export
from smarketing.jobs.answers import ANSWERS
from smarketing.jobs.checking import Checked
from smarketing.jobs.writing_back import Acted, Rule
from smarketing.jobs.writing_log import Switched
from smarketing.metrics.kinds import Direction, NoValue, Unit
from smarketing.stats.uncertainty import Label
from tests.analyses import test_verdict as example
from tests.docs.pages import blocks, first_words, read, section, words
from tests.support.memory import MemoryReader, at

PAGE = read("docs/reference/json.md")
MEASUREMENT, VERDICT = section(PAGE, "A measurement"), section(PAGE, "A verdict")
CHECK = section(PAGE, "A check of a connection")


@pytest.fixture(scope="module")
def measurement():
    reader = MemoryReader(
        example.COMPANY,
        journeys=[{"lead_id": "1", "created_at": at("2026-11-02"), "segment": "dealers"}],
        known_until=datetime(2026, 11, 20, tzinfo=UTC),
    )
    june = Month(2026, 11).period
    question = Question(june, by=("month", "segment"), where={"segment": ("dealers", "")}, compare=june.before())
    return export.as_data(economics(reader, question), example.COMPANY, "en")


def test_keys_of_a_check_are_those_of_the_page():
    assumption = Assumption("ordered", Text("Да.", "Yes."), True, "2 leads")
    checked = Checked("toy", Health("shop"), (assumption,)).as_json(datetime(2026, 11, 20, tzinfo=UTC))
    assert table(CHECK, "contract") == list(checked)
    assert table(CHECK, "key") == list(checked["assumptions"][0])
    shown = json.loads(next(block.text for block in blocks(CHECK)))
    assert list(shown) == list(checked)
    assert list(shown["assumptions"][0]) == list(checked["assumptions"][0])


def test_keys_of_a_card_without_fields_are_those_of_the_page():
    page, reader = section(PAGE, "Cards without required fields"), MemoryReader(example.COMPANY)
    card = Lacking("L9", "accepted", ("segment",), None, stands=True, outcome="open")
    told = required_export.cards_data([card], reader, "en")
    assert table(page, "contract") == list(told)
    assert table(page, "lead_id") == list(told["cards"][0])
    assert {required_export.CONTRACT, str(required_export.CONTRACT_VERSION)} <= words(page)


def test_keys_of_writing_back_are_those_of_the_page():
    page, now = section(PAGE, "Writing back"), datetime(2026, 11, 20, tzinfo=UTC)
    done = Done(Action(ActionKind.COMMENT, "D7", "text"), now, Outcome.DRY)
    rules = writing_export.rules_data("crm", [Rule(ActionKind.COMMENT)], "en")
    run = writing_export.run_data(Acted("crm", now, dry=True, done=(done,)), "en")
    log = writing_export.log_data("crm", [done, Switched(now, "Charlie")], "en")
    tables = [first_words(part) for part in page.split("\n\n") if first_words(part)]
    shown = [rules, rules["rules"][0], run, run["actions"][0], log, log["entries"][1]]
    assert tables == [list(one) for one in shown]
    assert list(log["entries"][0]) == ["what", *run["actions"][0]]
    contracts = {writing_export.RULES, writing_export.RUN, writing_export.LOG}
    assert contracts | {*ActionKind, *Outcome} <= words(page)


@pytest.fixture(scope="module")
def verdict():
    return verdict_export.verdict_data(example.judge(), example.COMPANY, "en")


def table(text: str, first: str) -> list[str]:
    """The keys of the table whose first row names this key."""
    for part in text.split("\n\n"):
        found = first_words(part)
        if found[:1] == [first]:
            return found
    raise AssertionError(f"no table that begins with {first}")


def test_keys_of_a_measurement_are_those_of_the_page(measurement):
    assert table(MEASUREMENT, "contract") == list(measurement)
    assert table(MEASUREMENT, "key") == list(measurement["metrics"][0])
    assert table(MEASUREMENT, "keys") == list(measurement["rows"][0])
    assert table(MEASUREMENT, "value") == list(measurement["total"]["leads"])
    assert measurement["period"].keys() == {"first_day", "last_day"}
    assert measurement["notes"][0].keys() == {"code", "text"}


def test_keys_of_a_comparison_are_those_of_the_page():
    page = PAGE.split("### Compared")[1].split("\n## ")[0]
    change = compared.Change("won", same("won"), share("stage_conversion", 1, 2, Zone.SALES), None, None)
    before = ANSWERS["economics"].measure(MemoryReader(example.COMPANY), Question())
    told = compared.compared_data(compared.Compared(before, (change,)), example.COMPANY, "en")
    assert [first_words(part) for part in page.split("\n\n") if first_words(part)] == [
        list(told), list(told["changes"][0])
    ]  # fmt: skip
    assert {*Label} <= words(page)


def test_keys_of_a_verdict_are_those_of_the_page(verdict):
    assert table(VERDICT, "contract") == list(verdict)
    assert table(VERDICT, "cause") == list(verdict["parts"][0])
    assert table(VERDICT, "segment") == list(verdict["segments"][0])
    zone = next(line for line in VERDICT.splitlines() if line.startswith("An element of `zones`"))
    assert zone.split("`")[1::2][1:] == list(verdict["zones"][0])
    assert verdict["parts"][0]["by_segment"][0].keys() == {"segment", "effect"}
    assert verdict["interval"].keys() == {"low", "high", "level"}


def test_every_word_that_a_value_may_be_is_documented():
    assert {*Unit, *Direction, *NoValue} <= words(MEASUREMENT)
    assert {*VerdictState, *PlanKind, *Cause, *Label} <= words(VERDICT)


def test_names_and_versions_of_the_contracts_are_documented():
    for contract, told in ((export, MEASUREMENT), (verdict_export, VERDICT)):
        assert {contract.CONTRACT, str(contract.CONTRACT_VERSION)} <= words(told)


def test_example_of_a_figure_is_the_figure_of_the_product():
    from smarketing.analyses.shares import share
    from smarketing.facts.company import Zone

    (shown,) = [json.loads(block.text) for block in blocks(PAGE) if block.language == "json"]
    figure = export.figure_data(share("lead_to_sale_cr", 12, 400, Zone.SALES, ripe=0.86))
    made = figure["interval"]
    assert {**shown, "interval": None} == {**figure, "interval": None}
    assert shown["interval"] == {"low": round(made["low"], 4), "high": round(made["high"], 4), "level": 0.9}


def test_effects_of_the_parts_sum_to_the_gap(verdict):
    assert sum(Decimal(part["effect"]) for part in verdict["parts"]) == Decimal(verdict["gap"])
