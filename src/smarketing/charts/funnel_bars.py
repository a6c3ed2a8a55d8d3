"""The path of a lead as bars: how many reached each stage, in the colour of its zone, before as an outline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smarketing.analyses.funnel import Funnel
from smarketing.charts.layout import name_layers, name_width, room, row_scale, text_width, wrapped
from smarketing.charts.picture import Picture, Size
from smarketing.charts.theme import Spec, colour, spec_of, zone_colour
from smarketing.facts.company import Zone
from smarketing.facts.language import Language, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import say_number

_TITLE = Text("Воронка: число лидов по стадиям", "Funnel: leads by stage")
BEFORE = Text("было {count}", "was {count}")
_GAP = 8


@dataclass(frozen=True)
class FunnelBar:
    """One stage: how many reached it now and, where something is compared, before."""

    name: Text
    zone: Zone
    value: int
    before: int | None = None


def bars_of(funnel: Funnel) -> tuple[FunnelBar, ...]:
    """The bars of a measured funnel and its comparison."""
    before = funnel.comparison
    return tuple(
        FunnelBar(
            step.step.name, step.step.zone, step.counts.reached, before.reached(step.key) if before else None
        )
        for step in funnel.steps
    )


def funnel_bars(bars: Sequence[FunnelBar], size: Size, language: Language, beside: Text = BEFORE) -> Picture:
    """Solid bars for now, thin outlines for before; the figures stand beside both, the outline's as ``beside``."""
    letters = 12 if size.is_narrow else 13
    names = [wrapped(bar.name.say(language), 15 if size.is_narrow else 24) for bar in bars]
    width = round(size.width - name_width(names, letters) - 6)
    rows = [_row(index, bar, language, beside) for index, bar in enumerate(bars)]
    figures = max(
        (text_width(row["text"], 13, bold=True) + text_width(row["was"], 12) + 20 for row in rows), default=0
    )
    _, high = room(0, max((row["end"] for row in rows), default=1) or 1, width, 0, figures + _GAP)
    y = row_scale(0.34, 0.1)
    step = 40 if any(len(lines) > 1 for lines in names) else 34
    spec = spec_of(
        width,
        step * max(len(rows), 1),
        [*_layers(rows, y, high), *name_layers(names, letters)],
        data={"values": rows},
    )
    return Picture(spec, _TITLE.say(language), _description(bars, language, beside), size)


def _row(index: int, bar: FunnelBar, language: Language, beside: Text) -> Spec:
    text = _count(bar.value, language)
    was = "" if bar.before is None else beside.fill(count=_count(bar.before, language)).say(language)
    return {
        "i": index, "value": bar.value, "before": bar.before, "end": max(bar.value, bar.before or 0),
        "fill": zone_colour(bar.zone), "joint": bar.zone is Zone.JOINT, "text": text, "was": was,
        "shift": _GAP + text_width(text, 13, bold=True) + 6,
    }  # fmt: skip


def _layers(rows: Sequence[Spec], y: Spec, high: float) -> list[Spec]:
    scale = {"domain": [0, high], "nice": False}
    value = {"field": "value", "type": "quantitative", "scale": scale, "axis": None}
    fill = {"field": "fill", "type": "nominal", "scale": None}
    half = {"x": value, "y": y, "color": {"value": colour("s")}}
    outline = {
        "type": "bar", "height": {"band": 1}, "fill": None, "fillOpacity": 0, "stroke": colour("ink"),
        "strokeWidth": 1.25,
    }  # fmt: skip
    end = {"x": {"field": "end", "type": "quantitative"}, "y": y}
    layers: list[Spec] = [
        {"mark": {"type": "bar", "height": {"band": 1}}, "encoding": {"x": value, "y": y, "color": fill}},
        {"mark": {"type": "bar", "height": {"band": 0.5}, "yOffset": 6}, "encoding": half,
         "transform": [{"filter": "datum.joint"}]},
        {"mark": outline, "encoding": {"x": {**value, "field": "before"}, "y": y},
         "transform": [{"filter": "isValid(datum.before)"}]},
        {"mark": {"type": "text", "align": "left", "dx": _GAP, "fontSize": 13, "fontWeight": 600},
         "encoding": {**end, "text": {"field": "text"}}},
    ]  # fmt: skip
    for shift in sorted({row["shift"] for row in rows if row["was"]}):
        layers.append(
            {"mark": {"type": "text", "align": "left", "dx": shift, "color": colour("ink3")},
             "encoding": {**end, "text": {"field": "was"}},
             "transform": [{"filter": f"abs(datum.shift - {shift}) < 1e-6"}]}
        )  # fmt: skip
    return layers


def _description(bars: Sequence[FunnelBar], language: Language, beside: Text) -> str:
    said = []
    for bar in bars:
        before = "" if bar.before is None else ", " + beside.fill(count=_count(bar.before, language)).say(language)
        said.append(f"{bar.name.say(language)} {_count(bar.value, language)}{before}")
    return "; ".join(said) + "."


def _count(count: int, language: Language) -> str:
    return say_number(count, Unit.COUNT, language)
