"""Lifetimes of fruit flies, two groups: `waltons_dataset.csv` of lifelines (MIT), as counts.

Each entry: age -> (died at that age, still alive when last seen at that age).
"""

from __future__ import annotations

CONTROL = {
    7: (1, 1),
    17: (1, 0),
    32: (1, 0),
    33: (1, 0),
    38: (2, 0),
    41: (7, 0),
    45: (9, 1),
    48: (8, 0),
    51: (3, 0),
    53: (7, 0),
    54: (2, 0),
    56: (18, 0),
    58: (4, 0),
    60: (15, 1),
    61: (9, 2),
    63: (9, 0),
    66: (3, 0),
    68: (9, 1),
    69: (12, 1),
    75: (1, 0),
}
MIR_137 = {
    6: (1, 0),
    9: (3, 0),
    13: (3, 0),
    15: (2, 0),
    19: (3, 0),
    22: (4, 0),
    26: (5, 0),
    29: (5, 0),
    33: (2, 0),
    36: (2, 0),
    43: (1, 0),
    47: (1, 0),
    62: (2, 0),
}


def cases(table):
    """The table spread out: ages and whether the event was seen."""
    ages = [age for age, (died, left) in table.items() for _ in range(died + left)]
    seen = [flag for died, left in table.values() for flag in [True] * died + [False] * left]
    return ages, seen
