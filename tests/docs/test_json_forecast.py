"""Is every key of the contract of a forecast documented, and nothing else?"""

from __future__ import annotations

import pytest

from smarketing.analyses.forecast import ForecastState, Method, forecast
from smarketing.analyses.forecast.result import Choice
from smarketing.analyses.verdict.result import PlanKind
from smarketing.jobs import forecast_export
from tests.analyses import steady
from tests.docs.pages import first_words, read, section, words
from tests.docs.test_json import table

SECTION = section(read("docs/reference/json.md"), "A forecast")


@pytest.fixture(scope="module")
def told():
    found = forecast(steady.reader(), tried=lambda _: steady.PASTS)
    return forecast_export.forecast_data(found, steady.COMPANY, "en")


def listed(first: str) -> list[str]:
    """The keys of a table, those that share a row too."""
    part = next(part for part in SECTION.split("\n\n") if first_words(part)[:1] == [first])
    return [word for row in part.splitlines()[2:] for word in row.split("|")[1].split("`")[1::2]]


def test_keys_of_a_forecast_are_those_of_the_page(told):
    assert listed("contract") == list(told)
    assert table(SECTION, "day") == list(told["backtest"]["days"][0])
    assert table(SECTION, "method") == list(told["backtest"]["days"][0]["methods"][0])
    of_segments, of_leads = (part for part in SECTION.split("\n\n") if first_words(part)[:1] == ["segment"])
    assert set(told["segments"][0]) == {
        word for row in of_segments.splitlines() for word in row.split("|")[1].split("`")[1::2]
    }
    assert set(told["missing"]["leads"][0]) == {
        word for row in of_leads.splitlines() for word in row.split("|")[1].split("`")[1::2]
    }
    assert set(told["missing"]) | set(told["missing"]["deals"]) <= words(SECTION) | {"worth", "expected", "needed"}


def test_every_word_that_a_value_may_be_is_documented():
    assert {*ForecastState, *Method, *Choice, *PlanKind} <= words(SECTION)
    assert {forecast_export.CONTRACT, str(forecast_export.CONTRACT_VERSION)} <= words(SECTION)


def test_parts_sum_to_the_value_as_text(told):
    cents = {key: round(float(told[key]) * 100) for key in ("booked", "open", "to_come", "later", "value")}
    assert sum(cents.values()) == 2 * cents["value"]
    assert all(isinstance(told[key], str) for key in cents)
