"""VK Ads over real HTTP: portions, a token that runs out, results that are leads only where somebody says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import stamina
from pydantic import ValidationError

from smarketing.connectors.outside.mirror import Kept, Mirror
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.trouble import LastingTrouble
from smarketing.connectors.vk_ads.connector import Options, VkAds
from smarketing.facts.company import Company
from tests.support.ad_accounts import Cabinet, Server, VkHandler, serving

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
FIRST = date(2026, 7, 1)  # 142 days to yesterday: two portions


@contextmanager
def reading(cabinet: Cabinet, folder: Path, **options: object) -> Iterator[tuple[Server, VkAds, Mirror]]:
    said = Options.model_validate({"cost_includes_vat": False, "first_day": FIRST, **options})
    with serving(cabinet, VkHandler) as server, stamina.set_testing(True, attempts=4):
        connector = VkAds(server.url, "id", "s3cret", said, pace=Pace(9_999, 9_999))
        mirror = Mirror(folder / "m.sqlite3")
        yield server, connector, mirror
        connector.close()
        mirror.close()


def read(connector: VkAds, mirror: Mirror) -> Kept:
    kept = Kept()
    for page in connector.walk("spend", mirror.cursor("spend"), now=NOW):
        kept += mirror.keep(page, NOW)
    return kept


def facts(connector: VkAds, mirror: Mirror) -> list[dict[str, object]]:
    made = connector.facts(mirror, Company(), after=0, upto=mirror.position, now=NOW)
    return [fact for tables in made for rows in tables.values() for fact in rows.to_pylist()]


@pytest.fixture
def cabinet() -> Cabinet:
    made = Cabinet()
    for number in range(1, 121):
        made.spend(FIRST + timedelta(days=number), number, f"Кампания {number}", "12.34", leads=3)
    return made


def test_more_campaigns_and_days_than_one_question_may_hold(cabinet: Cabinet, tmp_path: Path) -> None:
    with reading(cabinet, tmp_path) as (server, connector, mirror):
        assert read(connector, mirror).new == 120
        found = facts(connector, mirror)
        asked = [path for path in server.asked if "statistics" in path]
    assert len(asked) == 6  # two portions of days, three of campaigns
    assert sum(Decimal(str(fact["cost"])) for fact in found) == Decimal("12.34") * 120
    assert {fact["reported_leads"] for fact in found} == {None}
    assert {fact["vat"] for fact in found} == {None}


def test_results_are_leads_where_somebody_says_so(cabinet: Cabinet, tmp_path: Path) -> None:
    with reading(cabinet, tmp_path, goals_are_leads=True) as (_, connector, mirror):
        read(connector, mirror)
        assert {fact["reported_leads"] for fact in facts(connector, mirror)} == {3}


def test_token_that_runs_out_is_asked_for_anew(cabinet: Cabinet, tmp_path: Path) -> None:
    cabinet.token_lives = 3
    with reading(cabinet, tmp_path) as (_, connector, mirror):
        assert read(connector, mirror).new == 120
        assert cabinet.tokens == 3


def test_wrong_keys_stop_with_a_sentence(cabinet: Cabinet, tmp_path: Path) -> None:
    with serving(cabinet, VkHandler) as server:
        connector = VkAds(server.url, "id", "wr0ng", Options(cost_includes_vat=True), pace=Pace(99, 99))
        with pytest.raises(LastingTrouble) as caught:
            connector.health()
        connector.close()
    assert "client_secret" in caught.value.text.ru
    assert "wr0ng" not in str(caught.value)


def test_whether_vat_is_inside_has_no_default() -> None:
    with pytest.raises(ValidationError, match="cost_includes_vat"):
        Options.model_validate({})
