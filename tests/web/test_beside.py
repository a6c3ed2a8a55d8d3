"""What the page «Диагностика» tells beside the verdict: the terminal's own sums, folded, with a sentence each.

Over the worked example of methods.md (a): June, a gap of −2 042 000.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from smarketing.analyses.verdict import Cause, had, rival_splits, verdict
from smarketing.analyses.verdict.beside_words import had_sentence, rivals_sentence, sources_sentence
from smarketing.analyses.verdict.sources import REST, SourceSplit
from smarketing.facts.language import Text
from smarketing.web.reports import reading
from tests.analyses.test_verdict import COMPANY, FACT, JUNE, plan_rows, receipts_of
from tests.support.memory import MemoryReader
from tests.web.conftest import OneAtATime

SignIn = Callable[..., Client]
PAGE = f"/diagnosis?month={JUNE}"
GAP = Decimal(-2_042_000)


def words(answer: Any) -> str:
    return flat(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())))


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u2060", ""))


def sheet(answer: Any, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=delimiter))


def example(plans: list[dict[str, object]]) -> reading.Facts:
    known = datetime(2026, 11, 20, 15, tzinfo=UTC)
    reader = MemoryReader(COMPANY, journeys=FACT, receipts=receipts_of(FACT), plans=plans, known_until=known)
    return reading.Facts(OneAtATime(reader))


@pytest.fixture
def facts(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> reading.Facts:
    found = example(plan_rows())
    monkeypatch.setattr(reading, "newest", lambda: found)
    return found


@pytest.fixture
def unplanned(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No plan, and no ripe month that could stand for one."""
    found = example([])
    monkeypatch.setattr(reading, "newest", lambda: found)


def test_page_tells_both_favourite_orders_beside_the_fair_one(facts: Any, signed_in: SignIn) -> None:
    """Every column sums to the gap to the kopeck."""
    found = verdict(facts.reader, JUNE)
    rivals = rival_splits(found)
    client = signed_in(language="en")
    assert flat(rivals_sentence(found, rivals, facts.reader.company).en) in words(client.get(PAGE))
    rows = sheet(client.get(f"{PAGE}&table=rivals&format=csv"))
    assert rows[0] == ["cause", "zone", "in the verdict", "Marketing first", "Sales first"]
    for place in (2, 3, 4):
        causes = [Decimal(row[place]) for row in rows[1 : len(found.parts) + 1]]
        assert sum(causes) == GAP
    assert client.get(f"{PAGE}&table=rivals&format=xlsx").content[:2] == b"PK"


def test_causes_marked_on_the_page_are_held_at_the_plan(facts: Any, signed_in: SignIn) -> None:
    found = verdict(facts.reader, JUNE)
    told = had(found, [Cause.MIX, Cause.QUALITY])
    assert told is not None
    page = signed_in().get(f"{PAGE}&had=mix&had=quality")
    assert flat(had_sentence(told, facts.reader.company).ru) in words(page)
    marked = re.findall(r'name="had" value="([a-z_]+)" checked', page.content.decode())
    assert marked == ["mix", "quality"]


def test_sources_are_split_only_where_they_are_asked_for(facts: Any, signed_in: SignIn) -> None:
    client, address = signed_in(language="en"), f"{PAGE}&beside=sources"
    plain, asked = client.get(PAGE), client.get(address)
    assert f'href="{address}#sources"' in unescape(plain.content.decode())
    assert "The gap by segment and source" not in words(plain)
    assert "The gap by segment and source" in words(asked)
    rows = sheet(client.get(f"{address}&table=sources&format=csv"))
    assert sum(Decimal(row[-1]) for row in rows[1:]) == GAP


def test_sentence_names_the_source_that_pulls_with_the_gap_and_not_the_others(facts: Any) -> None:
    """Of −3, −5 (the others) and +1 million by a gap of −2.042 the first is the one to name."""
    effects = {
        ("dealers", "yandex"): Decimal(-3_000_000),
        ("dealers", REST): Decimal(-5_000_000),
        ("private", "vk"): Decimal(1_000_000),
    }
    found = verdict(facts.reader, JUNE)
    said = sources_sentence(found, SourceSplit({Cause.VOLUME: effects}, ()), COMPANY)
    assert said is not None
    assert flat(said.en) == (
        "The source “yandex” of the segment “Dealers” pulls hardest the way the gap went: −₽3.00m, "
        "of −₽2.04m in all."
    )
    alone = {("dealers", REST): Decimal(-5_000_000)}
    assert sources_sentence(found, SourceSplit({Cause.VOLUME: alone}, ()), COMPANY) is None


@pytest.mark.parametrize(
    ("address", "said"),
    [("had=luck", "There is no cause “luck”."), ("beside=everything", "beside may only be sources.")],
)
def test_wrong_word_of_the_address_is_a_sentence(facts: Any, signed_in: SignIn, address: str, said: str) -> None:
    answer = signed_in(language="en").get(f"{PAGE}&{address}")
    assert answer.status_code == 400
    assert said in words(answer)


def test_company_without_a_verdict_has_nothing_to_argue_about(unplanned: Any, signed_in: SignIn) -> None:
    answer = signed_in().get(f"{PAGE}&beside=sources")
    assert answer.status_code == 200
    assert "Если об отклонении спорят" not in words(answer)


def test_no_order_to_quarrel_about_is_said_so(facts: Any) -> None:
    found = verdict(facts.reader, JUNE)
    first, _ = rival_splits(found)
    said = rivals_sentence(found, (first, first), facts.reader.company)
    assert said == Text(
        "С кого ни начни счёт, доли отделов те же: спорить о порядке здесь не о чем.",
        "Whoever the count begins with, the departments' parts are the same: there is no order to quarrel about.",
    )
