"""How this account's lists are read, beyond what the common suite asks of every connector."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from smarketing.connectors.amocrm.client import judge
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.streams import Since
from smarketing.connectors.outside.trouble import LastingTrouble, Trouble
from tests.connectors.amocrm.account import reading
from tests.support.amocrm_account import START, Account


def busy_account(leads: int = 620, seed: int = 1) -> Account:
    """Cards that walked all kinds of ways: more than two pages of them, and more than six of events."""
    account, dice = Account(), random.Random(seed)  # noqa: S311
    for number in range(1, leads + 1):
        account.add_lead(number, price=dice.randrange(0, 90_000))
        for status in dice.sample([101, 102, 142, 143, 100], dice.randrange(0, 4)):
            account.move(number, status)
    for number in range(8000, 8050):
        account.contacts[number] = {
            "id": number,
            "name": f"Клиент {number}",
            "created_at": START,
            "updated_at": START,
        }
    return account


def facts_of(account: Account, folder: Path) -> object:
    folder.mkdir()
    with reading(account, folder) as reader:
        reader.read()
        return reader.facts()


def test_what_changed_since_is_read_without_reading_all(tmp_path: Path) -> None:
    account = busy_account()
    with reading(account, tmp_path) as reader:
        reader.read()
        account.tick(3600)
        account.move(7, 102)
        account.add_lead(9001)
        asked = len(reader.server.asked)
        kept = reader.read()
        assert (kept.new, kept.changed) == (2, 1)  # new: the card 9001 and the move; changed: the card 7
        assert len(reader.server.asked) - asked <= 16
        facts = reader.facts()
    assert facts == facts_of(account, tmp_path / "anew")


def test_cards_changed_while_pages_are_read_are_not_missed(tmp_path: Path) -> None:
    account = busy_account()
    dice = random.Random(2)  # noqa: S311

    def work(path: str) -> None:
        if path.startswith("/api/v4/leads?"):
            for number in dice.sample(sorted(account.leads), 40):
                account.leads[number].update(price=dice.randrange(1, 99), updated_at=account.tick(1))

    with reading(account, tmp_path) as reader:
        reader.server.before = work
        for number, page in enumerate(reader.connector.walk("leads", None, now=reader.now), start=1):
            reader.mirror.keep(page, reader.now)
            if number == 6:
                reader.server.before = None
        kept = {record.key: record.body["price"] for record in reader.mirror.all("leads")}
    assert kept == {str(number): lead["price"] for number, lead in account.leads.items()}


def test_cards_changed_in_one_second_fill_more_than_a_page(tmp_path: Path) -> None:
    account = busy_account()
    at = account.tick()
    for lead in account.leads.values():
        lead["updated_at"] = at  # a robot touched them all at once
    with reading(account, tmp_path) as reader:
        reader.read()
        assert reader.mirror.counts()["leads"] == 620


@pytest.mark.parametrize(
    ("status", "code"), [(401, "no-access"), (402, "not-paid"), (403, "forbidden"), (404, "no-account")]
)
def test_lasting_refusals_say_what_a_person_can_do(tmp_path: Path, status: int, code: str) -> None:
    with reading(Account(), tmp_path) as reader:
        reader.server.faults = [status]
        with pytest.raises(LastingTrouble) as caught:
            reader.connector.health()
    assert caught.value.code == code


def test_wrong_record_is_kept_apart_and_nothing_is_lost(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1)
    account.add_lead(2, created_at="yesterday")
    with reading(account, tmp_path) as reader:
        kept = reader.read_stream("leads")
        assert (kept.received, kept.new, kept.refused) == (2, 1, 1)
        [refused] = reader.mirror.refused()["leads"]
    assert (refused.key, refused.column) == ("2", "created_at")
    assert "yesterday" in refused.text.ru


def test_period_is_read_again_on_request(tmp_path: Path) -> None:
    account = busy_account(300)
    with reading(account, tmp_path) as reader:
        reader.read()
        account.leads[5]["price"] = 1  # changed without a moment: only a second reading finds it
        reader.read()
        assert _price(reader.mirror, "5") != 1
        reader.read(since=Since(date(2025, 10, 1)))
        assert _price(reader.mirror, "5") == 1


def test_pace_keeps_within_what_the_vendor_allows(tmp_path: Path) -> None:
    """Seven a second are allowed; the connector's own pace stays below, by a clock that takes no time."""
    from smarketing.connectors.amocrm.client import BURST, PER_SECOND
    from smarketing.connectors.amocrm.connector import AmoCrm
    from smarketing.connectors.outside.pace import Pace

    account, time = busy_account(300), [0.0]

    def sleep(seconds: float) -> None:
        time[0] += seconds

    with reading(account, tmp_path) as reader:
        pace = Pace(PER_SECOND, BURST, clock=lambda: time[0], sleep=sleep)
        connector = AmoCrm(reader.server.url, reader.server.token, pace=pace)
        reader.server.per_second, reader.server.now = 7, lambda: time[0]
        for stream in connector.streams:
            for _ in connector.walk(stream.name, None, now=reader.now):
                sleep(0.02)
        assert connector.api.http.traffic.requests > 15
        assert connector.api.http.traffic.refused == 0
        connector.close()


