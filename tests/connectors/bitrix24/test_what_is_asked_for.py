"""Everything that was asked to be read of a portal, one test each, over real HTTP: a portal of one small story.

Olga wrote through the site's form (lead 12), was called, became deal 77 of pipeline «Дилеры» and was lost; deal 78
was typed in by hand and won. The history of deal 78 begins late and misses its last move.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import stamina

from smarketing.connectors.bitrix24.connector import Bitrix24
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.outside.mirror import Mirror
from smarketing.facts.company import Company, Milestone
from tests.connectors.bitrix24.system import company_of, connected
from tests.connectors.outside.suite import Fact, Facts, everything, sync
from tests.support.bitrix24_portal import MSK, FakePortal
from tests.support.bitrix24_server import Server
from tests.support.bitrix24_world import SEGMENT, WHY_LOST, directories

OPTIONS = Options(segment=SEGMENT, deal_loss_field=WHY_LOST, fields={"city": "UF_CRM_1700000003"})
NOW = datetime(2026, 11, 20, 12, tzinfo=MSK)


def at(day: int, hour: int = 12) -> str:
    return datetime(2026, 10, day, hour, tzinfo=MSK).isoformat()


def utc(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 10, day, hour - 3)  # noqa: DTZ001 - facts hold UTC without a mark


def card(number: int, stage: str, semantic: str, created: str, moved: str, **more: Any) -> dict[str, Any]:
    common = {
        "id": number, "title": f"Карточка {number}", "stageId": stage, "stageSemanticId": semantic,
        "createdTime": created, "updatedTime": moved, "movedTime": moved, "movedBy": 6, "assignedById": 6,
        "opportunity": 0, "currencyId": "RUB", "companyId": 0, "contactId": 90,
    }  # fmt: skip
    return {**common, **more}


def story(portal: FakePortal) -> None:
    directories(portal)
    city = {"FIELD_NAME": "UF_CRM_1700000003", "USER_TYPE_ID": "string", "LIST": []}
    portal.fields["lead"].append(city)
    tags = {"utmSource": "Yandex", "utmMedium": "cpc", "utmCampaign": "dealers_msk", "utmTerm": "качели"}
    portal.tables["leads"].put(
        12,
        card(
            12, "CONVERTED", "S", at(1), at(3), sourceId="WEB", webformId=3, ufCrm_1700000001=45,
            ufCrm_1700000003="Тверь", fm=[], **tags,
        ),
    )  # fmt: skip
    lost = {"leadId": 12, "categoryId": 7, "opportunity": "19000.10", "ufCrm_1700000002": 3157, "companyId": 4}
    portal.tables["deals"].put(77, card(77, "C7:LOSE", "F", at(3), at(9), **lost))
    won = {"leadId": "0", "categoryId": 0, "opportunity": 500, "contactId": 0, "companyId": 4, "movedBy": 9}
    portal.tables["deals"].put(78, card(78, "WON", "S", at(5), at(12), **won))
    phone = [{"id": 1, "typeId": "PHONE", "value": "8 (916) 000-00-01"}]
    mail = [{"id": 2, "typeId": "EMAIL", "value": "Office@Example.com"}]
    born = {"createdTime": at(1), "updatedTime": at(1)}
    portal.tables["contacts"].put(90, {"id": 90, "name": "Ольга", "lastName": "Белова", "fm": phone, **born})
    portal.tables["companies"].put(4, {"id": 4, "title": "ООО Дворы", "fm": mail, **born})
    for moment, owner, kind, stage, semantic in (
        (1, 12, 1, "NEW", "P"), (2, 12, 2, "IN_PROCESS", "P"), (3, 12, 3, "CONVERTED", "S"),
    ):  # fmt: skip
        portal.tell_move("leads", owner, kind, datetime.fromisoformat(at(moment)), stage, semantic)
    for moment, owner, kind, stage, semantic in (
        (3, 77, 1, "C7:NEW", "P"), (9, 77, 3, "C7:LOSE", "F"), (8, 78, 2, "EXECUTING", "P"),
    ):  # fmt: skip
        portal.tell_move("deals", owner, kind, datetime.fromisoformat(at(moment)), stage, semantic)
    portal.product(1, "Качели")
    portal.sell(77, ("Качели", "19000.10", 1), touch=False)
    deeds(portal)


def deeds(portal: FakePortal) -> None:
    done = {"PROVIDER_ID": "", "COMPLETED": "Y", "RESPONSIBLE_ID": 6, "OWNER_TYPE_ID": 1, "OWNER_ID": 12}
    for number, kind, hour in ((1, 4, 14), (2, 2, 15)):
        moment = at(1, hour)
        times = dict.fromkeys(("CREATED", "LAST_UPDATED", "START_TIME", "END_TIME"), moment)
        portal.tables["activities"].put(number, {"ID": number, "TYPE_ID": kind, "DIRECTION": 2, **done, **times})
    call = {
        "ID": 5, "PORTAL_USER_ID": 6, "PORTAL_NUMBER": "+74950000000", "PHONE_NUMBER": "+79160000001",
        "CALL_TYPE": 1, "CALL_DURATION": 90, "CALL_START_DATE": at(1, 15), "CALL_FAILED_CODE": "200",
        "CRM_ENTITY_TYPE": "LEAD", "CRM_ENTITY_ID": 12, "CRM_ACTIVITY_ID": 2,
    }  # fmt: skip
    portal.tables["calls"].put(5, call)
    task = {
        "id": "31", "title": "Прислать договор", "status": "5", "responsibleId": "6", "createdDate": at(4),
        "changedDate": at(5), "closedDate": at(5), "deadline": at(6), "ufCrmTask": ["D_77"],
    }  # fmt: skip
    portal.tables["tasks"].put(31, task)


@cache
def told() -> tuple[Facts, Company]:
    """The facts of the story and the company as the portal shows it: read once for all tests."""
    portal = FakePortal(now=lambda: NOW)
    story(portal)
    with stamina.set_testing(True), Server(portal) as server, TemporaryDirectory() as folder:
        mirror = Mirror(Path(folder) / "mirror.sqlite3")
        connector: Bitrix24 = connected(server, OPTIONS)
        sync(connector, mirror, NOW)
        company = company_of(connector, mirror)
        facts = everything(connector, mirror, company, NOW)
        mirror.close()
    return facts, company


def rows(table: str) -> list[Fact]:
    return told()[0][table]


def lead(key: str) -> Fact:
    return next(row for row in rows("leads") if row["lead_id"] == key)


def way(key: str) -> list[tuple[str, datetime | None]]:
    found = [(row["stage"], row["entered_at"]) for row in rows("stage_moves") if row["lead_id"] == key]
    return sorted(found, key=lambda one: one[1] or utc(31))


def test_leads() -> None:
    assert sorted(str(row["lead_id"]) for row in rows("leads")) == ["D78", "L12"]
    assert (lead("L12")["created_at"], lead("L12")["client_id"]) == (utc(1), "CO4")


def test_deals() -> None:
    deal = lead("D78")
    assert (deal["deal_id"], deal["amount"], deal["currency"], deal["pipeline"]) == (
        "78", Decimal("500.00"), "RUB", "Розница",
    )  # fmt: skip
    [payment] = rows("payments")
    assert (payment["payment_id"], payment["amount"], payment["paid_at"]) == ("D78", Decimal("500.00"), utc(12))


def test_contacts() -> None:
    client = next(row for row in rows("clients") if row["client_id"] == "C90")
    assert (client["name"], client["phone"]) == ("Ольга Белова", "+79160000001")


def test_companies() -> None:
    client = next(row for row in rows("clients") if row["client_id"] == "CO4")
    assert (client["name"], client["email"]) == ("ООО Дворы", "office@example.com")


def test_statuses() -> None:
    stages = {stage.name.ru: stage for stage in told()[1].stages}
    assert stages["Лид в работе"].aliases == ("lead:IN_PROCESS",)
    assert stages["Качественный лид"].milestone is Milestone.ACCEPTED
    assert stages["Отказ"].milestone is Milestone.LOST


def test_pipelines() -> None:
    assert lead("L12")["pipeline"] == "Дилеры"
    new = next(stage for stage in told()[1].stages if stage.name.ru == "Новая")
    assert new.aliases == ("deal:NEW", "deal:C7:NEW")  # one stage of both pipelines


def test_stage_history() -> None:
    assert way("L12") == [
        ("ne_obrabotan", utc(1)),
        ("lid_v_rabote", utc(2)),
        ("kachestvennyy_lid", utc(3)),
        ("novaya", utc(3)),
        ("otkaz", utc(9)),
    ]


def test_own_log_of_moves_fills_what_the_history_misses() -> None:
    """The history of deal 78 tells one move; its beginning is assumed, its end is what we saw on the card."""
    assert way("D78") == [("novaya", utc(5)), ("v_rabote", utc(8)), ("sdelka_uspeshna", utc(12))]
    seen = next(row for row in rows("stage_moves") if row["lead_id"] == "D78" and row["entered_at"] == utc(12))
    assert seen["actor"] == "Зоя Уварова"  # the history knows nobody, the card does
    assert '"beginning": "assumed"' in str(lead("D78")["custom"])


def test_users_and_departments() -> None:
    people = {row["person"]: (row["department"], row["team"]) for row in rows("people")}
    assert people["Анна Ким"] == ("sales", "Отдел продаж")
    assert "Зоя Уварова" in people  # dismissed, and old deals are hers
    assert lead("L12")["manager"] == "Анна Ким"


def test_activities() -> None:
    letter = next(row for row in rows("activities") if row["kind"] == "letter")
    assert (letter["lead_id"], letter["at"], letter["manager"], letter["direction"]) == (
        "L12", utc(1, 14), "Анна Ким", "out",
    )  # fmt: skip


def test_telephony() -> None:
    calls = {row["activity_id"]: row for row in rows("activities") if row["kind"] == "call"}
    assert list(calls) == ["A2"]  # in both lists of the portal, one deed of the facts
    call = calls["A2"]
    assert (call["lead_id"], call["minutes"], call["at"]) == ("L12", Decimal("1.5"), utc(1, 15))


def test_products() -> None:
    assert lead("L12")["product"] == "Качели"


def test_user_fields() -> None:
    assert lead("L12")["segment"] == "Дилеры"  # 45 in the card, a word in the directory
    assert '"city": "Тверь"' in str(lead("L12")["custom"])


def test_utm() -> None:
    found = lead("L12")
    assert (found["lead_source"], found["medium"], found["campaign"], found["keyword"]) == (
        "yandex", "cpc", "dealers_msk", "качели",
    )  # fmt: skip


def test_loss_reasons() -> None:
    assert lead("L12")["loss_reason"] == "Дорого"
    lost = next(row for row in rows("stage_moves") if row["stage"] == "otkaz")
    assert lost["loss_reason"] == "Дорого"


def test_link_of_lead_and_deal() -> None:
    assert (lead("L12")["deal_id"], lead("L12")["amount"]) == ("77", Decimal("19000.10"))
    assert lead("D78")["deal_id"] == "78"  # without a lead it is one itself


def test_tasks() -> None:
    [task] = rows("tasks")
    assert (task["task_id"], task["lead_id"], task["person"], task["title"]) == (
        "T31", "L12", "Анна Ким", "Прислать договор",
    )  # fmt: skip
    assert (task["created_at"], task["due_at"], task["done_at"]) == (utc(4), utc(6), utc(5))
