"""Where does the line of the last weeks put its points? A page has many: they are drawn without the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SPARK_WIDTH, SPARK_HEIGHT = 72, 22
_PAD = 3
MIN_POINTS = 3


@dataclass(frozen=True)
class Spark:
    """A line without an axis: its shape is the message, the figures stand beside it."""

    lines: tuple[str, ...]  # points of each unbroken piece
    last: tuple[float, float]


def spark(values: Sequence[float | None]) -> Spark | None:
    """A line through what is known, broken where nothing is; None for fewer than three known values."""
    known = [value for value in values if value is not None]
    if len(known) < MIN_POINTS:
        return None
    low, high = min(known), max(known)
    step = (SPARK_WIDTH - 2 * _PAD) / (len(values) - 1)
    points = [
        None if value is None else (round(_PAD + place * step, 1), _height(value, low, high))
        for place, value in enumerate(values)
    ]
    last = next(point for point in reversed(points) if point is not None)
    return Spark(tuple(_pieces(points)), last)


def _height(value: float, low: float, high: float) -> float:
    if high == low:
        return SPARK_HEIGHT / 2
    return round(SPARK_HEIGHT - _PAD - (value - low) / (high - low) * (SPARK_HEIGHT - 2 * _PAD), 1)


def _pieces(points: Sequence[tuple[float, float] | None]) -> list[str]:
    pieces: list[list[str]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{point[0]},{point[1]}")
    return [" ".join(piece) for piece in pieces if len(piece) > 1]
