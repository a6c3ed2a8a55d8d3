"""Where does the public data lie, and what was computed of it independently of the product?"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "SMARKETING_SHARED"
ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get(VARIABLE) or ROOT.parent / "shared" / "data")
ABSENT = (
    f"../shared/data is absent: real data is no part of the repository ({VARIABLE} says where it lies otherwise)"
)


def needs(name: str) -> list[pytest.MarkDecorator]:
    """The marks of a module that reads one data set."""
    return [pytest.mark.shared, pytest.mark.skipif(not (DATA / name).exists(), reason=ABSENT)]


@cache
def expected(name: str) -> dict[str, Any]:
    """The figures that came with a data set, by key."""
    path = DATA / name / "expected.json"
    if not path.exists():
        return {}
    content = json.loads(path.read_text(encoding="utf-8"))
    return {key: entry["value"] for key, entry in content.items()}


def keys(name: str) -> list[str]:
    """The keys to be accounted for; one word where the data is absent, so that the skip is seen."""
    return list(expected(name)) or ["absent"]
