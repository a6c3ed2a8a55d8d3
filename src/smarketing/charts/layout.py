"""Where do marks and letters go so that nothing overlaps and nothing is cut?"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from decimal import Decimal

from smarketing.charts.theme import Spec, colour

# Widths of letters as shares of the size of Manrope. Figures are all of one width on a page (``tabular-nums``),
# wider than vl-convert draws them: room is left for the page's.
_LETTER, _FIGURE, _THIN, _BROAD = 0.575, 0.64, 0.32, 0.78
_WIDTHS = {**dict.fromkeys("0123456789", _FIGURE), **dict.fromkeys(" .,:;-'|ilj!·", _THIN)}
_WIDTHS |= dict.fromkeys("MWЖШЩЮФМ₽", _BROAD)
MAX_GRID_LINES = 5
NAME_GAP = 8  # pixels between a name and the marks of its row


def text_width(text: str, size: float = 13, *, bold: bool = False) -> float:
    """About how many pixels a text takes, rather too many than too few."""
    letters = sum(_WIDTHS.get(letter, _LETTER) for letter in text)
    return letters * size * (1.06 if bold else 1.0)


def wrapped(text: str, letters: int) -> list[str]:
    """A name in lines of at most so many letters, at most two; what is left is cut with an ellipsis."""
    lines = textwrap.wrap(text, letters, break_long_words=False, break_on_hyphens=False) or [text]
    if len(lines) > 2:
        lines = [lines[0], " ".join(lines[1:])]
    return [line if len(line) <= letters + 2 else line[:letters].rstrip() + "…" for line in lines]


def ticks(low: float, high: float, *, most: int = MAX_GRID_LINES) -> list[float]:
    """Round values within the range, 0 among them where it lies within; at most ``most``."""
    if high <= low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 2.5, 5, 10, 20):
        step = factor * power
        if factor == 2.5 and not step.is_integer():
            continue
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [round(index * step, 10) for index in range(first, last + 1)]
    return [low, high]


def room(low: float, high: float, width: float, left: float, right: float) -> tuple[float, float]:
    """A range of values stretched so that ``left`` and ``right`` pixels of the width stay free at its ends."""
    span = (high - low) or 1.0
    per_pixel = span / max(width - left - right, width / 4)
    return low - left * per_pixel, high + right * per_pixel


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places pushed apart to at least ``gap``, in their order, within the bounds where there is room.

    >>> spread([50, 52, 90], 15, 0, 100)
    [50, 65, 90]
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    floor = low
    for index in order:
        moved[index] = max(moved[index], floor)
        floor = moved[index] + gap
    ceiling = high
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    return moved


def number_labels(values: Sequence[float], say: Callable[[float], str]) -> str:
    """A Vega expression that says each tick in our own words."""
    said = "''"
    for value in reversed(values):
        said = f"abs(datum.value - ({value})) < 1e-9 ? {quoted(say(value))} : {said}"
    return said


def quoted(text: str) -> str:
    """A text as it stands in a Vega expression."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


def name_layers(rows: Sequence[Sequence[str]], size: int, links: Sequence[str] = ()) -> list[Spec]:
    """Names left of the marks, row i at the value i of the ordinal field ``i``, two lines centred as one is.

    Marks rather than an axis, whose labels hang below their row as soon as they have a second line. ``links`` are
    the places of the page (``#…``) that the names lead to, empty for a name that leads nowhere.
    """
    height = size + 3
    layers: dict[tuple[float, bool], list[Spec]] = {}
    for index, lines in enumerate(rows):
        link = links[index] if links else ""
        for place, line in enumerate(lines):
            shift = (place - (len(lines) - 1) / 2) * height
            row = {"i": index, "line": line} | ({"href": link} if link else {})
            layers.setdefault((shift, bool(link)), []).append(row)
    look = {"type": "text", "align": "right", "baseline": "middle", "fontSize": size, "color": colour("ink")}
    where = {"x": {"value": -NAME_GAP}, "y": {"field": "i", "type": "ordinal"}, "text": {"field": "line"}}
    return [
        {
            "data": {"values": lines},
            "mark": {**look, "dy": shift},
            "encoding": where | ({"href": {"field": "href"}} if is_link else {}),
        }
        for (shift, is_link), lines in layers.items()
    ]


def name_width(rows: Sequence[Sequence[str]], size: int) -> float:
    """Pixels to leave for the names."""
    return max((text_width(line, size) for lines in rows for line in lines), default=0.0) + NAME_GAP + 4


def row_scale(inner: float, outer: float) -> Spec:
    """The encoding of rows by their number ``i``."""
    return {
        "field": "i",
        "type": "ordinal",
        "axis": None,
        "scale": {"paddingInner": inner, "paddingOuter": outer},
    }


def plain(value: Decimal | float | int | None) -> float | None:
    """A number as it goes into a spec."""
    return None if value is None else float(value)
