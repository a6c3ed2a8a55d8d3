from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.facts.errors import WrongQuestion
from smarketing.facts.query import literal, name


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40))
def test_any_text_comes_back_as_it_was(text):
    assert duckdb.execute(f"SELECT {literal(text)}").fetchone() == (text,)


def test_attempt_to_break_out_stays_a_text():
    hostile = "x'; DROP TABLE journeys; --"
    assert duckdb.execute(f"SELECT {literal(hostile)}").fetchone() == (hostile,)


@pytest.mark.parametrize("word", ["a b", "A", "1a", "a;", 'a"', "", "a\n"])
def test_name_that_is_not_plain_is_refused(word):
    with pytest.raises(WrongQuestion, match="bad-name"):
        name(word)


def test_values_of_every_kind():
    assert literal(True) == "TRUE"
    assert literal(Decimal("1.50")) == "1.50"
    assert literal(date(2026, 11, 1)) == "DATE '2026-11-01'"
    moscow = datetime(2026, 11, 1, 3, tzinfo=timezone(timedelta(hours=3)))
    assert literal(moscow) == "TIMESTAMP '2026-11-01 00:00:00'"
    assert literal(datetime(2026, 11, 1, tzinfo=UTC)) == "TIMESTAMP '2026-11-01 00:00:00'"


def test_moment_without_a_zone_is_refused():
    with pytest.raises(TypeError):
        literal(datetime(2026, 11, 1))  # noqa: DTZ001
