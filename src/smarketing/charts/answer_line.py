"""How the share of answered leads grows with working time; the norm as a dashed line, before as a thin one."""

from __future__ import annotations

from dataclasses import dataclass

from smarketing.analyses.response import WITHIN, AnswerCurve
from smarketing.analyses.result import Measurement
from smarketing.charts.layout import number_labels, text_width
from smarketing.charts.picture import Picture, Size
from smarketing.charts.theme import Spec, colour, spec_of, zone_colour
from smarketing.facts.company import Company, Zone
from smarketing.facts.language import Language, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import NBSP, say_number, say_working

_TITLE = Text("Доля лидов с ответом по рабочему времени", "Share of leads answered, by working time")
_NORM = Text("норма {time}", "norm {time}")
_NOW, _BEFORE = Text("сейчас", "now"), Text("было", "before")
_BY = Text("за {time} {share}", "within {time} {share}")
_HOUR = 3600
_SPANS = (1800, _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 16 * _HOUR, 40 * _HOUR, 80 * _HOUR)
_TICKS = (300, 900, 1800, _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 16 * _HOUR, 24 * _HOUR, 40 * _HOUR, 80 * _HOUR)
_SAID = (300, 900, _HOUR, 4 * _HOUR, 8 * _HOUR, 24 * _HOUR)


@dataclass(frozen=True)
class AnswerReach:
    """A share with its interval, drawn as a mark on the line."""

    seconds: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class AnswerLines:
    """The curve of now and of other days; ``ninety`` is by when nine of ten were answered, None where not yet."""

    now: AnswerCurve
    norm_seconds: int
    before: AnswerCurve
    reached: tuple[AnswerReach, ...] = ()
    ninety: float | None = None
    zone: Zone = Zone.SALES

    @classmethod
    def of(cls, table: Measurement, company: Company, now: AnswerCurve, before: AnswerCurve) -> AnswerLines:
        """The lines of a measured response, with the shares that its table has intervals of."""
        figures = table.total.figures
        ninety, zone = figures["response_p90"].value, figures["sla_first"].zone
        reached = tuple(
            AnswerReach(seconds, float(figure.value), float(figure.interval.low), float(figure.interval.high))
            for key, seconds in WITHIN.items()
            if (figure := figures[key]).value is not None and figure.interval is not None
        )
        norm = company.response_sla_minutes * 60
        return cls(now, norm, before, reached, None if ninety is None else float(ninety), zone or Zone.SALES)

    @property
    def horizon(self) -> int:
        """How far the picture looks: past the norm, and to nine leads of ten within a working day."""
        wanted = max(2 * self.norm_seconds, min(self.ninety or 8 * _HOUR, 8 * _HOUR))
        return next((span for span in _SPANS if span >= wanted), _SPANS[-1])


def answer_line(data: AnswerLines, size: Size, language: Language) -> Picture:
    """The line climbs to the whole; time is drawn by its square root, for most answers come in the first hour."""
    left = text_width(_percent(1.0, language), 12) + 10
    width = round(size.width - left - 14)
    height = 180 if size.is_narrow else 220
    layers = _layers(data, width, language)
    spec = spec_of(width, height, layers, padding={"left": 4, "top": 4, "right": 10, "bottom": 2})
    return Picture(spec, _TITLE.say(language), _description(data, language), size)


