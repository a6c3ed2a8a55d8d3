"""Where does the line of the last weeks put its points? A page has many: they are drawn without the engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from smarketing.stats.control import Limits

SPARK_WIDTH, SPARK_HEIGHT = 72, 26
_PAD = 3
MIN_POINTS = 3
Place = tuple[float, float]
_Point = TypeVar("_Point")


@dataclass(frozen=True)
class Spark:
    """A line without an axis: its shape is the message, the figures stand beside it."""

    lines: tuple[str, ...]  # points of each unbroken piece
    last: Place
    band: tuple[str, ...] = ()  # corners of each unbroken piece of the limits
    hollow: tuple[Place, ...] = ()  # weeks that are not ripe: shown, in no line
    is_beyond: bool = False  # whether the last point lies outside its limits


def spark(
    values: Sequence[float | None], limits: Sequence[Limits | None] = (), hollow: Collection[int] = ()
) -> Spark | None:
    """A line through what is known, broken where nothing is; None for fewer than three known values.

    ``limits`` are those of each value, ``hollow`` the places of values that no line goes through.
    """
    firm = [None if place in hollow else value for place, value in enumerate(values)]
    if len([value for value in firm if value is not None]) < MIN_POINTS:
        return None
    bounds = list(limits) or [None] * len(values)
    edges = [edge for limit in bounds if limit for edge in (limit.low, limit.high)]
    known = [value for value in values if value is not None]
    at = _Room(min(known + edges), max(known + edges), len(values)).at
    points = [None if value is None else at(place, value) for place, value in enumerate(firm)]
    last = max(place for place, point in enumerate(points) if point is not None)
    found, limit = points[last], bounds[last]
    value = firm[last]
    if found is None or value is None:
        raise TypeError("the last known point is known")
    return Spark(
        lines=tuple(_joined(piece) for piece in _pieces(points)),
        last=found,
        band=tuple(_band(piece) for piece in _pieces(_corners(bounds, at))),
        hollow=tuple(
            at(place, value) for place, value in enumerate(values) if place in hollow and value is not None
        ),
        is_beyond=limit is not None and not limit.low <= value <= limit.high,
    )


@dataclass(frozen=True)
class _Room:
    """Where a value stands in the picture."""

    low: float
    high: float
    count: int

    def at(self, place: int, value: float) -> Place:
        step = (SPARK_WIDTH - 2 * _PAD) / (self.count - 1)
        return round(_PAD + place * step, 1), self._height(value)

    def _height(self, value: float) -> float:
        if self.high == self.low:
            return SPARK_HEIGHT / 2
        share = (value - self.low) / (self.high - self.low)
        return round(SPARK_HEIGHT - _PAD - share * (SPARK_HEIGHT - 2 * _PAD), 1)


def _corners(
    limits: Sequence[Limits | None], at: Callable[[int, float], Place]
) -> list[tuple[Place, Place] | None]:
    return [
        None if limit is None else (at(place, limit.high), at(place, limit.low))
        for place, limit in enumerate(limits)
    ]


def _pieces(points: Sequence[_Point | None]) -> list[list[_Point]]:
    """Runs of at least two known points."""
    pieces: list[list[_Point]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(point)
    return [piece for piece in pieces if len(piece) > 1]


def _joined(points: Sequence[Place]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _band(corners: Sequence[tuple[Place, Place]]) -> str:
    upper, lower = [top for top, _ in corners], [bottom for _, bottom in corners]
    return _joined([*upper, *reversed(lower)])
