"""What does a chart function give back, and how large is it?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from smarketing.charts.theme import Spec


class Size(StrEnum):
    """Wide for the desk, narrow for the phone, print for paper and letters."""

    WIDE = "wide"
    NARROW = "narrow"
    PRINT = "print"

    @property
    def width(self) -> int:
        """Room for the whole picture in pixels, labels included."""
        return {Size.WIDE: 580, Size.NARROW: 330, Size.PRINT: 520}[self]

    @property
    def is_narrow(self) -> bool:
        return self is Size.NARROW


@dataclass(frozen=True)
class Picture:
    """A Vega-Lite spec in light colours, with the title and the figures in words for those who do not see it."""

    spec: Spec
    title: str
    description: str
    size: Size
