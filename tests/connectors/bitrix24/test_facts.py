"""What facts come of which cards? Few rows, put into the mirror as a walk would put them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from smarketing.connectors.bitrix24 import findings
from smarketing.connectors.bitrix24.facts import facts
from smarketing.connectors.bitrix24.listings import KINDS, SEEN
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.bitrix24.pipelines import settings
from smarketing.connectors.bitrix24.walks import checked, seen_state
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.streams import Page, Record, Refused
from smarketing.facts.company import Company, LossReason, Milestone, Segment, parse_company
from smarketing.facts.criteria import Names as Both
from tests.connectors.outside.suite import Fact, Ledger, everything
from tests.support.bitrix24_portal import FakePortal
from tests.support.bitrix24_world import SEGMENT, WHY_LOST, directories

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
OPTIONS = Options(fields={"segment": SEGMENT}, deal_loss_field=WHY_LOST)
HOME = "https://portal.example"
_ENTRY = {"leads": "STATUS", "deals": "STAGE"}


def at(day: int, hour: int = 12, minute: int = 0) -> str:
    """A moment of October as the portal writes it; facts have it three hours earlier, in UTC."""
    return f"2026-10-{day:02d}T{hour:02d}:{minute:02d}:00+03:00"


def utc(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour - 3, minute)  # noqa: DTZ001 - facts hold UTC without a mark


class Told:
    """A mirror and what it tells. Cards are given by what matters; the rest is as a portal fills it."""

    kind = "bitrix24"

    def __init__(self, mirror: Mirror, options: Options = OPTIONS) -> None:
        self.mirror, self.options, self.when = mirror, options, NOW
        self.names = FakePortal()
        directories(self.names)
        self.directories()
        self.company = _company()

    def directories(self) -> None:
        rows = {
            "statuses": {f"{row['ENTITY_ID']}/{row['STATUS_ID']}": row for row in self.names.statuses},
            "categories": {str(row["id"]): row for row in self.names.categories},
            "users": {row["ID"]: row for row in self.names.users},
            "departments": {row["ID"]: row for row in self.names.departments},
            "user_fields": {},
        }
        for entity, fields in self.names.fields.items():
            for field in fields:
                key = f"{entity}/{field['FIELD_NAME']}"
                rows["user_fields"][key] = {name: value for name, value in field.items() if name != "LIST"}
                for word in field["LIST"]:
                    rows["user_fields"][f"{key}/{word['ID']}"] = {"VALUE": word["VALUE"]}
        for stream, listed in rows.items():
            records = [Record(key, row, slice="all") for key, row in listed.items()]
            self.mirror.keep(Page(stream, records, {}, replaces=["all"]), self.when)

    def take(self, stream: str, *rows: Mapping[str, Any]) -> list[Refused]:
        made = [checked(KINDS[stream], dict(row)) for row in rows]
        records = [one for one in made if isinstance(one, Record)]
        aside = [one for one in made if isinstance(one, Refused)]
        beside = {SEEN[stream]: [seen_state(one) for one in records]} if stream in SEEN else {}
        self.mirror.keep(Page(stream, records, {}, aside, beside=beside), self.when)
        return aside

    def lead(self, number: int, stage: str = "NEW", semantic: str = "P", **more: Any) -> None:
        self.take("leads", {**_card(number, stage, semantic), "fm": [], **more})

    def deal(self, number: int, stage: str = "NEW", semantic: str = "P", **more: Any) -> None:
        self.take("deals", {**_card(number, stage, semantic), "categoryId": 0, "leadId": None, **more})

    def moves(self, table: str, owner: int, *steps: tuple[str, str, int]) -> None:
        """Steps of a history: stage, moment, TYPE_ID."""
        for place, (stage, moment, kind) in enumerate(steps):
            row = {"ID": owner * 100 + place, "TYPE_ID": kind, "OWNER_ID": owner, "CREATED_TIME": moment}
            self.take("lead_moves" if table == "leads" else "deal_moves", {**row, f"{_ENTRY[table]}_ID": stage})

    def facts(self, mirror: Mirror, company: Company, **window: Any) -> Any:
        return facts(mirror, company, self.options, HOME, **window)

    def rows(self, table: str) -> list[Fact]:
        rows = everything(self, self.mirror, self.company, NOW).get(table, [])
        return sorted(rows, key=lambda row: str(next(iter(row.values()))))

    def one(self, table: str, key: str) -> Fact:
        ledger = Ledger()
        ledger.take({table: self.rows(table)})
        return ledger.one(table, key)

    def way(self, lead: str) -> list[tuple[str, datetime | None]]:
        found = [(row["stage"], row["entered_at"]) for row in self.rows("stage_moves") if row["lead_id"] == lead]
        return sorted(found, key=lambda one: one[1] or utc(31))


@cache
def _company() -> Company:
    """A company as the portal proposes it once it has leads."""
    with TemporaryDirectory() as folder:
        mirror = Mirror(Path(folder) / "mirror.sqlite3")
        told = Told.__new__(Told)
        told.mirror, told.when, told.names = mirror, NOW, FakePortal()
        directories(told.names)
        told.directories()
        told.lead(1)
        company = parse_company(dict(settings(mirror, OPTIONS)))
        mirror.close()
    return company


def _card(number: int, stage: str, semantic: str) -> dict[str, Any]:
    return {
        "id": number, "title": f"Card {number}", "stageId": stage, "stageSemanticId": semantic,
        "createdTime": at(1), "updatedTime": at(9), "movedTime": None, "movedBy": 6, "assignedById": 6,
        "opportunity": 0, "currencyId": "RUB", "companyId": 0, "contactId": 0, "sourceId": "WEB",
    }  # fmt: skip


@pytest.fixture
def told(mirror: Mirror) -> Told:
    return Told(mirror)


# ── which cards are one lead ──


def test_lead_and_the_deal_it_became_are_one_lead(told: Told) -> None:
    told.lead(12, "CONVERTED", "S", companyId=4)
    told.deal(77, "PREPARATION", leadId=12, opportunity="19000.10", assignedById=9, companyId=4)
    [row] = told.rows("leads")
    assert (row["lead_id"], row["deal_id"], row["amount"]) == ("L12", "77", Decimal("19000.10"))
    assert (row["client_id"], row["manager"], row["pipeline"]) == ("CO4", "Зоя Уварова", "Розница")
    assert row["url"] == "https://portal.example/crm/deal/details/77/"


def test_later_deals_of_a_lead_are_leads_of_the_same_client(told: Told) -> None:
    told.lead(12, "CONVERTED", "S", contactId=3)
    told.deal(80, leadId=12, contactId=3)
    told.deal(77, leadId=12, contactId=3)
    assert [(row["lead_id"], row["deal_id"], row["client_id"]) for row in told.rows("leads")] == [
        ("D80", "80", "C3"),
        ("L12", "77", "C3"),
    ]


def test_deal_without_a_lead_is_a_lead(told: Told) -> None:
    told.deal(77, leadId="0")
    assert [row["lead_id"] for row in told.rows("leads")] == ["D77"]


def test_deal_of_a_lead_that_we_may_not_see_is_a_lead(told: Told) -> None:
    told.deal(77, leadId=12)
    assert [row["lead_id"] for row in told.rows("leads")] == ["D77"]


def test_deal_that_gets_a_lead_later_is_absorbed_by_it(told: Told) -> None:
    told.lead(12)
    told.deal(77, "PREPARATION")
    told.moves("deals", 77, ("NEW", at(2), 1), ("PREPARATION", at(3), 2))
    told.take("activities", deed(5, 2, 77))
    ledger = Ledger()
    ledger.take(everything(told, told.mirror, told.company, NOW))
    position = told.mirror.position
    told.deal(77, "PREPARATION", leadId=12, updatedTime=at(15))
    ledger.take(everything(told, told.mirror, told.company, NOW, after=position))
    assert ledger.one("leads", "D77")["deleted_at"] == utc(15)
    assert ledger.one("leads", "L12")["deal_id"] == "77"
    assert ledger.one("leads", "L12")["deleted_at"] is None
    assert told.way("L12") == [("ne_obrabotan", utc(1)), ("novaya", utc(2)), ("podgotovka_dokumentov", utc(3))]
    assert [row["lead_id"] for key, row in ledger.rows["activities"].items() if key == ("A5/L12",)] == ["L12"]


def test_deal_that_loses_its_lead_stands_for_itself_again(told: Told) -> None:
    told.lead(12)
    told.deal(77, leadId=12, updatedTime=at(15))
    ledger = Ledger()
    ledger.take(everything(told, told.mirror, told.company, NOW))
    position = told.mirror.position
    told.deal(77, updatedTime=at(16))
    ledger.take(everything(told, told.mirror, told.company, NOW, after=position))
    assert (ledger.one("leads", "L12")["deal_id"], ledger.one("leads", "D77")["deleted_at"]) == (None, None)


def test_deleted_lead_whose_deal_lives_is_not_deleted(told: Told) -> None:
    told.lead(12)
    told.deal(77, leadId=12)
    told.mirror.sweep("leads", [[]], NOW)
    assert told.one("leads", "L12")["deleted_at"] is None
    told.mirror.sweep("deals", [[]], NOW)
    assert told.one("leads", "L12")["deleted_at"] == NOW.replace(tzinfo=None)


def test_card_back_from_the_bin_is_a_lead_again(told: Told) -> None:
    told.lead(12)
    ledger = Ledger()
    told.mirror.sweep("leads", [[]], NOW)
    ledger.take(everything(told, told.mirror, told.company, NOW))
    told.lead(12)
    ledger.take(everything(told, told.mirror, told.company, NOW))
    assert ledger.one("leads", "L12")["deleted_at"] is None


def test_next_deal_takes_the_place_of_a_deleted_first_one(told: Told) -> None:
    told.lead(12)
    told.deal(77, leadId=12)
    told.deal(80, leadId=12)
    told.mirror.sweep("deals", [["80"]], NOW)
    deleted = {row["lead_id"]: row["deleted_at"] is not None for row in told.rows("leads")}
    assert deleted == {"L12": False, "D77": True, "D80": True}  # 80 stood for itself and is now the lead's
    assert told.one("leads", "L12")["deal_id"] == "80"


def test_prefix_keeps_two_portals_of_a_company_apart(mirror: Mirror) -> None:
    told = Told(mirror, Options(prefix="msk:"))
    told.lead(12, contactId=3)
    assert [(row["lead_id"], row["client_id"]) for row in told.rows("leads")] == [("msk:L12", "msk:C3")]


# ── the way through stages ──


def test_history_of_lead_and_deal_is_one_way(told: Told) -> None:
    told.lead(12, "CONVERTED", "S")
    told.deal(77, "C7:MEASURE", leadId=12, categoryId=7)
    told.moves("leads", 12, ("NEW", at(1), 1), ("IN_PROCESS", at(2), 2), ("CONVERTED", at(3), 3))
    told.moves("deals", 77, ("NEW", at(3, 13), 1), ("C7:NEW", at(4), 5), ("C7:MEASURE", at(5), 2))
    assert told.way("L12") == [
        ("ne_obrabotan", utc(1)),
        ("lid_v_rabote", utc(2)),
        ("kachestvennyy_lid", utc(3)),
        ("novaya", utc(3, 13)),
        ("novaya", utc(4)),
        ("zamer", utc(5)),
    ]


def test_way_without_a_beginning_begins_where_cards_begin_and_says_so(told: Told) -> None:
    told.lead(12, "PROCESSED")
    told.moves("leads", 12, ("PROCESSED", at(5), 2))
    assert told.way("L12") == [("ne_obrabotan", utc(1)), ("obrabotan", utc(5))]
    assert '"beginning": "assumed"' in told.one("leads", "L12")["custom"]


def test_card_without_any_history_is_in_its_stage_since_nobody_knows_when(told: Told) -> None:
    told.deal(77, "PREPARATION")
    assert told.way("D77") == [("novaya", utc(1)), ("podgotovka_dokumentov", None)]


def test_move_that_only_we_saw_is_added_and_known_ones_are_not_doubled(told: Told) -> None:
    told.lead(12, "IN_PROCESS", movedTime=at(4))
    told.lead(12, "PROCESSED", movedTime=at(6), movedBy=9, updatedTime=at(10))
    told.moves("leads", 12, ("NEW", at(1), 1), ("PROCESSED", at(6, 12, 1), 2))
    assert told.way("L12") == [
        ("ne_obrabotan", utc(1)),
        ("lid_v_rabote", utc(4)),
        ("obrabotan", utc(6, 12, 1)),
    ]
    movers = {row["stage"]: row["actor"] for row in told.rows("stage_moves")}
    assert movers == {"ne_obrabotan": None, "lid_v_rabote": "Анна Ким", "obrabotan": "Зоя Уварова"}


def test_stage_that_settings_do_not_know_gives_no_move_and_is_found(told: Told) -> None:
    told.deal(77, "UC_NEW1")
    told.moves("deals", 77, ("NEW", at(1), 1), ("UC_NEW1", at(2), 2))
    assert told.way("D77") == [("novaya", utc(1))]
    found = {one.key: one.examples for one in findings.findings(told.mirror, told.company, OPTIONS)}
    assert found["unknown-stage"] == ("D77",)


def test_stage_deleted_in_the_portal_keeps_its_place_in_old_ways(told: Told) -> None:
    told.names.statuses = [row for row in told.names.statuses if row["STATUS_ID"] != "EXECUTING"]
    told.directories()
    told.company = parse_company(dict(settings(told.mirror, OPTIONS)))
    told.deal(77, "EXECUTING")
    told.moves("deals", 77, ("NEW", at(1), 1), ("EXECUTING", at(2), 2))
    assert told.way("D77") == [("novaya", utc(1)), ("v_rabote", utc(2))]


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
    told.take("contacts", {"id": 3, "name": "Иван", "lastName": "Ли", "fm": [_reach("PHONE", phone)]})
    [row] = told.rows("clients")
    assert (row["client_id"], row["name"], row["phone"]) == ("C3", "Иван Ли", "+79161234567")


def test_lead_without_contact_is_its_own_client_while_it_can_be_reached(told: Told) -> None:
    told.lead(12, name="Иван", fm=[_reach("EMAIL", "Ivan@Example.com")])
    told.lead(13, fm=[_reach("PHONE", "12")])
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


# ── what managers did ──


def deed(number: int, kind: int, owner: int, **more: Any) -> dict[str, Any]:
    return {
        "ID": str(number), "OWNER_TYPE_ID": str(kind), "OWNER_ID": str(owner), "TYPE_ID": "4", "PROVIDER_ID": "",
        "DIRECTION": "2", "CREATED": at(5), "LAST_UPDATED": at(5), "START_TIME": at(5), "END_TIME": "",
        "COMPLETED": "Y", "RESPONSIBLE_ID": "6", **more,
    }  # fmt: skip


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
    told.take("calls", _call(1, CRM_ACTIVITY_ID="5", CALL_DURATION="90"), _call(2, CALL_FAILED_CODE="304"))
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
    told.take("calls", _call(1, CALL_TYPE="2"))
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
    [aside] = told.take("deals", {**_card(77, "NEW", "P"), **wrong}, _card(78, "NEW", "P"))
    assert (aside.column, [row["lead_id"] for row in told.rows("leads")]) == (column, ["D78"])
    assert aside.text.ru and aside.text.en


def test_portals_ways_to_say_nothing_are_taken(told: Told) -> None:
    empty = {"companyId": "0", "contactId": 0, "movedTime": "", "fm": {}, "utmSource": None, "opportunity": ""}
    assert told.take("leads", {**_card(12, "NEW", "P"), **empty}) == []
    row = told.one("leads", "L12")
    assert (row["client_id"], row["amount"], row["lead_source"]) == (None, None, "Сайт")


# ── settings ──


def test_pipelines_are_laid_over_each_other_behind_the_stages_of_leads(told: Told) -> None:
    told.lead(12)
    company = parse_company(dict(settings(told.mirror, OPTIONS)))
    path = [(stage.name.ru, stage.milestone) for stage in company.path]
    assert path == [
        ("Не обработан", None),
        ("Лид в работе", None),
        ("Обработан", None),
        ("Качественный лид", Milestone.ACCEPTED),
        ("Новая", Milestone.DEAL),
        ("Замер", None),
        ("Подготовка документов", None),
        ("В работе", None),
        ("Сделка успешна", Milestone.WON),
    ]
    assert company.stage("novaya").aliases == ("deal:NEW", "deal:C7:NEW")
    assert [group.sources for group in company.source_groups if group.paid] == [("Реклама",)]


def test_portal_without_leads_begins_with_the_first_stage_of_deals(mirror: Mirror) -> None:
    told = Told(mirror)
    told.deal(77)
    company = parse_company(dict(settings(mirror, OPTIONS)))
    assert (company.path[0].name.ru, company.path[0].milestone) == ("Новая", None)
    assert [stage.name.ru for stage in company.stages if stage.milestone is Milestone.DEAL] != []
    assert not any(alias.startswith("lead:") for stage in company.stages for alias in stage.aliases)


def test_stages_that_a_company_named_itself_are_known_by_name(told: Told) -> None:
    told.company = parse_company(
        {
            "stages": [
                {"key": "first", "name": {"ru": "новая", "en": "New"}},
                {"key": "sold", "name": {"ru": "Сделка успешна", "en": "Won"}, "milestone": "won"},
            ]
        }
    )
    told.deal(77, "C7:WON", "S", categoryId=7)
    told.moves("deals", 77, ("C7:NEW", at(1), 1), ("C7:WON", at(2), 3))
    assert told.way("D77") == [("first", utc(1)), ("sold", utc(2))]


def _reach(kind: str, value: str) -> dict[str, Any]:
    return {"id": 1, "typeId": kind, "valueType": "WORK", "value": value}


def _call(number: int, **more: Any) -> dict[str, Any]:
    return {
        "ID": str(number), "PORTAL_USER_ID": "6", "PORTAL_NUMBER": "+74950000000", "CALL_TYPE": "1",
        "CALL_DURATION": "0", "CALL_START_DATE": at(5), "CALL_FAILED_CODE": "200", "CRM_ENTITY_TYPE": "LEAD",
        "CRM_ENTITY_ID": "12", "CRM_ACTIVITY_ID": "", **more,
    }  # fmt: skip
