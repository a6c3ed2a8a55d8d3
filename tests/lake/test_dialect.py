"""Is every trap of other engines refused by its own rule, and is the plain part left alone?"""

from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.facts.errors import WrongQuestion
from smarketing.lake.dialect import RULES, breaches, check, translate
from smarketing.lake.store import Lake
from tests.lake.asked import asked_by_measurements
from tests.lake.world import World, at, batches, company


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("SELECT ARG_MAX(segment, updated_at) FROM journeys", "no-arg-max"),
        ("SELECT MAX_BY(segment, furthest) FROM journeys", "no-arg-max"),
        ("SELECT MEDIAN(sec_new) FROM journeys", "exact-percentile"),
        ("SELECT QUANTILE_CONT(sec_new, 0.5) FROM journeys", "exact-percentile"),
        ("SELECT APPROX_QUANTILE(sec_new, 0.5) FROM journeys", "exact-percentile"),
        ("SELECT won_at - created_at FROM journeys", "no-durations"),
        ("SELECT DATE_DIFF('second', created_at, won_at) FROM journeys", "no-durations"),
        ("SELECT EPOCH(created_at) FROM journeys", "no-durations"),
        ("SELECT LAG(stage) OVER (ORDER BY created_at) FROM journeys", "no-neighbours"),
        ("SELECT custom ->> '$.city' FROM journeys", "no-json"),
        ("SELECT JSON_EXTRACT(custom, '$.city') FROM journeys", "no-json"),
        ("SELECT created_at AT TIME ZONE 'UTC' FROM journeys", "no-clock"),
        ("SELECT COUNT(*) FROM journeys WHERE created_day = CURRENT_DATE", "no-clock"),
        ("SELECT LIST(stage) FROM journeys", "no-lists"),
        ("SELECT won_seconds / furthest FROM journeys", "guarded-division"),
        ("SELECT COUNT(*) FROM stage_moves", "no-raw-facts"),
        ("SELECT * FROM read_parquet('journeys.parquet')", "no-raw-facts"),
    ],
)
def test_trap_is_refused_by_its_own_rule(question: str, code: str) -> None:
    assert [breach.rule.code for breach in breaches(question)] == [code]
    with pytest.raises(WrongQuestion) as caught:
        check(question)
    assert caught.value.code == code


PLAIN = (
    "SELECT lead_source, COUNT(*) FILTER (WHERE is_won) AS sales, "
    "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY sec_new) FILTER (WHERE is_won) AS median, "
    "1.0 * SUM(revenue) / NULLIF(COUNT(*), 0) AS per_lead FROM journeys "
    "GROUP BY lead_source ORDER BY lead_source NULLS LAST"
)


def test_plain_question_breaks_no_rule_and_stays_as_it_is_on_duckdb() -> None:
    check(PLAIN)
    assert translate(PLAIN, "duckdb") is PLAIN


def test_names_made_in_the_question_are_no_foreign_tables() -> None:
    check("WITH won AS (SELECT lead_id FROM journeys WHERE is_won) SELECT COUNT(*) AS n FROM won")


def test_percentile_is_exact_on_spark_and_on_clickhouse() -> None:
    assert "PERCENTILE(sec_new, 0.5) FILTER(WHERE is_won)" in translate(PLAIN, "spark")
    assert "quantileExactInclusive(0.5)(sec_new) FILTER(WHERE is_won)" in translate(PLAIN, "clickhouse")


def test_cast_that_may_fail_stays_one_on_clickhouse() -> None:
    question = "SELECT TRY_CAST(custom_city AS DECIMAL(18, 2)) AS n FROM journeys"
    assert translate(question, "clickhouse") == "SELECT toDecimal64OrNull(custom_city, 2) AS n FROM journeys"


@pytest.mark.parametrize("text", ["SELECT (", "DELETE FROM journeys", "SELECT 1; SELECT 2"])
def test_what_is_not_one_question_is_refused(text: str) -> None:
    with pytest.raises(WrongQuestion):
        check(text)


def test_rules_have_codes_of_their_own_and_a_sentence_in_both_languages() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(rule.text.ru.endswith(".") and rule.text.en.endswith(".") for rule in RULES)


def test_every_question_of_the_measurements_obeys_the_rules(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.load(batches(World(5, leads=30).facts), company(), known_until=at("2026-05-28"))
    with lake.open() as reader:
        asked = asked_by_measurements(reader)
    assert len(asked) > 20
    broken = {breach.rule.code: question for question in asked for breach in breaches(question)}
    assert broken == {}
