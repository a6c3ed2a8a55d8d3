"""Every key of the catalogue has a figure computed by hand.

The facts are the dozen leads of ``tests/analyses/small_company.py``, for the forecast those of ``steady.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from smarketing.analyses.churn import churn
from smarketing.analyses.first_touch import first_touch
from smarketing.analyses.focus import focus
from smarketing.analyses.forecast import measured
from smarketing.analyses.funnel import Kind, funnel
from smarketing.analyses.handover import handover
from smarketing.analyses.lifetime import MODELLED
from smarketing.analyses.losses import losses
from smarketing.analyses.measuring import measure
from smarketing.analyses.question import Question
from smarketing.analyses.reconciliation import reconciliation
from smarketing.analyses.required import required
from smarketing.analyses.response import response
from smarketing.analyses.result import Measurement
from smarketing.analyses.retention import retention
from smarketing.facts.company import Company
from smarketing.metrics.catalogue import METRICS
from smarketing.metrics.kinds import Figure
from tests.analyses import small_shop, steady
from tests.analyses.small_company import COHORT, PERIOD, SPEND, reader
from tests.support.memory import MemoryReader, at

Value = int | Fraction

# By the date of the lead: the eleven leads of November.
BY_COHORT: dict[str, Value] = {
    "leads": 11,
    "target_leads": 6,  # L1 L2 L5 L7 L8 L11
    "non_target_leads": 3,  # L3 L4 L9
    "unknown_leads": 2,  # L6 L10
    "accepted_leads": 6,  # L1 L2 L5 L7 L9 L11
    "accepted_in_sla_leads": 4,  # target ones but L11, answered after 5400 s
    "open_leads": 4,  # L2 L6 L8 L10
    "target_to_accepted_cr": Fraction(5, 6),  # L8 is not accepted, L9 is not target
    "lead_to_accepted_cr": Fraction(6, 11),
    "fill_rate": Fraction(
        8, 10
    ),  # segment 4 of 5 that entered accepted (L9 has «-»), amount 4 of 5 deals (not L5)
    "non_target_share": Fraction(3, 9),  # of L1 L2 L3 L4 L5 L7 L8 L9 L11
    "unknown_share": Fraction(2, 11),
    "target_share": Fraction(6, 11),
    "seller_agreement": Fraction(4, 6),  # L1 L2 L4 L8 of those and L3 L7
    "disputed_leads": 2,  # L3 L7
    "deals": 5,  # L1 L2 L5 L7 L11
    "sales": 3,  # L1 L7 L11
    "new_customers": 2,  # L1 L11
    "repeat_share": Fraction(1, 3),  # L7
    "lead_to_deal_cr": Fraction(5, 11),
    "lead_to_sale_cr": Fraction(3, 11),
    "accepted_to_sale_cr": Fraction(3, 6),
    "target_to_sale_cr": Fraction(3, 6),
    "spend": 100_000,
    "impressions": 16_000,
    "clicks": 800,
    "cpl": Fraction(100_000, 11),
    "cptl": Fraction(100_000, 6),
    "cpql": Fraction(100_000, 6),
    "cac_paid": 100_000,  # L1 alone is new and of a paid source
    "cac_full": 200_000,  # (100 000 + 300 000) / 2
    "romi": Fraction(23, 10),  # (750 000 - 420 000) / 100 000 - 1
    "roas_minus_one": Fraction(13, 2),  # 750 000 / 100 000 - 1
    "sla_first": Fraction(5, 10),  # L1 L2 L4 L5 L7; L8 still has half an hour
    "answered_leads": 7,
    "waiting_leads": 4,  # L6 L8 L9 L10
    "outside_hours_leads": 1,  # L10
    "elapsed_mean": 15_300,  # (1800 + 3000 + 7200 + 600 + 3600 + 900 + 90 000) / 7
    "elapsed_within_1h": Fraction(5, 7),
    "handed_over_leads": 11,
    "handed_accepted_leads": 6,
    "handed_in_time_leads": 5,  # L1 L2 L4 L5 L7
    "returned_leads": 2,  # L3 L4 by the criterion of small orders; L9 was accepted
    "returned_unnamed_leads": 0,
    "forgotten_leads": 2,  # L6 L10; L8 still has half an hour
    "no_source_share": 0,
}

# By the date of the event: L12 was sold in November.
BY_PERIOD: dict[str, Value] = {
    "revenue": 990_000,  # 500 + 200 + 60 - 10 + 240
    "margin": 430_000,  # less 300 + 100 + 20 + 140
    "aov": 247_500,  # 4 sales
    "arpu": 247_500,  # 4 clients, one month each
    "margin_per_client_month": 107_500,
    "margin_per_customer": 107_500,
    "roi": Fraction(990, 960) - 1,  # 560 + 100 + 300 thousand of costs
    "win_rate": Fraction(4, 5),  # L5 is the lost deal
    "cycle_days": Fraction(13, 2),  # (10 + 6 + 4 + 6) / 4
    "open_deals": 1,  # L2
    "open_pipeline": 300_000,
    "velocity": Fraction(1 * 247_500 * 4, 5) / Fraction(13, 2),
    "coverage": Fraction(300_000, 250_000),  # 1 240 000 - 990 000 are missing
    "payback": Fraction(50_000, 107_500),  # CAC 100 000 / 2: L1 and L12
}

# Kaplan-Meier over 600 900 1800 3000 3600 5400 7200 answered and L8 at 1800, L6 L9 L10 far beyond:
# S = 10/11 9/11 8/11 48/77 40/77 32/77 24/77.
BY_CURVE: dict[str, Value | None] = {
    "response_median": 5400,  # 40/77 is above a half, 32/77 below
    "response_p90": None,  # four of eleven wait: nobody knows
    "answered_within_5m": 0,
    "answered_within_15m": Fraction(2, 11),
    "answered_within_60m": Fraction(37, 77),
    "answered_within_24h": Fraction(53, 77),
}
# L6 came on Wednesday the 4th at 10:00, L10 on Saturday the 7th; «now» is Friday the 20th, 18:00, a day has nine
# hours. L6 waits 8 + 12 * 9 hours, L10 from Monday the 9th on 10 * 9.
BY_FIRST_TOUCH: dict[str, Value] = {
    "touch_leads": 3,
    "touched_leads": 2,
    "touched_share": Fraction(2, 3),
    "other_first_touch_leads": 1,
    "other_first_touch_share": Fraction(1, 2),
}
BY_HANDOVER: dict[str, Value] = {"forgotten_oldest_age": 116 * 3600, "forgotten_median_age": 103 * 3600}
# Of November's leads six reached «accepted» or «deal»; L9 wrote «-» for its segment, L5 has no amount.
BY_REQUIRED: dict[str, Value] = {"obliged_leads": 6, "lacking_leads": 2, "lacking_share": Fraction(1, 3)}
BY_WAIT: dict[str, Value] = {
    "elapsed_median": 3000,  # of 600 900 1800 3000 3600 7200 90 000
    "elapsed_p90": 40_320,  # 7200 + 0.4 * (90 000 - 7200)
}


# The path new, accepted, deal, won: 11, 6, 5 and 3 leads of November, the first figure by stage and metric.
BY_FUNNEL: dict[tuple[str, str], Value] = {
    ("accepted", "stage_reached"): 6,
    ("accepted", "stage_skipped"): 1,  # L1
    ("deal", "stage_conversion"): Fraction(5, 6),
    ("deal", "stage_from_first"): Fraction(5, 11),
    ("new", "stage_lost"): 2,  # L3 L4
    ("deal", "stage_open"): 1,  # L2
    ("accepted", "stage_median_seconds"): 86_400,  # L2 2 days, L5 1, L7 3, L9 1, L11 1
    ("accepted", "stage_p90_seconds"): Fraction(26, 10) * 86_400,
}
OF_WHOLE_FUNNEL: dict[str, Value] = {"lead_returns": 1, "lead_reopenings": 1}  # L2, L11
BY_MILESTONES: dict[tuple[str, str], Value] = {
    ("accepted", "stage_outside"): 1
}  # L9 was accepted and is not target
BY_LOSSES: dict[tuple[tuple[str | None, str], str], Value] = {
    (("price", "new"), "lost_leads"): 1,  # L3
    (("price", "new"), "loss_share"): Fraction(1, 3),  # of L3 L5 L9, which have a reason
    (("price", "new"), "lost_amount"): 20_000,
    ((None, "new"), "loss_share"): Fraction(1, 4),  # L4 of all four
}

# Of the spend of November 60 000 is set against dealers, 40 000 against private persons. The sellers talked with
# L1 for 90 minutes, with L3, who is not target, for 30, with L11 for 60, and with October's L12 for 100.
FOCUS_SPEND = [{**row, "segment": "private" if row["cost"] == 40_000 else "dealers"} for row in SPEND]
FOCUS_ACTIVITIES = [
    {"activity_id": lead, "at": at("2026-11-09"), "lead_id": lead, "kind": "call", "minutes": minutes}
    for lead, minutes in (("L1", 90), ("L3", 30), ("L11", 60), ("L12", 100))
]
OF_DEALERS: dict[str, Value] = {
    "spend_share": Fraction(6, 10),
    "lead_share": Fraction(3, 11),  # L1 L2 L7
    "effort_share": Fraction(90, 180),
    "sale_share": Fraction(2, 3),  # L1 L7 of those and L11
    "revenue_share": Fraction(700, 750),
}
OF_FOCUS: dict[str, Value] = {
    "spend_beyond_revenue": Fraction(4, 10) - Fraction(50, 750),  # private persons, 1/3
    # private persons 5/11 less 50/750, «-» 1/11 and not given 2/11, which bring nothing
    "leads_beyond_revenue": Fraction(5, 11) - Fraction(50, 750) + Fraction(3, 11),
    "effort_beyond_revenue": Fraction(90, 180) - Fraction(50, 750),
    "effort_hours": 3,
    "non_target_hours": Fraction(1, 2),
    "non_target_effort_share": Fraction(30, 180),
}
OF_FORECAST: dict[str, Value] = {
    "forecast_booked": 11_000,
    "forecast_open": 5_000,
    "forecast_to_come": 6_000,
    "forecast_later": 0,
    "forecast_revenue": 22_000,
    "forecast_plan": 11_000,
    "plan_chance": 1,
}
OF_FOCUS_WITHOUT_MINUTES: dict[str, Value] = {"effort_actions": 3, "non_target_effort_share": Fraction(1, 3)}

# The report of a radio counts twelve leads of «a» on the 16th, two on the 20th, and three of «Качели».
HEARD = tuple(
    {"day": date(2026, 11, day), "lead_source": "radio", "campaign": campaign, "cost": Decimal(100),
     "reported_leads": leads}
    for day, campaign, leads in ((16, "a", 12), (16, "Качели", 3), (20, "a", 2))
)  # fmt: skip
ASIDE = {"is_counted": False, "is_duplicate": True}
CAME = tuple(
    {"lead_id": f"R{number}", "created_at": at(f"2026-11-{moment}"), "lead_source": "radio", "campaign": campaign,
     **more}
    for number, (moment, campaign, more) in enumerate((
        *[("16 12:00", "a", {})] * 3,
        *[("16 12:00", "a", ASIDE)] * 2,
        ("16 12:00", "a", {**ASIDE, "is_repeat": True}),
        ("16 12:00", "a", {"is_counted": False, "is_test": True}),
        ("16 12:00", None, {}),
        ("17 01:00", "a", {}),
        ("18 12:00", "a", {}),
        *[("16 12:00", "kacheli_new", {})] * 3,
    ))
)  # fmt: skip
BY_RECONCILIATION: dict[tuple[tuple[str, str], str], Value] = {
    (("2026-11-16", "a"), "reported_leads"): 12,
    (("2026-11-16", "a"), "crm_leads"): 3,
    (("2026-11-16", "a"), "lead_difference"): -9,
    (("2026-11-16", "a"), "report_gap"): Fraction(9, 12),
    (("2026-11-16", "a"), "gap_duplicate"): -2,
    (("2026-11-16", "a"), "gap_existing_client"): -1,
    (("2026-11-16", "a"), "gap_test"): -1,
    (("2026-11-16", "a"), "gap_no_source"): -1,  # the lead without a campaign
    (("2026-11-16", "a"), "gap_day_border"): -1,  # the lead of one o'clock
    (("2026-11-16", "a"), "gap_delayed"): -1,  # the lead of the 18th
    (("2026-11-16", "a"), "gap_unmatched"): -2,
    (("2026-11-16", "Качели"), "gap_renamed"): -3,
    (("2026-11-20", "a"), "gap_not_delivered"): -2,
}
# The customers of tests/analyses/small_shop.py, by their first purchase from July 2025 to June 2026.
OF_SHOP: dict[str, Value] = {
    "known_customers": 6,  # R S T U V W
    "unknown_customers": 1,
    "repeat_customers": 3,  # R S V
    "repeat_customer_share": Fraction(3, 6),
    "lost_customers": 3,  # T U V
    "lost_customer_share": Fraction(3, 6),
    "ltv": 720,  # of R alone a year has passed: 12 * (100 - 40)
    "ltv_revenue": 1200,
    "ltv_paid": 720,  # R came from yandex
    "ltv_cac": Fraction(720, 180),  # (300 + 60) / 2 new customers
    "ltv_cac_paid": Fraction(720, 300),  # one of them of a paid source
    "tasks_done": Fraction(1, 2),  # T1 of T1 T2
    "tasks_in_time": Fraction(2, 3),  # T1 T4 of T1 T2 T4
}
OF_MARCH: dict[str, Value] = {
    "customers_at_start": 4,  # R S U V
    "arrived_customers": 0,
    "returned_customers": 0,
    "gone_customers": 2,  # U V
    "customers_at_end": 2,
    "customer_churn": Fraction(2, 4),
    "revenue_churn": Fraction(1000 + 300, 800 + 1600 + 1000 + 300),
    "nrr": Fraction(100 + 200, 100 + 200 + 300),  # March against February
}
V_IN_MAY: dict[str, Value] = {
    "cohort_customers": 1,
    "cohort_bought_share": 1,
    "cohort_repeat_share": 1,
    "cohort_alive_share": 1,
    "cohort_revenue_retention": 2,  # 600 / 300
    "cohort_revenue": 900,
    "cohort_margin": 900,
}


def is_equal(figure: Figure, expected: Value | None) -> bool:
    if expected is None or figure.value is None:
        return figure.value is expected
    return float(figure.value) == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("key", BY_COHORT)
def test_metric_by_cohort_equals_the_figure_computed_by_hand(key: str) -> None:
    assert is_equal(measure(reader(), COHORT, [key]).total.figures[key], BY_COHORT[key])


@pytest.mark.parametrize("key", BY_PERIOD)
def test_metric_by_period_equals_the_figure_computed_by_hand(key: str) -> None:
    assert is_equal(measure(reader(), PERIOD, [key]).total.figures[key], BY_PERIOD[key])


def test_response_curve_equals_the_figures_computed_by_hand() -> None:
    total = response(reader(), COHORT).total.figures

    assert [key for key, expected in BY_CURVE.items() if not is_equal(total[key], expected)] == []


def test_elapsed_response_equals_the_figures_computed_by_hand() -> None:
    total = response(reader(), COHORT, hours="elapsed").total.figures

    assert [key for key, expected in BY_WAIT.items() if not is_equal(total[key], expected)] == []


def test_funnel_equals_the_figures_computed_by_hand() -> None:
    stages, milestones = funnel(reader(), COHORT), funnel(reader(), COHORT, kind=Kind.MILESTONES)
    total = stages.table.total.figures

    assert _wrong(stages.table, BY_FUNNEL) == []
    assert _wrong(milestones.table, BY_MILESTONES) == []
    assert [key for key, expected in OF_WHOLE_FUNNEL.items() if not is_equal(total[key], expected)] == []


def test_losses_equal_the_figures_computed_by_hand() -> None:
    assert _wrong(losses(reader(), COHORT).table, BY_LOSSES) == []


def test_focus_equals_the_figures_computed_by_hand() -> None:
    table = focus(reader(spend=FOCUS_SPEND, activities=FOCUS_ACTIVITIES), COHORT).table
    dealers = next(row.figures for row in table.rows if row.keys == ("dealers",))

    assert [key for key, expected in OF_DEALERS.items() if not is_equal(dealers[key], expected)] == []
    assert [key for key, expected in OF_FOCUS.items() if not is_equal(table.total.figures[key], expected)] == []


def test_focus_without_minutes_equals_the_figures_computed_by_hand() -> None:
    bare = [{**row, "minutes": None} for row in FOCUS_ACTIVITIES]
    total = focus(reader(spend=FOCUS_SPEND, activities=bare), COHORT).table.total.figures

    assert [key for key, expected in OF_FOCUS_WITHOUT_MINUTES.items() if not is_equal(total[key], expected)] == []


def test_forecast_equals_the_figures_computed_by_hand() -> None:
    """The company of ``steady``: eleven days have brought 11 000, open leads bring 5 000, leads to come 6 000."""
    total = measured(steady.reader(plan=11_000), Question(), lambda _: steady.PASTS)[1].total.figures

    assert [key for key, expected in OF_FORECAST.items() if not is_equal(total[key], expected)] == []


@pytest.mark.parametrize("key", OF_SHOP)
def test_metric_of_customers_equals_the_figure_computed_by_hand(key: str) -> None:
    assert is_equal(measure(small_shop.reader(), small_shop.YEAR, [key]).total.figures[key], OF_SHOP[key])


def test_churn_equals_the_figures_computed_by_hand() -> None:
    march = churn(small_shop.reader(), small_shop.HALF.split("month")).rows[2].figures
    assert [key for key, expected in OF_MARCH.items() if not is_equal(march[key], expected)] == []


def test_cohorts_equal_the_figures_computed_by_hand() -> None:
    rows = {row.keys: row.figures for row in retention(small_shop.reader(), small_shop.YEAR).rows}
    may = rows[(202602, 3)]
    assert [key for key, expected in V_IN_MAY.items() if not is_equal(may[key], expected)] == []


def test_ages_of_the_forgotten_equal_the_figures_computed_by_hand() -> None:
    total = handover(reader(), COHORT).total.figures

    assert [key for key, expected in BY_HANDOVER.items() if not is_equal(total[key], expected)] == []


def test_required_fields_equal_the_figures_computed_by_hand() -> None:
    total = required(reader(), COHORT).total.figures

    assert [key for key, expected in BY_REQUIRED.items() if not is_equal(total[key], expected)] == []


def test_reconciliation_equals_the_figures_computed_by_hand() -> None:
    table = reconciliation(reader(journeys=CAME, spend=HEARD), replace(COHORT, by=("day", "campaign"))).table

    assert _wrong(table, BY_RECONCILIATION) == []


def test_first_touches_equal_the_figures_computed_by_hand() -> None:
    """Leads A and B of yandex and C of vk; A was first seen by vk, B by yandex, C by nobody before it came."""
    came = [("A", "yandex"), ("B", "yandex"), ("C", "vk")]
    leads = [
        {"lead_id": lead, "created_at": at("2026-11-10"), "lead_source": lead_source, "visitor_id": lead}
        for lead, lead_source in came
    ]
    touches = [
        {"touch_id": visitor, "visitor_id": visitor, "at": at(day), "channel": channel}
        for visitor, day, channel in (
            ("A", "2026-11-01", "vk"),
            ("B", "2026-11-02", "yandex"),
            ("C", "2026-11-11", "vk"),
        )
    ]
    total = first_touch(MemoryReader(Company(), journeys=leads, touches=touches), Question()).total.figures
    assert [key for key, expected in BY_FIRST_TOUCH.items() if not is_equal(total[key], expected)] == []


def test_every_key_of_the_catalogue_has_a_figure_computed_by_hand() -> None:
    of_rows = [key for table in (BY_FUNNEL, BY_MILESTONES, BY_LOSSES) for _, key in table]
    of_focus = [*OF_DEALERS, *OF_FOCUS, *OF_FOCUS_WITHOUT_MINUTES]
    of_customers = [*OF_SHOP, *OF_MARCH, *V_IN_MAY, *BY_FIRST_TOUCH]
    of_report = [*BY_REQUIRED, *(key for _, key in BY_RECONCILIATION)]
    of_figures = {*BY_COHORT, *BY_PERIOD, *BY_CURVE, *BY_WAIT, *OF_WHOLE_FUNNEL, *OF_FORECAST, *BY_HANDOVER}
    found = {*of_figures, *of_rows, *of_focus, *of_report, *of_customers}
    # A fitted model is not computed by hand: tests/analyses/test_lifetime.py takes it from the published formulas.
    assert set(METRICS) - found == set(MODELLED)


def _wrong(table: Measurement, expected: Mapping[tuple[Any, str], Value]) -> list[tuple[Any, str]]:
    rows = {row.keys if len(row.keys) > 1 else row.keys[0]: row.figures for row in table.rows}
    return [(key, metric) for (key, metric), value in expected.items() if not is_equal(rows[key][metric], value)]
