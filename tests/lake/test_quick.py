"""Does DuckDB come to the same cells in its own faster words?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from smarketing.lake.engine import Engine
from smarketing.lake.engines import differing_cells
from smarketing.lake.quick import quick
from smarketing.lake.store import Lake
from tests.lake.asked import OWN, asked_by_measurements
from tests.lake.world import World, at, batches, company


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "SELECT COUNT(*) FILTER (WHERE a AND (b OR c)) AS n",
            "SELECT CAST(COALESCE(COUNT_IF(a AND (b OR c)), 0) AS BIGINT) AS n",
        ),
        (
            "SELECT /* don't ( */ COUNT(*) FILTER (WHERE a -- :)\n) AS n",
            "SELECT /* don't ( */ CAST(COALESCE(COUNT_IF(a -- :)\n), 0) AS BIGINT) AS n",
        ),
        ("SELECT count(*) filter (where a) AS n", "SELECT CAST(COALESCE(COUNT_IF(a), 0) AS BIGINT) AS n"),
        (
            "SELECT COUNT(*) FILTER (WHERE a = 'it''s (') + COUNT(*) FILTER (WHERE \"b)\" = 1) AS n",
            "SELECT CAST(COALESCE(COUNT_IF(a = 'it''s ('), 0) AS BIGINT) + "
            "CAST(COALESCE(COUNT_IF(\"b)\" = 1), 0) AS BIGINT) AS n",
        ),
        (
            "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY f(a)) AS m, "
            "PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY f(a)) AS p",
            "SELECT QUANTILE_CONT(f(a), [0.5, 0.9])[1] AS m, QUANTILE_CONT(f(a), [0.5, 0.9])[2] AS p",
        ),
    ],
)  # fmt: skip
def test_counts_and_several_percentiles_of_the_same_are_said_faster(question: str, said: str) -> None:
    assert quick(question) == said


@pytest.mark.parametrize(
    "question",
    [
        "SELECT COUNT(*) FILTER (WHERE a) OVER (PARTITION BY b) AS n",
        "SELECT 'COUNT(*) FILTER (WHERE a)' AS text, \"COUNT(*) FILTER (WHERE a)\" FROM t",
        "SELECT COUNT(DISTINCT a) FILTER (WHERE b), SUM(a) FILTER (WHERE b) FROM t",
        "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY b)",
        "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a), "
        "PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY a) FILTER (WHERE b)",
        "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a DESC), "
        "PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY a DESC)",
        "SELECT COUNT(*) FILTER (WHERE a",
        "SELECT 1 -- it's COUNT(*) FILTER (WHERE a)\n/* COUNT(*) FILTER (WHERE b) */",
    ],
)
def test_everything_else_stays_as_it_was_written(question: str) -> None:
    assert quick(question) == question


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("quick"))
    lake.load(batches(World(5, leads=300).facts), company(), known_until=at("2026-05-28"))
    return lake


@pytest.fixture
def plain(lake: Lake) -> Iterator[Engine]:
    """An engine that answers every question as it is written."""
    with lake.open() as reader:
        yield reader._engine


def test_every_question_of_the_measurements_comes_to_the_same_cells_and_types(lake: Lake, plain: Engine) -> None:
    with lake.open() as reader:
        questions = (*asked_by_measurements(reader), *OWN)
        changed = [question for question in questions if quick(question) != question]
        assert len(changed) > 50
        for question in changed:
            one, other = reader.query(question), plain.answer(question)
            assert one.schema == other.schema, question
            assert differing_cells(one.to_pylist(), other.to_pylist(), 0) == [], question


def test_counts_over_no_row_are_nought_and_percentiles_nothing(lake: Lake, plain: Engine) -> None:
    question = (
        "SELECT COUNT(*) FILTER (WHERE is_won) AS n, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY sec_new) AS m, "
        "PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY sec_new) AS p FROM journeys WHERE furthest > 99"
    )
    with lake.open() as reader:
        answer = reader.query(question)
    assert answer.to_pylist() == [{"n": 0, "m": None, "p": None}]
    assert answer.schema == plain.answer(question).schema
