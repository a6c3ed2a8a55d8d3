"""What do the facts know of? Leads until 31 May; closings typed on 5, 10 and 16 June, and one on 1 December."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from smarketing.connectors.files.totals import latest_moment
from smarketing.facts.company import Company

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def moments(*texts: str) -> pa.Array:
    return pa.array([datetime.fromisoformat(text) for text in texts], pa.timestamp("us"))


LEADS = pa.table(
    {"created_at": moments("2026-05-30 10:00", "2026-05-31 09:00"), "updated_at": moments(*["2026-05-31"] * 2)}
)
MOVES = pa.table({"entered_at": moments("2026-06-05", "2026-06-10", "2026-06-16", "2026-12-01")})


def test_work_that_goes_on_is_known_and_what_lies_beyond_a_gap_is_not():
    assert latest_moment({"leads": LEADS, "stage_moves": MOVES}, Company(), NOW) == datetime(
        2026, 6, 16, tzinfo=UTC
    )


def test_nothing_later_than_now_is_known():
    early = datetime(2026, 6, 8, tzinfo=UTC)
    assert latest_moment({"leads": LEADS, "stage_moves": MOVES}, Company(), early) == datetime(
        2026, 6, 5, tzinfo=UTC
    )


def test_typed_days_alone_are_believed():
    assert latest_moment({"stage_moves": MOVES}, Company(), NOW) == datetime(2026, 12, 1, tzinfo=UTC)


def test_nothing_dated_knows_of_nothing():
    assert latest_moment({}, Company(), NOW) is None
