"""Plan, fact and forecast of a month as they add up day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from smarketing.charts.layout import number_labels, quoted, spread, text_width, ticks
from smarketing.charts.picture import Picture, Size
from smarketing.charts.theme import Spec, colour, spec_of
from smarketing.facts.language import Language, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import EN_DASH, Scale, money_scale, money_unit, say_day, say_number

_PLAN, _FACT, _FORECAST = Text("План", "Plan"), Text("Факт", "Actual"), Text("Прогноз", "Forecast")
_TITLE = Text("План и факт нарастающим итогом, {unit}", "Plan and actual to date, {unit}")
_LAST = Text("{name} на {day}: {value}", "{name} by {day}: {value}")


@dataclass(frozen=True)
class Point:
    """What had been reached by the end of a day, in units of the currency."""

    day: date
    value: Decimal


@dataclass(frozen=True)
class Forecast:
    """What is expected by the end of a day, with its interval."""

    day: date
    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class PlanFact:
    """Cumulative lines in order of days; the forecast begins where the fact ends and may be empty."""

    plan: tuple[Point, ...]
    fact: tuple[Point, ...]
    forecast: tuple[Forecast, ...] = ()
    currency: str = "RUB"


def plan_fact(data: PlanFact, size: Size, language: Language) -> Picture:
    """Plan dashed, fact solid, forecast dotted in its pale band; names and last values at the ends of lines."""
    values = [*(p.value for p in (*data.plan, *data.fact)), *(f.high for f in data.forecast)]
    scale = money_scale(values)
    words = _Words(language, data.currency, scale)
    top = max((float(value) for value in values), default=1.0) or 1.0
    height = 150 if size.is_narrow else 190
    ends = _ends(data, words, top * 1.04, height)
    right = max((text_width(end["text"], 12, bold=end["bold"]) for end in ends), default=0) + 12
    left = max(text_width(words.axis(value), 12) for value in _steps(top, scale)) + 10
    width = round(size.width - left - right)
    layers = _layers(data, words, top, ends, size, width)
    spec = spec_of(width, height, layers, padding={"left": 4, "top": 8, "right": 8, "bottom": 2})
    title = _TITLE.fill(unit=money_unit(data.currency, scale)).say(language)
    return Picture(spec, title, _description(data, words), size)


@dataclass(frozen=True)
class _Words:
    language: Language
    currency: str
    scale: Scale

    def money(self, value: Decimal) -> str:
        digits = 1 if self.scale is Scale.MILLION else 0
        return say_number(value, Unit.MONEY, self.language, self.currency, self.scale, bare=True, digits=digits)

    def axis(self, value: float) -> str:
        whole = float(value / self.scale.divisor).is_integer()
        return say_number(
            value, Unit.MONEY, self.language, self.currency, self.scale, bare=True, digits=0 if whole else 1
        )

    def day(self, day: date) -> str:
        return say_day(day, day).say(self.language)


def _steps(top: float, scale: Scale) -> list[float]:
    return [value * scale.divisor for value in ticks(0, top / scale.divisor)]


def _layers(data: PlanFact, words: _Words, top: float, ends: Sequence[Spec], size: Size, width: int) -> list[Spec]:
    days = sorted({p.day for p in (*data.plan, *data.fact)} | {f.day for f in data.forecast})
    steps = _steps(top, words.scale)
    x = _x(days, words, size, width)
    y = {
        "field": "v", "type": "quantitative", "scale": {"domain": [0, top * 1.04], "nice": False},
        "axis": {"values": steps, "grid": True, "title": None, "labelExpr": number_labels(steps, words.axis)},
    }  # fmt: skip
    band = [
        {"d": f.day.isoformat(), "v": float(f.value), "lo": float(f.low), "hi": float(f.high)}
        for f in data.forecast
    ]
    dotted = {"color": colour("ink2"), "strokeDash": [2, 3], "strokeWidth": 1.5}
    layers: list[Spec] = [
        {"data": {"values": band}, "mark": {"type": "area", "color": colour("ctint"), "opacity": 1},
         "encoding": {"x": x, "y": {**y, "field": "lo"}, "y2": {"field": "hi"}}},
        *(_line(band, x, {**y, "field": edge}, {"color": colour("c"), "strokeWidth": 1}) for edge in ("lo", "hi")),
        _line(_values(data.plan), x, y, {"color": colour("ink3"), "strokeDash": [4, 3], "strokeWidth": 1.25}),
        _line(band, x, y, dotted),
        _line(_values(data.fact), x, y, {"color": colour("ink"), "strokeWidth": 2}),
        {"data": {"values": _values(data.fact[-1:])},
         "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1, "color": colour("ink")},
         "encoding": {"x": x, "y": y}},
    ]  # fmt: skip
    halo = {"stroke": colour("surface"), "strokeWidth": 4, "strokeJoin": "round", "color": colour("surface")}
    named = [] if _is_over(data) else [_here(data, words, x, y, look) for look in (halo, {})]
    return layers + named + [_end(end, width) for end in ends]


def _x(days: Sequence[date], words: _Words, size: Size, width: int) -> Spec:
    """Days at even distances; the first is said with its month, so that the axis needs no title."""
    shown = _shown_days(days, width, 44 if size.is_narrow else 40)
    said = "''"
    for day in reversed(shown):
        text = words.day(day) if day == shown[0] else str(day.day)
        said = f"utcFormat(datum.value, '%Y-%m-%d') === {quoted(day.isoformat())} ? {quoted(text)} : {said}"
    values = [{"year": day.year, "month": day.month, "date": day.day, "utc": True} for day in shown]
    return {
        "field": "d", "type": "temporal", "timeUnit": "utcyearmonthdate",
        "axis": {
            "values": values, "labelExpr": said, "title": None, "labelOverlap": False, "labelBound": False,
            "labelAlign": "center", "labelPadding": 10,
        },
        "scale": {"type": "utc", "nice": False},
    }  # fmt: skip


def _shown_days(days: Sequence[date], width: int, room: int) -> list[date]:
    if not days:
        return []
    span = (days[-1] - days[0]).days
    step = next((step for step in (1, 2, 5, 7, 10, 15) if span / step * room <= width), 30)
    return [days[0] + timedelta(days=index * step) for index in range(span // step + 1)]


def _line(values: list[Spec], x: Spec, y: Spec, look: Spec) -> Spec:
    return {"data": {"values": values}, "mark": {"type": "line", **look}, "encoding": {"x": x, "y": y}}


def _values(points: Sequence[Point]) -> list[Spec]:
    return [{"d": point.day.isoformat(), "v": float(point.value)} for point in points]


def _ends(data: PlanFact, words: _Words, top: float, height: int) -> list[Spec]:
    """Names of the lines at the right, pushed apart where they would cover each other."""
    ends: list[Spec] = []
    for name, points in ((_PLAN, data.plan), (_FACT, data.fact if _is_over(data) else ())):
        if points:
            ends.append(
                {"text": _said(name, points[-1], words), "v": float(points[-1].value), "bold": name is _FACT}
            )
    if data.forecast:
        last = data.forecast[-1]
        ends.append({"text": _said(_FORECAST, last, words), "v": float(last.value), "bold": True})
        bounds = f"{words.money(last.low)}{EN_DASH}{words.money(last.high)}"
        ends.append({"text": bounds, "v": float(last.low), "bold": False})
    wanted = [height * (1 - end["v"] / top) for end in ends]
    for end, place in zip(ends, spread(wanted, 15, 0, height), strict=True):
        end["y"] = place
    return ends


def _end(end: Spec, width: int) -> Spec:
    look = {"fontWeight": 600} if end["bold"] else {"color": colour("ink3")}
    return {
        "data": {"values": [{"text": end["text"]}]},
        "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 8, **look},
        "encoding": {"x": {"value": width}, "y": {"value": end["y"]}, "text": {"field": "text"}},
    }


def _here(data: PlanFact, words: _Words, x: Spec, y: Spec, look: Spec) -> Spec:
    """The name of the fact beside its last point, on the side away from the plan."""
    last = data.fact[-1:]
    plan = next((point.value for point in reversed(data.plan) if last and point.day <= last[0].day), Decimal(0))
    below = bool(last) and last[0].value <= plan
    values = [row | {"text": _said(_FACT, last[0], words)} for row in _values(last)]
    mark = {
        "type": "text",
        "align": "left",
        "baseline": "middle",
        "dx": 4,
        "dy": 15 if below else -14,
        "fontWeight": 600,
    }
    return {
        "data": {"values": values},
        "mark": mark | look,
        "encoding": {"x": x, "y": y, "text": {"field": "text"}},
    }


def _is_over(data: PlanFact) -> bool:
    """Whether the fact has reached the last day, so that its name stands with the others at the right."""
    days = [*(point.day for point in data.plan), *(point.day for point in data.forecast)]
    return bool(data.fact) and data.fact[-1].day >= max(days, default=data.fact[-1].day)


def _said(name: Text, point: Point | Forecast, words: _Words) -> str:
    return f"{name.say(words.language)} {words.money(point.value)}"


def _description(data: PlanFact, words: _Words) -> str:
    said = []
    lines: list[tuple[Text, Sequence[Point | Forecast]]] = [
        (_PLAN, data.plan), (_FACT, data.fact), (_FORECAST, data.forecast),
    ]  # fmt: skip
    for name, points in lines:
        if points:
            last = points[-1]
            value = say_number(last.value, Unit.MONEY, words.language, words.currency, words.scale)
            if isinstance(last, Forecast):
                value += f" ({words.money(last.low)}{EN_DASH}{words.money(last.high)})"
            said.append(_LAST.fill(name=name, day=say_day(last.day, last.day), value=value).say(words.language))
    return "; ".join(said) + "."
