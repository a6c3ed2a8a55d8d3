"""Who has two cards in the demo company's CRM? Nothing but the second card's name, phone and e-mail hangs on it.

Drawn by a generator of its own, so that every other figure of the demo is what it would be without them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smarketing.jobs.demo.clock import DAY, day_number
from smarketing.jobs.demo.draw import Drawn, Marks, Random
from smarketing.jobs.demo.truths import TWO_CARDS, TWO_CARDS_BOUGHT

_APART = 20 * DAY  # the second card was made at least this much later

Rows = NDArray[np.int64]


def two_cards(random: Random, leads: Drawn, clients: Rows, bought: Marks) -> dict[int, int]:
    """Row of the later client → row of the earlier one who is the same person; nobody stands in two pairs.

    ``clients``: rows that have a card; ``bought``: who ever paid, by row.
    """
    found: dict[int, int] = {}
    since = day_number(TWO_CARDS.since) * DAY
    callable_rows = clients[~leads.wrong_number[clients]]
    wanted = ((True, TWO_CARDS_BOUGHT), (False, int(TWO_CARDS.after)))
    for both_bought, until in wanted:
        rows = random.permutation(callable_rows[bought[callable_rows] == both_bought])
        for later in rows[leads.created[rows] >= since].tolist():
            if len(found) == until:
                break
            earlier = _earlier(leads, rows, later, {*found, *found.values()})
            if earlier is not None:
                found[later] = earlier
    return found


def _earlier(leads: Drawn, rows: Rows, later: int, taken: set[int]) -> int | None:
    """The first of the rows that may be the same person: same kind of client, same region, well before."""
    if later in taken:
        return None
    alike = (
        (leads.true_segment[rows] == leads.true_segment[later])
        & (leads.region[rows] == leads.region[later])
        & (leads.created[rows] <= leads.created[later] - _APART)
    )
    return next((row for row in rows[alike].tolist() if row not in taken), None)
