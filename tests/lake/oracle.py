"""The derived tables a second time: in plain Python, row by row, from the raw facts, without any SQL."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from smarketing.facts.company import Company, Milestone
from smarketing.facts.criteria import Condition, CriteriaVersion
from smarketing.facts.journeys import LEAD_DIMENSIONS, SPEND_DIMENSIONS
from tests.lake.world import Facts, Row


class Oracle:
    """What ``journeys``, ``receipts`` and ``spend`` must hold for these facts (latest versions only)."""

    def __init__(self, facts: Facts, company: Company, known_until: datetime) -> None:
        self._facts = facts
        self._company = company
        self._known_until = known_until
        self._lost = {stage.key for stage in company.stages if stage.milestone is Milestone.LOST}
        self._place = {stage.key: place for place, stage in enumerate(company.path, start=1)}
        self._leads = {row["lead_id"]: row for row in facts["leads"]}

    def journeys(self) -> list[Row]:
        rows = [self._journey(lead) for lead in self._facts["leads"]]
        for row in rows:
            row["is_repeat"] = any(
                other["client_id"] == row["client_id"]
                and other["lead_id"] != row["lead_id"]
                and other["is_counted"]
                and other["is_won"]
                and other["won_at"] is not None
                and other["won_at"] < row["created_at"]
                for other in rows
                if row["client_id"] is not None
            )
        return sorted(rows, key=lambda row: row["lead_id"])

    def receipts(self) -> list[Row]:
        rows = [self._receipt(payment) for payment in self._facts["payments"]]
        payers: dict[Any, list[Row]] = {}
        for row in rows:
            row["is_first"] = None
            payer = ("client", row["client_id"]) if row["client_id"] else ("lead", row["lead_id"])
            if payer[1] is not None:
                row["is_first"] = False
                payers.setdefault(payer, []).append(row)
        for paid in payers.values():
            incomes = [row for row in paid if row["amount"] > 0]
            if incomes:
                earliest = min(incomes, key=lambda row: (row["paid_at"] or datetime.max, row["payment_id"]))  # noqa: DTZ901
                earliest["is_first"] = True
        return sorted(rows, key=lambda row: row["payment_id"])

    def spend(self) -> list[Row]:
        rows = []
        for row in self._facts["ad_spend"]:
            rows.append(
                {
                    "day": row["day"],
                    "week": _monday(row["day"]),
                    "month": _month(row["day"]),
                    **{name: row.get(name) for name in SPEND_DIMENSIONS},
                    "source_group": self._group(row["lead_source"]),
                    "cost": self._money(row["cost"] - (row.get("vat") or 0), row.get("currency"), row["day"]),
                    "impressions": row.get("impressions"),
                    "clicks": row.get("clicks"),
                    "reported_leads": row.get("reported_leads"),
                }
            )
        return sorted(rows, key=repr)

    def _journey(self, lead: Row) -> Row:
        lead_id, created = lead["lead_id"], lead["created_at"]
        row: Row = {
            "lead_id": lead_id,
            "client_id": lead.get("client_id"),
            "visitor_id": lead.get("visitor_id"),
            "created_at": _plain(created),
            **{name: lead.get(name) for name in LEAD_DIMENSIONS},
            "source_group": self._group(lead.get("lead_source")),
            "amount": None
            if lead.get("amount") is None
            else self._money(lead["amount"], lead.get("currency"), self._local_day(created)),
            "url": lead.get("url"),
            "custom": lead.get("custom"),
            "is_test": bool(lead.get("is_test")),
            "is_duplicate": lead.get("duplicate_of") is not None,
            "is_deleted": lead.get("deleted_at") is not None,
            "seller_quality": lead.get("seller_quality"),
        }
        row["is_counted"] = not row["is_test"] and not row["is_duplicate"] and not row["is_deleted"]
        opinion = self._company.seller_quality.get(lead.get("seller_quality") or "")
        row["seller_verdict"] = None if opinion is None else opinion.value
        for field in self._company.custom_fields:
            row[f"custom_{field.key}"] = json.loads(lead.get("custom") or "{}").get(field.key) or None
        self._created(row, created)
        self._path(row, created)
        self._response(row, created)
        self._payments(row)
        self._verdict(row)
        return row

    def _created(self, row: Row, created: datetime) -> None:
        local = created.astimezone(self._company.tz)
        row.update(_dates("created", local.date()))
        row["created_hour"] = local.hour
        row["created_weekday"] = local.isoweekday()
        row["in_working_hours"] = self._company.calendar.is_open(created)
        row["created_working_clock"] = self._company.calendar.clock(created)

    def _path(self, row: Row, created: datetime) -> None:
        moves = [move for move in self._facts["stage_moves"] if move["lead_id"] == row["lead_id"]]
        way = self._in_order([{**move, "seen_at": self._seen(move, created)} for move in moves])
        places = [self._place[move["stage"]] for move in way if move["stage"] not in self._lost]
        last = way[-1] if way else None
        row["stage"] = last["stage"] if last else None
        row["furthest"] = max(places, default=0)
        row["outcome"] = self._outcome(row["stage"])
        row["is_won"], row["is_lost"] = row["outcome"] == "won", row["outcome"] == "lost"
        for milestone in ("accepted", "deal", "won"):
            self._milestone(row, way, milestone)
        self._loss(row, way)
        self._turns(row, way)
        self._stages(row, way)
        for end in ("won", "lost"):
            moment = row[f"{end}_at"]
            row[f"{end}_seconds"] = None if moment is None else max(_seconds(created, moment), 0)

    def _in_order(self, moves: list[Row]) -> list[Row]:
        """Dated moves by moment; undated ones where they contradict nothing (see ``lake/path.py``)."""
        dated = sorted((move for move in moves if move["entered_at"]), key=self._when)
        with_moment = {move["stage"] for move in dated}
        undated = sorted(
            (move for move in moves if not move["entered_at"] and move["stage"] not in with_moment), key=self._rank
        )
        ends = [move for move in undated if self._is_end(move["stage"])]
        middle = [move for move in undated if move not in ends]
        on_path = [self._place[move["stage"]] for move in dated if move["stage"] not in self._lost]
        behind = [move for move in middle if on_path and self._place[move["stage"]] < on_path[-1]]
        ahead = [move for move in middle if move not in behind]
        final: list[Row] = []
        if dated and dated[-1]["stage"] in self._lost:
            moment = dated[-1]["seen_at"]
            final = [move for move in dated if move["stage"] in self._lost and move["seen_at"] == moment]
            dated = [move for move in dated if move not in final]
        return [*behind, *dated, *ahead, *final, *ends]

    def _when(self, move: Row) -> tuple[Any, ...]:
        return (move["seen_at"], *self._rank(move))

    def _seen(self, move: Row, created: datetime) -> datetime | None:
        """A move dated before its lead stands where the lead begins."""
        return max(move["entered_at"], created) if move["entered_at"] else None

    def _rank(self, move: Row) -> tuple[int, str]:
        return self._place.get(move["stage"], 10_000), move["stage"]

    def _is_end(self, stage: str) -> bool:
        return stage in self._lost or self._place[stage] >= self._place_of("won")

    def _place_of(self, milestone: str) -> int:
        place = self._company.order(Milestone(milestone))
        assert place is not None
        return place

    def _outcome(self, stage: str | None) -> str:
        if stage is None:
            return "open"
        if stage in self._lost:
            return "lost"
        return "won" if self._is_end(stage) else "open"

    def _milestone(self, row: Row, way: list[Row], milestone: str) -> None:
        place = self._place_of(milestone)
        entries = [
            move["entered_at"]
            for move in way
            if move["stage"] not in self._lost and self._place[move["stage"]] >= place and move["entered_at"]
        ]
        reached = min(entries, default=None)
        if milestone == "won":
            reached = reached if row["is_won"] else None
        else:
            row[f"is_{milestone}"] = row["furthest"] >= place
        self._moment(row, milestone, reached)

    def _moment(self, row: Row, prefix: str, moment: datetime | None) -> None:
        row[f"{prefix}_at"] = None if moment is None else _plain(moment)
        row.update(_dates(prefix, None if moment is None else moment.astimezone(self._company.tz).date()))

    def _loss(self, row: Row, way: list[Row]) -> None:
        row["loss_stage"] = row["loss_reason"] = row["competitor"] = None
        if not row["is_lost"]:
            self._moment(row, "lost", None)
            return
        self._moment(row, "lost", way[-1]["entered_at"])
        on_card = self._leads[row["lead_id"]].get("loss_reason")
        row["loss_reason"], row["competitor"] = on_card or way[-1].get("loss_reason"), way[-1].get("competitor")
        before = [move for move in way if move["stage"] not in self._lost]
        if not before:
            row["loss_stage"] = self._company.path[0].key
        elif before[-1]["entered_at"]:
            row["loss_stage"] = before[-1]["stage"]
        else:
            row["loss_stage"] = self._company.path[row["furthest"] - 1].key

    def _turns(self, row: Row, way: list[Row]) -> None:
        won, returns, reopenings = self._place_of("won"), 0, 0
        for before, after in itertools.pairwise(way):
            if not before["entered_at"] or not after["entered_at"] or after["stage"] in self._lost:
                continue
            place = self._place[after["stage"]]
            if before["stage"] in self._lost:
                reopenings += 1
                continue
            returns += place < self._place[before["stage"]]
            reopenings += self._place[before["stage"]] >= won > place
        row["returns"], row["reopenings"] = returns, reopenings

    def _stages(self, row: Row, way: list[Row]) -> None:
        dated = [move for move in way if move["entered_at"]]
        for stage in self._company.stages:
            key = stage.key
            entries = [move["entered_at"] for move in dated if move["stage"] == key]
            stays = [
                _seconds(move["seen_at"], after["seen_at"])
                for move, after in itertools.pairwise(dated)
                if move["stage"] == key
            ]
            row[f"in_{key}"] = any(move["stage"] == key for move in way)
            row[f"at_{key}"] = _plain(min(entries)) if entries else None
            row[f"sec_{key}"] = sum(stays) if stays else None

    def _response(self, row: Row, created: datetime) -> None:
        calendar = self._company.calendar
        answers = [
            activity["at"]
            for activity in self._facts["activities"]
            if activity.get("lead_id") == row["lead_id"]
            and activity["kind"] in {"call", "letter", "meeting", "message", "first_response"}
            and (activity.get("direction") or "").lower() != "in"
            and (activity.get("result") or "").lower() not in {"missed", "no_answer", "busy", "failed"}
            and activity["at"] >= created
        ]
        first = min(answers, default=None)
        sla = self._company.response_sla_minutes * 60
        row["first_response_at"] = None if first is None else _plain(first)
        row["response_seconds"] = None if first is None else _seconds(created, first)
        row["response_working_seconds"] = None if first is None else calendar.seconds_between(created, first)
        row["is_answered"], row["is_handled"] = None, None
        if self._facts["activities"]:
            row["is_answered"] = first is not None
            if first is not None:
                row["is_handled"] = calendar.seconds_between(created, first) <= sla
            elif calendar.seconds_between(created, self._known_until) > sla:
                row["is_handled"] = False

    def _payments(self, row: Row) -> None:
        paid = [self._receipt(payment) for payment in self._facts["payments"] if _is_of(payment, row["lead_id"])]
        incomes = [payment for payment in paid if payment["amount"] > 0]
        moments = [payment["paid_at"] for payment in incomes if payment["paid_at"]]
        row["revenue"] = sum((payment["amount"] for payment in paid), Decimal("0.00"))
        row["cost_of_goods"] = sum((payment["cost"] or Decimal() for payment in paid), Decimal("0.00"))
        row["payments_count"] = len(incomes)
        row["first_paid_at"] = min(moments, default=None)

    def _receipt(self, payment: Row) -> Row:
        lead = self._leads.get(payment.get("lead_id") or "")
        moment = payment.get("paid_at")
        day = date.max if moment is None else self._local_day(moment)
        row: Row = {
            "payment_id": payment["payment_id"],
            "lead_id": payment.get("lead_id"),
            "client_id": payment.get("client_id") or (lead or {}).get("client_id"),
            "amount": self._money(payment["amount"] - (payment.get("vat") or 0), payment.get("currency"), day),
            "cost": None,
            "is_counted": not (lead or {}).get("is_test") and (lead or {}).get("deleted_at") is None,
            **{name: (lead or {}).get(name) for name in LEAD_DIMENSIONS},
            "source_group": self._group((lead or {}).get("lead_source")),
        }
        if payment.get("cost") is not None:
            row["cost"] = self._money(payment["cost"], payment.get("currency"), day)
        row["product"] = payment.get("product") or row["product"]
        self._moment(row, "paid", moment)
        row.update(_dates("created", lead["created_at"].astimezone(self._company.tz).date() if lead else None))
        return row

    def _verdict(self, row: Row) -> None:
        said = [
            verdict
            for verdict in self._facts["qualifications"]
            if verdict["lead_id"] == row["lead_id"] and verdict.get("judged_by") != "rule"
        ]
        if said:
            latest = max(said, key=lambda verdict: verdict["judged_at"])
            row["target_verdict"], row["criterion"] = latest["verdict"], latest.get("criterion")
            row["criteria_version"], row["judged_by"] = latest.get("criteria_version"), "person"
            return
        valid = [version for version in self._company.criteria if version.valid_from <= row["created_day"]]
        if not valid:
            row["target_verdict"] = "unknown"
            row["criterion"] = row["criteria_version"] = row["judged_by"] = None
            return
        version = max(valid, key=lambda version: version.valid_from)
        row["criteria_version"], row["judged_by"] = version.version, "rule"
        row["target_verdict"], row["criterion"] = judged(version, row)

    def _money(self, amount: Decimal, currency: str | None, day: date) -> Decimal:
        rate = self._company.rate(currency, day)
        assert rate is not None
        return (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def _local_day(self, moment: datetime) -> date:
        return moment.astimezone(self._company.tz).date()

    def _group(self, lead_source: str | None) -> str | None:
        found = (group.key for group in self._company.source_groups if lead_source in group.sources)
        return next(found, None)


def judged(version: CriteriaVersion, row: Row) -> tuple[str, str | None]:
    """Verdict and criterion: neighbours with one verdict form a step, an unanswerable rule stops at its step."""
    rules = list(version.rules)
    while rules:
        step = [rule for rule in rules if rule.verdict == rules[0].verdict]
        step = step[: next((i for i, rule in enumerate(rules) if rule.verdict != rules[0].verdict), len(rules))]
        answers = [(rule, _all([_holds(condition, row) for condition in rule.when])) for rule in step]
        for rule, answer in answers:
            if answer:
                return rule.verdict, rule.key
        for rule, answer in answers:
            if answer is None:
                return "unknown", rule.key
        rules = rules[len(step) :]
    return version.otherwise.value, None


def _holds(condition: Condition, row: Row) -> bool | None:
    value = row[condition.field]
    if condition.op == "filled":
        return value is not None
    if value is None:
        return None
    asked: Any = condition.value
    operations: dict[str, Callable[[], bool]] = {
        "is": lambda: value == asked,
        "in": lambda: value in asked,
        "below": lambda: value < asked,
    }
    return operations[condition.op]()


def _all(answers: list[bool | None]) -> bool | None:
    if any(answer is False for answer in answers):
        return False
    return None if None in answers else True


def _is_of(payment: Row, lead_id: str) -> bool:
    return payment.get("lead_id") == lead_id


def _plain(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _seconds(start: datetime, end: datetime) -> int:
    return (_plain(end) - _plain(start)) // timedelta(seconds=1)


def _dates(prefix: str, day: date | None) -> Row:
    return {
        f"{prefix}_day": day,
        f"{prefix}_week": None if day is None else _monday(day),
        f"{prefix}_month": None if day is None else _month(day),
    }


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> int:
    return day.year * 100 + day.month
