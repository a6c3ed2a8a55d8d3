"""Products of deals over real HTTP: read by deal, counted exactly, and kept in step with the portal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from smarketing.connectors.bitrix24 import findings
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.streams import Since
from smarketing.connectors.outside.trouble import Trouble
from tests.connectors.bitrix24.conftest import Clock
from tests.connectors.bitrix24.system import company_of, connected
from tests.connectors.outside.suite import Fact, Ledger, everything, sync
from tests.support.bitrix24_portal import FakePortal
from tests.support.bitrix24_server import Server
from tests.support.bitrix24_world import directories

WON = {"stageId": "WON", "stageSemanticId": "S"}


@pytest.fixture(autouse=True)
def _names(portal: FakePortal) -> None:
    directories(portal)


def deal(portal: FakePortal, number: int, **more: Any) -> None:
    moment = portal.now().isoformat()
    card = {
        "id": number, "title": f"Сделка {number}", "stageId": "NEW", "stageSemanticId": "P", "categoryId": 0,
        "createdTime": moment, "updatedTime": moment, "movedTime": moment, "movedBy": 6, "assignedById": 6,
        "opportunity": 0, "currencyId": "RUB", "companyId": 5, "contactId": 0, "leadId": None,
        "isManualOpportunity": "N",
    }  # fmt: skip
    portal.tables["deals"].put(number, {**card, **more})


class Reader:
    """A connector with what it read, and the facts as a lake would hold them."""

    def __init__(self, server: Server, mirror: Mirror, clock: Clock, options: Options | None = None) -> None:
        self.connector = connected(server, options or Options())
        self.mirror, self.clock, self.ledger, self.position = mirror, clock, Ledger(), 0

    def read(self) -> Reader:
        """An hour later, so that nothing stands in the overlap of two passes."""
        self.clock.sleep(3600)
        sync(self.connector, self.mirror, self.clock.now())
        company = company_of(self.connector, self.mirror)
        self.ledger.take(everything(self.connector, self.mirror, company, self.clock.now(), after=self.position))
        self.position = self.mirror.position
        return self

    def lead(self, number: int) -> Fact:
        return self.ledger.one("leads", f"D{number}")

    def found(self) -> dict[str, int]:
        company = company_of(self.connector, self.mirror)
        return {one.key: one.count for one in findings.findings(self.mirror, company, Options())}


@pytest.fixture
def reader(server: Server, mirror: Mirror, clock: Clock) -> Reader:
    return Reader(server, mirror, clock)


def test_product_of_a_deal_is_the_product_of_its_lead_and_of_its_payment(
    portal: FakePortal, reader: Reader
) -> None:
    deal(portal, 7, opportunity="57001.50", **WON)
    portal.sell(7, ("Качели", "19000.50", 3))
    reader.read()
    assert reader.lead(7)["product"] == "Качели"
    payment = reader.ledger.one("payments", "D7")
    assert (payment["product"], payment["amount"]) == ("Качели", Decimal("57001.50"))
    assert '"products"' not in str(reader.lead(7)["custom"])


def test_of_several_products_the_greatest_sum_leads_and_all_stand_beside_it(
    portal: FakePortal, reader: Reader
) -> None:
    deal(portal, 7)
    portal.sell(7, ("Доставка", 900, 1), ("Горка", "1000.10", 3), ("Качели", 2000, 1), ("Горка", "0.05", "2"))
    reader.read()
    assert reader.lead(7)["product"] == "Горка"  # 3 × 1000.10 + 2 × 0.05
    assert '"products": "Горка: 3000.40; Качели: 2000.00; Доставка: 900.00"' in str(reader.lead(7)["custom"])
    assert reader.found()["several-products"] == 1


def test_field_that_a_person_named_for_the_product_is_stronger(
    portal: FakePortal, server: Server, mirror: Mirror, clock: Clock
) -> None:
    portal.fields["deal"].append({"FIELD_NAME": "UF_CRM_1700000009", "USER_TYPE_ID": "string", "LIST": []})
    deal(portal, 7, ufCrm_1700000009="Площадка под ключ")
    deal(portal, 8)
    portal.sell(7, ("Качели", 100, 1))
    portal.sell(8, ("Качели", 100, 1))
    reader = Reader(server, mirror, clock, Options(product="UF_CRM_1700000009")).read()
    assert (reader.lead(7)["product"], reader.lead(8)["product"]) == ("Площадка под ключ", "Качели")


def test_deal_with_more_lines_than_a_page_is_read_whole(portal: FakePortal, reader: Reader) -> None:
    deal(portal, 7)
    portal.sell(7, *((f"Деталь {number}", 1, 1) for number in range(119)), ("Качели", 5, 1))
    reader.read()
    assert reader.mirror.counts()["deal_products"] == 120
    assert reader.lead(7)["product"] == "Качели"


def test_lines_of_fifty_deals_come_in_one_request(portal: FakePortal, server: Server, reader: Reader) -> None:
    for number in range(1, 51):
        deal(portal, number)
        portal.sell(number, ("Качели", number, 1))
    list(reader.connector.walk("deals", None, now=portal.now()))
    before = server.requests
    list(reader.connector.walk("deal_products", None, now=portal.now()))
    assert server.requests - before == 3  # a page of numbers, their lines, and that there are no more numbers
    assert portal.asked.count("crm.item.productrow.list") == 50


# ── kept in step ──


def test_changed_lines_change_the_lead_and_lines_taken_out_are_gone(
    portal: FakePortal, reader: Reader, clock: Clock
) -> None:
    deal(portal, 7)
    portal.sell(7, ("Качели", 100, 1), ("Горка", 50, 1))
    reader.read()
    portal.sell(7, ("Песочница", 10, 1))
    reader.read()
    assert reader.lead(7)["product"] == "Песочница"
    assert '"products"' not in str(reader.lead(7)["custom"])
    portal.sell(7)
    reader.read()
    assert reader.lead(7)["product"] is None
    assert reader.mirror.counts().get("deal_products", 0) == 0


def test_only_deals_that_changed_are_asked_again(portal: FakePortal, reader: Reader, clock: Clock) -> None:
    for number in (7, 8, 9):
        deal(portal, number)
        portal.sell(number, ("Качели", 100, 1))
    reader.read()
    portal.asked.clear()
    portal.sell(8, ("Горка", 1, 1))
    reader.read()
    assert portal.asked.count("crm.item.productrow.list") == 1
    portal.asked.clear()
    reader.read()
    assert "crm.item.productrow.list" not in portal.asked


def test_lines_changed_behind_the_deals_back_come_with_its_next_change_or_when_all_is_read_again(
    portal: FakePortal, reader: Reader, mirror: Mirror, clock: Clock
) -> None:
    """A portal that does not save the deal with its lines gives no sign; the deal's next change brings them."""
    deal(portal, 7)
    portal.sell(7, ("Качели", 100, 1))
    reader.read()
    portal.sell(7, ("Горка", 100, 1), touch=False)
    assert reader.read().lead(7)["product"] == "Качели"
    portal.change("deals", 7, title="Сделка семь")
    assert reader.read().lead(7)["product"] == "Горка"
    portal.sell(7, ("Песочница", 100, 1), touch=False)
    for page in reader.connector.walk("deal_products", None, now=clock.now(), since=Since(None)):
        mirror.keep(page, clock.now())
    assert reader.read().lead(7)["product"] == "Песочница"


