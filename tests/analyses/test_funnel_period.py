"""What does the funnel count by the date of the event, and of what does it warn?"""

from __future__ import annotations

import pytest

from smarketing.analyses.funnel import funnel
from smarketing.analyses.question import Question
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Clock
from tests.analyses.funnel_walks import COMPANY, OCTOBER, ask, walk, walks
from tests.support.memory import MemoryReader, at


def test_funnel_by_period_counts_entries_of_the_period() -> None:
    """A lead of September talks on 1 October; of the twelve, one enters talk in November instead."""
    rows = walks()
    rows[6] = {**rows[6], "at_talk": at("2026-11-01")}
    september = walk(
        20, "new talk", created_at=at("2026-09-20"), at_new=at("2026-09-20"), at_talk=at("2026-10-01")
    )
    found = ask(Question(period=OCTOBER, clock=Clock.PERIOD), rows=[*rows, september])

    # talk: leads 1, 3, 4, 5, 6, 8 and the one of September; lead 2 never entered it.
    assert [step.counts.reached for step in found.steps] == [12, 11, 7, 6, 3]
    assert found.step("talk").conversion is not None
    assert found.step("talk").conversion.interval is None  # type: ignore[union-attr]
    assert found.ripe is None


def test_funnel_by_period_uses_the_company_zone_for_days() -> None:
    """30 September 22:00 UTC is 1 October in Moscow."""
    moscow = Company(zone="Europe/Moscow", stages=COMPANY.stages)
    lead = walk(1, "new", created_at=at("2026-09-30 22:00"), at_new=at("2026-09-30 22:00"))
    found = funnel(MemoryReader(moscow, journeys=[lead]), Question(period=OCTOBER, clock=Clock.PERIOD))

    assert found.steps[0].counts.reached == 1


def test_funnel_by_period_warns_when_volume_jumped() -> None:
    """12 leads in October after 5 in September: more than a fifth away."""
    before = [walk(100 + i, "new", created_at=at("2026-09-10")) for i in range(5)]
    found = ask(Question(period=OCTOBER, clock=Clock.PERIOD), rows=[*walks(), *before])

    assert [note.code for note in found.notes] == ["period-volume"]
    assert "12 вместо 5" in found.notes[0].text.ru


def test_funnel_by_period_is_silent_at_a_steady_volume_and_short_cycle() -> None:
    """12 after 10 is exactly a fifth: not more; three days to a sale."""
    before = [walk(100 + i, "new", created_at=at("2026-09-10")) for i in range(10)]

    assert ask(Question(period=OCTOBER, clock=Clock.PERIOD), rows=[*walks(), *before]).notes == ()


def test_funnel_by_period_warns_of_a_long_cycle() -> None:
    """Median age of the three sales is 11 days."""
    rows = [row | ({"won_seconds": 11 * 86400} if row["is_won"] else {}) for row in walks()]
    before = [walk(100 + i, "new", created_at=at("2026-09-10")) for i in range(12)]
    found = ask(Question(period=OCTOBER, clock=Clock.PERIOD), rows=[*rows, *before])

    assert [note.code for note in found.notes] == ["period-cycle"]
    assert "11 дн." in found.notes[0].text.ru


def test_funnel_by_period_says_how_many_entries_have_no_day() -> None:
    rows = walks()
    rows[10]["at_new"] = None
    before = [walk(100 + i, "new", created_at=at("2026-09-10")) for i in range(12)]
    found = ask(Question(period=OCTOBER, clock=Clock.PERIOD), rows=[*rows, *before])

    assert found.totals.undated == 1
    assert [note.code for note in found.notes] == ["undated-moves"]


def test_funnel_by_period_has_no_split_by_time() -> None:
    with pytest.raises(WrongQuestion, match="funnel-by-time"):
        ask(Question(period=OCTOBER, clock=Clock.PERIOD, by=("month",)))
