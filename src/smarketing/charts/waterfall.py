"""The verdict as a picture: from plan to fact, cause by cause, around zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from smarketing.analyses.verdict.result import CAUSE_NAMES, Cause, Part, Verdict
from smarketing.charts.layout import (
    name_layers,
    name_width,
    number_labels,
    plain,
    quoted,
    room,
    row_scale,
    text_width,
    ticks,
    wrapped,
)
from smarketing.charts.picture import Picture, Size
from smarketing.charts.theme import Spec, colour, spec_of, zone_colour
from smarketing.facts.company import Zone
from smarketing.facts.language import Language, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import NBSP, money_scale, money_unit, say_number
from smarketing.stats.uncertainty import Label

_PLAN, _FACT = Text("План", "Plan"), Text("Факт", "Actual")
_AXIS = Text("отклонение от плана, {unit}", "deviation from plan, {unit}")
_TITLE = Text("Из чего сложилось отклонение от плана", "What makes the deviation from plan")
_INTERVAL = Text("интервал", "interval")
_GAP = 6  # pixels between a mark and its label


@dataclass(frozen=True)
class WaterfallItem:
    """One cause: its money with the interval of that money. ``zone`` None is ordinary variation.

    ``href`` is where its name leads on a page.
    """

    name: Text
    zone: Zone | None
    value: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    href: str = ""


@dataclass(frozen=True)
class Waterfall:
    """Plan, causes in the chain's order, fact; in units of the currency. The causes sum to fact − plan."""

    plan: Decimal
    fact: Decimal
    items: tuple[WaterfallItem, ...]
    currency: str = "RUB"


def waterfall_of(verdict: Verdict, links: Mapping[Cause, str] | None = None) -> Waterfall:
    """The picture of a verdict: causes that chance explains, or of which too little is known, are grey.

    ``links`` say where on a page the facts and the question of a cause stand.
    """
    items = tuple(
        WaterfallItem(
            CAUSE_NAMES[part.cause],
            part.zone if part.label in (None, Label.CONFIRMED) else None,
            part.effect,
            *_bounds(part),
            href=(links or {}).get(part.cause, ""),
        )
        for part in verdict.parts
    )
    return Waterfall(verdict.plan, verdict.fact, items, verdict.currency)


def waterfall(data: Waterfall, size: Size, language: Language) -> Picture:
    """Bars of causes one after another around zero = plan, whiskers for intervals, the fact at the bottom."""
    words = _Words(data, language)
    rows = _rows(data, words)
    names = [wrapped(row["name"], 17 if size.is_narrow else 26) for row in rows]
    letters = 12 if size.is_narrow else 13
    width = round(size.width - name_width(names, letters) - 6)
    step = 38 if size.is_narrow and any(len(lines) > 1 for lines in names) else 34
    spec = _spec(rows, names, words, width, step * len(rows), letters)
    return Picture(spec, _TITLE.say(language), _description(data, words), size)


def _bounds(part: Part) -> tuple[Decimal | None, Decimal | None]:
    if part.interval is None:
        return None, None
    return Decimal(str(part.interval.low)), Decimal(str(part.interval.high))


class _Words:
    """Money of this chart in one unit."""

    def __init__(self, data: Waterfall, language: Language) -> None:
        self.language = language
        self.currency = data.currency
        self.scale = money_scale([data.plan, data.fact])

    def money(
        self, value: Decimal | float, *, signed: bool = True, bare: bool = True, digits: int | None = None
    ) -> str:
        return say_number(
            value, Unit.MONEY, self.language, self.currency, self.scale, signed=signed, bare=bare, digits=digits
        )

    def axis(self) -> str:
        return _AXIS.fill(unit=money_unit(self.currency, self.scale)).say(self.language)


def _rows(data: Waterfall, words: _Words) -> list[Spec]:
    """One per bar: from a to b, the whisker lo to hi, and the label at x on the side of its sign."""
    language, total = words.language, data.fact - data.plan
    rows: list[Spec] = [
        {
            "name": f"{_PLAN.say(language)} {words.money(data.plan, signed=False)}",
            "a": 0.0,
            "b": 0.0,
            "kind": "plan",
        }
    ]
    reached = Decimal(0)
    for item in data.items:
        low, high = (None if bound is None else reached + bound for bound in (item.low, item.high))
        rows.append(
            _bar(item.name.say(language), reached, reached + item.value, item.value, words)
            | {"lo": plain(low), "hi": plain(high), "kind": "joint" if item.zone is Zone.JOINT else "cause"}
            | {"fill": zone_colour(item.zone)}
            | ({"href": item.href} if item.href else {})
        )
        reached += item.value
    name = f"{_FACT.say(language)} {words.money(data.fact, signed=False)}"
    rows.append(_bar(name, Decimal(0), total, total, words) | {"kind": "fact", "fill": colour("ink")})
    for index, row in enumerate(rows):
        row["i"] = index
        row["left"] = row.get("negative", False)
        ends = [end for end in (row["a"], row["b"], row.get("lo"), row.get("hi")) if end is not None]
        row["x"] = min(ends) if row["left"] else max(ends)
    return rows


def _bar(name: str, start: Decimal, end: Decimal, value: Decimal, words: _Words) -> Spec:
    return {
        "name": name, "a": float(start), "b": float(end), "text": words.money(value), "negative": value < 0,
    }  # fmt: skip