def test_renamed_product_of_the_catalogue_stays_one(portal: FakePortal, reader: Reader, clock: Clock) -> None:
    portal.product(5, "Качели")
    for number in (7, 8):
        deal(portal, number)
        portal.sell(number, ("Качели", 100, 1))
    reader.read()
    portal.product(5, "Качели «Вихрь»")
    reader.read()  # nothing else has changed
    assert [reader.lead(number)["product"] for number in (7, 8)] == ["Качели «Вихрь»"] * 2
    portal.tables["products"].drop(5)  # deleted there: the old name is still needed
    portal.change("deals", 7, title="x")
    assert reader.read().lead(7)["product"] == "Качели «Вихрь»"


def test_mirror_made_before_products_gets_them_without_a_full_reload(
    portal: FakePortal, server: Server, mirror: Mirror, clock: Clock
) -> None:
    for number in (7, 8):
        deal(portal, number, opportunity="100.00", **WON)
        portal.sell(number, ("Качели", 100, 1))
    old = Reader(server, mirror, clock, Options(with_products=False)).read()
    assert old.lead(7)["product"] is None
    assert not [method for method in portal.asked if "product" in method]
    new = Reader(server, mirror, clock)
    new.ledger, new.position = old.ledger, old.position
    assert not [
        page for page in new.connector.walk("deals", mirror.cursor("deals"), now=clock.now()) if page.records
    ]
    assert new.read().lead(7)["product"] == "Качели"
    assert new.ledger.one("payments", "D8")["product"] == "Качели"


# ── where the portal does not give them ──


