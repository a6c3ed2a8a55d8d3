"""The ad accounts and the counter under the real run: what of their days stands in the lake, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smarketing.connectors.outside.kinds import Account, Connection
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.vk_ads.connector import Options as VkOptions
from smarketing.connectors.vk_ads.connector import VkAds
from smarketing.connectors.yandex_direct.connector import Options as DirectOptions
from smarketing.connectors.yandex_direct.connector import YandexDirect
from smarketing.connectors.yandex_metrica.connector import Options as MetricaOptions
from smarketing.connectors.yandex_metrica.connector import YandexMetrica
from smarketing.facts.company import parse_company
from smarketing.jobs.connections import Connections
from smarketing.jobs.kinds import KINDS
from smarketing.jobs.standing import Run
from smarketing.jobs.sync import Wish, sync
from smarketing.jobs.workspace import Workspace
from tests.support import ad_accounts, metrica_counter
from tests.support.ad_accounts import Cabinet, DirectHandler, Server, VkHandler

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)  # noon in Moscow: yesterday is the 19th
COMPANY = {
    "currency": "RUB",
    "zone": "Europe/Moscow",
    "vat": [{"since": "2019-01-01", "rate": "0.20"}, {"since": "2026-11-01", "rate": "0.22"}],
    "rates": {"USD": [{"since": "2026-01-01", "rate": "90"}, {"since": "2026-11-01", "rate": "80"}]},
}
SECRETS: Mapping[str, Mapping[str, str]] = {
    "yandex_direct": {"token": ad_accounts.TOKEN},
    "vk_ads": {"client_id": "id", "client_secret": ad_accounts.SECRET},
    "yandex_metrica": {"token": metrica_counter.TOKEN},
}


@pytest.fixture
def workspace(tmp_path: Path, toy_kind: None, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A company with dated rates. The kinds are the real ones; their connectors wait for nothing."""
    for key, made in (("yandex_direct", _direct), ("vk_ads", _vk), ("yandex_metrica", _metrica)):
        monkeypatch.setitem(KINDS, key, replace(KINDS[key], open=made))
    return Workspace.init(tmp_path / "company", parse_company(COMPANY))


def _direct(account: Account) -> YandexDirect:
    options = DirectOptions.model_validate(account.options.model_dump())
    return YandexDirect(
        account.base_url, account.secrets["token"], options, pace=Pace(1e6, 1e6), sleep=lambda _: None
    )


def _vk(account: Account) -> VkAds:
    options = VkOptions.model_validate(account.options.model_dump())
    keys = account.secrets["client_id"], account.secrets["client_secret"]
    return VkAds(account.base_url, *keys, options, pace=Pace(1e6, 1e6))


def _metrica(account: Account) -> YandexMetrica:
    options = MetricaOptions.model_validate(account.options.model_dump())
    return YandexMetrica(
        account.base_url, account.secrets["token"], options, pace=Pace(1e6, 1e6), sleep=lambda _: None
    )


def connect(workspace: Workspace, kind: str, url: str, **options: Any) -> None:
    connection = Connection(
        key="ads", kind=kind, title=kind, base_url=url, options={"first_day": "2026-10-10", **options}
    )
    Connections(workspace).add(connection, SECRETS[kind])


def run(workspace: Workspace, days: int = 0, **wish: Any) -> Run:
    """A run so many days later, which came through."""
    done = sync(workspace, "ads", now=NOW + timedelta(days=days), wish=Wish(**wish))
    assert (done.outcome, done.trouble) == ("done", None)
    return done


def spent(workspace: Workspace) -> dict[tuple[date, str | None], Decimal]:
    """Day and campaign → what the lake holds to be spent there, as the account said it."""
    with workspace.lake.open() as reader:
        rows = reader.query("SELECT day, campaign, cost FROM ad_spend").to_pylist()
    found = {(row["day"], row["campaign"]): row["cost"] for row in rows}
    assert len(found) == len(rows)
    return found


def net(workspace: Workspace) -> dict[date, Decimal]:
    """Day → spend without VAT in the company's currency: what every figure counts."""
    with workspace.lake.open() as reader:
        rows = reader.query("SELECT day, SUM(cost) AS cost FROM spend GROUP BY day").to_pylist()
    return {row["day"]: round(Decimal(row["cost"]), 2) for row in rows}


def cabinet() -> Cabinet:
    """One campaign on three days: in the daily window, in the weekly one, and before both."""
    made = Cabinet()
    for day in (date(2026, 10, 12), date(2026, 11, 2), date(2026, 11, 18)):
        made.spend(day, 7, "Дилеры", "120.00", leads=2)
    return made


def serving(kind: str, made: Cabinet) -> AbstractContextManager[Server]:
    return ad_accounts.serving(made, DirectHandler if kind == "yandex_direct" else VkHandler)


TOUCHES = 'SELECT touch_id, "at", visitor_id, channel, campaign FROM touches ORDER BY "at"'
AD_KINDS = pytest.mark.parametrize(
    ("kind", "options"), [("yandex_direct", {}), ("vk_ads", {"cost_includes_vat": True})]
)


@AD_KINDS
def test_spend_stands_in_the_lake_by_day_and_a_second_run_changes_nothing(
    workspace: Workspace, kind: str, options: dict[str, Any]
) -> None:
    with serving(kind, cabinet()) as server:
        connect(workspace, kind, server.url, **options)
        first = run(workspace)
        assert first.facts == {"ad_spend": 3}
        assert spent(workspace) == {
            (date(2026, 10, 12), "дилеры"): Decimal("120.00"),
            (date(2026, 11, 2), "дилеры"): Decimal("120.00"),
            (date(2026, 11, 18), "дилеры"): Decimal("120.00"),
        }
        again = run(workspace)
        assert (again.facts, again.version) == ({}, None)


