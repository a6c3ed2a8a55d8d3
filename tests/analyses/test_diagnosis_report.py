"""What the diagnosis says of marketing's own report against the CRM."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from smarketing.analyses.diagnosis import State, StepKey
from smarketing.analyses.question import Question
from smarketing.analyses.reconciliation import reconciliation
from smarketing.facts.period import Month
from tests.analyses.small_company import SPEND, reader
from tests.analyses.test_diagnosis import evidence, look

NOVEMBER = Month(2026, 11)


def reported(*rows, **more):
    return [
        {"month": 202611, "metric": "leads", "lead_source": key, "value": Decimal(n)} | more for key, n in rows
    ]


def test_report_that_agrees_with_the_crm_is_in_order():
    found = evidence(look(reported=reported(("yandex", 8), ("site", 5))), StepKey.RESULT, "reported")
    assert found.state is State.IN_ORDER  # 13 against 11: two leads are not more than three
    assert found.text.en == "Marketing reported 13 leads, the CRM has 11."


def test_report_that_differs_names_the_source_that_differs_most():
    found = evidence(look(reported=reported(("yandex", 12), ("site", 5))), StepKey.RESULT, "reported")
    assert found.state is State.ATTENTION  # 17 against 11
    assert found.text.en.endswith("“yandex” differs most: 12 and 6.")


def test_report_by_day_is_summed_over_the_days_that_have_passed():
    rows = [
        *reported(("yandex", 9), month=None, day=date(2026, 11, 2)),
        *reported(("site", 2), month=None, day=date(2026, 11, 20)),
        *reported(("site", 50), month=None, day=date(2026, 11, 28)),
    ]
    found = evidence(look(reported=rows), StepKey.RESULT, "reported")
    assert found.text.en.startswith("Marketing reported 11 leads")


def test_report_is_the_one_of_the_reconciliation_and_not_the_typed_figure_beside_it():
    """The ad account says 9 of yandex, a typed figure 20: of a source the finest report counts."""
    spend = [{**row, "reported_leads": 9 if place == 1 else None} for place, row in enumerate(SPEND)]
    found = look(spend=spend, reported=reported(("yandex", 20), ("site", 5)))
    compared = reconciliation(
        reader(spend=spend, reported=reported(("yandex", 20), ("site", 5))), Question(NOVEMBER.period)
    )
    said = f"Marketing reported {compared.reported} leads, the CRM has {compared.crm}."
    assert compared.reported == 14
    assert evidence(found, StepKey.RESULT, "reported").text.en.startswith(said)


def test_no_report_is_missing_and_not_agreement():
    found = evidence(look(), StepKey.RESULT, "reported")
    assert found.state is State.CANNOT_JUDGE