def _spec(rows: list[Spec], names: list[list[str]], words: _Words, width: int, height: int, letters: int) -> Spec:
    label = max(text_width(row.get("text", ""), letters, bold=True) for row in rows) + 2 * _GAP
    ends = [end for row in rows for end in (row["a"], row["b"], row.get("lo"), row.get("hi")) if end is not None]
    left = label if any(row["left"] for row in rows) else _GAP
    low, high = room(min(ends), max(ends), width, left, label)
    x_axis = _x_axis(words, low, high)
    y = row_scale(0.42, 0.2)
    x = {"field": "a", "type": "quantitative", "scale": {"domain": [low, high], "nice": False}, "axis": x_axis}
    links = [row.get("href", "") for row in rows]
    layers = [*_layers(rows, x, y, letters), *name_layers(names, letters, links)]
    return spec_of(width, height, layers, data={"values": rows})


def _x_axis(words: _Words, low: float, high: float) -> Spec:
    divisor = words.scale.divisor
    values = [value * divisor for value in ticks(low / divisor, high / divisor)]
    digits = 0 if all(float(value / divisor).is_integer() for value in values) else 1
    return {
        "values": values, "grid": True, "title": words.axis(), "titleAnchor": "start", "titlePadding": 8,
        "labelExpr": number_labels(values, lambda value: words.money(value, digits=digits if value else 0)),
    }  # fmt: skip


def _layers(rows: list[Spec], x: Spec, y: Spec, letters: int) -> list[Spec]:
    bar = {"x": x, "x2": {"field": "b"}, "y": y, "color": {"field": "fill", "type": "nominal", "scale": None}}
    steps = [
        {"i": row["i"], "j": after["i"], "x": row["b"]} for row, after in pairwise(rows)
    ]  # fmt: skip
    whisker = {"x": {"field": "lo", "type": "quantitative"}, "x2": {"field": "hi"}, "y": y}
    has_interval = [{"filter": "isValid(datum.lo) && isValid(datum.hi)"}]
    half = {**bar, "color": {"value": colour("s")}}
    ink2 = {"color": colour("ink2"), "strokeWidth": 1.25}
    causes = [_only("cause", "joint", "fact")]
    layers: list[Spec] = [
        {"mark": {"type": "bar", "height": {"band": 1}}, "encoding": bar, "transform": causes},
        # Joint is green and blue: the lower half of the bar is painted over.
        {"mark": {"type": "bar", "height": {"band": 0.5}, "yOffset": 5}, "encoding": half,
         "transform": [_only("joint")]},
        {
            "data": {"values": steps},
            "mark": {"type": "rule", "color": colour("ink3"), "strokeDash": [2, 2], "strokeWidth": 1},
            "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": y, "y2": {"field": "j"}},
        },
        {"data": {"values": [{"z": 0}]}, "mark": {"type": "rule", "strokeWidth": 1.25},
         "encoding": {"x": {"field": "z", "type": "quantitative"}}},
        {"mark": {"type": "rule", **ink2}, "encoding": whisker, "transform": has_interval},
    ]  # fmt: skip
    for end in ("lo", "hi"):
        layers.append(
            {"mark": {"type": "tick", "orient": "vertical", "size": 8, "thickness": 1.25, "color": colour("ink2")},
             "encoding": {"x": {"field": end, "type": "quantitative"}, "y": y}, "transform": has_interval}
        )  # fmt: skip
    plan = {"type": "point", "shape": "diamond", "size": 60, "fill": colour("surface"), "stroke": colour("ink")}
    layers.append({"mark": plan, "encoding": {"x": x, "y": y}, "transform": [_only("plan")]})
    return layers + [_label(side, y, letters, halo=halo) for halo in (True, False) for side in ("left", "right")]


def _label(side: str, y: Spec, letters: int, *, halo: bool) -> Spec:
    """Labels stand on the side of their sign; a halo keeps grid lines and the zero line off the figures."""
    is_left = side == "left"
    mark: Spec = {
        "type": "text", "align": "right" if is_left else "left", "dx": -_GAP if is_left else _GAP,
        "fontSize": letters, "fontWeight": 600,
    }  # fmt: skip
    if halo:
        mark |= {"stroke": colour("surface"), "strokeWidth": 4, "strokeJoin": "round", "color": colour("surface")}
    wanted = "true" if is_left else "false"
    return {
        "mark": mark,
        "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": y, "text": {"field": "text"}},
        "transform": [{"filter": f"datum.left === {wanted} && isValid(datum.text)"}],
    }


def _only(*kinds: str) -> Spec:
    return {"filter": " || ".join(f"datum.kind === {quoted(kind)}" for kind in kinds)}


def _description(data: Waterfall, words: _Words) -> str:
    language = words.language
    parts = [f"{_PLAN.say(language)} {words.money(data.plan, signed=False, bare=False)}"]
    for item in data.items:
        said = f"{item.name.say(language)} {words.money(item.value)}"
        if item.low is not None and item.high is not None:
            bounds = f"{words.money(item.low)}{NBSP}…{NBSP}{words.money(item.high)}"
            said += f" ({_INTERVAL.say(language)} {bounds})"
        parts.append(said)
    parts.append(f"{_FACT.say(language)} {words.money(data.fact, signed=False, bare=False)}")
    return "; ".join(parts) + "."
