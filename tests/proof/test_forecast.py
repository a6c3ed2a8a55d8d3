"""The forecast on real data: it adds up on every past day, and says where it is not to be believed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from smarketing.analyses.forecast import ForecastState, Method, forecast
from smarketing.analyses.forecast.backtest import CUTS, backtest, is_trusted, scores
from smarketing.analyses.forecast.gathering import gather
from smarketing.analyses.forecast.outlook import drawn, outlook
from smarketing.analyses.forecast.result import Choice
from smarketing.facts.period import Month
from tests.proof.loaded import Loaded
from tests.proof.shared import needs

OLIST, SCHOOL = needs("olist_funnel"), needs("school_crm")
LAST_SALE = date(2018, 8, 31)  # the items end in early September; nothing is known to have been sold after


def marked(marks: list[pytest.MarkDecorator]):  # type: ignore[no-untyped-def]
    def mark(test):  # type: ignore[no-untyped-def]
        for one in marks:
            test = one(test)
        return test

    return mark


@marked(OLIST)
def test_parts_of_every_past_day_are_the_whole(olist: Loaded) -> None:
    flow = gather(olist.reader, {}, LAST_SALE)
    for month in (Month(2018, place) for place in range(3, 9)):
        for cut in CUTS:
            seen = outlook(flow, month, date(month.year, month.month, cut))
            parts = [sum(part) for part in zip(*(
                (ahead.booked, ahead.open, ahead.to_come, ahead.later.mean) for ahead in seen.segments
            ), strict=True)]  # fmt: skip
            assert sum(parts) == pytest.approx(seen.mean, rel=1e-12)
            ended = drawn(seen, 4_000, np.random.default_rng(cut)).sum(axis=0)
            assert ended.mean() == pytest.approx(seen.mean, rel=0.05)
            assert ended.min() >= seen.booked - 0.01  # nothing was ever paid back here


@marked(OLIST)
def test_growing_marketplace_is_foretold_by_its_run_rate_until_late_in_the_month(olist: Loaded) -> None:
    """Sellers that have signed keep selling more and more: what the last weeks brought is too little."""
    found = scores(backtest(gather(olist.reader, {}, LAST_SALE), date(2018, 9, 1), {}))
    assert [one.choice for one in found[:5]] == [Choice.DOES_NOT_BEAT] * 3 + [Choice.BEATS] * 2
    errors = [[round(score.error / 1000) for score in one.scores[:2]] for one in found[:5]]
    assert errors == [[40, 23], [25, 17], [17, 13], [8, 13], [5, 9]]  # as the page about the forecast tells them
    together = found[-1].of(Method.MODEL)
    assert together is not None
    assert (together.covered, together.n) == (7, 34)
    assert not is_trusted(together)


@marked(OLIST)
def test_month_without_a_sale_and_a_beaten_model_has_no_forecast(olist: Loaded) -> None:
    """The archive was taken in November 2018; the sales end in September."""
    found = forecast(olist.reader)
    assert (found.month, found.state, found.value) == (Month(2018, 11), ForecastState.TOO_LITTLE, None)


@marked(SCHOOL)
def test_school_has_no_forecast_because_its_money_has_no_day(school: Loaded) -> None:
    """277 000 of 677 250 were paid nobody knows when: deals without a closing date."""
    found = forecast(school.reader, Month(2024, 6))
    assert (found.state, found.value) == (ForecastState.UNDATED, None)
