"""A small made-up company and a seeded world of facts about it, with every trouble a CRM makes."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from smarketing.facts.company import (
    Company,
    CustomField,
    Milestone,
    SourceGroup,
    Stage,
    WorkingHours,
)
from smarketing.facts.criteria import Condition, CriteriaVersion, Names, Rule, TargetVerdict
from smarketing.facts.tables import STORED, TABLES
from smarketing.lake.store import FactBatch

Row = dict[str, Any]
Facts = dict[str, list[Row]]

_ARROW: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
    "DATE": pa.date32(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DECIMAL(18,2)": pa.decimal128(18, 2),
    "DECIMAL(18,6)": pa.decimal128(18, 6),
    "BOOLEAN": pa.bool_(),
}
STAGES = ("new", "talk", "offer", "contract", "paid", "served")


def named(text: str) -> Names:
    return Names(ru=text, en=text)


def company(zone: str = "Europe/Moscow", **changes: Any) -> Company:
    """Six stages on the path (accepted 2, deal 3, won 5, one stage after the sale) and two kinds of loss."""
    milestones = {"talk": Milestone.ACCEPTED, "offer": Milestone.DEAL, "paid": Milestone.WON}
    settings: dict[str, Any] = {
        "zone": zone,
        "stages": (
            *(Stage(key=key, name=named(key), milestone=milestones.get(key)) for key in STAGES),
            Stage(key="lost", name=named("lost"), milestone=Milestone.LOST),
            Stage(key="spam", name=named("spam"), milestone=Milestone.LOST),
        ),
        "source_groups": (
            SourceGroup(key="paid_ads", name=named("ads"), paid=True, sources=("direct", "vk")),
            SourceGroup(key="organic", name=named("organic"), sources=("seo",)),
        ),
        "custom_fields": (CustomField(key="city", name=named("city")),),
        "criteria": (
            CriteriaVersion(version="old", valid_from=date(2026, 1, 15), rules=(_small(),)),
            CriteriaVersion(
                version="new",
                valid_from=date(2026, 3, 1),
                rules=(_from_region(), _small(), _in_city()),
                otherwise=TargetVerdict.NON_TARGET,
            ),
        ),
        "seller_quality": {"good": TargetVerdict.TARGET, "bad": TargetVerdict.NON_TARGET},
        "rates": {
            "USD": [
                {"since": "2026-03-01", "rate": "95.5"},
                {"since": "2026-01-10", "rate": "91.357"},
                {"since": "2026-04-17", "rate": "88.9999"},
            ]
        },
        "working_hours": WorkingHours(
            opens=time(9, 30), closes=time(18), days_off=(date(2026, 3, 9),), days_worked=(date(2026, 2, 28),)
        ),
    }
    return Company(**{**settings, **changes})


def _small() -> Rule:
    return Rule(
        key="small_order",
        name=named("small"),
        verdict="non_target",
        when=(Condition(field="amount", op="below", value=1000),),
    )


def _from_region() -> Rule:
    return Rule(
        key="far_region",
        name=named("far"),
        verdict="non_target",
        when=(Condition(field="region", op="in", value=("far", "abroad")),),
    )


def _in_city() -> Rule:
    return Rule(
        key="in_city",
        name=named("city"),
        verdict="target",
        when=(Condition(field="custom_city", op="is", value="Omsk"), Condition(field="segment", op="filled")),
    )


def at(text: str) -> datetime:
    """A moment in UTC from ``2026-11-03`` or ``2026-11-03 10:30``."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def batch(table: str, *rows: Row) -> FactBatch:
    """A batch out of rows written by hand; only the columns they name."""
    kinds = {column.name: _ARROW[STORED[column.kind]] for column in TABLES[table].columns}
    kinds["custom"] = pa.string()
    columns = list(dict.fromkeys(column for row in rows for column in row))
    plain = [{column: _naive(value) for column, value in row.items()} for row in rows]
    return FactBatch(
        table, pa.Table.from_pylist(plain, pa.schema([(column, kinds[column]) for column in columns]))
    )


