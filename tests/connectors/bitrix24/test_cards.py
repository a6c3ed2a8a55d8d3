"""Which cards of a portal are one lead, and which are gone?"""

from __future__ import annotations

from decimal import Decimal

from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.outside.mirror import Mirror
from tests.connectors.bitrix24.told import NOW, Told, at, deed, utc
from tests.connectors.outside.suite import Ledger, everything


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
