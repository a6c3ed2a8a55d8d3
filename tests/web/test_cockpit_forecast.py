"""The forecast on the overview: in the running month of the whole company, nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from smarketing.analyses.forecast import Forecast, ForecastState, Method, forecast
from smarketing.analyses.verdict.result import VerdictState
from smarketing.jobs.workspace import Workspace
from smarketing.metrics.wording import Scale
from smarketing.web.reports import reading
from smarketing.web.reports.cockpit.forecast import band, chance, figure, said
from tests.analyses import steady
from tests.web.conftest import OneAtATime

SignIn = Callable[..., Client]
NBSP = "\u00a0"


@pytest.fixture(scope="module")
def modelled() -> Forecast:
    return forecast(steady.reader(), tried=lambda _: steady.PASTS)


def page_of(client: Client, **asked: str) -> Any:
    return client.get("/", asked).context


@pytest.fixture
def steady_facts(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> reading.Facts:
    """The company of ``steady`` under every page."""
    made = reading.Facts(OneAtATime(steady.reader()))
    monkeypatch.setattr(reading, "newest", lambda: made)
    return made


def test_running_month_shows_its_forecast_and_what_stands_behind_it(
    steady_facts: reading.Facts, signed_in: SignIn
) -> None:
    """11 000 in 11 of 22 working days; six past months were foretold by both, and the model beat nobody."""
    context = page_of(signed_in())
    named = {stat.name.ru: stat for stat in context["strip"]}
    assert list(named)[3:] == ["Прогноз месяца", "План месяца"]
    assert named["Прогноз месяца"].value == f"22{NBSP}000"
    assert named["Прогноз месяца"].caption.ru == "по темпу месяца; для интервала мало прошлых месяцев"
    assert named["План месяца"].caption.ru == "план по выручке, доли из дозревших месяцев, никем не подтверждён"
    assert context["ahead"]["note"].ru.startswith("Прогноз — темп месяца")
    assert f"Прогноз: 22{NBSP}000{NBSP}₽" in [one.text.ru for one in context["jumps"]]


@pytest.mark.parametrize("asked", [{"month": "2026-05"}, {"segment": "shops"}, {"clock": "cohort"}])
def test_other_months_parts_and_clocks_have_none(
    steady_facts: reading.Facts, signed_in: SignIn, asked: dict[str, str]
) -> None:
    context = page_of(signed_in(), **asked)
    assert context["ahead"] is None
    assert "Прогноз месяца" not in [stat.name.ru for stat in context["strip"]]


@pytest.fixture
def unplanned_facts(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> reading.Facts:
    """``steady`` begun this month: no plan, and no ripe month that could stand for one."""
    made = reading.Facts(OneAtATime(steady.reader(first=steady.CUT.replace(day=1), plan=None)))
    monkeypatch.setattr(reading, "newest", lambda: made)
    return made


def test_month_without_a_plan_has_its_forecast(unplanned_facts: reading.Facts, signed_in: SignIn) -> None:
    """6 000 in 11 of 22 working days go on as they began."""
    context = page_of(signed_in())
    assert context["verdict"].state is VerdictState.NO_PLAN
    assert [(stat.name.ru.split(",")[0], stat.value) for stat in context["strip"]] == [
        ("Факт", f"6{NBSP}000"),
        ("Прогноз месяца", f"12{NBSP}000"),
    ]
    assert context["ahead"]["note"].ru.startswith("Прогноз — темп месяца")
    assert "Прогноз месяца" in signed_in().get("/").content.decode()


def test_seller_sees_no_forecast(steady_facts: reading.Facts, signed_in: SignIn) -> None:
    assert page_of(signed_in("bob"))["ahead"] is None


def test_band_runs_from_the_fact_to_the_end_by_working_time(
    facts: Any, signed_in: SignIn, modelled: Forecast
) -> None:
    page = page_of(signed_in())["page"]
    points = band(page, modelled)
    assert (points[0].day, points[0].low, points[0].value) == (date(2026, 6, 15), Decimal(11_000), Decimal(11_000))
    assert (points[-1].day, points[-1].value) == (date(2026, 6, 30), Decimal(22_000))
    by_day = {point.day: point.value for point in points}
    # Eleven working days are left: the first brings an eleventh of what is to come, Saturday and Sunday nothing.
    assert by_day[date(2026, 6, 16)] == pytest.approx(Decimal(12_000))
    assert by_day[date(2026, 6, 19)] == by_day[date(2026, 6, 21)] == pytest.approx(Decimal(15_000))
    low, _, high = modelled.quantiles or (0, 0, 0)
    assert (float(points[-1].low), float(points[-1].high)) == pytest.approx((float(low), float(high)))


def test_strip_says_interval_and_chance(facts: Any, signed_in: SignIn, modelled: Forecast) -> None:
    page = page_of(signed_in())["page"]
    name, value, caption, href = figure(page, modelled, Scale.ONE)
    assert (name.ru, value) == ("Прогноз месяца", f"22{NBSP}000")
    assert caption.ru.startswith(f"интервал 80{NBSP}%: ")
    assert href.endswith("#forecast_revenue")
    told = chance(replace(modelled, chance=0.02))
    assert told is not None
    assert told.ru == f"шанс выполнить меньше 5{NBSP}%"
    assert chance(None) is None


def test_too_little_is_said_and_not_shown_as_zero(facts: Any, signed_in: SignIn, modelled: Forecast) -> None:
    page = page_of(signed_in())["page"]
    nothing = replace(modelled, state=ForecastState.TOO_LITTLE, value=None, quantiles=None, missing=None)
    _, value, caption, _ = figure(page, nothing, Scale.ONE)
    assert (value, caption.ru) == ("—", "мало данных")
    assert band(page, nothing) == ()
    under = said(page, nothing)
    assert under is not None
    assert under["note"].ru.startswith("Прогноза пока нет")


def test_under_the_chart_stands_what_is_missing(facts: Any, signed_in: SignIn, modelled: Forecast) -> None:
    page = page_of(signed_in())["page"]
    under = said(page, modelled)
    assert under is not None
    assert under["short"].ru == f"До плана не хватает 3{NBSP}000{NBSP}₽."
    assert len(under["missing"]) == 2
    by_rate = said(page, replace(modelled, method=Method.RUN_RATE))
    assert by_rate is not None
    assert by_rate["note"].en.startswith("The forecast is the run-rate")
