"""Which days are read again, and what a day that came anew does to the facts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from smarketing.connectors.outside import spend
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.spend import SpendOptions
from smarketing.connectors.outside.streams import Page, Since
from smarketing.facts.company import Company, parse_company

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)  # noon in Moscow: yesterday is the 19th
OPTIONS = SpendOptions(lead_source="vk", account="first", first_day=date(2026, 10, 1))


def test_first_reading_goes_from_the_first_day_to_yesterday_in_portions() -> None:
    found = list(spend.spans(None, NOW, first=date(2026, 10, 1), since=None))
    assert [(span.first, span.last) for span in found] == [
        (date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 11, 19)),
    ]
    assert found[0].cursor == {"until": "2026-10-31", "settled": None}
    assert found[1].cursor == {"until": "2026-11-19", "settled": "2026-11-19"}


def test_three_days_are_read_again_and_thirty_five_once_a_week() -> None:
    daily = list(spend.spans({"until": "2026-11-18", "settled": "2026-11-17"}, NOW, first=None, since=None))
    assert [(span.first, span.last) for span in daily] == [(date(2026, 11, 16), date(2026, 11, 19))]
    weekly = list(spend.spans({"until": "2026-11-18", "settled": "2026-11-12"}, NOW, first=None, since=None))
    assert (weekly[0].first, weekly[-1].last) == (date(2026, 10, 15), date(2026, 11, 19))
    assert weekly[-1].cursor == {"until": "2026-11-19", "settled": "2026-11-19"}


def test_weekly_reading_that_broke_off_is_done_again() -> None:
    cursor = {"until": "2026-11-18", "settled": "2026-11-10"}
    first = next(spend.spans(cursor, NOW, first=None, since=None))
    again = list(spend.spans(first.cursor, NOW, first=None, since=None))
    assert again[0].first == date(2026, 10, 15)


def test_day_of_the_account_is_the_day_of_moscow() -> None:
    late = datetime(2026, 11, 20, 22, tzinfo=UTC)  # one in the morning of the 21st in Moscow
    [span] = spend.spans({"until": "2026-11-19", "settled": "2026-11-19"}, late, first=None, since=None)
    assert span.last == date(2026, 11, 20)


def test_period_is_read_again_on_request() -> None:
    cursor = {"until": "2026-11-19", "settled": "2026-11-19"}
    [span] = spend.spans(cursor, NOW, first=None, since=Since(date(2026, 11, 1)))
    assert span.first == date(2026, 11, 1)


def row(day: str, number: str, cost: str, **more: object) -> dict[str, object]:
    return {"day": day, "campaign_id": number, "campaign": f"C{number}", "cost": cost, **more}


def put(mirror: Mirror, day: str, *rows: dict[str, object]) -> None:
    records, refused = spend.taken(rows)
    mirror.keep(Page("spend", records, {}, refused=refused, replaces=[day]), NOW)


def facts(mirror: Mirror, company: Company, after: int = 0) -> list[dict[str, object]]:
    made = spend.facts(mirror, company, OPTIONS, after=after, upto=mirror.position)
    return [fact for tables in made for rows in tables.values() for fact in rows.to_pylist()]


def test_vat_is_taken_out_by_the_rate_of_the_day(tmp_path: Path) -> None:
    company = parse_company(
        {"vat": [{"since": "2019-01-01", "rate": "0.20"}, {"since": "2026-01-01", "rate": "0.22"}]}
    )
    mirror = Mirror(tmp_path / "m.sqlite3")
    put(mirror, "2025-12-31", row("2025-12-31", "1", "120.00"))
    put(mirror, "2026-01-01", row("2026-01-01", "1", "122.00"))
    assert [(fact["cost"], fact["vat"]) for fact in facts(mirror, company)] == [
        (Decimal("120.00"), Decimal("20.00")),
        (Decimal("122.00"), Decimal("22.00")),
    ]
    assert [fact["vat"] for fact in facts(mirror, Company())] == [None, None]


def test_corrected_day_comes_whole_and_an_emptied_one_is_a_day_without_spend(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "m.sqlite3")
    put(mirror, "2026-11-01", row("2026-11-01", "1", "10"), row("2026-11-01", "2", "20"))
    position = mirror.position
    put(mirror, "2026-11-01", row("2026-11-01", "2", "19.50"))
    assert [(fact["campaign"], fact["cost"]) for fact in facts(mirror, Company(), position)] == [
        ("c2", Decimal("19.50"))
    ]
    position = mirror.position
    put(mirror, "2026-11-01")
    [fact] = facts(mirror, Company(), position)
    assert (fact["campaign"], fact["cost"], fact["account"]) == (None, Decimal("0.00"), "first")


def test_row_that_is_no_number_is_kept_apart(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "m.sqlite3")
    put(mirror, "2026-11-01", row("2026-11-01", "1", "many"), row("2026-11-01", "2", "3", clicks="5"))
    [refused] = mirror.refused()["spend"]
    assert (refused.column, refused.key) == ("cost", "2026-11-01/1")
    assert len(facts(mirror, Company())) == 1