def batches(facts: Facts) -> list[FactBatch]:
    return [batch(table, *rows) for table, rows in facts.items() if rows]


def _naive(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return value


class World:
    """Random facts of ``leads`` leads from January to May 2026 (both changes of the clocks lie inside)."""

    def __init__(self, seed: int, leads: int = 200) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a repeatable world, not a secret
        self.facts: Facts = {table: [] for table in TABLES}
        for number in range(leads):
            self._lead(f"L{number:04d}")
        self._money_without_lead()
        self._spend()
        self._clients()
        self._tasks()

    def _lead(self, lead_id: str) -> None:
        created = self._moment(at("2026-01-01"), days=150)
        pick = self._random.choice
        row: Row = {
            "lead_id": lead_id,
            "created_at": created,
            "client_id": self._maybe(f"C{self._random.randrange(60)}", 0.8),
            "visitor_id": self._maybe(f"V{self._random.randrange(90)}", 0.5),
            "lead_source": pick(["direct", "vk", "seo", "friends", None]),
            "campaign": pick(["spring", "brand", None]),
            "segment": pick(["dealers", "private", None]),
            "product": pick(["slide", "swing", None]),
            "region": pick(["near", "far", None]),
            "manager": pick(["Anna", "Boris", None]),
            "amount": pick([Decimal(500), Decimal(1000), Decimal("123456.78"), None]),
            "currency": pick([None, "RUB", "USD"]),
            "seller_quality": pick(["good", "bad", "hm", None]),
            "is_test": pick([True, False, None, None, None, None]),
            "duplicate_of": self._maybe("L0000", 0.05),
            "loss_reason": self._maybe("too dear", 0.2),
            "deleted_at": self._maybe(created + timedelta(days=2), 0.05),
            "custom": self._maybe(json.dumps({"city": pick(["Omsk", "Perm", ""]), "x": 1}), 0.7),
        }
        self.facts["leads"].append(row)
        self._moves(lead_id, created)
        self._activities(lead_id, created)
        self._payments(lead_id, row["client_id"], created)
        self._verdicts(lead_id, created)

    def _moves(self, lead_id: str, created: datetime) -> None:
        """Mostly forward; with skips, returns, losses, reopenings, ties and moves whose moment nobody knows."""
        moment, stage = created, 0
        seen: set[tuple[str, datetime | None]] = set()
        for _ in range(self._random.choice([0, 1, 2, 3, 4, 5, 6, 8])):
            chance = self._random.random()
            key = STAGES[stage]
            if chance < 0.15:
                key = self._random.choice(["lost", "spam"])
            elif chance < 0.3:
                stage = self._random.randrange(len(STAGES))
            else:
                stage = min(stage + self._random.choice([1, 1, 1, 2]), len(STAGES) - 1)
            if self._random.random() < 0.85:
                moment = moment + timedelta(seconds=self._random.randrange(0, 600_000))
            entered = None if self._random.random() < 0.1 else moment
            if entered and self._random.random() < 0.1:
                entered = entered.replace(hour=0, minute=0, second=0, microsecond=0)  # a day without an hour
            if (key, entered) in seen:
                continue
            seen.add((key, entered))
            lost = key in ("lost", "spam")
            self.facts["stage_moves"].append(
                {
                    "lead_id": lead_id,
                    "stage": key,
                    "entered_at": entered,
                    "loss_reason": self._maybe(f"reason {self._random.randrange(3)}", 0.7) if lost else None,
                    "competitor": self._maybe("Rival", 0.3) if lost else None,
                }
            )

    def _activities(self, lead_id: str, created: datetime) -> None:
        for turn in range(self._random.randrange(4)):
            self.facts["activities"].append(
                {
                    "activity_id": f"{lead_id}-{turn}",
                    "at": self._moment(created - timedelta(hours=5), days=4),
                    "lead_id": lead_id,
                    "kind": self._random.choice(["call", "letter", "meeting", "message", "auto", "note"]),
                    "direction": self._random.choice(["in", "out", "OUT", None]),
                    "result": self._random.choice(["missed", "Missed", "talked", None]),
                }
            )

    def _payments(self, lead_id: str, client_id: str | None, created: datetime) -> None:
        for turn in range(self._random.choice([0, 0, 0, 1, 1, 3])):
            amount = Decimal(self._random.randrange(-20_000, 90_000)) / 100
            self.facts["payments"].append(
                {
                    "payment_id": f"{lead_id}-{turn}",
                    "paid_at": self._maybe(self._moment(created, days=60), 0.9),
                    "amount": amount,
                    "currency": self._random.choice([None, "RUB", "USD"]),
                    "vat": self._maybe((amount / 6).quantize(Decimal("0.01")), 0.5),
                    "cost": self._maybe(Decimal("12.34"), 0.5),
                    "lead_id": lead_id,
                    "client_id": self._random.choice([None, client_id]),
                    "product": self._maybe("rope", 0.2),
                }
            )

    def _verdicts(self, lead_id: str, created: datetime) -> None:
        if self._random.random() < 0.1:
            self.facts["qualifications"].append(
                {
                    "lead_id": lead_id,
                    "judged_at": created + timedelta(days=1),
                    "verdict": self._random.choice(["target", "non_target"]),
                    "criterion": "by_hand",
                    "judged_by": self._random.choice(["person", None]),
                }
            )

    def _money_without_lead(self) -> None:
        for number in range(8):
            self.facts["payments"].append(
                {
                    "payment_id": f"X{number}",
                    "paid_at": self._moment(at("2026-01-01"), days=150),
                    "amount": Decimal("77.77"),
                    "client_id": self._random.choice([None, "C1", "C2"]),
                    "lead_id": self._random.choice([None, "nobody knows"]),
                }
            )

    def _spend(self) -> None:
        for day in range(0, 150, 3):
            for lead_source in ("direct", "vk"):
                for _ in range(self._random.randrange(3)):
                    self.facts["ad_spend"].append(
                        {
                            "day": date(2026, 1, 1) + timedelta(days=day),
                            "lead_source": lead_source,
                            "account": self._random.choice(["first", "second", None]),
                            "campaign": self._random.choice(["spring", None]),
                            "cost": Decimal(self._random.randrange(100, 99_999)) / 100,
                            "vat": self._maybe(Decimal("0.55"), 0.5),
                            "currency": self._random.choice([None, "USD"]),
                            "clicks": self._maybe(5, 0.8),
                        }
                    )

    def _clients(self) -> None:
        """Not all clients are known; some have left, some say their segment."""
        for number in range(0, 60, 2):
            self.facts["clients"].append(
                {
                    "client_id": f"C{number}",
                    "segment": self._maybe("of the client", 0.5),
                    "left_at": self._maybe(date(2026, 1, 1) + timedelta(days=self._random.randrange(200)), 0.4),
                }
            )

    def _tasks(self) -> None:
        for number in range(40):
            due = self._maybe(self._moment(at("2026-01-01"), days=150), 0.9)
            if due and number % 3 == 0:
                # Midnight in Moscow, winter and summer alike: a day without an hour there, an hour elsewhere.
                due = due.replace(hour=21, minute=0, second=0, microsecond=0)
            done = due and self._maybe(due + timedelta(hours=self._random.randrange(-60, 60)), 0.7)
            self.facts["tasks"].append(
                {
                    "task_id": f"T{number}",
                    "due_at": due,
                    "done_at": done,
                    "person": self._random.choice(["Anna", "Boris", None]),
                    "template": self._maybe("every quarter", 0.5),
                }
            )

    def _moment(self, start: datetime, *, days: int) -> datetime:
        return start + timedelta(microseconds=self._random.randrange(days * 86_400_000_000))

    def _maybe(self, value: Any, chance: float) -> Any:
        return value if self._random.random() < chance else None
