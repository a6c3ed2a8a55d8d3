"""Is every key of a mapping and every shipped mapping documented, and do the examples read?"""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from smarketing.connectors.files.mapping import (
    Check,
    FileHints,
    Making,
    Mapping,
    Section,
    When,
    parse_mapping,
    shipped,
)
from tests.docs.pages import blocks, first_words, read, rows, section, words

PAGE = "docs/reference/mapping.md"


def keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize(
    ("model", "heading"),
    [
        (Mapping, "A mapping, top to bottom"),
        (FileHints, "A mapping, top to bottom"),
        (Section, "A mapping, top to bottom"),
        (When, "A mapping, top to bottom"),
        (Check, "A mapping, top to bottom"),
        (Making, "How a column is made"),
    ],
)
def test_every_key_is_documented(model, heading):
    told = section(read(PAGE), heading)
    found = words(told) | {part.split(" ")[0] for part in words(told)}
    assert keys(model) <= found


def test_nothing_is_documented_that_a_column_does_not_know():
    assert set(first_words(section(read(PAGE), "How a column is made"))) == keys(Making)


def test_shipped_mappings_are_those_of_the_page():
    listed = {cells[0].strip("`"): cells[1] for cells in rows(section(read(PAGE), "Shipped mappings"))}
    assert listed == {name: mapping.title.en for name, mapping in shipped().items()}


def test_example_is_a_valid_mapping():
    (example,) = [block.text for block in blocks(read(PAGE)) if block.language == "toml"]
    assert parse_mapping(example, PAGE).name == "our_deals"
