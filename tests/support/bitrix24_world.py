"""A company's year in a Bitrix24 portal, from a seed, with everything that goes wrong in real ones.

Tags lost on one of the two cards or dirty, a third of sources «other», phones in five spellings, won deals
without a sum, closing dates in the future, owners who were dismissed or never told, tests, deals without leads and
several of one lead, history without its beginning, empty text for null and "0" for nobody, gaps in ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.support.bitrix24_answers import Row
from tests.support.bitrix24_portal import FakePortal

SEGMENT, WHY_LOST = "UF_CRM_1700000001", "UF_CRM_1700000002"
LEAD_STAGES = (
    ("NEW", "Не обработан", "", "process"),
    ("IN_PROCESS", "Лид в работе", "", "process"),
    ("PROCESSED", "Обработан", "", "process"),
    ("CONVERTED", "Качественный лид", "S", "success"),
    ("JUNK", "Некачественный лид", "F", "failure"),
    ("UC_SPAM", "Спам", "F", "apology"),
)
DEAL_STAGES = (
    ("NEW", "Новая", "", "process"),
    ("PREPARATION", "Подготовка документов", "", "process"),
    ("EXECUTING", "В работе", "", "process"),
    ("WON", "Сделка успешна", "S", "success"),
    ("LOSE", "Сделка провалена", "F", "failure"),
    ("APOLOGY", "Анализ причины провала", "F", "apology"),
)
DEALER_STAGES = (
    ("C7:NEW", "Новая", "", "process"),
    ("C7:MEASURE", "Замер", "", "process"),
    ("C7:EXECUTING", "В работе", "", "process"),
    ("C7:WON", "Договор с дилером", "S", "success"),
    ("C7:LOSE", "Отказ", "F", "failure"),
)
SOURCES = (("WEB", "Сайт"), ("CALL", "Звонок"), ("ADVERTISING", "Реклама"), ("OTHER", "Другое"))
TAGS = ("yandex|cpc", "Yandex", "yandex.ru", "{source}", "vk ", "google", "")
SEGMENTS = {"45": "Дилеры", "46": "Частные лица", "47": "Застройщики"}
REASONS = {"3157": "Дорого", "3158": "Нет бюджета", "3159": "Купил у другого"}
PRODUCTS = ("Качели", "Горка", "Песочница")
OWNERS = (6, 7, 8, 9, 9, 99)  # 9 was dismissed, of 99 the portal tells nothing


def words(entity: str, stages: tuple[tuple[str, str, str, str], ...]) -> Iterator[Row]:
    for place, (code, name, semantic, extra) in enumerate(stages):
        yield {
            "ID": str(100 + place), "ENTITY_ID": entity, "STATUS_ID": code, "NAME": name,
            "SORT": str(place * 10 + 10), "SYSTEM": "N", "SEMANTICS": semantic, "EXTRA": {"SEMANTICS": extra},
        }  # fmt: skip


def directories(portal: FakePortal) -> None:
    portal.statuses = [
        *words("STATUS", LEAD_STAGES),
        *words("DEAL_STAGE", DEAL_STAGES),
        *words("DEAL_STAGE_7", DEALER_STAGES),
        *words("SOURCE", tuple((code, name, "", "") for code, name in SOURCES)),
    ]
    for row in portal.statuses:
        if row["ENTITY_ID"] == "SOURCE":
            row["EXTRA"] = []
    portal.categories = [
        {"id": 0, "name": "Розница", "sort": 100, "entityTypeId": 2, "isDefault": "Y"},
        {"id": 7, "name": "Дилеры", "sort": 200, "entityTypeId": 2, "isDefault": "N"},
    ]
    segments = _own("CRM_LEAD", SEGMENT, "Сегмент", SEGMENTS)
    portal.fields = {
        "lead": [segments],
        "deal": [{**segments, "ENTITY_ID": "CRM_DEAL"}, _own("CRM_DEAL", WHY_LOST, "Почему отказ", REASONS)],
        "contact": [],
        "company": [],
    }
    people = ((6, "Анна", "Ким"), (7, "Пётр", "Орлов"), (8, "Пётр", "Орлов"), (9, "Зоя", "Уварова"))
    portal.users = [
        {
            "ID": str(number), "NAME": name, "LAST_NAME": last, "ACTIVE": number != 9, "UF_DEPARTMENT": [2],
            "LAST_ACTIVITY_DATE": str(number), "PERSONAL_MOBILE": "+79990000000", "USER_TYPE": "employee",
        }
        for number, name, last in people
    ]  # fmt: skip
    portal.departments = [
        {"ID": "1", "NAME": "Игроград", "SORT": 500, "PARENT": ""},
        {"ID": "2", "NAME": "Отдел продаж", "SORT": 500, "PARENT": "1"},
    ]


def _own(entity: str, name: str, label: str, listed: dict[str, str]) -> Row:
    return {
        "ID": "6799", "ENTITY_ID": entity, "FIELD_NAME": name, "USER_TYPE_ID": "enumeration", "MULTIPLE": "N",
        "MANDATORY": "N", "EDIT_FORM_LABEL": label,
        "LIST": [{"ID": number, "VALUE": value, "SORT": "10"} for number, value in listed.items()],
    }  # fmt: skip


class World:
    """Fills a portal. Rows of history get their numbers in the order of their moments, as in a real one."""

    def __init__(self, portal: FakePortal, seed: int = 1) -> None:
        self.portal, self.random = portal, Random(seed)  # noqa: S311 - made-up data
        self.now = portal.now()
        self.people = 9
        self._moves: dict[str, list[tuple[datetime, int, int, str, str]]] = {"leads": [], "deals": []}
        directories(portal)

    def fill(self, leads: int, deals: int, *, activities: bool = True) -> None:
        self.people = max(9, (leads + deals) // 4)
        numbers = self._numbers(leads)
        for number in numbers:
            self.lead(number)
        self._deals(deals, numbers)
        self._people(self.people)
        self._history()
        self._sold()
        if activities:
            self._activities(numbers)

    def _numbers(self, count: int) -> list[int]:
        number, found = 0, []
        for _ in range(count):
            number += self.random.choice((1, 1, 1, 2, 5))
            found.append(number)
        return found

    def lead(self, number: int) -> None:
        random = self.random
        created = self.now - timedelta(minutes=random.randrange(60, 60 * 24 * 300))
        codes = ["NEW", "IN_PROCESS", "PROCESSED", random.choice(("CONVERTED", "CONVERTED", "JUNK", "UC_SPAM"))]
        last, moved = self._walk("leads", number, created, codes[: random.randrange(1, 5)], LEAD_STAGES)
        source = random.choice(("WEB", "CALL", "OTHER", "ADVERTISING", ""))
        row = self._card(number, "Лид", created, moved, last, LEAD_STAGES, source)
        row |= {
            "fm": self._fm(number), "name": "Иван", "lastName": "", "companyTitle": "",
            "ufCrm_1700000001": random.choice((45, "46", 47, "", 0)),
            **self._tags(random.random() < 0.6),
        }  # fmt: skip
        self.portal.tables["leads"].put(number, row)

    def _deals(self, count: int, leads: list[int]) -> None:
        random, rows = self.random, self.portal.tables["leads"].rows
        converted = [one for one in leads if rows[one]["stageId"] == "CONVERTED"]
        for number in self._numbers(count):
            lead = random.choice(converted) if converted and random.random() < 0.7 else 0
            stages = DEALER_STAGES if random.random() < 0.3 else DEAL_STAGES
            begun = self.now - timedelta(minutes=random.randrange(60, 60 * 24 * 200))
            if lead:
                begun = datetime.fromisoformat(rows[lead]["movedTime"])
            codes = [code for code, *_, extra in stages if extra == "process"]
            end = random.choice([code for code, *_, extra in stages if extra != "process"])
            way = [*codes[: random.randrange(1, len(codes) + 1)], *([end] if random.random() < 0.7 else [])]
            last, moved = self._walk("deals", number, begun, way, stages)
            row = self._card(number, "Сделка", begun, moved, last, stages, random.choice(("WEB", "OTHER", None)))
            row |= {
                "categoryId": 7 if stages is DEALER_STAGES else 0,
                "leadId": lead or random.choice((None, "0", "")),
                "closedate": (moved + timedelta(days=random.choice((0, 7, 90)))).date().isoformat(),
                "taxValue": 0,
                "ufCrm_1700000001": random.choice((45, 46, None)),
                "ufCrm_1700000002": random.choice((3157, "3158", "")) if row["stageSemanticId"] == "F" else "",
                **self._tags(random.random() < 0.2),
            }
            self.portal.tables["deals"].put(number, row)

    def _card(
        self, number: int, what: str, created: datetime, moved: datetime, stage: str, stages: Any, source: Any
    ) -> Row:
        random = self.random
        semantic = next(one for code, _, one, _ in stages if code == stage) or "P"
        return {
            "id": number, "title": random.choice((f"{what} {number}",) * 30 + ("тест", "Test 2")),
            "stageId": stage, "stageSemanticId": semantic, "createdTime": created.isoformat(),
            "updatedTime": moved.isoformat(), "movedTime": moved.isoformat(), "movedBy": 6,
            "assignedById": random.choice(OWNERS), "sourceId": source, "sourceDescription": "",
            "isManualOpportunity": "Y",
            "opportunity": random.choice((0, 1, 19000, 19000.5, "540000.00", 0)), "currencyId": "RUB",
            "companyId": random.choice((None, "0", 0, 1 + number % self.people)), "webformId": "",
            "contactId": random.choice((0, 1 + number % self.people)), "isReturnCustomer": "N",
        }  # fmt: skip

    def _tags(self, there: bool) -> Row:
        names = ("utmSource", "utmMedium", "utmCampaign", "utmContent", "utmTerm")
        if not there:
            return dict.fromkeys(names, "")
        return dict(zip(names, (self.random.choice(TAGS), "cpc", "dealers_msk", "", "качели"), strict=True))

    def _fm(self, number: int) -> list[Row]:
        if self.random.random() < 0.3:
            return []
        local = f"{number % 10_000_000:07d}"
        phone = self.random.choice(("+7916{}", "8916{}", "7 (916) {}", "916{}", "8-916-{}")).format(local)
        return [{"id": number, "typeId": "PHONE", "valueType": "WORK", "value": phone}]

    def _walk(self, table: str, number: int, begun: datetime, way: list[str], stages: Any) -> tuple[str, datetime]:
        """History of a card; one of twenty has none before its second move."""
        moment, without = begun, self.random.random() < 0.05
        for place, code in enumerate(way):
            if place:
                moment = min(moment + timedelta(minutes=self.random.randrange(5, 60 * 24 * 9)), self.now)
            semantic = next(one for known, _, one, _ in stages if known == code) or "P"
            kind = 1 if not place else (2 if semantic == "P" else 3)
            if place or not without:
                self._moves[table].append((moment, number, kind, code, semantic))
        return way[-1], moment

    def _history(self) -> None:
        for table, moves in self._moves.items():
            for moment, number, kind, code, semantic in sorted(moves):
                self.portal.tell_move(table, number, kind, moment, code, semantic)
            moves.clear()

    def _sold(self) -> None:
        """Half of the deals have lines. By a chance of their own, so that the rest of a world stays as it was."""
        random = Random("sold")  # noqa: S311 - made-up data
        for number, name in enumerate(PRODUCTS, start=1):
            self.portal.product(number, name)
        for number in self.portal.tables["deals"].ids:
            names = random.sample((*PRODUCTS, "Доставка"), random.choice((0, 0, 1, 1, 2, 3)))
            lines = [
                (name, random.choice((19000, "540000.50", 0)), random.choice((1, 2, "0.5"))) for name in names
            ]
            self.portal.sell(number, *lines, touch=False)

    def _people(self, count: int) -> None:
        for number in range(1, count + 1):
            created = (self.now - timedelta(days=300)).isoformat()
            common = {"id": number, "createdTime": created, "updatedTime": created, "fm": self._fm(number)}
            contact = {**common, "name": f"Клиент {number}", "lastName": "", "companyId": "0"}
            self.portal.tables["contacts"].put(number, contact)
            if number % 3 == 0:
                self.portal.tables["companies"].put(number, {**common, "title": f"ООО {number}"})

    def _activities(self, leads: list[int]) -> None:
        random, tables = self.random, self.portal.tables
        for number, lead in enumerate(leads, start=1):
            begun = datetime.fromisoformat(tables["leads"].rows[lead]["createdTime"])
            moment = (begun + timedelta(minutes=random.randrange(1, 3000))).isoformat()
            kind, owner = random.choice(((1, lead), (2, None), (3, 1 + lead % self.people)))
            deals = tables["deals"].ids
            row = {
                "ID": number, "OWNER_TYPE_ID": kind, "TYPE_ID": random.choice((1, 2, 4)), "PROVIDER_ID": "",
                "OWNER_ID": owner or (random.choice(deals) if deals else 0), "DIRECTION": random.choice((1, 2)),
                "CREATED": moment, "LAST_UPDATED": moment, "START_TIME": moment, "END_TIME": moment,
                "COMPLETED": random.choice("YYN"), "RESPONSIBLE_ID": random.choice(OWNERS),
            }  # fmt: skip
            tables["activities"].put(number, row)
            if row["TYPE_ID"] == 2:
                self._call(number, row, moment, lead)
            if number % 10 == 0:
                self._task(number, lead, moment)

    def _call(self, number: int, deed: Row, moment: str, lead: int) -> None:
        self.portal.tables["calls"].put(
            number,
            {
                "ID": number, "PORTAL_USER_ID": deed["RESPONSIBLE_ID"], "PORTAL_NUMBER": "+74950000000",
                "PHONE_NUMBER": "+79160000000", "CALL_TYPE": 1 if deed["DIRECTION"] == 2 else 2,
                "CALL_DURATION": self.random.randrange(0, 300), "CALL_START_DATE": moment,
                "CALL_FAILED_CODE": self.random.choice(("200", "304", "486")), "CRM_ENTITY_TYPE": "LEAD",
                "CRM_ENTITY_ID": lead, "CRM_ACTIVITY_ID": number if self.random.random() < 0.8 else "",
                "CALL_RECORD_URL": "https://portal.example/record",
            },
        )  # fmt: skip

    def _task(self, number: int, lead: int, moment: str) -> None:
        self.portal.tables["tasks"].put(
            number,
            {
                "id": str(number), "title": "Перезвонить", "status": self.random.choice(("3", "5")),
                "responsibleId": "6", "createdDate": moment, "changedDate": moment, "closedDate": None,
                "deadline": self.random.choice((moment, None, "")), "ufCrmTask": [f"L_{lead}"],
            },
        )  # fmt: skip
