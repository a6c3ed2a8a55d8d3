"""Which rows of a table are its totals and not its data?

An ad account ends its report with a whole run of them («Total: Campaigns», «Total: Search», «Total: Account»), web
analytics puts «Grand total» above the first row. Taken for data, either doubles every sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

TAIL = 60  # rows at the end among which totals are looked for
_LAST = 3  # a total stands among these, the others of its run right above it
_HEAD = 2  # rows at the beginning that may be one
_BEGINS = re.compile(r"^\s*\"?(итого|всего|total|grand total)(?![^\W\d_])", re.IGNORECASE)
_WHOLE = re.compile(r"^\s*\"?(grand total|общий итог|общая сумма)\"?\s*$", re.IGNORECASE)


def total_rows(rows: Mapping[int, Sequence[str | None]], first: int, last: int) -> dict[int, str]:
    """Row → what it says, of the rows given that are totals. ``rows``: the cells of the first and the last ones.

    >>> total_rows({5: ["Brand", "10"], 6: ["Total: Campaigns", "10"], 7: ["Total: Account", "10"]}, 5, 7)
    {6: 'Total: Campaigns', 7: 'Total: Account'}
    """
    found = {row: _said(cells) for row, cells in rows.items() if row > last - _LAST and _is_total(cells)}
    above = min(found, default=last) - 1
    while found and above in rows and _is_total(rows[above]):
        found[above] = _said(rows[above])
        above -= 1
    for row, cells in rows.items():
        if (row < first + _HEAD or row > last - _LAST) and any(_WHOLE.match(cell or "") for cell in cells):
            found[row] = next(cell.strip() for cell in cells if _WHOLE.match(cell or "") and cell)
    return dict(sorted(found.items()))


def _is_total(cells: Sequence[str | None]) -> bool:
    return bool(_BEGINS.match(_said(cells)))


def _said(cells: Sequence[str | None]) -> str:
    return next((cell.strip() for cell in cells if cell and cell.strip()), "")


def is_second_table(titles: Sequence[str], lines: Iterable[str]) -> bool:
    """Does a table under commented titles go on with comments of its own? Then another table follows."""
    commented = any(title.startswith("#") for title in titles)
    return commented and any(line.lstrip('"').startswith("#") for line in lines)