def test_contract_kit_tells_what_holds_without_personal_data(tmp_path: Path) -> None:
    account = busy_account(60)
    account.custom_fields = [{"id": 1, "name": "utm_source", "type": "tracking_data", "code": "UTM_SOURCE"}]
    with reading(account, tmp_path) as reader:
        found = {entry.key: entry.holds for entry in reader.connector.assumptions()}
        seen = " ".join(entry.seen for entry in reader.connector.assumptions())
    assert found["ends"] is found["events"] is found["order"] is found["from"] is found["tags"] is True
    assert found["unsorted"] is None
    assert "Клиент" not in seen
    assert "Анна" not in seen


def test_health_names_the_account_and_what_it_does_not_show(tmp_path: Path) -> None:
    account = Account(users=[])
    with reading(account, tmp_path) as reader:
        health = reader.connector.health()
    assert health.title == "Игроград"
    assert len(health.problems) == 1


def _price(mirror: Mirror, key: str) -> object:
    return mirror.get("leads", [key])[key].body["price"]


def test_judge_knows_an_answer_it_never_saw() -> None:
    import httpx

    trouble = judge(httpx.Response(418, json={"title": "teapot"}))
    assert isinstance(trouble, Trouble)
    assert "teapot" in trouble.text.ru


def test_health_tells_which_fields_the_account_itself_requires(tmp_path: Path) -> None:
    required = [{"status_id": 101, "pipeline_id": 77}]
    account = Account(custom_fields=[{"id": 1, "name": "Сегмент", "required_statuses": required}])
    with reading(account, tmp_path) as reader:
        health = reader.connector.health()
    assert (health.problems, len(health.notes)) == ([], 2)
    assert health.notes[0].ru == "amoCRM требует поля: Продажи, «Взят в работу» — Сегмент."


def test_lists_that_the_rights_hide_are_named_and_do_not_stop_the_reading(tmp_path: Path) -> None:
    account = busy_account(5)
    with reading(account, tmp_path) as reader:
        reader.server.hidden = {"users", "tasks"}
        health = reader.connector.health()
        reader.read()
        counts = reader.mirror.counts()
    assert [problem.ru.split(":")[0] for problem in health.problems] == [
        "Токен не видит список сотрудников",
        "Токен не видит задачи",
    ]
    assert counts["leads"] == 5
    assert "users" not in counts


def test_leads_that_the_rights_hide_stop_the_reading(tmp_path: Path) -> None:
    with reading(busy_account(5), tmp_path) as reader:
        reader.server.hidden = {"leads"}
        with pytest.raises(LastingTrouble) as caught:
            reader.read()
    assert caught.value.code == "forbidden"