@AD_KINDS
def test_vat_is_taken_out_by_the_rate_of_the_day(workspace: Workspace, kind: str, options: dict[str, Any]) -> None:
    with serving(kind, cabinet()) as server:
        connect(workspace, kind, server.url, **options)
        run(workspace)
    assert net(workspace) == {
        date(2026, 10, 12): Decimal("100.00"),  # 120 with 20 %
        date(2026, 11, 2): Decimal("98.36"),  # 120 with 22 %
        date(2026, 11, 18): Decimal("98.36"),
    }


@AD_KINDS
def test_money_of_another_currency_takes_the_rate_of_its_day(
    workspace: Workspace, kind: str, options: dict[str, Any]
) -> None:
    with serving(kind, cabinet()) as server:
        connect(workspace, kind, server.url, currency="USD", **{**options, "cost_includes_vat": False})
        run(workspace)
    assert net(workspace) == {
        date(2026, 10, 12): Decimal("10800.00"),  # 120 at 90
        date(2026, 11, 2): Decimal("9600.00"),  # 120 at 80
        date(2026, 11, 18): Decimal("9600.00"),
    }


@AD_KINDS
def test_correction_of_three_days_comes_daily_of_thirty_five_weekly_and_an_older_one_on_request(
    workspace: Workspace, kind: str, options: dict[str, Any]
) -> None:
    daily, weekly, old = (
        (date(2026, 11, 18), "дилеры"),
        (date(2026, 11, 2), "дилеры"),
        (date(2026, 10, 12), "дилеры"),
    )
    made = cabinet()
    with serving(kind, made) as server:
        connect(workspace, kind, server.url, **options)
        run(workspace)
        for day, _ in (daily, weekly, old):
            made.days[day][7].cost = Decimal("90.00")
        before = Decimal("120.00")
        run(workspace, days=1)
        assert [spent(workspace)[key] for key in (daily, weekly, old)] == [Decimal("90.00"), before, before]
        run(workspace, days=8)
        assert [spent(workspace)[key] for key in (daily, weekly, old)] == [Decimal("90.00")] * 2 + [before]
        run(workspace, days=8, since=date(2026, 10, 10))
        assert set(spent(workspace).values()) == {Decimal("90.00")}


@AD_KINDS
def test_campaign_that_lost_its_day_is_gone_and_the_others_of_that_day_stay(
    workspace: Workspace, kind: str, options: dict[str, Any]
) -> None:
    made, day = cabinet(), date(2026, 11, 18)
    made.spend(day, 8, "Частные", "50.00")
    with serving(kind, made) as server:
        connect(workspace, kind, server.url, **options)
        run(workspace)
        del made.days[day][8]
        run(workspace, days=1)
        assert {key: cost for key, cost in spent(workspace).items() if key[0] == day} == {
            (day, "дилеры"): Decimal("120.00")
        }


def test_two_accounts_of_one_source_replace_only_their_own_days(workspace: Workspace) -> None:
    day = date(2026, 11, 18)
    first, second = cabinet(), Cabinet()
    second.spend(day, 9, "Ретаргет", "30.00")
    with serving("yandex_direct", first) as one, serving("yandex_direct", second) as two:
        connect(workspace, "yandex_direct", one.url, account="main")
        other = Connection(
            key="other",
            kind="yandex_direct",
            title="второй",
            base_url=two.url,
            options={"first_day": "2026-10-10", "account": "second"},
        )
        Connections(workspace).add(other, SECRETS["yandex_direct"])
        run(workspace)
        assert sync(workspace, "other", now=NOW).outcome == "done"
        first.days[day][7].cost = Decimal("10.00")
        run(workspace, days=1)
    of_day = {campaign: cost for (at, campaign), cost in spent(workspace).items() if at == day}
    assert of_day == {"дилеры": Decimal("10.00"), "ретаргет": Decimal("30.00")}


def test_leads_the_account_reports_stand_beside_its_spend(workspace: Workspace) -> None:
    with serving("yandex_direct", cabinet()) as server:
        connect(workspace, "yandex_direct", server.url, goals=["20002"])
        run(workspace)
    with workspace.lake.open() as reader:
        rows = reader.query("SELECT SUM(reported_leads) AS leads, SUM(clicks) AS clicks FROM ad_spend").to_pylist()
    assert [(int(row["leads"]), int(row["clicks"])) for row in rows] == [(6, 3)]


def test_visits_are_touches_once_and_a_late_one_is_added(workspace: Workspace) -> None:
    site = metrica_counter.Site()
    site.visit(1, "2026-11-02 01:30:00", "v1", Source="Yandex|search", Campaign="Dealers")
    site.visit(2, "2026-11-18 12:00:00", "v2", Source="vk", Campaign="Playgrounds")
    with metrica_counter.serving(site) as server:
        connect(workspace, "yandex_metrica", server.url, counter="7")
        assert run(workspace).facts == {"touches": 2}
        assert run(workspace).facts == {}
        site.visit(3, "2026-11-18 23:00:00", "v3", Source="vk")  # reaches the counter a day late
        assert run(workspace, days=1).facts == {"touches": 1}
    with workspace.lake.open() as reader:
        rows = reader.query(TOUCHES).to_pylist()
    assert [tuple(row.values()) for row in rows][:2] == [
        ("metrica:1", datetime(2026, 11, 1, 20, 30), "v1", "yandex", "dealers"),  # noqa: DTZ001 UTC, as facts hold it
        ("metrica:2", datetime(2026, 11, 18, 7), "v2", "vk", "playgrounds"),  # noqa: DTZ001
    ]
    assert [row["touch_id"] for row in rows][2:] == ["metrica:3"]
