from __future__ import annotations

from smarketing.facts.company import Company, Stage
from smarketing.facts.criteria import Names
from smarketing.facts.journeys import journey_columns
from smarketing.facts.tables import TABLES


def test_every_table_and_column_is_named_in_both_languages():
    for table in TABLES.values():
        assert table.label.ru and table.label.en
        for column in table.columns:
            assert column.label.ru and column.label.en, f"{table.name}.{column.name}"


def test_every_key_is_made_of_columns():
    for table in TABLES.values():
        assert set(table.key) <= set(table.names), table.name


def test_journeys_carry_three_columns_per_stage():
    company = Company(stages=(Stage(key="fresh", name=Names(ru="Новый", en="New")),))
    added = set(journey_columns(company)) - set(journey_columns(Company()))
    assert added == {"in_fresh", "at_fresh", "sec_fresh"}