def test_portal_without_the_right_to_products_is_read_without_them(
    portal: FakePortal, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.support import bitrix24_portal

    closed = {"crm.product.": "catalog", "crm.item.productrow": "catalog"}
    monkeypatch.setattr(bitrix24_portal, "_SCOPES", {**closed, **bitrix24_portal._SCOPES})
    deal(portal, 7)
    portal.sell(7, ("Качели", 100, 1))
    reader.read()
    assert reader.lead(7)["product"] is None


def test_deal_whose_lines_are_closed_to_us_does_not_stop_the_others(portal: FakePortal, reader: Reader) -> None:
    for number in (7, 8):
        deal(portal, number)
        portal.sell(number, ("Качели", 100, 1))
    portal.closed_deals = (7,)
    reader.read()
    assert (reader.lead(7)["product"], reader.lead(8)["product"]) == (None, "Качели")


def test_budget_of_the_portal_spent_half_way_is_waited_for(
    portal: FakePortal, server: Server, mirror: Mirror, clock: Clock
) -> None:
    from smarketing.connectors.bitrix24.access import Webhook
    from smarketing.connectors.bitrix24.client import Portal
    from smarketing.connectors.bitrix24.connector import Bitrix24
    from smarketing.connectors.outside.pace import Pace

    for number in range(1, 41):
        deal(portal, number)
        portal.sell(number, ("Качели", number, 1))
    portal.limits, portal.work_per_call, portal.budget = True, 1.0, 25.0  # forty calls are more than one window
    pace = Pace(1.8, 40, clock=clock.seconds, sleep=clock.sleep)
    client = Portal(Webhook(server.webhook), pace=pace, wall=clock.seconds, sleep=clock.sleep)
    connector = Bitrix24(client, home=server.home)
    for page in connector.walk("deal_products", None, now=clock.now()):
        mirror.keep(page, clock.now())
    assert mirror.counts()["deal_products"] == 40
    assert portal.refused > 0


def test_line_that_is_no_line_waits_for_a_person_and_the_others_come(portal: FakePortal, reader: Reader) -> None:
    deal(portal, 7)
    portal.sell(7, ("Качели", "дорого", 1), ("Горка", 5, 1))
    reader.read()
    assert reader.lead(7)["product"] == "Горка"
    assert [one.column for one in reader.mirror.refused()["deal_products"]] == ["price"]


def test_unknown_answer_to_lines_is_not_taken_for_no_lines(portal: FakePortal, reader: Reader) -> None:
    deal(portal, 7)
    portal.sell(7, ("Качели", 100, 1))
    portal.page_faults = {"7": "INVALID_ARG_VALUE"}
    with pytest.raises(Trouble) as caught:
        reader.read()
    assert caught.value.code == "invalid-arg-value"


# ── what is told of them ──


def test_deals_whose_products_do_not_make_their_sum_are_told(portal: FakePortal, reader: Reader) -> None:
    deal(portal, 7, opportunity="100.10")
    deal(portal, 8, opportunity="500")
    deal(portal, 9, opportunity="500", isManualOpportunity="Y")  # a person typed the sum: it may differ
    deal(portal, 10, opportunity="500")  # no products at all
    for number in (7, 8, 9):
        portal.sell(number, ("Качели", "100.10", 1))
    assert reader.read().found()["products-differ"] == 1


def test_kit_says_whether_products_make_the_sum_without_naming_them(portal: FakePortal, reader: Reader) -> None:
    deal(portal, 7, opportunity="100.10")
    deal(portal, 8, opportunity="500")
    for number in (7, 8):
        portal.sell(number, ("Качели", "100.10", 1))
    told = {one.key: (one.holds, one.seen) for one in reader.connector.assumptions()}
    assert told["products-make-the-sum"] == (False, "1 of 2")
    assert told["products-of-many"] == (True, "2 of 2")


def test_kit_says_whether_the_catalogue_goes_by_numbers(portal: FakePortal, reader: Reader) -> None:
    for number in range(1, 61):
        portal.product(number, f"Товар {number}")
    told = {one.key: (one.holds, one.seen) for one in reader.connector.assumptions()}
    assert told["catalogue-by-ids"] == (True, "10 rows after")
    portal.ids_ignored_by = ("crm.product.list",)
    told = {one.key: (one.holds, one.seen) for one in reader.connector.assumptions()}
    assert told["catalogue-by-ids"] == (False, "50 rows after")
    reader.read()  # and is read all the same, by offsets
    assert reader.mirror.counts()["products"] == 60


def test_kit_cannot_tell_of_products_where_there_are_none(portal: FakePortal, reader: Reader) -> None:
    deal(portal, 7)
    told = {one.key: (one.holds, one.seen) for one in reader.connector.assumptions()}
    assert told["products-make-the-sum"] == (None, "0 of 0")
    assert told["products-of-many"] == (None, "0 deals with products")
