from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from smarketing.analyses.question import Question
from smarketing.analyses.reconciliation import Cause, Report, reconciliation
from smarketing.analyses.reconciliation.measure import CAUSE_METRICS, METRICS
from smarketing.analyses.reconciliation.saying import CAUSE_NAMES, Apart, campaign_name, conclusion
from smarketing.facts.company import CampaignPair, Company, SourceGroup
from smarketing.facts.criteria import Names
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Month, Period
from smarketing.metrics.kinds import NoValue
from tests.support.memory import MemoryReader, at

NOVEMBER = Month(2026, 11).period
NAMED = Company(source_names={"vk": Names(ru="VK Реклама", en="VK Ads")})


def lead(number, day, campaign="spring", lead_source="vk", hour=12, **more):
    moment = at(f"2026-11-{day:02d} {hour:02d}:00")
    return {"lead_id": str(number), "created_at": moment, "lead_source": lead_source, "campaign": campaign, **more}


def paid(day, reported, campaign="spring", lead_source="vk", cost=100):
    return {"day": date(2026, 11, day), "lead_source": lead_source, "campaign": campaign, "cost": cost,
            "reported_leads": reported}  # fmt: skip


def typed(value, month=202611, day=None, lead_source="vk", campaign=None):
    return {"month": None if day else month, "day": day, "metric": "leads", "value": Decimal(value),
            "lead_source": lead_source, "campaign": campaign}  # fmt: skip


def form(number, day, lead_id, campaign="spring", lead_source="vk", hour=12):
    moment = at(f"2026-11-{day:02d} {hour:02d}:00")
    return {"touch_id": f"T{number}", "at": moment, "lead_id": lead_id, "channel": lead_source,
            "campaign": campaign, "kind": "form"}  # fmt: skip


def values(row):
    return [row.figures[key].value for key in ("reported_leads", "crm_leads", "lead_difference")]


def told(found):
    return {cause.value: leads for cause, leads in found.causes.items() if leads}


@pytest.fixture
def reader():
    """vk: 5 in the report on the 2nd, 3 in the CRM, one duplicate and one test beside them."""
    duplicate = {"is_duplicate": True, "is_counted": False}
    journeys = [
        lead(1, 2), lead(2, 2), lead(3, 2), lead(4, 2, **duplicate), lead(5, 2, is_test=True, is_counted=False),
        lead(6, 3), lead(7, 2, lead_source="radio"), lead(8, 9, lead_source=None, campaign=None),
    ]  # fmt: skip
    return MemoryReader(Company(zone="UTC"), journeys=journeys, spend=[paid(2, 5), paid(3, 1)])


def test_report_and_crm_stand_side_by_side_with_causes(reader):
    found = reconciliation(reader, Question(NOVEMBER, by=("day",)))
    assert [(row.keys, values(row)) for row in found.table.rows] == [
        (("2026-11-02",), [5, 3, -2]), (("2026-11-03",), [1, 1, 0]),
    ]  # fmt: skip
    assert values(found.table.total) == [6, 4, -2]
    assert told(found) == {"duplicate": -1, "test": -1}
    assert found.reports == {"vk": Report.ACCOUNT}


def test_causes_add_up_to_the_difference_in_every_row(reader):
    for by in ((), ("day",), ("lead_source", "campaign"), ("month",), ("week",)):
        table = reconciliation(reader, Question(NOVEMBER, by=by)).table
        for row in (*table.rows, table.total):
            named = sum(row.figures[key].value for key in CAUSE_METRICS.values())
            assert named == row.figures["lead_difference"].value


def test_gap_is_a_share_of_the_report_with_its_parts(reader):
    gap = reconciliation(reader, Question(NOVEMBER)).table.total.figures["report_gap"]
    assert (gap.value, gap.numerator, gap.denominator) == (2 / 6, 2, 6)


def test_lead_of_the_next_month_that_slipped_over_the_border_is_found():
    journeys = [{**lead(1, 1, hour=1), "created_at": at("2026-12-01 01:00")}]
    reader = MemoryReader(
        Company(zone="UTC"), journeys=journeys, spend=[paid(30, 1), {**paid(1, 0), "day": date(2026, 12, 1)}]
    )
    found = reconciliation(reader, Question(NOVEMBER))
    assert (values(found.table.total), told(found)) == ([1, 0, -1], {"day_border": -1})
    both = reconciliation(reader, Question(Period(date(2026, 11, 1), date(2026, 12, 31))))
    assert (values(both.table.total), told(both)) == ([1, 1, 0], {})


