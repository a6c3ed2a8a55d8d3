"""What follows from the cards of an amoCRM account: worked out by hand from a few of them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from smarketing.connectors.amocrm.options import Options
from smarketing.facts.company import Company, Milestone
from tests.connectors.amocrm.account import reading
from tests.support.amocrm_account import START, Account


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def field(
    name: str, value: str, *, code: str | None = None, kind: str = "text", number: int = 901
) -> dict[str, Any]:
    return {
        "field_id": number,
        "field_name": name,
        "field_code": code,
        "field_type": kind,
        "values": [{"value": value}],
    }


def test_card_is_a_lead_with_its_way_and_its_money(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(501, price=480_000)  # created at START + 60
    account.move(501, 101)  # + 120
    account.move(501, 142)  # + 180
    with reading(account, tmp_path) as reader:
        reader.read()
        lead = reader.lead(501)
        assert reader.way(501) == ["pervichnyy_kontakt", "vzyat_v_rabotu", "uspeshno_realizovano"]
        [paid] = reader.facts()["payments"]
    assert lead["created_at"] == moment(START + 60)
    assert (lead["manager"], lead["pipeline"], lead["amount"], lead["currency"]) == (
        "Анна Продажина",
        "Продажи",
        Decimal("480000.00"),
        "RUB",
    )
    assert lead["client_id"] == "amocrm:contact:8001"
    assert (paid["paid_at"], paid["amount"]) == (moment(START + 180), Decimal("480000.00"))


def test_stages_of_two_pipelines_are_one_path_with_both_ends(tmp_path: Path) -> None:
    with reading(Account(), tmp_path) as reader:
        reader.read()
        company = reader.company
    assert [stage.name.ru for stage in company.stages] == [
        "Неразобранное",
        "Первичный контакт",
        "Замер",
        "Взят в работу",
        "Договор",
        "Успешно реализовано",
        "Закрыто и не реализовано",
    ]
    assert company.stages[5].aliases == ("77:142", "78:142")
    marked = {stage.milestone: stage.name.ru for stage in company.stages if stage.milestone}
    assert marked[Milestone.ACCEPTED] == "Взят в работу"
    assert marked[Milestone.DEAL] == "Договор"
    assert (company.currency, company.zone, company.name) == ("RUB", "Europe/Moscow", "Игроград")


def test_required_fields_of_a_stage_are_read_from_the_account(tmp_path: Path) -> None:
    account = Account(
        custom_fields=[
            {
                "id": 901,
                "name": "Сегмент",
                "type": "select",
                "required_statuses": [{"status_id": 101, "pipeline_id": 77}],
            }
        ]
    )
    with reading(account, tmp_path) as reader:
        reader.read()
        required = {stage.key: stage.required_fields for stage in reader.company.stages}
    assert required["vzyat_v_rabotu"] == ("segment",)
    assert required["dogovor"] == ()


def test_lost_card_tells_its_reason_and_a_reopened_one_does_not(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1)
    account.move(1, 143, loss_reason_id=9)
    account.add_lead(2)
    account.move(2, 143, loss_reason_id=9)
    account.move(2, 101)  # reopened: the stale reason stays in the card
    with reading(account, tmp_path) as reader:
        reader.read()
        assert reader.lead(1)["loss_reason"] == "Дорого"
        assert reader.lead(2)["loss_reason"] is None
        assert reader.way(2) == ["pervichnyy_kontakt", "zakryto_i_ne_realizovano", "vzyat_v_rabotu"]


def test_reason_that_is_set_after_the_loss_arrives(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1)
    account.move(1, 143)
    with reading(account, tmp_path) as reader:
        reader.read()
        assert reader.lead(1)["loss_reason"] is None
        before = reader.mirror.position
        account.leads[1].update(loss_reason_id=9, updated_at=account.tick())
        reader.read()
        assert [row["loss_reason"] for row in reader.facts(after=before)["leads"]] == ["Дорого"]


def test_sale_that_was_taken_back_has_no_money(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1, price=700)
    account.move(1, 142)
    account.move(1, 102)
    with reading(account, tmp_path) as reader:
        reader.read()
        [paid] = reader.facts()["payments"]
    assert paid["amount"] == Decimal("0.00")


def test_tags_are_cleaned_and_fields_are_found_by_name_code_or_number(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(
        1,
        custom_fields_values=[
            field("utm_source", "Yandex|search", code="UTM_SOURCE", kind="tracking_data", number=1),
            field("utm_campaign", "dealers_msk", code="UTM_CAMPAIGN", kind="tracking_data", number=2),
            field("Сегмент", "Дилер", number=901),
            field("Город", "Омск", number=902),
        ],
    )
    with reading(account, tmp_path, Options(segment="сегмент", region="902")) as reader:
        reader.read()
        lead = reader.lead(1)
    assert (lead["lead_source"], lead["medium"], lead["campaign"]) == ("yandex", "cpc", "dealers_msk")
    assert (lead["segment"], lead["region"]) == ("Дилер", "Омск")
    assert '"utm_source_raw": "Yandex|search"' in lead["custom"]


def test_history_that_does_not_reach_the_present_gets_its_last_stage_without_a_moment(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1)
    account.leads[1].update(status_id=102, updated_at=account.tick())  # moved, and no event tells it
    account.add_lead(2)
    account.move(2, 101)
    account.leads[2].update(status_id=102, updated_at=account.tick())
    with reading(account, tmp_path) as reader:
        reader.read()
        assert reader.way(1) == ["dogovor"]
        assert reader.way(2) == ["pervichnyy_kontakt", "vzyat_v_rabotu", "dogovor"]
        last = [
            row
            for row in reader.facts()["stage_moves"]
            if row["lead_id"] == "amocrm:2" and row["stage"] == "dogovor"
        ]
    assert [row["entered_at"] for row in last] == [None]


def test_deleted_card_is_gone_and_a_restored_one_is_back(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1)
    account.add_lead(2)
    with reading(account, tmp_path) as reader:
        reader.read()
        account.delete(1)
        reader.read()
        assert reader.lead(1)["deleted_at"] == moment(account.clock)
        assert reader.lead(2)["deleted_at"] is None
        lead = account.add_lead(1)
        lead["created_at"] = START + 60
        account._event("lead_restored", 1, 11)
        reader.read()
        assert reader.lead(1)["deleted_at"] is None


def test_request_nobody_accepted_is_a_lead_and_a_declined_one_is_lost(tmp_path: Path) -> None:
    account = Account()
    account.unsorted = [
        {
            "uid": "a1",
            "created_at": account.tick(),
            "pipeline_id": 77,
            "source_name": "Форма сайта",
            "category": "forms",
            "_embedded": {"leads": [{"id": 900}]},
        }
    ]
    with reading(account, tmp_path) as reader:
        reader.read()
        assert reader.way(900) == ["nerazobrannoe"]
        assert reader.lead(900)["lead_source"] == "Форма сайта"
        account.unsorted = []
        reader.sweep()
        assert reader.way(900) == ["nerazobrannoe", "zakryto_i_ne_realizovano"]
        assert reader.lead(900)["loss_reason"] == "Отклонено в неразобранном"


def test_accepted_request_is_the_card_it_became(tmp_path: Path) -> None:
    account = Account()
    request = {"uid": "a1", "created_at": account.tick(), "pipeline_id": 77, "_embedded": {"leads": [{"id": 900}]}}
    account.unsorted = [request]
    with reading(account, tmp_path) as reader:
        reader.read()
        account.unsorted = []
        account.add_lead(900)
        reader.read()
        reader.sweep()
        assert reader.way(900) == ["pervichnyy_kontakt"]
        assert reader.lead(900)["loss_reason"] is None


def test_deleted_stage_of_an_old_event_has_a_place_and_deleted_pipeline_its_ends(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1, status=555)
    account.move(1, 101)
    account.add_lead(2, pipeline=66, status=142)
    with reading(account, tmp_path) as reader:
        reader.read()
        keys = [stage.key for stage in reader.company.stages]
        assert reader.way(1) == ["udalennaya_stadiya_77_555", "vzyat_v_rabotu"]
        assert reader.way(2) == ["uspeshno_realizovano"]
    assert keys.index("udalennaya_stadiya_77_555") == 1


def test_calls_find_their_lead_also_through_the_contact(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1)  # contact 8001
    call = {"note_type": "call_out", "responsible_user_id": 11, "params": {"duration": 90, "call_status": 4}}
    account.lead_notes = [
        {"id": 31, "entity_id": 1, "created_at": account.tick(), "updated_at": account.clock, **call}
    ]
    account.contact_notes = [
        {"id": 32, "entity_id": 8001, "created_at": account.tick(), "updated_at": account.clock, **call},
        {"id": 33, "entity_id": 8001, "created_at": START, "updated_at": account.clock, **call},  # before the card
    ]
    with reading(account, tmp_path) as reader:
        reader.read()
        calls = {row["activity_id"]: row for row in reader.facts()["activities"]}
    assert calls["amocrm:call:31"]["lead_id"] == calls["amocrm:call:32"]["lead_id"] == "amocrm:1"
    assert calls["amocrm:call:33"]["lead_id"] is None
    assert (calls["amocrm:call:31"]["direction"], calls["amocrm:call:31"]["minutes"]) == (
        "out",
        Decimal("1.500000"),
    )


def test_client_keeps_phone_and_address_in_one_spelling(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1)
    account.contacts[8001] = {
        "id": 8001,
        "name": "Пётр",
        "created_at": START,
        "updated_at": START,
        "custom_fields_values": [
            field("Телефон", "8 (916) 123-45-67", code="PHONE", kind="multitext"),
            field("Email", "Petr@Mail.RU", code="EMAIL", kind="multitext"),
        ],
    }
    with reading(account, tmp_path) as reader:
        reader.read()
        [client] = reader.facts()["clients"]
    assert (client["client_id"], client["phone"], client["email"]) == (
        "amocrm:contact:8001",
        "+79161234567",
        "petr@mail.ru",
    )


def test_tasks_and_people_are_facts(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1)
    account.tasks = [
        {
            "id": 5,
            "entity_id": 1,
            "entity_type": "leads",
            "text": "Перезвонить",
            "created_at": account.tick(),
            "updated_at": account.tick(),
            "complete_till": START + 9_000,
            "is_completed": True,
            "responsible_user_id": 12,
        }
    ]
    with reading(account, tmp_path) as reader:
        reader.read()
        facts = reader.facts()
    [task] = facts["tasks"]
    assert (task["person"], task["lead_id"], task["done_at"]) == (
        "Борис Уволенный",
        "amocrm:1",
        moment(START + 180),
    )
    assert [(row["person"], row["team"]) for row in facts["people"]] == [
        ("Анна Продажина", "Отдел продаж"),
        ("Борис Уволенный", None),
    ]


def test_test_card_and_other_pipelines_are_told_apart(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1, name="Тест формы")
    account.add_lead(2, name="Аттестат")
    account.add_lead(3, pipeline=78, status=200)
    with reading(account, tmp_path, Options(pipelines=(77,))) as reader:
        reader.read()
        tests = {row["lead_id"]: row["is_test"] for row in reader.facts()["leads"]}
    assert tests == {"amocrm:1": True, "amocrm:2": False}


def test_renamed_user_is_told_of_every_card(tmp_path: Path) -> None:
    account = Account()
    account.add_lead(1)
    with reading(account, tmp_path) as reader:
        reader.read()
        before = reader.mirror.position
        account.users[0]["name"] = "Анна Новая"
        reader.read()
        assert [row["manager"] for row in reader.facts(after=before)["leads"]] == ["Анна Новая"]


def test_field_required_in_one_pipeline_is_not_asked_of_the_other(tmp_path: Path) -> None:
    required = [{"status_id": 142, "pipeline_id": 78}]
    account = Account(
        custom_fields=[{"id": 901, "name": "Бюджет", "type": "numeric", "required_statuses": required}]
    )
    with reading(account, tmp_path) as reader:
        reader.read()
        won = reader.company.stages[5]
    assert (won.required_fields, dict(won.required_in)) == ((), {"Дилеры": ("byudzhet",)})


def test_what_is_poor_in_the_cards_is_counted_with_examples(tmp_path: Path) -> None:
    required = [{"status_id": 102, "pipeline_id": 77}]
    account = Account(
        custom_fields=[{"id": 901, "name": "Сегмент", "type": "select", "required_statuses": required}]
    )
    tagged = field("utm_source", "yandex", code="UTM_SOURCE", kind="tracking_data", number=1)
    account.add_lead(1, price=0, status=142, custom_fields_values=[tagged])
    account.add_lead(2, status=143)  # neither reason nor source
    account.add_lead(3, status=102, custom_fields_values=[tagged])  # the segment is empty
    account.add_lead(4, status=102, custom_fields_values=[tagged, field("Сегмент", "Дилер", number=901)])
    with reading(account, tmp_path) as reader:
        reader.read()
        found = {one.key: (one.count, one.examples) for one in reader.connector.findings(reader.mirror, Company())}
    assert found == {
        "won-without-sum": (1, ("amocrm:1",)),
        "lost-without-reason": (1, ("amocrm:2",)),
        "required-empty": (1, ("amocrm:3",)),
        "no-source": (1, ("amocrm:2",)),
    }
