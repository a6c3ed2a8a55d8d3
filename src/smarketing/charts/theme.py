"""Which colours and letters does every chart share?

Charts are drawn in the light palette; ``drawing`` then turns each colour into ``var(--token)`` for the screen, so
that the page's theme decides, or into another palette for a picture.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

from smarketing.facts.company import Zone

Spec = dict[str, Any]
PaletteName = Literal["light", "dark"]
FONT = "Manrope"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

# Colour means owner, never good or bad (design.md §1). None is ordinary variation.
_ZONE_TOKENS = {Zone.MARKETING: "m", Zone.SALES: "s", Zone.JOINT: "m", Zone.COMPANY: "ink3"}


@cache
def palette(name: PaletteName = "light") -> Mapping[str, str]:
    """Token → colour; the tokens are those of the page's style sheet."""
    text = resources.files(__package__).joinpath("theme.json").read_text(encoding="utf-8")
    found: Mapping[str, str] = json.loads(text)["palette"][name]
    return found


def colour(token: str) -> str:
    """The light colour of a token, as it stands in a spec."""
    return palette()[token]


def zone_colour(zone: Zone | None) -> str:
    """The colour of the department that can change a figure; grey for ordinary variation."""
    return colour("c" if zone is None else _ZONE_TOKENS[zone])


def spec_of(width: int, height: int, layer: list[Spec], **more: Any) -> Spec:
    """A whole spec of layers in the house's look."""
    return {"$schema": SCHEMA, "width": width, "height": height, "layer": layer, "config": _config(), **more}


def _config() -> Spec:
    letters = {"labelFont": FONT, "titleFont": FONT, "labelFontSize": 12, "titleFontSize": 12}
    quiet = {"labelColor": colour("ink3"), "titleColor": colour("ink3"), "titleFontWeight": 400}
    return {
        "aria": False,
        "background": None,
        "font": FONT,
        # The page draws figures wider than vl-convert measures them: some room at the right.
        "padding": {"left": 4, "top": 2, "right": 8, "bottom": 2},
        "view": {"stroke": None},
        "axis": {
            **letters, **quiet, "domain": False, "ticks": False, "grid": False, "gridColor": colour("line"),
            "gridWidth": 1, "labelPadding": 6, "labelFontWeight": 400,
        },
        "legend": {
            "labelColor": colour("ink2"), "labelFont": FONT, "labelFontSize": 12, "symbolStrokeWidth": 0,
            "orient": "top", "title": None, "symbolType": "square", "symbolSize": 90, "columnPadding": 12,
        },
        "bar": {"cornerRadius": 1},
        "rule": {"color": colour("ink")},
        "text": {"color": colour("ink"), "font": FONT, "fontSize": 12},
        "line": {"strokeJoin": "round", "strokeWidth": 2},
    }  # fmt: skip
