"""What fake ad accounts have in common, as the common suite sees them: days, campaigns, money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from tests.connectors.outside.suite import Question, System, Told
from tests.support.ad_accounts import Cabinet, Server
from tests.support.faults import WORDS, FaultyHandler, start, stop

CAMPAIGNS = 3
_NO_CARDS = "an ad account has days and campaigns: there are no cards that could be merged"
_NO_MOMENTS = "an ad account tells days and no moments; which day is over where is asked in test_spend.py"


class AdSystem(System):
    """Three campaigns on one day of every five since ``first``. A day comes whole, in the place of the old one."""

    absent: ClassVar[Mapping[Question, str]] = {Question.MERGE: _NO_CARDS, Question.ZONE: _NO_MOMENTS}
    tells = frozenset({"ad_spend"})
    first: ClassVar[date]
    handler: ClassVar[type[FaultyHandler]]

    def __init__(self) -> None:
        super().__init__()
        self.cabinet = Cabinet()
        for step in range(0, (self._yesterday - self.first).days, 5):
            for number in range(1, CAMPAIGNS + 1):
                self._spend(self.first + timedelta(days=step), number)
        self._spend(self._before(2), 1)
        self.server = start(Server(self.cabinet, self.handler))
        self.server.plan = lambda number: WORDS.get(self.counted(number) or "")

    @property
    def holds(self) -> Mapping[str, int]:
        return {"spend": sum(len(day) for day in self.cabinet.days.values())}

    def close(self) -> None:
        stop(self.server)

    def do_change(self) -> Told:
        """The account corrects a day of the daily window: clicks of robots are paid back."""
        day = self._before(2)
        self.cabinet.days[day][1].cost = Decimal("7.40")
        return Told("ad_spend", {"day": day, "campaign": "кампания 1"}, {"cost": Decimal("7.40")})

    def do_add(self) -> Told:
        """A new campaign has spent its first money."""
        day, number = self._before(1), CAMPAIGNS + 1 + len(self.cabinet.days)
        self._spend(day, number)
        return Told("ad_spend", {"day": day, "campaign": f"кампания {number}"})

    def do_delete(self) -> Told:
        """One of the campaigns of a day within the weekly window has no spend there any more."""
        day = max(day for day, spent in self.cabinet.days.items() if len(spent) == CAMPAIGNS)
        del self.cabinet.days[day][2]
        return Told("ad_spend", {"day": day, "campaign": "кампания 2"})

    @property
    def _yesterday(self) -> date:
        return self._before(1)

    def _before(self, days: int) -> date:
        return self.now().date() - timedelta(days=days)

    def _spend(self, day: date, number: int) -> None:
        self.cabinet.spend(day, number, f"Кампания {number}", f"{number}0.25", leads=number)