def test_leads_of_sources_without_a_report_are_told_beside_the_table(reader):
    codes = {note.code: note.text.en for note in reconciliation(reader, Question(NOVEMBER)).table.notes}
    assert codes["not-reported"].startswith("No report speaks of the sources of 2\u00a0leads")


def test_days_the_report_does_not_know_are_not_compared():
    reader = MemoryReader(
        Company(zone="UTC"), journeys=[lead(1, 2), lead(2, 3), lead(3, 9)], spend=[paid(2, 1), paid(3, 1)]
    )
    assert values(reconciliation(reader, Question(NOVEMBER)).table.total) == [2, 2, 0]


def test_typed_figure_of_a_month_is_held_against_the_month():
    journeys = [
        lead(1, 2),
        lead(2, 20, campaign="autumn"),
        lead(3, 5, is_duplicate=True, is_counted=False),
    ]
    reader = MemoryReader(Company(zone="UTC"), journeys=journeys, reported=[typed(4)])
    found = reconciliation(reader, Question(NOVEMBER, by=("month", "campaign")))
    assert [(row.keys, values(row)) for row in found.table.rows] == [((202611, None), [4, 2, -2])]
    assert told(found) == {"duplicate": -1, "unmatched": -1}


def test_typed_month_is_not_held_against_a_part_of_it():
    reader = MemoryReader(Company(zone="UTC"), journeys=[lead(1, 2)], reported=[typed(4)])
    found = reconciliation(reader, Question(Period(date(2026, 11, 1), date(2026, 11, 15))))
    assert (found.cells, [note.code for note in found.table.notes]) == ((), ["no-report", "cut-months"])


def test_typed_figure_for_the_whole_company_is_held_against_all_leads():
    journeys = [lead(1, 2), lead(2, 3, lead_source="yandex"), lead(3, 4, lead_source=None, campaign=None)]
    reader = MemoryReader(Company(zone="UTC"), journeys=journeys, reported=[typed(3, lead_source=None)])
    assert values(reconciliation(reader, Question(NOVEMBER)).table.total) == [3, 3, 0]


def test_account_speaks_before_a_typed_figure_unless_it_is_asked_for(reader):
    both = MemoryReader(
        Company(zone="UTC"),
        journeys=[lead(1, 2)],
        spend=[paid(2, 5)],
        reported=[typed(7), typed(2, lead_source="tv")],
    )
    usual = reconciliation(both, Question(NOVEMBER, by=("lead_source",)))
    assert [(row.keys, values(row)) for row in usual.table.rows] == [(("tv",), [2, 0, -2]), (("vk",), [5, 1, -4])]
    assert usual.offered == (Report.ACCOUNT, Report.TYPED)
    asked = reconciliation(both, Question(NOVEMBER, by=("lead_source",)), Report.TYPED)
    assert [(row.keys, values(row)) for row in asked.table.rows] == [(("tv",), [2, 0, -2]), (("vk",), [7, 1, -6])]


def test_submissions_with_ids_are_compared_lead_by_lead():
    aside = {"is_counted": False, "is_duplicate": True}
    journeys = [
        lead("a", 2), lead("b", 2, **aside), lead("c", 2, is_repeat=True, **aside),
        lead("d", 2, is_test=True, is_counted=False), lead("e", 2, campaign="spring_2"),
        lead("f", 2, campaign=None), lead("g", 3, hour=1), lead("h", 5), lead("j", 2), lead("by phone", 2),
    ]  # fmt: skip
    touches = [
        form(1, 2, "a"), form(2, 2, "b"), form(3, 2, "c"), form(4, 2, "d"), form(5, 2, "e"), form(6, 2, "f"),
        form(7, 2, "g", hour=23), form(8, 2, "h"), form(9, 2, "lost"), form(10, 2, "j"), form(11, 2, "j"),
        form(12, 6, "lost too"),
    ]  # fmt: skip
    reader = MemoryReader(Company(zone="UTC"), journeys=journeys, touches=touches)
    found = reconciliation(reader, Question(NOVEMBER, by=("day", "campaign")))
    rows = {
        row.keys: {key: figure.value for key, figure in row.figures.items() if figure.value}
        for row in found.table.rows
    }
    # Eleven on the 2nd: a, j stand there, and the lead that telephoned.
    place = rows["2026-11-02", "spring"]
    assert (place["reported_leads"], place["crm_leads"]) == (11, 3)
    assert {key: leads for key, leads in place.items() if key.startswith("gap_")} == {
        "gap_duplicate": -2, "gap_existing_client": -1, "gap_test": -1, "gap_renamed": -1, "gap_no_source": -1,
        "gap_day_border": -1, "gap_delayed": -1, "gap_not_delivered": -1, "gap_unmatched": 1,
    }  # fmt: skip
    assert rows["2026-11-02", "spring_2"] == {"crm_leads": 1, "lead_difference": 1, "gap_renamed": 1}
    assert rows["2026-11-05", "spring"]["gap_delayed"] == 1
    assert told(found) == {
        "duplicate": -2, "existing_client": -1, "test": -1, "not_delivered": -2, "unmatched": 1
    }  # fmt: skip
    assert found.reports == {"vk": Report.FORMS}


