"""What do a card's reason, money, people, channel and deeds become?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from smarketing.connectors.bitrix24 import findings
from smarketing.facts.company import LossReason, Segment
from smarketing.facts.criteria import Names as Both
from tests.connectors.bitrix24.told import NOW, OPTIONS, Told, a_call, a_card, at, deed, reach_of, utc
from tests.connectors.outside.suite import everything
from tests.support.bitrix24_world import SEGMENT, WHY_LOST

# ── why it was lost ──


def test_reason_is_the_word_of_the_field_also_after_the_word_was_deleted(told: Told) -> None:
    told.deal(77, "LOSE", "F", **{WHY_LOST: 3157})
    told.deal(78, "LOSE", "F", **{WHY_LOST: "3158"})
    told.names.fields["deal"][1]["LIST"] = told.names.fields["deal"][1]["LIST"][1:]
    told.directories()
    assert [row["loss_reason"] for row in told.rows("leads")] == ["Дорого", "Нет бюджета"]


def test_losing_stage_beside_the_ordinary_one_is_a_reason(told: Told) -> None:
    told.lead(12, "UC_SPAM", "F")
    told.lead(13, "JUNK", "F")
    assert [row["loss_reason"] for row in told.rows("leads")] == ["Спам", None]


def test_reason_and_segment_are_told_by_the_companys_own_keys(told: Told) -> None:
    told.company = told.company.model_copy(
        update={
            "loss_reasons": (LossReason(key="price", name=Both(ru="дорого", en="Expensive")),),
            "segments": (Segment(key="dealers", name=Both(ru="Дилеры", en="Dealers")),),
        }
    )
    told.deal(77, "LOSE", "F", **{WHY_LOST: 3157, SEGMENT: ["45"]})
    row = told.one("leads", "D77")
    assert (row["loss_reason"], row["segment"]) == ("price", "dealers")


def test_lead_that_is_not_lost_has_no_reason(told: Told) -> None:
    told.deal(77, "NEW", "P", **{WHY_LOST: 3157})
    assert told.one("leads", "D77")["loss_reason"] is None


# ── money ──


def test_won_deal_is_paid_at_its_winning_move_whatever_the_closing_date_says(told: Told) -> None:
    told.lead(12, "CONVERTED", "S")
    told.deal(77, "WON", "S", leadId=12, opportunity="540000.00", taxValue="90000", closedate="2027-03-01")
    told.moves("deals", 77, ("NEW", at(2), 1), ("WON", at(7), 3))
    [row] = told.rows("payments")
    assert (row["payment_id"], row["lead_id"], row["paid_at"]) == ("D77", "L12", utc(7))
    assert (row["amount"], row["vat"], row["currency"]) == (Decimal("540000.00"), Decimal("90000.00"), "RUB")


def test_won_deal_without_history_is_paid_on_its_closing_day_unless_that_lies_ahead(told: Told) -> None:
    told.deal(77, "WON", "S", opportunity=10, closedate="2026-10-05")
    told.deal(78, "WON", "S", opportunity=10, closedate="2027-03-01")
    paid = {row["payment_id"]: row["paid_at"] for row in told.rows("payments")}
    assert paid == {"D77": utc(4, 24), "D78": None}


def test_won_deal_without_a_sum_is_no_payment_and_is_found(told: Told) -> None:
    told.deal(77, "WON", "S", opportunity="0.00")
    assert told.rows("payments") == []
    [found] = [
        one for one in findings.findings(told.mirror, told.company, OPTIONS) if one.key == "won-without-sum"
    ]
    assert (found.count, found.examples) == (1, ("D77",))


@pytest.mark.parametrize(
    "after",
    [{"opportunity": 0}, {"stageId": "PREPARATION", "stageSemanticId": "P", "opportunity": 100}],
    ids=["sum taken out", "reopened"],
)
def test_payment_that_was_told_and_is_no_more_becomes_a_zero(told: Told, after: dict[str, Any]) -> None:
    told.deal(77, "WON", "S", opportunity=100)
    assert [row["amount"] for row in told.rows("payments")] == [Decimal(100)]
    told.deal(77, **{"stage": "WON", "semantic": "S", "updatedTime": at(15), **after})
    assert [row["amount"] for row in told.rows("payments")] == [Decimal(0)]


def test_payment_of_a_deleted_deal_becomes_a_zero(told: Told) -> None:
    told.lead(12)
    told.deal(77, "WON", "S", leadId=12, opportunity=100)
    told.mirror.sweep("deals", [[]], NOW)
    assert [row["amount"] for row in told.rows("payments")] == [Decimal(0)]


# ── where from, whose, who ──


def test_tags_are_taken_from_the_card_that_has_them(told: Told) -> None:
    told.lead(12, "CONVERTED", "S", utmSource="yandex|cpc ", utmCampaign="Dealers_MSK")
    told.deal(77, leadId=12, utmSource="", sourceId="OTHER")
    told.lead(13, "CONVERTED", "S")
    told.deal(78, leadId=13, utmSource="VK")
    found = {row["lead_id"]: (row["lead_source"], row["medium"], row["campaign"]) for row in told.rows("leads")}
    assert found == {"L12": ("yandex", "cpc", "dealers_msk"), "L13": ("vk", None, None)}


def test_lead_without_tags_has_the_name_of_the_portals_source(told: Told) -> None:
    told.lead(12, sourceId="ADVERTISING", utmSource="{source}")
    told.lead(13, sourceId="")
    assert [row["lead_source"] for row in told.rows("leads")] == ["Реклама", None]


def test_people_of_one_name_are_told_apart_and_unknown_ones_keep_their_number(told: Told) -> None:
    for number, owner in enumerate((6, 7, 8, 9, 99, 0), start=1):
        told.lead(number, assignedById=owner)
    told.lead(7, assignedById=None)
    names = ["Анна Ким", "Пётр Орлов #7", "Пётр Орлов #8", "Зоя Уварова", "#99", None, None]
    assert [row["manager"] for row in told.rows("leads")] == names
    assert {row["person"]: row["department"] for row in told.rows("people")} == dict.fromkeys(names[:4], "sales")


def test_renamed_person_and_source_are_told_in_every_row(told: Told) -> None:
    told.lead(12)
    position = told.mirror.position
    told.names.users[0]["LAST_NAME"] = "Лим"
    told.directories()
    rows = everything(told, told.mirror, told.company, NOW, after=position)["leads"]
    assert [row["manager"] for row in rows] == ["Анна Лим"]


@pytest.mark.parametrize(
    "phone", ["+79161234567", "89161234567", "7 (916) 123-45-67", "916 123 45 67", "8-916-1234567"]
)
def test_phone_in_any_spelling_is_one_number(told: Told, phone: str) -> None:
    told.take("contacts", {"id": 3, "name": "Иван", "lastName": "Ли", "fm": [reach_of("PHONE", phone)]})
    [row] = told.rows("clients")
    assert (row["client_id"], row["name"], row["phone"]) == ("C3", "Иван Ли", "+79161234567")


def test_lead_without_contact_is_its_own_client_while_it_can_be_reached(told: Told) -> None:
    told.lead(12, name="Иван", fm=[reach_of("EMAIL", "Ivan@Example.com")])
    told.lead(13, fm=[reach_of("PHONE", "12")])
    assert [row["client_id"] for row in told.rows("leads")] == ["L12", None]
    assert [(row["client_id"], row["email"]) for row in told.rows("clients")] == [("L12", "ivan@example.com")]


@pytest.mark.parametrize(
    ("title", "is_test"),
    [
        ("Тест", True),
        ("test 2", True),
        ("Тестовая заявка с сайта", True),
        ("Тест-драйв Haval", False),
        ("", False),
    ],
)
def test_title_of_test_words_alone_is_a_test(told: Told, title: str, is_test: bool) -> None:
    told.lead(12, title=title)
    assert told.one("leads", "L12")["is_test"] is is_test


def test_activity_of_a_contact_belongs_to_the_newest_lead_that_had_begun(told: Told) -> None:
    for number, day in ((12, 1), (13, 4), (14, 8)):
        told.lead(number, contactId=3, createdTime=at(day))
    told.deal(77, createdTime=at(4, 15), contactId=3)
    told.take("activities", deed(1, 3, 3), deed(2, 1, 12), deed(3, 2, 77), deed(4, 3, 4))
    found = {row["activity_id"]: row["lead_id"] for row in told.rows("activities")}
    assert found == {"A1": "D77", "A2": "L12", "A3": "D77", "A4": None}


def test_call_is_one_row_with_its_length_and_result(told: Told) -> None:
    told.lead(12)
    told.take("activities", deed(5, 1, 12, TYPE_ID="2", PROVIDER_ID="VOXIMPLANT_CALL"))
    told.take("calls", a_call(1, CRM_ACTIVITY_ID="5", CALL_DURATION="90"), a_call(2, CALL_FAILED_CODE="304"))
    rows = {row["activity_id"]: row for row in told.rows("activities")}
    assert {key: (row["kind"], row["minutes"], row["result"]) for key, row in rows.items()} == {
        "A5": ("call", Decimal("1.5"), "ok"),
        "V2": ("call", Decimal(0), "missed"),
    }
    assert {row["lead_id"] for row in rows.values()} == {"L12"}


def test_planned_activity_is_no_deed_until_it_is_done(told: Told) -> None:
    told.lead(12)
    told.take("activities", deed(1, 1, 12, TYPE_ID="1", COMPLETED="N"), deed(2, 1, 12, TYPE_ID="3"))
    assert told.rows("activities") == []
    told.take("activities", deed(1, 1, 12, TYPE_ID="1", END_TIME=at(6), LAST_UPDATED=at(6)))
    assert [(row["kind"], row["at"]) for row in told.rows("activities")] == [("meeting", utc(6))]


def test_number_that_was_called_tells_the_channel_where_nothing_else_does(told: Told) -> None:
    channels = told.company.channels.model_copy(update={"lines": {"+7 495 000-00-00": "billboard"}})
    told.company = told.company.model_copy(update={"channels": channels})
    told.lead(12, sourceId="")
    told.take("calls", a_call(1, CALL_TYPE="2"))
    assert told.one("leads", "L12")["lead_source"] == "billboard"


def test_task_knows_its_lead_its_person_and_whether_it_is_done(told: Told) -> None:
    told.lead(12)
    task = {"id": "9", "title": "Звонок", "responsibleId": "6", "createdDate": at(2), "deadline": at(4)}
    told.take("tasks", {**task, "status": "5", "closedDate": at(3), "ufCrmTask": ["C_3", "L_12"]})
    row = told.one("tasks", "T9")
    assert (row["lead_id"], row["client_id"], row["person"]) == ("L12", "C3", "Анна Ким")
    assert (row["due_at"], row["done_at"]) == (utc(4), utc(3))


# ── what the portal sent ──


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"createdTime": "2026-10-01T12:00:00"}, "createdTime"),
        ({"createdTime": ""}, "createdTime"),
        ({"opportunity": "19 тысяч"}, "opportunity"),
        ({"opportunity": "NaN"}, "opportunity"),
        ({"id": "7a"}, "id"),
        ({"stageId": ""}, "stageId"),
        ({"leadId": "abc"}, "leadId"),
    ],
)
def test_record_that_figures_cannot_be_made_of_is_set_aside(
    told: Told, wrong: dict[str, Any], column: str
) -> None:
    [aside] = told.take("deals", {**a_card(77, "NEW", "P"), **wrong}, a_card(78, "NEW", "P"))
    assert (aside.column, [row["lead_id"] for row in told.rows("leads")]) == (column, ["D78"])
    assert aside.text.ru and aside.text.en


def test_portals_ways_to_say_nothing_are_taken(told: Told) -> None:
    empty = {"companyId": "0", "contactId": 0, "movedTime": "", "fm": {}, "utmSource": None, "opportunity": ""}
    assert told.take("leads", {**a_card(12, "NEW", "P"), **empty}) == []
    row = told.one("leads", "L12")
    assert (row["client_id"], row["amount"], row["lead_source"]) == (None, None, "Сайт")
