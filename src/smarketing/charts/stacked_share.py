"""Whose effort goes to whom: one bar of 100 % per resource, the segments in one order and one shade each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smarketing.analyses.focus import Focus
from smarketing.analyses.focus.words import NAMES as RESOURCE_NAMES
from smarketing.analyses.labels import say_key
from smarketing.charts.layout import name_layers, name_width, row_scale, wrapped
from smarketing.charts.picture import Picture, Size
from smarketing.charts.theme import Spec, colour, spec_of
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import NBSP, say_number

_TITLE = Text("На кого уходят силы: доли по сегментам", "Where the effort goes: shares by segment")
# Owners have the colours; segments are shades of ink: the focus segment the darkest, «not given» empty. Each of
# these turns over with the theme, so that figures on them stay readable in both.
_SHADES = ("ink3", "line2", "surface2")
_MANY_SHADES = ("ink2", "ink3", "line2", "surface2")
_FOCUS, _UNKNOWN = "ink", "surface"
_DARK = frozenset({"ink", "ink2", "ink3"})
_LEAST = 34  # pixels: a narrower part carries no figure


@dataclass(frozen=True)
class SharePart:
    """One segment's part of a bar; ``value`` is any amount, the bar makes shares of them."""

    key: str | None
    name: Text
    value: float
    focus: bool = False


@dataclass(frozen=True)
class ShareBar:
    """One resource, such as ad spend, leads, work, revenue, split by segment in the same order as the others."""

    name: Text
    parts: tuple[SharePart, ...]


def shares_of(found: Focus, company: Company) -> tuple[ShareBar, ...]:
    """A bar for every resource whose facts are loaded, segments in the company's order; those under test apart."""
    return tuple(
        ShareBar(
            _capital(RESOURCE_NAMES[resource]),
            tuple(
                SharePart(
                    key, say_key(company, "segment", key), share, key is not None and key == found.focus_segment
                )
                for key, share in shares.items()
            ),
        )
        for resource, shares in found.shares.items()
    )


def stacked_share(bars: Sequence[ShareBar], size: Size, language: Language) -> Picture:
    """Bars of 100 %; a legend names the shades, figures stand in the parts that have room for them."""
    letters = 12 if size.is_narrow else 13
    names = [wrapped(bar.name.say(language), 15 if size.is_narrow else 24) for bar in bars]
    width = round(size.width - name_width(names, letters) - 6)
    shades = _shades(bars)
    rows = [row for index, bar in enumerate(bars) for row in _rows(index, bar, shades, width, language)]
    layers = [*_layers(_legend(bars, shades, language, size), row_scale(0.34, 0.1)), *name_layers(names, letters)]
    spec = spec_of(width, 38 * max(len(bars), 1), layers, data={"values": rows})
    return Picture(spec, _TITLE.say(language), _description(bars, language), size)


def _shades(bars: Sequence[ShareBar]) -> dict[str | None, str]:
    parts = {part.key: part for bar in bars for part in bar.parts}
    others = [key for key, part in parts.items() if key is not None and not part.focus]
    shades: dict[str | None, str] = {key: _FOCUS for key, part in parts.items() if part.focus}
    palette = _SHADES if len(others) <= len(_SHADES) else _MANY_SHADES
    shades |= {key: palette[min(place, len(palette) - 1)] for place, key in enumerate(others)}
    return shades | ({None: _UNKNOWN} if None in parts else {})


def _rows(index: int, bar: ShareBar, shades: dict[str | None, str], width: int, language: Language) -> list[Spec]:
    total, start, rows = sum(part.value for part in bar.parts), 0.0, list[Spec]()
    for part in bar.parts:
        share = part.value / total if total else 0.0
        rows.append(
            {
                "i": index, "a": start, "b": start + share, "middle": start + share / 2,
                "part": part.name.say(language),
                "text": _percent(share, language) if share * width >= _LEAST else "",
                "ink": colour("surface" if shades[part.key] in _DARK else "ink"),
            }
        )  # fmt: skip
        start += share
    return rows


def _layers(legend: Spec, y: Spec) -> list[Spec]:
    x = {"field": "a", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1], "nice": False}}
    edge = {"stroke": colour("line2"), "strokeWidth": 0.75}
    return [
        {"mark": {"type": "bar", "height": {"band": 1}, **edge},
         "encoding": {"x": x, "x2": {"field": "b"}, "y": y, "color": legend}},
        {"mark": {"type": "text", "align": "center", "baseline": "middle"},
         "encoding": {"x": {"field": "middle", "type": "quantitative"}, "y": y, "text": {"field": "text"},
                      "color": {"field": "ink", "type": "nominal", "scale": None}},
         "transform": [{"filter": "datum.text !== ''"}]},
    ]  # fmt: skip


def _legend(bars: Sequence[ShareBar], shades: dict[str | None, str], language: Language, size: Size) -> Spec:
    names = {part.key: part.name.say(language) for bar in bars for part in bar.parts}
    return {
        "field": "part", "type": "nominal",
        "scale": {"domain": list(names.values()), "range": [colour(shades[key]) for key in names]},
        "legend": {
            "columns": 2 if size.is_narrow else 4, "symbolStrokeWidth": 0.75, "symbolStrokeColor": colour("line2"),
        },
    }  # fmt: skip


def _description(bars: Sequence[ShareBar], language: Language) -> str:
    said = []
    for bar in bars:
        total = sum(part.value for part in bar.parts)
        parts = [
            f"{p.name.say(language)} {_percent(p.value / total if total else 0.0, language)}" for p in bar.parts
        ]
        said.append(f"{bar.name.say(language)}: {', '.join(parts)}")
    return "; ".join(said) + "."


def _capital(text: Text) -> Text:
    return Text(text.ru[:1].upper() + text.ru[1:], text.en[:1].upper() + text.en[1:])


def _percent(share: float, language: Language) -> str:
    return say_number(share, Unit.SHARE, language, digits=0).replace(" ", NBSP)
