"""A seller's pages hold own leads only, whatever is written into the address. Bob sells as «Анна», whose is L1.

L2 is of «Борис», all other leads have no manager at all.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

SignIn = Callable[..., Client]
OTHERS = re.compile(r"\bL(?:[2-9]|1[0-2])\b")
PAGES = (
    "/",
    "/?clock=cohort",
    "/analytics?by=manager",
    "/analytics?by=lead_source&by=campaign",
    "/funnel",
    "/funnel?kind=milestones",
    "/funnel?losses=shares",
    "/qualification?by=manager&draft=1",
    "/customers?by=manager",
    "/response",
    "/response?by=hour&compare=prev",
    "/records?metric=answered_within_60m&hour=10",
    "/records",
    "/records?metric=revenue",
    "/records?metric=disputed_leads",
    "/records?metric=waiting_leads",
    "/records?metric=lost_leads&outcome=lost",
    "/records?metric=stage_open&step=new",
    "/records?metric=stage_lost&step=deal",
    "/records?metric=stage_reached&step=accepted&kind=milestones",
    "/records?metric=response_median",
)
EXPORTS = (
    "/",
    "/analytics?by=manager",
    "/funnel",
    "/funnel?table=losses",
    "/funnel?table=months",
    "/qualification",
    "/customers",
    "/customers?table=lifetime&by=manager",
    "/response",
    "/response?table=elapsed&by=segment",
)
FORGED = ("", "manager=Борис", "manager=~", "manager=Анна&manager=Борис", "period=all&manager=Борис&clock=period")


def asked(page: str, forged: str) -> str:
    return f"{page}{'&' if '?' in page else '?'}{forged}"


def shown(answer: Any) -> str:
    """What stands on the page besides the pickers, which repeat the address."""
    text = unescape(answer.content.decode())
    return re.sub(r'<p class="chips">.*?</p>|<(a|input|option)\b[^>]*>', " ", text, flags=re.DOTALL)


@pytest.mark.parametrize(("page", "forged"), list(itertools.product(PAGES, FORGED)))
def test_page_of_a_seller_shows_no_lead_of_another(facts: Any, signed_in: SignIn, page: str, forged: str) -> None:
    answer = signed_in("bob").get(asked(page, forged))
    assert answer.status_code == 200
    assert "Борис" not in shown(answer)
    assert not OTHERS.search(shown(answer))


@pytest.mark.parametrize(("page", "forged"), list(itertools.product(EXPORTS, FORGED)))
def test_export_of_a_seller_holds_own_figures_only(facts: Any, signed_in: SignIn, page: str, forged: str) -> None:
    client = signed_in("bob")
    mine = client.get(asked(page, "format=json&period=all")).content
    got = client.get(asked(page, f"{forged}&format=json&period=all&clock=cohort"))
    data, own = json.loads(got.content), json.loads(mine)
    leads = data["total"].get("leads") or data["total"].get("stage_reached") or {"value": 0}
    assert leads["value"] in (0, 1)  # the founder's total is twelve
    assert "Борис" not in json.dumps(data["rows"], ensure_ascii=False)
    assert data["total"].keys() == own["total"].keys()
    table = client.get(asked(page, f"{forged}&format=csv")).content.decode("utf-8-sig")
    assert "Борис" not in table


@pytest.mark.parametrize("metric", ["leads", "open_leads", "non_target_leads", "spend", "cpl", "fill_rate"])
def test_records_of_a_seller_are_one_lead_or_none(facts: Any, signed_in: SignIn, metric: str) -> None:
    for side, forged in itertools.product(("numerator", "denominator"), FORGED):
        answer = signed_in("bob").get(f"/records?metric={metric}&side={side}&{forged}")
        assert answer.status_code in (200, 400)  # spend knows no manager: refused with a sentence
        found = re.search(r"записей: (\d+)", answer.content.decode())
        assert found is None or int(found[1]) <= 1
        assert not OTHERS.search(shown(answer))


def test_arbiter_lists_no_disputed_lead_of_another(facts: Any, signed_in: SignIn) -> None:
    everything = shown(signed_in("alice").get("/qualification"))
    assert "L7" in everything  # the seller calls it non-target, the rule target
    assert "все выполнены" in everything
    assert not OTHERS.search(shown(signed_in("bob").get("/qualification?manager=~")))


def test_seller_is_offered_no_other_manager(facts: Any, signed_in: SignIn) -> None:
    page = signed_in("bob").get("/analytics").content.decode()
    assert 'name="manager"' not in page
    assert "Борис" not in page
    assert 'name="manager"' in signed_in("alice").get("/analytics").content.decode()


@pytest.mark.parametrize("page", ["/data", "/data/quarantine", "/data/quarantine/x", "/data/mappings/zoho_deals"])
def test_seller_sees_no_rows_of_files(facts: Any, signed_in: SignIn, page: str) -> None:
    assert signed_in("bob").get(page).status_code == 403


@pytest.mark.parametrize("name", ["alice", "dora", "bob"])
def test_every_link_of_a_page_opens(facts: Any, signed_in: SignIn, name: str) -> None:
    """Every figure leads to its records, every head to its definition; no door is locked or broken."""
    client = signed_in(name)
    pages = [
        "/?compare=prev", "/analytics", "/funnel?compare=prev", "/funnel?clock=period", "/funnel?kind=milestones",
        "/qualification?compare=prev",
    ]  # fmt: skip
    seen: set[str] = set()
    for page in pages:
        main = client.get(page).content.decode().split("<main", 1)[1]
        for href in map(unescape, re.findall(r'href="(/[^"]*)"', main)):
            address = href.split("#")[0]
            if address not in seen:
                seen.add(address)
                assert (href, client.get(address).status_code) == (href, 200)
    assert len(seen) > 40


def test_every_anchor_of_a_definition_exists(facts: Any, signed_in: SignIn) -> None:
    client = signed_in()
    known = set(re.findall(r'<article id="([a-z0-9_]+)"', client.get("/metrics").content.decode()))
    for page in ("/", "/analytics", "/funnel?compare=prev", "/qualification"):
        anchors = set(re.findall(r'href="/metrics#([a-z0-9_]+)"', client.get(page).content.decode()))
        assert anchors
        assert anchors <= known
