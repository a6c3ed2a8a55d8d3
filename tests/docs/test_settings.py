"""Is every setting of the company and of the environment documented, with its default?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from types import UnionType
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from smarketing.facts.company import Company, parse_company
from smarketing.facts.criteria import Names
from tests.docs.pages import ROOT, blocks, read, rows

REFERENCES = ("docs/reference/company.md", "docs/reference/company.ru.md")
NEEDED = {"docs/reference/company.md": "needed", "docs/reference/company.ru.md": "нужна"}


def model_in(kind: Any) -> type[BaseModel] | None:
    """The model inside ``X``, ``tuple[X, ...]`` or ``X | None``; a name in two languages is a plain value."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return None if kind is Names else kind
    if get_origin(kind) in (tuple, list, UnionType):
        return next((found for part in get_args(kind) if (found := model_in(part))), None)
    return None


def settings(model: type[BaseModel] = Company, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        inner = model_in(field.annotation)
        if inner is None or (prefix and get_origin(field.annotation) is tuple):
            yield prefix + name, field
        if inner is not None:
            yield from settings(inner, f"{prefix}{name}.")


SETTINGS = dict(settings())


def told(reference: str) -> dict[str, str]:
    """Setting → what stands in the column of defaults."""
    return {cells[0].strip("`"): cells[1] for cells in rows(read(reference)) if cells[0].startswith("`")}


@pytest.mark.parametrize("reference", REFERENCES)
def test_settings_of_the_reference_are_those_of_the_company(reference):
    assert sorted(told(reference)) == sorted(SETTINGS)


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("setting", sorted(SETTINGS))
def test_default_of_a_setting_is_told(setting, reference):
    field, cell = SETTINGS[setting], told(reference)[setting]
    if field.is_required():
        assert cell == NEEDED[reference]
    elif isinstance(field.default, bool):
        assert cell == f"`{str(field.default).lower()}`"
    elif isinstance(field.default, str):
        assert cell == f'`"{field.default}"`'
    elif isinstance(field.default, time):
        assert cell == f"`{field.default.isoformat()}`"
    elif isinstance(field.default, int | Decimal):
        assert cell == f"`{field.default}`"
    elif field.default:
        assert cell == f"`{list(field.default)}`"
    else:
        assert cell in ("empty", "none", "пусто", "нет")


@pytest.mark.parametrize("page", [*REFERENCES, "docs/guide/first-data.md", "docs/guide/first-data.ru.md"])
def test_examples_of_company_toml_are_valid(page):
    import tomllib

    examples = [block.text for block in blocks(read(page)) if block.language == "toml"]
    assert examples
    for example in examples:
        parse_company(tomllib.loads(example))


def test_every_variable_of_the_environment_is_documented():
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    read_by_code = set(re.findall(r'"(SMARKETING_[A-Z_]+|SECRET_KEY[A-Z_]*)"', source))
    documented = {cells[0].strip("`") for cells in rows(read("docs/reference/environment.md"))}
    assert read_by_code == {word for word in documented if word.isupper()}