def test_confirmed_pair_is_applied_to_typed_figures_and_submissions():
    company = Company(zone="UTC", campaign_pairs=(CampaignPair(lead_source="vk", report="spring", crm="vesna"),))
    day = date(2026, 11, 2)
    reader = MemoryReader(company, journeys=[lead("a", 2)], reported=[typed(1, day=day, campaign="vesna")])
    assert told(reconciliation(reader, Question(NOVEMBER))) == {}
    by_form = MemoryReader(company, journeys=[lead("a", 2)], touches=[form(1, 2, "a", campaign="vesna")])
    assert told(reconciliation(by_form, Question(NOVEMBER))) == {}


def test_filters_keep_causes_that_lie_elsewhere(reader):
    journeys = [lead(1, 2), lead(2, 2, campaign=None)]
    one = MemoryReader(
        Company(zone="UTC"), journeys=journeys, spend=[paid(2, 2), paid(2, 3, lead_source="yandex")]
    )
    found = reconciliation(one, Question(NOVEMBER).only("campaign", "spring").only("lead_source", "vk"))
    assert (values(found.table.total), told(found)) == ([2, 1, -1], {"no_source": -1})


def test_groups_of_sources_are_a_split():
    group = SourceGroup(key="social", name={"ru": "Соцсети", "en": "Social"}, sources=("vk",))
    reader = MemoryReader(Company(zone="UTC", source_groups=(group,)), journeys=[lead(1, 2)], spend=[paid(2, 1)])
    table = reconciliation(reader, Question(NOVEMBER, by=("source_group",))).table
    assert [row.keys for row in table.rows] == [("social",)]


@pytest.mark.parametrize("question", [Question(by=("manager",)), Question().only("segment", "dealers")])
def test_split_that_no_report_knows_is_refused(reader, question):
    with pytest.raises(WrongQuestion, match="unknown-dimension"):
        reconciliation(reader, question)


def test_without_any_report_nothing_is_compared():
    found = reconciliation(MemoryReader(Company(), journeys=[lead(1, 2)]), Question(NOVEMBER))
    assert (found.cells, [note.code for note in found.table.notes]) == ((), ["no-report"])
    assert found.table.total.figures["report_gap"].reason is NoValue.EMPTY_DENOMINATOR
    assert (
        conclusion(NAMED, 0, 0, {}, red=False, known=False).en
        == "There is no report of marketing for this period."
    )


def test_conclusion_names_the_gap_what_explains_most_and_what_is_left():
    causes = {Cause.DUPLICATE: -20, Cause.TEST: -4, Cause.DELAYED: -6, Cause.UNMATCHED: -5}
    said = conclusion(NAMED, 135, 100, causes, red=True, known=True)
    assert said.en == (
        "The report has 135 leads, the CRM 100: 35 fewer (25.9%). "
        "Most of it: duplicates (20), came to the CRM later (6). 5 stay unexplained."
    )
    assert conclusion(NAMED, 100, 99, {Cause.TEST: -1}, red=False, known=True).ru == (
        "Отчёт и CRM сходятся: 100 и 99 лидов. Необъяснённых нет."
    )


def test_source_without_a_campaign_is_called_by_its_name():
    assert campaign_name(Apart("vk", None, 9, 2), NAMED) == Text(
        "«VK Реклама» без кампании", "“VK Ads” without a campaign"
    )
    assert campaign_name(Apart(None, None, 9, 2), NAMED).en == "“no source” without a campaign"
    assert campaign_name(Apart("vk", "spring", 9, 2), NAMED) == Text("«spring»", "“spring”")


def test_every_cause_has_words_and_a_column():
    assert set(CAUSE_NAMES) == set(CAUSE_METRICS) == set(Cause)
    assert set(CAUSE_METRICS.values()) < set(METRICS)
