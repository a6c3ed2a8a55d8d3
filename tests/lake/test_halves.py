"""Does a question with many percentiles come to the same answer when its halves are asked side by side?"""

from __future__ import annotations

import pyarrow as pa
import pytest

from smarketing.analyses.funnel.measure import funnel
from smarketing.analyses.question import Question
from smarketing.facts.errors import WrongQuestion
from smarketing.lake.engines import RecordingReader, differing_cells
from smarketing.lake.halves import Halves, halves
from smarketing.lake.store import Lake
from tests.lake.asked import SPRING
from tests.lake.world import STAGES, World, at, batches, company


def _median(value: str, name: str, share: str = "0.5") -> str:
    return f"PERCENTILE_CONT({share}) WITHIN GROUP (ORDER BY {value}) AS {name}"


_FOUR = ", ".join((_median("a", "m_a"), _median("a", "p_a", "0.9"), *(_median(v, f"m_{v}") for v in "bcd")))


def test_each_half_has_the_keys_and_every_percentile_of_its_values() -> None:
    parts = halves(
        f"SELECT s AS k, COUNT(*) AS n, {_FOUR} FROM journeys WHERE x = 'GROUP BY' GROUP BY s ORDER BY s DESC"
    )
    assert parts is not None
    rest = "FROM journeys WHERE x = 'GROUP BY' GROUP BY s ORDER BY s DESC"
    assert parts.questions == (
        f"SELECT s AS k, COUNT(*) AS n, {_median('b', 'm_b')}, {_median('d', 'm_d')}\n{rest}",
        f"SELECT s AS k, {_median('a', 'm_a')}, {_median('a', 'p_a', '0.9')}, {_median('c', 'm_c')}\n{rest}",
    )
    assert parts.keys == 1
    assert parts.places == ((0, 0), (0, 1), (1, 1), (1, 2), (0, 2), (1, 3), (0, 3))


@pytest.mark.parametrize(
    "question",
    [
        f"SELECT {_median('a', 'x')}, {_median('b', 'y')}, {_median('c', 'z')} FROM t",
        f"SELECT s, {_FOUR} FROM t GROUP BY s",
        f"SELECT s, {_FOUR} FROM t GROUP BY s ORDER BY m_a",
        f"SELECT s, r, {_FOUR} FROM t GROUP BY s, r ORDER BY s",
        f"SELECT {_FOUR} FROM t GROUP BY s ORDER BY s",
        f"SELECT 1 AS one, {_FOUR} FROM t GROUP BY 1 ORDER BY 1",
        f"SELECT s, {_FOUR} FROM t GROUP BY s ORDER BY s LIMIT 5",
        f"SELECT {_FOUR} FROM t WHERE x LIMIT 5",
        f"SELECT {_FOUR} FROM t WHERE x HAVING COUNT(*) > 1",
        f"SELECT {_FOUR} FROM t WHERE x UNION ALL SELECT {_FOUR} FROM t",
        f"SELECT {_FOUR} FROM t, u WHERE t.x = u.x",
        f"SELECT {_FOUR} FROM t JOIN u USING (x)",
        f"SELECT {_FOUR} FROM (SELECT * FROM t)",
        f"SELECT {_FOUR} FROM t USING SAMPLE 10",
        f"SELECT {_FOUR}, COUNT(*) FROM t",
        f"SELECT DISTINCT s AS k, {_FOUR} FROM t GROUP BY s ORDER BY s",
        f"WITH t AS (SELECT 1) SELECT {_FOUR} FROM t",
        f"SELECT '{_FOUR.replace(chr(39), '')}' AS text FROM t",
        f"SELECT {_FOUR} FROM t WHERE 'it",
    ],
)
def test_any_other_shape_is_asked_as_a_whole(question: str) -> None:
    assert halves(question) is None


def test_a_percentile_inside_something_else_stays_with_the_counts() -> None:
    question = f"SELECT {_FOUR}, 2 * PERCENTILE_CONT(0.1) WITHIN GROUP (ORDER BY a) AS twice, "
    question += "PERCENTILE_CONT(0.1) WITHIN GROUP (ORDER BY a) FILTER (WHERE b) AS rest "
    question += "FROM t WHERE a IS NOT DISTINCT FROM b"
    parts = halves(question)
    assert parts is not None
    assert [text.count("twice") + text.count("rest") for text in parts.questions] == [2, 0]
    assert all(text.endswith("\nFROM t WHERE a IS NOT DISTINCT FROM b") for text in parts.questions)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("halves"))
    lake.load(batches(World(5, leads=300).facts), company(), known_until=at("2026-05-28"))
    return lake


def test_every_funnel_in_halves_comes_to_the_same_cells_types_and_rows(lake: Lake) -> None:
    with lake.open() as reader:
        recording = RecordingReader(reader)
        for by in ((), ("month",), ("lead_source",), ("segment", "manager")):
            funnel(recording, Question(by=by))
            funnel(recording, Question(period=SPRING, by=by, where={"lead_source": ("vk", "")}))
        asked = [question for question in recording.asked if halves(question) is not None]
        assert len(asked) > 7
        for question in asked:
            one, other = reader.query(question), reader._engine.answer(question)
            assert one.schema == other.schema, question
            assert differing_cells(one.to_pylist(), other.to_pylist(), 0) == [], question


_STAYS = ", ".join(_median(f"sec_{stage}", f"m_{stage}") for stage in STAGES)


@pytest.mark.parametrize("group", ["", " GROUP BY segment ORDER BY segment NULLS LAST"])
@pytest.mark.parametrize("where", ["", "WHERE furthest > 99", "WHERE segment IS NULL"])
def test_no_row_and_the_unknown_group_come_to_what_they_were(lake: Lake, where: str, group: str) -> None:
    key = "segment AS key_0, " if group else ""
    question = f"SELECT {key}COUNT(*) FILTER (WHERE is_won) AS won, {_STAYS} FROM journeys {where}{group}"
    assert halves(question) is not None
    with lake.open() as reader:
        assert reader.query(question).equals(reader._engine.answer(question))


def test_what_is_wrong_with_either_half_is_said(lake: Lake) -> None:
    with lake.open() as reader:
        for wrong in ("sec_new", "sec_offer"):
            with pytest.raises(WrongQuestion) as caught:
                reader.query(f"SELECT {_STAYS} FROM journeys".replace(f" {wrong})", " sec_nothing)"))
            assert caught.value.code == "question-refused"
            assert "sec_nothing" in caught.value.text.en


def test_answers_with_other_groups_are_not_put_together() -> None:
    answers = {"one": pa.table({"k": ["a", "b"], "n": [1, 2]}), "two": pa.table({"k": ["a", "c"], "m": [3, 4]})}
    assert Halves(("one", "two"), 1, ((0, 0), (0, 1), (1, 1))).asked(answers.__getitem__) is None
    fewer = {"one": answers["one"], "two": answers["two"].slice(0, 1)}
    assert Halves(("one", "two"), 0, ((0, 1), (1, 1))).asked(fewer.__getitem__) is None
    same = Halves(("one", "one"), 1, ((0, 0), (1, 1))).asked(answers.__getitem__)
    assert same is not None
    assert same.to_pydict() == {"k": ["a", "b"], "n": [1, 2]}
