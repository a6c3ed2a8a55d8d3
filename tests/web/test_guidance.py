"""Диагностика and Фокус over ``small_company``: the terminal's own figures, doors to their records, rights."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from smarketing.analyses.diagnosis import StepKey, diagnose
from smarketing.analyses.focus import focus
from smarketing.analyses.question import Question
from smarketing.facts.period import Month, Period
from smarketing.jobs import guidance_export
from smarketing.jobs.export import to_json

SignIn = Callable[..., Client]
NOVEMBER = Month(2026, 11)
NBSP = "\u00a0"


def body(answer: Any) -> str:
    return unescape(answer.content.decode())


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body(answer)).replace(NBSP, " "))


def test_six_steps_stand_in_order_and_lead_back_to_the_first(facts: Any, signed_in: SignIn) -> None:
    page = body(signed_in().get("/diagnosis"))
    assert re.findall(r'<section class="panel walked" id="step-(\w+)"', page) == [key.value for key in StepKey]
    assert page.rindex('href="#step-zones"') > page.rindex('id="step-result"')


def test_page_of_the_diagnosis_says_what_the_terminal_says(facts: Any, signed_in: SignIn) -> None:
    """One function: the file of the page is the contract that ``smarketing diagnose --format json`` prints."""
    found = diagnose(facts.reader, NOVEMBER)
    client = signed_in()
    answer = client.get("/diagnosis?format=json")
    assert json.loads(answer.content) == guidance_export.diagnosis_data(found, "ru")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="diagnosis-2026-11.json"'
    shown = words(client.get("/diagnosis"))
    for step in found.steps:
        for one in step.evidence:
            assert re.sub(r"\s+", " ", one.text.ru.replace(NBSP, " ")) in shown
        assert re.sub(r"\s+", " ", step.action.ru) in shown


def test_diagnosis_as_csv_has_a_line_for_each_piece_of_evidence(facts: Any, signed_in: SignIn) -> None:
    found = diagnose(facts.reader, NOVEMBER)
    text = signed_in(language="en").get("/diagnosis?format=csv").content.decode("utf-8-sig")
    head, *lines = list(csv.reader(io.StringIO(text)))
    assert head[0] == "step"
    assert len(lines) == sum(len(step.evidence) for step in found.steps)
    # three of the eleven leads have no segment ("-" is a text, not «not given»): L6 and L10 of 11
    unsaid = next(line for line in lines if line[2].startswith("Segment is not given"))
    assert unsaid[5] == "0.1818"


def test_every_door_of_the_diagnosis_opens(facts: Any, signed_in: SignIn) -> None:
    client = signed_in()
    doors = set(re.findall(r'href="(/records\?[^"]*)"', body(client.get("/diagnosis"))))
    assert len(doors) == 8
    for door in sorted(doors):
        assert client.get(door).status_code == 200, door


def test_figure_of_the_diagnosis_counts_its_records(facts: Any, signed_in: SignIn) -> None:
    """Two of eleven leads have no segment, and the door beside the share opens these two."""
    client = signed_in()
    page = body(client.get("/diagnosis"))
    (door,) = re.findall(r'href="(/records\?[^"]*segment=~[^"]*)"', page)
    assert "За цифрой стоит записей: 2." in words(client.get(door))


def test_diagnosis_looks_at_the_whole_company_whatever_is_filtered(facts: Any, signed_in: SignIn) -> None:
    client = signed_in()
    assert (
        client.get("/diagnosis?segment=dealers&format=json").content
        == client.get("/diagnosis?format=json").content
    )
    assert "фильтры адреса к ней не применяются" in words(client.get("/diagnosis?segment=dealers"))


def test_diagnosis_is_of_the_month_of_the_address(facts: Any, signed_in: SignIn) -> None:
    data = json.loads(signed_in().get("/diagnosis?month=2026-10&format=json").content)
    assert (data["month"], data["to"]) == ("2026-10", "2026-10-31")


@pytest.mark.parametrize("page", ["/diagnosis", "/focus"])
def test_seller_is_not_shown_the_company_as_a_whole(facts: Any, signed_in: SignIn, page: str) -> None:
    assert signed_in("bob").get(page).status_code == 403
    assert f'href="{page}' not in body(signed_in("bob").get("/"))
    assert signed_in("dora").get(page).status_code == 200


@pytest.mark.parametrize("page", ["/diagnosis", "/focus"])
def test_page_asks_the_database_only_who_reads(
    facts: Any, signed_in: SignIn, django_assert_num_queries: Any, page: str
) -> None:
    client = signed_in()
    with django_assert_num_queries(2):
        client.get(page)


def test_focus_gives_the_figures_of_show_focus(facts: Any, signed_in: SignIn) -> None:
    days = Period(NOVEMBER.first, facts.reader.known_until.date().replace(day=21))
    found = focus(facts.reader, Question(days, by=("segment",)))
    client = signed_in()
    assert json.loads(client.get("/focus?format=json").content) == json.loads(
        to_json(found.table, facts.reader.company, "ru")
    )
    assert found.headline.ru.replace(NBSP, " ") in words(client.get("/focus"))


def test_rows_of_focus_sum_to_its_total_and_open_as_many_leads(facts: Any, signed_in: SignIn) -> None:
    """Leads by segment, by hand: dealers 3 (L1, L2, L7), private 5 (L3, L4, L5, L8, L11), «-» 1, none 2."""
    client = signed_in()
    page = body(client.get("/focus"))
    cells = re.findall(r'href="(/records\?(?:segment=([^&"]*)&)?metric=leads)">(\d+)<', page)
    rows = {segment: count for _, segment, count in cells}
    assert rows == {"dealers": "3", "private": "5", "-": "1", "~": "2", "": "11"}
    for href, _, count in cells:
        assert f"За цифрой стоит записей: {count}." in words(client.get(href))
    assert re.search(r"Всего .* 11 ", words(client.get("/focus")))


def test_focus_shows_what_was_before(facts: Any, signed_in: SignIn) -> None:
    assert "Было" not in words(signed_in().get("/focus"))
    assert "Было" in words(signed_in().get("/focus?compare=prev"))
