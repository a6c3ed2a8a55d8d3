"""Pages of a company that has just begun: nothing set up, nothing loaded, leads alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from smarketing.facts.company import Company
from smarketing.web.reports import reading
from tests.analyses import small_company
from tests.web.conftest import OneAtATime

SignIn = Callable[..., Client]
FIGURES = (
    "/", "/?clock=cohort&compare=prev", "/?period=all", "/analytics", "/analytics?by=month", "/funnel",
    "/funnel?compare=prev", "/funnel?kind=milestones&clock=period", "/funnel?losses=shares", "/qualification",
    "/qualification?compare=year", "/customers", "/response?by=hour&compare=prev", "/records",
    "/records?metric=revenue",
)  # fmt: skip
OTHERS = ("/metrics", "/account", "/data", "/data/quarantine", "/data/upload", "/people", "/audit")


def words(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", unescape(answer.content.decode().split("<main", 1)[1]))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


@pytest.fixture
def leads_alone(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> reading.Facts:
    """Leads without spend, payments, a plan or criteria; nobody has judged them by a rule."""
    bare = small_company.COMPANY.model_copy(update={"criteria": (), "source_groups": ()})
    unpaid = [
        {**lead, "target_verdict": "unknown", "criterion": None, "seller_verdict": None, "source_group": None}
        for lead in small_company.LEADS
    ]
    reader = small_company.reader(journeys=unpaid, receipts=(), spend=(), costs=(), plans=(), company=bare)
    found = reading.Facts(OneAtATime(reader))
    monkeypatch.setattr(reading, "newest", lambda: found)
    return found


@pytest.fixture
def no_leads(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> reading.Facts:
    """A first load that held nothing but one day of ad spend."""
    nothing: dict[str, Any] = {"journeys": (), "receipts": (), "costs": (), "plans": ()}
    found = reading.Facts(OneAtATime(small_company.reader(**nothing, spend=small_company.SPEND[:1])))
    monkeypatch.setattr(reading, "newest", lambda: found)
    return found


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("page", [*FIGURES, *OTHERS])
def test_empty_workspace_opens_every_page(workspace: Any, signed_in: SignIn, page: str, language: str) -> None:
    answer = signed_in("charlie", language).get(page)
    assert answer.status_code == 200
    if page in FIGURES:
        assert {"ru": "Данных пока нет", "en": "No data yet"}[language] in words(answer)
        assert 'href="/data/upload"' in answer.content.decode()  # the first step


def test_workspace_without_settings_opens_too(tmp_path: Any, settings: Any, signed_in: SignIn) -> None:
    settings.WORKSPACE = tmp_path
    for page in (*FIGURES, *OTHERS):
        assert signed_in("charlie").get(page).status_code == 200


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("page", FIGURES)
def test_leads_alone_open_every_page(leads_alone: Any, signed_in: SignIn, page: str, language: str) -> None:
    answer = signed_in("alice", language).get(page)
    # payments were never loaded: their records are refused in words, everything else is shown
    assert answer.status_code == 200
    assert len(re.findall(r'<p class="lead">\s*\S', answer.content.decode())) == 1


def test_summary_of_leads_alone_says_what_to_load_first(leads_alone: Any, signed_in: SignIn) -> None:
    text = words(signed_in("charlie").get("/"))
    assert "плана нет" in text
    assert "Чтобы появился разбор" in text
    assert "план месяца" in text
    assert "оплаты" in text


def test_qualification_of_leads_alone_says_where_criteria_are_written(leads_alone: Any, signed_in: SignIn) -> None:
    text = words(signed_in().get("/qualification"))
    assert "Ни один из лидов не оценён" in text
    assert "Критерии ещё не записаны" in text


@pytest.mark.parametrize("page", FIGURES)
def test_facts_without_a_single_lead_open_every_page(no_leads: Any, signed_in: SignIn, page: str) -> None:
    assert signed_in("alice").get(page).status_code == 200


def test_company_without_stages_has_a_funnel_of_milestones(
    workspace: Any, signed_in: SignIn, monkeypatch: Any
) -> None:
    bare = Company(zone="UTC")
    leads = [
        {key: value for key, value in lead.items() if not key.startswith(("in_", "at_", "sec_"))}
        for lead in small_company.LEADS
    ]
    reader = small_company.reader(company=bare, journeys=leads, receipts=(), spend=(), costs=(), plans=())
    found = reading.Facts(OneAtATime(reader))
    monkeypatch.setattr(reading, "newest", lambda: found)
    for page in FIGURES:
        assert (page, signed_in().get(page).status_code) == (page, 200)
