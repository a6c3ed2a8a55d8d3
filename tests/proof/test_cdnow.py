"""The purchases of CDNOW through the lake: cohorts, repeats and the model against figures computed independently.

80 of the 69,659 rows cost nothing. A purchase of the product is money that came, so a customer who only ever took
something for nothing is none, and one whose month holds only such a row did not buy in it. The figures that came
with the data count those rows; the differences below are all of them (docs/developing/known-differences.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from smarketing.analyses.lifetime import lifetime
from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement
from smarketing.analyses.retention import retention
from smarketing.facts.company import Company
from smarketing.lake.store import FactBatch, Lake, LakeReader
from tests.proof.shared import DATA, expected, needs

pytestmark = needs("cdnow")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LakeReader]:
    lines = (DATA / "cdnow" / "CDNOW_master.txt").read_text(encoding="utf-8").splitlines()[1:]
    told = [line.split() for line in lines]
    rows = pa.table(
        {
            "payment_id": [str(number) for number in range(len(told))],
            "client_id": [row[0] for row in told],
            "paid_at": [datetime.strptime(row[1], "%Y%m%d") for row in told],  # noqa: DTZ007 (UTC)
            "amount": [row[3] for row in told],
        }
    )
    lake = Lake(tmp_path_factory.mktemp("cdnow"))
    lake.load(
        [FactBatch("payments", rows)], Company(zone="UTC"), known_until=datetime(1998, 6, 30, 23, tzinfo=UTC)
    )
    with lake.open() as found:
        yield found


@pytest.fixture(scope="module")
def table(reader: LakeReader) -> Measurement:
    return retention(reader, Question())


@pytest.fixture(scope="module")
def days() -> dict[str, dict[date, Decimal]]:
    """Customer → day → what was paid on it, straight from the file."""
    found: dict[str, dict[date, Decimal]] = {}
    for line in (DATA / "cdnow" / "CDNOW_master.txt").read_text(encoding="utf-8").splitlines()[1:]:
        customer, day, _, dollars = line.split()
        of_customer = found.setdefault(customer, {})
        of_customer[date.fromisoformat(day)] = of_customer.get(date.fromisoformat(day), Decimal()) + Decimal(
            dollars
        )
    return found


def _active(days: Iterable[Iterable[date]]) -> dict[str, Counter[int]]:
    """By month of the first day: how many have a day in each month after it; month 0 holds all of them."""
    found: dict[str, Counter[int]] = {}
    for own in days:
        months = sorted({day.year * 12 + day.month - 1 for day in own})
        first = f"{months[0] // 12}-{months[0] % 12 + 1:02d}"
        found.setdefault(first, Counter()).update(month - months[0] for month in months)
    return found


def test_figures_that_came_with_the_data_count_days_on_which_nothing_was_paid(
    days: dict[str, dict[date, Decimal]],
) -> None:
    active = _active(days.values())
    for month, told in expected("cdnow")["cohort_active"].items():
        assert {int(age): count for age, count in told.items()} == {age: active[month][age] for age in range(7)}


def test_cohorts_of_the_product_are_those_of_the_days_on_which_something_was_paid(
    table: Measurement, days: dict[str, dict[date, Decimal]]
) -> None:
    paid = [[day for day, dollars in own.items() if dollars > 0] for own in days.values()]
    active = _active(own for own in paid if own)
    cells = {}
    for row in table.rows:
        month, age = (int(str(key)) for key in row.keys)
        cells[(f"{month // 100}-{month % 100:02d}", age)] = row.figures["cohort_bought_share"]
    assert {key: (figure.numerator, figure.denominator) for key, figure in cells.items()} == {
        (month, age): (active[month][age], active[month][0]) for month, age in cells
    }
    again = sum(1 for own in paid if len(own) > 1)
    repeat = table.total.figures["cohort_repeat_share"]
    assert (repeat.numerator, repeat.denominator) == (again, 23_502)
    # With the free days it is the published figure.
    assert sum(1 for own in days.values() if len(own) > 1) == expected("cdnow")["repeat_customers"]["n"]


def test_revenue_of_all_cohorts_is_the_revenue_of_the_data(table: Measurement) -> None:
    brought = table.total.figures["cohort_revenue"]
    assert float(str(brought.numerator)) == expected("cdnow")["transactions"]["dollars"]


def test_model_of_all_customers_foretells_about_what_they_did_before(reader: LakeReader) -> None:
    """Below what they bought again in the last year of the data, for people leave; and not below half of it."""
    total = lifetime(reader, Question()).total.figures
    (last_year,) = reader.query(
        "SELECT COUNT(*) AS purchases FROM customer_receipts "
        "WHERE is_purchase AND purchase_number > 1 AND paid_day >= DATE '1997-07-01'"
    ).to_pylist()
    assert total["expected_purchases"].n == 23_502
    assert 0.5 < float(str(total["expected_purchases"].value)) / (last_year["purchases"] / 23_502) < 1.0
