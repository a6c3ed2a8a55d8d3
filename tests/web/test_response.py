"""The page «Скорость ответа» over the small company: eleven leads of November, seven answered, four waiting.

The norm is an hour. L8 came half an hour before the end, so ten are due; L1, L2, L4, L5 and L7 were answered in
time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from smarketing.analyses.response import response
from smarketing.jobs.export import to_csv, to_json
from smarketing.web.reports import reading
from tests.analyses import small_company
from tests.web.conftest import OneAtATime

SignIn = Callable[..., Client]
NOVEMBER = "from=2026-11-01&to=2026-11-20"
DOOR = re.compile(r'<a class="fig" href="(/records\?[^"]*)"[^>]*>([^<]*)</a>')


@pytest.fixture
def unheard(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same company before any call or letter was loaded."""
    leads = [
        {
            **lead,
            "is_answered": None,
            "is_handled": None,
            "response_working_seconds": None,
            "response_seconds": None,
        }
        for lead in small_company.LEADS
    ]
    found = reading.Facts(OneAtATime(small_company.reader(journeys=leads)))
    monkeypatch.setattr(reading, "newest", lambda: found)


def body(answer: Any) -> str:
    return unescape(answer.content.decode())


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body(answer)).replace("\u00a0", " "))


def test_response_page_opens_with_who_was_answered_in_time_and_who_waits(facts: Any, signed_in: SignIn) -> None:
    said = words(signed_in().get(f"/response?{NOVEMBER}"))
    assert "В срок, за 1 ч рабочего времени, ответили 5 из 10 лидов: 50,0 %." in said
    assert "Половине ответили за 1 ч 30 мин. Без ответа 4." in said


def test_comparison_says_whether_the_share_moved_more_than_chance(facts: Any, signed_in: SignIn) -> None:
    """In October there is one lead, answered in time: too few to compare with."""
    said = words(signed_in().get(f"/response?{NOVEMBER}&compare=2026-10"))
    assert "Было 100,0 %: сравнивать рано, данных мало." in said
    assert "было 20 мин" in said  # the median of that one lead


@pytest.mark.parametrize("split", ["manager", "segment", "hour", "week"])
def test_files_of_the_response_page_are_those_of_the_terminal(facts: Any, signed_in: SignIn, split: str) -> None:
    client, reader = signed_in(), facts.reader
    asked = small_company.COHORT.split(split)
    for name, table in (("", response(reader, asked)), ("elapsed", response(reader, asked, "elapsed"))):
        address = f"/response?month=2026-11&by={split}&table={name}"
        assert client.get(f"{address}&format=csv").content == to_csv(table, reader.company, "ru")
        assert client.get(f"{address}&format=json").content.decode() == to_json(table, reader.company, "ru")
        assert client.get(f"{address}&format=xlsx").content[:2] == b"PK"


def test_curve_leaves_as_a_file_with_the_days_compared(facts: Any, signed_in: SignIn) -> None:
    address = f"/response?{NOVEMBER}&compare=2026-10&table=curve&format=csv"
    lines = signed_in(language="en").get(address).content.decode("utf-8-sig").splitlines()
    assert lines[0] == 'working minutes,"answered, %","before, %"'
    # By ten minutes one of eleven, by fifteen two; the lead of October was answered after twenty.
    assert lines[11] == "10,9.0909,0.0"
    assert lines[16] == "15,18.1818,0.0"
    assert lines[21].endswith(",100.0")


@pytest.mark.parametrize("split", ["manager", "segment", "hour", "lead_source", "month"])
def test_every_door_of_the_response_page_opens_its_leads(facts: Any, signed_in: SignIn, split: str) -> None:
    client = signed_in()
    doors = DOOR.findall(body(client.get(f"/response?{NOVEMBER}&by={split}")))
    assert len(doors) > 20
    for door, text in doors:
        answer = client.get(door)
        assert answer.status_code == 200, door
        if (
            re.search(r"metric=(leads|answered_leads|waiting_leads|outside_hours_leads)&?", door)
            and text.isdecimal()
        ):
            assert f"За цифрой стоит записей: {text}." in words(answer), door


def test_share_within_a_time_opens_the_leads_answered_by_then(facts: Any, signed_in: SignIn) -> None:
    """Within an hour: L1 1800, L2 3000, L4 600, L5 3600 and L7 900 seconds; of them at ten o'clock all."""
    client = signed_in()
    address = f"/records?{NOVEMBER}&metric=answered_within_60m"
    for more in ("", "&hour=10", "&clock=period"):
        found = set(re.findall(r"\bL\d+\b", words(client.get(address + more))))
        assert found == {"L1", "L2", "L4", "L5", "L7"}, more
    assert "Час: 10:00" in words(client.get(f"{address}&hour=10"))
    assert "За цифрой стоит записей: 0." in words(client.get(f"{address}&hour=23"))


def test_hour_that_no_day_has_is_a_sentence(facts: Any, signed_in: SignIn) -> None:
    answer = signed_in(language="en").get("/records?metric=waiting_leads&hour=24")
    assert answer.status_code == 400
    assert "hour is from 0 to 23." in words(answer)


def test_leads_that_wait_are_listed_those_in_work_and_longest_first(facts: Any, signed_in: SignIn) -> None:
    """L6, L10 and L8 are in work, L9 was lost without an answer; L8 still has half an hour."""
    page = words(signed_in().get(f"/response?{NOVEMBER}"))
    listed = page.split("Лиды без ответа")[1]
    assert re.findall(r"\bL\d+\b", listed) == ["L6", "L10", "L8", "L9"]
    assert "лидов: 4, из них ещё в работе 3" in page
    assert listed.count("в пределах нормы") == 1


def test_company_without_calls_is_told_what_is_missing(unheard: Any, signed_in: SignIn) -> None:
    said = words(signed_in().get(f"/response?{NOVEMBER}"))
    assert "Звонки и письма не загружены, поэтому скорость ответа не видна." in said


def test_hour_does_not_follow_to_other_pages(facts: Any, signed_in: SignIn) -> None:
    """It is a filter of the records alone: spend and payments have no hour of the lead."""
    page = body(signed_in().get(f"/records?{NOVEMBER}&metric=waiting_leads&hour=10"))
    assert not re.search(r'href="/(analytics|funnel)\?[^"]*hour', page)