def _layers(data: AnswerLines, width: int, language: Language) -> list[Spec]:
    x, y = _x(data, width, language), _y(language)
    main = zone_colour(data.zone)
    marks = [{"t": one.seconds, "v": one.share, "lo": one.low, "hi": one.high} for one in _seen(data)]
    norm = _norm(data, width, language)
    return [
        _line(_values(data.before, data.horizon), x, y, {"color": colour("ink3"), "strokeWidth": 1.25}),
        _line(_values(data.now, data.horizon), x, y, {"color": main, "strokeWidth": 2.25}),
        {"data": {"values": [norm]}, "mark": {"type": "rule", "color": colour("ink2"), "strokeDash": [4, 3]},
         "encoding": {"x": x}},
        {"data": {"values": [norm]},
         "mark": {"type": "text", "align": norm["align"], "baseline": "bottom", "dx": norm["dx"], "dy": -4,
                  "color": colour("ink2")},
         "encoding": {"x": x, "y": {**y, "field": "v"}, "text": {"field": "text"}}},
        {"data": {"values": marks}, "mark": {"type": "rule", "color": colour("ink"), "strokeWidth": 1.25},
         "encoding": {"x": x, "y": {**y, "field": "lo"}, "y2": {"field": "hi"}}},
        {"data": {"values": marks},
         "mark": {"type": "point", "filled": True, "size": 36, "opacity": 1, "color": main},
         "encoding": {"x": x, "y": y}},
    ]  # fmt: skip


def _x(data: AnswerLines, width: int, language: Language) -> Spec:
    steps = _steps(data.horizon, width, language)
    return {
        "field": "t", "type": "quantitative",
        "scale": {"type": "sqrt", "domain": [0, data.horizon], "nice": False},
        "axis": {
            "values": steps, "grid": False, "title": None, "labelOverlap": False,
            "labelExpr": number_labels(steps, lambda value: say_working(value).say(language)),
        },
    }  # fmt: skip


def _y(language: Language) -> Spec:
    steps = [0.0, 0.25, 0.5, 0.75, 1.0]
    return {
        "field": "v", "type": "quantitative", "scale": {"domain": [0, 1], "nice": False},
        "axis": {
            "values": steps, "grid": True, "title": None,
            "labelExpr": number_labels(steps, lambda value: _percent(value, language)),
        },
    }  # fmt: skip


def _steps(horizon: int, width: int, language: Language) -> list[float]:
    """The ticks that leave room for each other's labels, the latest first kept."""
    kept: list[float] = []
    free = float(width) + 40
    for tick in sorted((one for one in _TICKS if one <= horizon), reverse=True):
        place, half = width * (tick / horizon) ** 0.5, text_width(say_working(tick).say(language), 12) / 2
        if place + half + 8 <= free and place - half > 0:
            kept.append(tick)
            free = place - half
    return sorted(kept)


def _norm(data: AnswerLines, width: int, language: Language) -> Spec:
    text = _NORM.fill(time=say_working(data.norm_seconds)).say(language)
    place = width * (data.norm_seconds / data.horizon) ** 0.5
    left = place + text_width(text, 12) + 8 > width
    return {
        "t": data.norm_seconds, "v": 0.0, "text": text,
        "align": "right" if left else "left", "dx": -5 if left else 5,
    }  # fmt: skip


def _line(values: list[Spec], x: Spec, y: Spec, look: Spec) -> Spec:
    return {
        "data": {"values": values},
        "mark": {"type": "line", "interpolate": "step-after", **look},
        "encoding": {"x": x, "y": y},
    }


def _values(curve: AnswerCurve, horizon: int) -> list[Spec]:
    pairs = zip(curve.seconds, curve.shares, strict=True)
    return [{"t": seconds, "v": share} for seconds, share in pairs if seconds <= horizon]


def _seen(data: AnswerLines) -> list[AnswerReach]:
    return [one for one in data.reached if one.seconds <= data.horizon]


def _description(data: AnswerLines, language: Language) -> str:
    said = [_NORM.fill(time=say_working(data.norm_seconds)).say(language)]
    for name, curve in ((_NOW, data.now), (_BEFORE, data.before)):
        by = dict(zip(curve.seconds, curve.shares, strict=True))
        parts = [
            _BY.fill(time=say_working(seconds), share=_both(by[seconds])).say(language)
            for seconds in _SAID
            if seconds in by
        ]
        if parts:
            said.append(f"{name.say(language)}: {', '.join(parts)}")
    return "; ".join(said) + "."


def _both(share: float) -> Text:
    return Text(_percent(share, "ru"), _percent(share, "en"))


def _percent(share: float, language: Language) -> str:
    return say_number(share, Unit.SHARE, language, digits=0).replace(" ", NBSP)
