"""The worked example of methods.md (a): a maker of playgrounds, segments dealers and individuals.

|                  | leads | target | handled | won   | revenue   |
| plan dealers     | 60    | 36     | 32.4    | 11.34 | 5 670 000 |
| plan individuals | 140   | 56     | 50.4    | 12.6  | 504 000   |
| fact dealers     | 44    | 25     | 18      | 7     | 3 430 000 |
| fact individuals | 236   | 71     | 66      | 18    | 702 000   |
"""

from __future__ import annotations

from fractions import Fraction

from smarketing.stats.chain import ChainKeys, chain_model
from smarketing.stats.coalitions import Union
from smarketing.stats.decomposition import ProductModel

CELLS = ("dealers", "individuals")
KEYS = ChainKeys("volume", "mix", ("quality", "handling", "conversion"), "aov")
UNIONS = (Union("marketing", ("volume", "mix", "quality")), Union("sales", ("handling", "conversion", "aov")))
CV = (0.5, 0.4)

PLAN = [
    [60, 140],
    [36, 56],
    [Fraction("32.4"), Fraction("50.4")],
    [Fraction("11.34"), Fraction("12.6")],
    [5_670_000, 504_000],
]
FACT = [[44, 236], [25, 71], [18, 66], [7, 18], [3_430_000, 702_000]]


def playground() -> ProductModel:
    return chain_model(CELLS, UNIONS, KEYS, PLAN, FACT)
