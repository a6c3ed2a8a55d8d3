"""The last twelve weeks of a figure as a line without axes: the shape, not the values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from smarketing.charts.layout import plain
from smarketing.charts.picture import Picture, Size
from smarketing.charts.theme import Spec, colour, spec_of
from smarketing.facts.language import Language, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import DASH, say_number

_WIDTH, _HEIGHT = 72, 18
_TITLE = Text("{name}: последние значения", "{name}: latest values")


@dataclass(frozen=True)
class Sparkline:
    """Values in order of time, None where there is none; the last one is marked."""

    name: Text
    values: tuple[Decimal | float | int | None, ...]
    unit: Unit = Unit.COUNT
    currency: str = "RUB"


def sparkline(data: Sparkline, size: Size, language: Language) -> Picture:
    """A line that may start above zero, for it carries no axis; gaps stay gaps."""
    rows = [{"i": index, "v": plain(value)} for index, value in enumerate(data.values)]
    known = [row for row in rows if row["v"] is not None]
    low, high = _range([float(row["v"] or 0) for row in known])
    x = {
        "field": "i", "type": "quantitative", "axis": None,
        "scale": {"domain": [0, max(len(rows) - 1, 1)], "nice": False},
    }  # fmt: skip
    y = {
        "field": "v", "type": "quantitative", "axis": None,
        "scale": {"domain": [low, high], "nice": False, "zero": False},
    }  # fmt: skip
    layers: list[Spec] = [
        {"mark": {"type": "line", "color": colour("ink2"), "strokeWidth": 1.25,
         "invalid": "break-paths-show-domains"},
         "encoding": {"x": x, "y": y}},
        {"data": {"values": known[-1:]}, "mark": {"type": "point", "filled": True, "size": 22, "opacity": 1,
         "color": colour("ink")}, "encoding": {"x": x, "y": y}},
    ]  # fmt: skip
    spec = spec_of(_WIDTH, _HEIGHT, layers, data={"values": rows}, padding=3)
    return Picture(spec, _TITLE.fill(name=data.name).say(language), _description(data, language), size)


def _range(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 1, high + 1)


def _description(data: Sparkline, language: Language) -> str:
    said = [
        DASH if value is None else say_number(value, data.unit, language, data.currency) for value in data.values
    ]
    return "; ".join(said) + "."
