"""Several measures side by side: merging, totals, impossible splits, order, notes, ripeness."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from smarketing.analyses.measuring import Measured, measure
from smarketing.analyses.question import Question
from smarketing.analyses.records import records
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.period import Clock, Period
from smarketing.metrics.kinds import NoValue
from tests.analyses.small_company import COHORT, COMPANY, LEADS, PERIOD, RECEIPTS, SPEND, reader
from tests.support.memory import MemoryReader, at


def values(found: Measured, key: str) -> dict[tuple[object, ...], object]:
    return {row.keys: row.figures[key].value for row in found.rows}


def codes(found: Measured) -> list[str]:
    return [note.code for note in found.notes]


def test_facts_of_three_tables_stand_side_by_side_by_source() -> None:
    found = measure(reader(), COHORT.split("lead_source"), ["spend", "leads", "revenue", "cpl"])

    assert values(found, "leads") == {("yandex",): 6, ("site",): 5}
    assert values(found, "revenue") == {("yandex",): 500_000, ("site",): 250_000}
    assert found.rows[0].figures["cpl"].value == Decimal(100_000) / 6


def test_source_without_ad_spend_has_no_spend_rather_than_a_spend_of_zero() -> None:
    site = measure(reader(), COHORT.split("lead_source"), ["spend", "leads", "cpl"]).rows[1]

    assert site.keys == ("site",)
    assert (site.figures["spend"].value, site.figures["spend"].reason) == (None, NoValue.NOT_LOADED)
    assert (site.figures["cpl"].value, site.figures["cpl"].reason) == (None, NoValue.NOT_LOADED)


def test_day_without_ad_spend_has_a_spend_of_zero() -> None:
    found = measure(reader(), COHORT.split("day"), ["leads", "spend"])

    assert values(found, "spend")["2026-11-04",] == 0
    assert values(found, "spend")["2026-11-02",] == 60_000


def test_not_given_is_a_row_and_stands_last() -> None:
    found = measure(reader(), COHORT.split("segment"), ["leads"])

    assert [(row.keys, row.figures["leads"].value) for row in found.rows] == [
        (("private",), 5), (("dealers",), 3), (("-",), 1), ((None,), 2),
    ]  # fmt: skip


def test_two_dimensions_keep_time_rising_and_the_rest_by_revenue() -> None:
    found = measure(reader(), Question(by=("month", "segment")), ["leads", "revenue"])

    assert [row.keys for row in found.rows] == [
        (202610, "dealers"), (202611, "dealers"), (202611, "private"), (202611, "-"), (202611, None),
    ]  # fmt: skip


def test_period_clock_dates_every_measure_by_its_own_event() -> None:
    found = measure(reader(), PERIOD.split("day"), ["leads", "sales", "revenue"])
    by_day = {row.keys: tuple(row.figures[key].value for key in found.metrics) for row in found.rows}

    assert by_day["2026-11-03",] == (2, 1, 240_000)  # L3 and L4 came, L12 bought
    assert by_day["2026-11-12",] == (0, 1, 700_000)  # L1 bought, L1 and L7 paid
    assert by_day["2026-11-16",] == (0, 0, -10_000)  # the refund
    assert found.total.figures["sales"].value == 4


def test_split_that_ad_spend_does_not_know_is_an_error_with_the_way_out() -> None:
    with pytest.raises(WrongQuestion) as error:
        measure(reader(), COHORT.split("manager"), ["leads", "cpl"])

    assert error.value.code == "cannot-split"
    assert error.value.say("ru") == (
        "«CPL» нельзя разбить или отфильтровать так: расходы рекламных кабинетов не знают разреза «Менеджер». "
        "Можно по разрезам: день, неделя, месяц, источник, группа источников, кампания, объявление, сегмент, "
        "продукт. Или спросите в этом разрезе показатели без этих фактов."
    )


def test_filter_that_ad_spend_does_not_know_is_the_same_error() -> None:
    with pytest.raises(WrongQuestion) as error:
        measure(reader(), COHORT.only("manager", "Анна"), ["cpl"])

    assert error.value.code == "cannot-split"


def test_impossible_metric_is_empty_in_the_rows_and_keeps_its_total_when_not_asked_by_name() -> None:
    found = measure(reader(), COHORT.split("manager"), ["leads", "cpl"], strict=False)

    assert {row.figures["cpl"].reason for row in found.rows} == {NoValue.CANNOT_SPLIT}
    assert values(found, "leads") == {("Анна",): 1, ("Борис",): 1, (None,): 9}
    assert found.total.figures["cpl"].value == Decimal(100_000) / 11
    assert "cannot-split" in codes(found)


def test_impossible_filter_leaves_no_total_either() -> None:
    total = measure(reader(), COHORT.only("manager", "Анна"), ["leads", "cpl"], strict=False).total.figures

    assert total["leads"].value == 1
    assert (total["cpl"].value, total["cpl"].reason) == (None, NoValue.CANNOT_SPLIT)


def test_metric_of_another_clock_or_measurement_says_where_to_ask() -> None:
    with pytest.raises(WrongQuestion) as by_cohort:
        measure(reader(), COHORT, ["velocity"])
    with pytest.raises(WrongQuestion) as curve:
        measure(reader(), COHORT, ["response_median"])

    assert (by_cohort.value.code, curve.value.code) == ("wrong-clock", "computed-elsewhere")


def test_unknown_split_names_the_nearest_one() -> None:
    with pytest.raises(WrongQuestion) as error:
        measure(reader(), COHORT.split("menager"), ["leads"])

    assert error.value.say("en") == "There is no split by “menager”. Did you mean “manager”?"


def test_value_with_a_quote_reaches_no_question() -> None:
    found = measure(reader(), COHORT.only("lead_source", "x' OR '1'='1"), ["leads"])

    assert found.total.figures["leads"].value == 0


def test_share_of_counts_carries_wilson_interval_and_its_parts() -> None:
    figure = measure(reader(), COHORT, ["lead_to_sale_cr"]).total.figures["lead_to_sale_cr"]

    assert (figure.numerator, figure.denominator, figure.n) == (3, 11, 11)
    assert figure.interval is not None
    # By hand, z = 1.644854: centre (0.272727 + 0.122979) / 1.245958 = 0.317592,
    # half 1.644854 / 1.245958 * sqrt(0.198347 / 11 + 2.705543 / 484) = 0.202898.
    assert (figure.interval.low, figure.interval.high) == pytest.approx((0.114694, 0.520490), abs=1e-6)


def test_snapshot_conversion_has_a_note_and_no_interval() -> None:
    found = measure(reader(), PERIOD, ["lead_to_sale_cr", "win_rate"])

    assert found.total.figures["lead_to_sale_cr"].interval is None
    assert found.total.figures["win_rate"].interval is not None  # each closed deal is dated by its own closing
    assert codes(found) == ["period-snapshot"]


def test_empty_denominator_is_no_data_and_never_zero() -> None:
    figure = measure(reader(), COHORT.only("lead_source", "nowhere"), ["lead_to_sale_cr"]).total.figures[
        "lead_to_sale_cr"
    ]

    assert (figure.value, figure.reason) == (None, NoValue.EMPTY_DENOMINATOR)


def test_facts_that_were_never_loaded_are_said_to_be_missing() -> None:
    found = measure(reader(spend=(), costs=()), COHORT, ["spend", "cpl", "cac_full", "leads"])

    assert {key: found.total.figures[key].reason for key in found.metrics} == {
        "spend": NoValue.NOT_LOADED, "cpl": NoValue.NOT_LOADED, "cac_full": NoValue.NOT_LOADED, "leads": None,
    }  # fmt: skip
    assert codes(found) == ["no-spend", "no-costs"]


def test_margin_without_any_cost_is_not_loaded_rather_than_revenue() -> None:
    free = [{**row, "cost": 0} for row in _receipts()]
    found = measure(reader(receipts=free), PERIOD, ["margin", "romi", "revenue"])

    assert (found.total.figures["margin"].reason, found.total.figures["romi"].reason) == (NoValue.NOT_LOADED,) * 2
    assert found.total.figures["revenue"].value == 990_000
    assert codes(found) == ["no-cost"]


def test_stage_that_the_company_does_not_have_is_said_to_be_missing() -> None:
    plain = COMPANY.model_copy(update={"stages": tuple(s for s in COMPANY.stages if s.key != "deal")})
    found = measure(
        reader(company=plain, journeys=_without("in_deal", "at_deal", "sec_deal")), COHORT, ["deals", "sales"]
    )

    assert (found.total.figures["deals"].reason, found.total.figures["sales"].value) == (NoValue.NOT_LOADED, 3)
    assert codes(found) == ["no-stage-deal"]


def test_money_without_a_known_date_is_said_beside_the_period() -> None:
    undated = {"payment_id": "P7", "amount": Decimal(5_000), "lead_source": "site"}
    found = measure(reader(receipts=[*_receipts(), undated]), PERIOD, ["revenue"])

    assert found.total.figures["revenue"].value == 990_000
    assert [note.text.en for note in found.notes] == [
        "Money without a date by this clock (the lead or the day of payment is not known), in no period: ₽5,000.",
    ]


def test_money_without_a_known_date_is_a_row_of_its_own_where_no_period_is_asked() -> None:
    undated = {"payment_id": "P7", "amount": Decimal(5_000), "lead_source": "site"}
    found = measure(
        reader(receipts=[*_receipts(), undated]), Question(clock=Clock.PERIOD, by=("month",)), ["revenue"]
    )

    assert values(found, "revenue") == {(202611,): 990_000, (None,): 5_000}


def test_costs_of_a_part_of_a_month_are_its_part_by_days() -> None:
    first_half = Period(date(2026, 11, 1), date(2026, 11, 16))  # 15 of 30 days, L12 won, L1 too, L11 too
    figure = measure(reader(), replace(PERIOD, period=first_half), ["cac_full"]).total.figures["cac_full"]

    assert (figure.numerator, figure.denominator) == (250_000, 3)  # 100 000 + 300 000 / 2


def test_costs_in_another_currency_take_the_rate_of_the_settings() -> None:
    company = COMPANY.model_copy(update={"rates": {"USD": Decimal(90)}})
    costs = [{"month": 202611, "department": "marketing", "amount": Decimal(1_000), "currency": "USD"}]
    figure = measure(reader(company=company, costs=costs), COHORT, ["cac_full"]).total.figures["cac_full"]

    assert figure.numerator == 190_000


def test_plan_of_segments_is_taken_where_segments_are_asked_and_never_added_to_the_whole() -> None:
    dealers = measure(reader(), PERIOD.only("segment", "dealers"), ["coverage"]).total.figures["coverage"]

    assert (dealers.numerator, dealers.denominator) == (300_000, 60_000)  # 1 000 000 - (500 + 200 + 240) thousand


def test_plan_already_met_leaves_nothing_to_cover() -> None:
    small = [{"month": 202611, "metric": "revenue", "value": Decimal(900_000)}]
    figure = measure(reader(plans=small), PERIOD, ["coverage"]).total.figures["coverage"]

    assert (figure.value, figure.reason) == (None, NoValue.EMPTY_DENOMINATOR)


def test_state_of_today_has_no_place_in_time() -> None:
    with pytest.raises(WrongQuestion) as error:
        measure(reader(), PERIOD.split("week"), ["open_pipeline"])

    assert error.value.code == "cannot-split"
    assert measure(reader(), PERIOD.over(None), ["open_pipeline"]).total.figures["open_pipeline"].value == 300_000


def test_paid_sources_are_those_with_spend_where_the_company_marks_no_group() -> None:
    company = COMPANY.model_copy(update={"source_groups": ()})
    figure = measure(reader(company=company), COHORT, ["cac_paid"]).total.figures["cac_paid"]

    assert (figure.numerator, figure.denominator) == (100_000, 1)


def test_spend_of_a_free_source_is_not_in_the_cost_of_a_paid_customer() -> None:
    """November: 60 000 + 40 000 of yandex (paid) and 25 000 of site (free); L1 alone is new and paid."""
    site = {"day": date(2026, 11, 4), "lead_source": "site", "source_group": "free", "cost": Decimal(25_000)}
    found = measure(reader(spend=(*SPEND, site)), COHORT.split("lead_source"), ["spend", "cac_paid", "cpl"])
    total = found.total.figures
    assert total["spend"].value == 125_000
    assert (total["cac_paid"].numerator, total["cac_paid"].denominator, total["cac_paid"].value) == (
        100_000,
        1,
        100_000,
    )
    assert total["cpl"].numerator == 125_000  # of all leads, all the spend
    rows = {row.keys[0]: row.figures["cac_paid"] for row in found.rows}
    assert (rows["yandex"].value, rows["site"].value) == (100_000, None)
    assert records(reader(spend=(*SPEND, site)), "cac_paid", COHORT).count == 2  # the two days of yandex


def test_custom_field_splits_leads_and_no_money() -> None:
    company = Company.model_validate(
        {"zone": "UTC", "custom_fields": [{"key": "city", "name": {"ru": "Город", "en": "City"}}]}
    )
    facts = [{"lead_id": "A", "created_at": at("2026-11-03"), "custom_city": "Казань"}]
    found = measure(MemoryReader(company, journeys=facts), Question(by=("custom_city",)), ["leads"])

    assert values(found, "leads") == {("Казань",): 1}
    with pytest.raises(WrongQuestion):
        measure(MemoryReader(company, journeys=facts), Question(by=("custom_city",)), ["revenue"])


# Ripeness: forty leads in January, of which ten buy after each of 5, 10, 15 and 20 days; ten leads on 10 March.
def _ripening() -> MemoryReader:
    old = [
        {
            "lead_id": f"old-{place}", "created_at": at("2026-01-05"), "is_won": True, "outcome": "won",
            "won_at": at("2026-01-05") + timedelta(days=5 * (place % 4 + 1)),
            "won_seconds": 86_400 * 5 * (place % 4 + 1),
        }
        for place in range(40)
    ]  # fmt: skip
    young = [{"lead_id": f"young-{place}", "created_at": at("2026-03-10")} for place in range(10)]
    return MemoryReader(Company(zone="UTC"), journeys=[*old, *young], known_until=at("2026-03-21 12:00"))


def test_cohort_row_carries_the_share_of_its_sales_that_has_had_time() -> None:
    found = measure(_ripening(), Question(by=("month",)), ["lead_to_sale_cr", "leads"])

    # On 21 March the young are 11 days old: of delays 5, 10, 15, 20 two have passed.
    assert [(row.keys, row.figures["lead_to_sale_cr"].ripe) for row in found.rows] == [
        ((202601,), 1.0), ((202603,), 0.5),
    ]  # fmt: skip
    assert found.total.figures["lead_to_sale_cr"].ripe == pytest.approx((40 + 5) / 50)
    assert found.total.figures["leads"].ripe is None
    assert codes(found) == ["young-rows"]


def test_young_total_is_said_to_be_young() -> None:
    march = Question(Period(date(2026, 3, 1), date(2026, 4, 1)))
    found = measure(_ripening(), march, ["lead_to_sale_cr"])

    assert [note.text.en for note in found.notes] == [
        "The cohort is young: 50% of its expected sales have had time to happen. This is no fall.",
    ]


def test_ripeness_is_not_told_from_a_handful_of_sales() -> None:
    assert measure(reader(), COHORT, ["lead_to_sale_cr"]).total.figures["lead_to_sale_cr"].ripe is None


def test_period_clock_has_no_ripeness() -> None:
    found = measure(_ripening(), Question(clock=Clock.PERIOD), ["sales"])

    assert found.total.figures["sales"].ripe is None


def _receipts() -> list[dict[str, Any]]:
    return [dict(row) for row in RECEIPTS]


def _without(*columns: str) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key not in columns} for row in LEADS]
