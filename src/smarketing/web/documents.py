"""Where do the documents lie that tell how figures come about?

The documents of the repository are the only text. A product installed without them shows no links to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

DOCS = Path(__file__).resolve().parents[3] / "docs"
FOLDERS = ("how-computed", "guide")


@lru_cache(maxsize=1)
def pages() -> Mapping[str, str]:
    """Name of a page → its folder."""
    return {
        path.stem: folder for folder in FOLDERS for path in (DOCS / folder).glob("*.md") if "." not in path.stem
    }
