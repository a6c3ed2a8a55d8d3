"""Each test sets up one difference between a report and the CRM and names its cause by hand."""

from __future__ import annotations

from datetime import date

import pytest

from smarketing.analyses.reconciliation.causes import Sides, settle
from smarketing.analyses.reconciliation.places import Cause, Count, Place, is_red


def on(day, campaign="spring", lead_source="vk"):
    return Place(202611, date(2026, 11, day), lead_source, campaign)


def causes(reported, crm, **more):
    cells = settle(Sides(reported, crm, **more))
    for cell in cells:
        assert sum(cell.causes.values()) == cell.difference == cell.crm - cell.reported
    return {cell.place: dict(cell.causes) for cell in cells if cell.causes}


def test_sides_that_agree_have_no_cause():
    assert causes({on(2): 5}, {on(2): Count(5, duplicates=2, tests=1)}) == {}


def test_rows_the_crm_does_not_count_explain_what_the_report_has_more():
    # Ten in the report, four counted: three duplicates, one client, one test, and one that nothing explains.
    found = causes({on(2): 10}, {on(2): Count(4, duplicates=3, existing_clients=1, tests=1)})
    assert found == {
        on(2): {Cause.DUPLICATE: -3, Cause.EXISTING_CLIENT: -1, Cause.TEST: -1, Cause.UNMATCHED: -1}
    }  # fmt: skip


def test_cause_takes_no_more_than_is_left():
    found = causes({on(2): 6}, {on(2): Count(4, duplicates=5, tests=3)})
    assert found == {on(2): {Cause.DUPLICATE: -2}}


def test_proposed_pair_moves_leads_between_its_names():
    reported, crm = {on(2, "Весна"): 4}, {on(2, "vesna"): Count(3), on(3, "vesna"): Count(1)}
    found = causes(reported, crm, pairs=[("vk", "Весна", "vesna")])
    assert found == {
        on(2, "Весна"): {Cause.RENAMED: -3, Cause.UNMATCHED: -1},
        on(2, "vesna"): {Cause.RENAMED: 3},
        on(3, "vesna"): {Cause.UNMATCHED: 1},
    }


def test_names_that_nobody_proposed_as_a_pair_explain_nothing():
    found = causes({on(2, "a"): 2}, {on(2, "b"): Count(2)})
    assert found == {on(2, "a"): {Cause.UNMATCHED: -2}, on(2, "b"): {Cause.UNMATCHED: 2}}


def test_leads_of_the_source_without_a_campaign_fill_its_campaigns():
    found = causes({on(2): 5}, {on(2): Count(3), on(2, None): Count(3)})
    assert found == {on(2): {Cause.NO_SOURCE: -2}, on(2, None): {Cause.NO_SOURCE: 2, Cause.UNMATCHED: 1}}


def test_leads_without_a_source_fill_the_largest_lack_first_and_only_once():
    reported = {on(2, "a"): 3, on(2, "b"): 5}
    crm = {on(2, "a"): Count(1), on(2, "b"): Count(1)}
    found = causes(reported, crm, without_source={date(2026, 11, 2): 5, date(2026, 11, 3): 9})
    assert found == {
        on(2, "b"): {Cause.NO_SOURCE: -4}, on(2, "a"): {Cause.NO_SOURCE: -1, Cause.UNMATCHED: -1}
    }  # fmt: skip


def test_night_that_two_clocks_cut_apart_is_the_border_of_the_day():
    # The report puts three on the 2nd; the CRM has one of them on the 2nd and two after midnight on the 3rd.
    found = causes({on(2): 3, on(3): 1}, {on(2): Count(1), on(3): Count(3, early=2)})
    assert found == {on(2): {Cause.DAY_BORDER: -2}, on(3): {Cause.DAY_BORDER: 2}}


def test_border_of_the_day_works_both_ways():
    found = causes({on(3): 2}, {on(2): Count(1, late=1), on(3): Count(1)})
    assert found == {on(3): {Cause.DAY_BORDER: -1}, on(2): {Cause.DAY_BORDER: 1}}


def test_border_of_the_day_takes_only_leads_of_the_night():
    found = causes({on(2): 3}, {on(2): Count(1), on(3): Count(2, early=1)})
    assert found == {
        on(2): {Cause.DAY_BORDER: -1, Cause.DELAYED: -1}, on(3): {Cause.DAY_BORDER: 1, Cause.DELAYED: 1}
    }  # fmt: skip


@pytest.mark.parametrize(("day", "cause"), [(5, Cause.DELAYED), (6, Cause.UNMATCHED)])
def test_lead_that_came_within_three_days_is_delayed(day, cause):
    found = causes(
        {on(2): 1}, {on(2): Count(tests=0, existing_clients=0), on(day): Count(1), on(2, "x"): Count(0, 1)}
    )
    assert found == {on(2): {cause: -1}, on(day): {cause: 1}}


def test_day_on_which_nothing_of_the_source_arrived_is_not_delivered():
    reported = {on(2): 3, on(3): 2, on(3, "autumn"): 1}
    crm = {on(3, "autumn"): Count(1), on(2, "a", "yandex"): Count(5)}
    found = causes(reported, crm)
    # On the 3rd something of the source came, so the two that are missing then are not explained.
    assert found[on(2)] == {Cause.NOT_DELIVERED: -3}
    assert found[on(3)] == {Cause.UNMATCHED: -2}


def test_report_by_months_knows_nothing_of_days():
    month = Place(202611, None, "vk", None)
    found = causes({month: 9}, {month: Count(5, duplicates=1)}, without_source={date(2026, 11, 7): 2})
    assert found == {month: {Cause.DUPLICATE: -1, Cause.NO_SOURCE: -2, Cause.UNMATCHED: -1}}


def test_leads_that_the_report_does_not_know_are_unmatched():
    assert causes({on(2): 1}, {on(2): Count(4)}) == {on(2): {Cause.UNMATCHED: 3}}


@pytest.mark.parametrize(
    ("reported", "crm", "red"),
    [
        (100, 95, False),
        (100, 94, True),
        (100, 106, True),
        (20, 17, False),
        (20, 16, True),
        (0, 4, True),
        (0, 3, False),
    ],
)
def test_red_is_above_five_per_cent_and_above_three_leads(reported, crm, red):
    assert is_red(reported, crm) is red
