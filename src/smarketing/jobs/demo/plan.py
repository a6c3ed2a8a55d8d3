"""What did the demo company plan, spend, pay and report?"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smarketing.facts.period import Month
from smarketing.jobs.demo import columns
from smarketing.jobs.demo.clock import DAY, day_number
from smarketing.jobs.demo.draw import Drawn, Random
from smarketing.jobs.demo.market import (
    CAMPAIGNS,
    LEADS_PER_MONTH,
    NEW_CAMPAIGN_SPEND,
    SEGMENTS,
    SegmentModel,
    planned_leads,
    vat_rate,
)
from smarketing.jobs.demo.truths import FEWER_DEALERS, MORE_PRIVATE, SKIPPED_FIELDS

_CLICK_PRICE = {"Яндекс Директ": 62, "VK Реклама": 31, "Партнёрская рассылка": 18, "Отраслевая выставка": 0}
_CLICK_SHARE = {"Яндекс Директ": 0.034, "VK Реклама": 0.011, "Партнёрская рассылка": 0.041}
_LOST_ON_THE_WAY = 0.012  # counted by the ad account, never seen in the CRM


def plans(months: list[Month]) -> pa.Table:
    """By month and segment: the market's own parameters, rounded as a person would.

    The first month has no plan: the money of the leads before it is not among the facts.
    """
    rows = [(month.number, *row) for month in months[1:] for model in SEGMENTS for row in _plan(model, month)]
    month, segment, metric, value = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            "month": pa.array(month, pa.int32()),
            "metric": columns.words(metric),
            "value": pa.array(value, pa.decimal128(18, 6)),
            "segment": columns.words(segment),
        }
    )


def _plan(model: SegmentModel, month: Month) -> list[tuple[str, str, Decimal]]:
    leads = Decimal(round(planned_leads(month) * model.mix))
    target = Decimal(str(round(model.target_share(month.first), 3)))
    handled = Decimal(str(model.handled))
    conversion = Decimal(str(round(model.conversion, 4)))
    order = Decimal(round(model.expected_order(month.first), -2))
    values = {
        "leads": leads,
        "target_share": target,
        "handled_share": handled,
        "handled_to_sale_cr": conversion,
        "aov": order,
        "revenue": round(leads * target * handled * conversion * order, 2),
        "spend": Decimal(round(_planned_spend(model.key, month), -2)),
    }
    return [(model.key, metric, value) for metric, value in values.items()]


def _planned_spend(segment: str, month: Month) -> float:
    level = planned_leads(month) / LEADS_PER_MONTH
    of_segment = [campaigns for (_, key), campaigns in CAMPAIGNS.items() if key == segment]
    return level * sum(spend for campaigns in of_segment for _, _, spend in campaigns)


def ad_spend(random: Random, leads: Drawn, months: list[Month], cut: int) -> pa.Table:
    """A row per day and campaign; what the account calls its leads is counted by its own names."""
    clicked = _clicked(leads)
    rows = [row for month in months for row in _month_of_ads(random, month, clicked) if row[0] * DAY <= cut]
    day, source, campaign, segment, net, clicks, shown, counted = zip(*rows, strict=True)
    at = np.array(day, dtype=np.int64) * DAY
    kopecks = np.array(net, dtype=np.int64)
    rate = np.where(
        at < day_number(date(2026, 1, 1)) * DAY, vat_rate(date(2025, 1, 1)), vat_rate(date(2026, 1, 1))
    )
    vat = kopecks * rate // 100
    return pa.table(
        {
            "day": columns.days(at),
            "lead_source": columns.words(source),
            "campaign": columns.words(campaign),
            "segment": columns.words(segment),
            "cost": columns.money(kopecks + vat),
            "vat": columns.money(vat),
            "currency": columns.words(["RUB"] * len(rows)),
            "impressions": pa.array(shown, pa.int64()),
            "clicks": pa.array(clicks, pa.int64()),
            "reported_leads": pa.array(counted, pa.int64()),
        }
    )


def _clicked(leads: Drawn) -> Counter[tuple[int, str, str]]:
    days = (leads.created // DAY).tolist()
    known = zip(days, leads.lead_source, leads.ad_campaign, leads.true_segment, strict=True)
    return Counter((day, f"{source}/{segment}", campaign) for day, source, campaign, segment in known if campaign)


_AdRow = tuple[int, str, str, str, int, int, int, int]


def _month_of_ads(random: Random, month: Month, clicked: Counter[tuple[int, str, str]]) -> list[_AdRow]:
    days = day_number(month.first) + np.arange(month.days)
    return [
        row
        for source, segment, campaign, budget in _budgets(month)
        for row in _campaign(random, days, (source, segment, campaign), budget, clicked)
    ]


def _budgets(month: Month) -> list[tuple[str, str, str, float]]:
    """Source, segment, campaign and what it may spend before VAT in the month."""
    level = planned_leads(month) / LEADS_PER_MONTH
    found = []
    for (source, segment), campaigns in CAMPAIGNS.items():
        cut = (
            FEWER_DEALERS.after if source == FEWER_DEALERS.lead_source and FEWER_DEALERS.holds(month.first) else 1
        )
        found += [(source, segment, campaign, spend * level * cut) for campaign, _, spend in campaigns]
    if MORE_PRIVATE.holds(month.first):
        new = (MORE_PRIVATE.lead_source, MORE_PRIVATE.segment, MORE_PRIVATE.campaign, NEW_CAMPAIGN_SPEND * level)
        found.append((str(new[0]), str(new[1]), str(new[2]), float(new[3])))
    return found


def _campaign(
    random: Random,
    days: NDArray[np.int64],
    names: tuple[str, str, str],
    budget: float,
    clicked: Counter[tuple[int, str, str]],
) -> list[_AdRow]:
    source, segment, campaign = names
    noise = random.uniform(0.8, 1.2, len(days))
    net = np.rint(budget * 100 * noise / noise.sum()).astype(np.int64)
    price = _CLICK_PRICE[source]
    clicks = random.poisson(net / 100 / price) if price else np.zeros(len(days), dtype=np.int64)
    shown = (clicks / _CLICK_SHARE.get(source, 1.0)).astype(np.int64)
    lost = random.random(len(days)) < _LOST_ON_THE_WAY
    counted = [clicked[day, f"{source}/{segment}", campaign] for day in days.tolist()]
    return [
        (day, source, campaign, segment, int(cost), int(click), int(show), count + int(gone))
        for day, cost, click, show, count, gone in zip(
            days.tolist(), net, clicks, shown, counted, lost, strict=True
        )
    ]


def reported(random: Random, leads: Drawn, cut: int) -> pa.Table:
    """Marketing's own monthly report: leads by source with repeats, tests and what never reached the CRM."""
    months = leads.created.astype("datetime64[s]").astype("datetime64[M]")
    seen = leads.created <= cut
    counts = Counter(zip(months[seen].tolist(), leads.lead_source[seen], strict=True))
    rows = [
        (month.year * 100 + month.month, source, count + int(random.poisson(count * _LOST_ON_THE_WAY)))
        for (month, source), count in sorted(counts.items())
    ]
    month_numbers, sources, values = zip(*rows, strict=True)
    return pa.table(
        {
            "month": pa.array(month_numbers, pa.int32()),
            "metric": columns.words(["leads"] * len(rows)),
            "value": pa.array([Decimal(value) for value in values], pa.decimal128(18, 6)),
            "lead_source": columns.words(sources),
        }
    )


# department, kind, roubles in the first month; payroll grows by a twentieth with the new year.
_COSTS = (
    ("marketing", "payroll", 420_000),
    ("marketing", "tools", 64_000),
    ("sales", "payroll", 1_180_000),
    ("sales", "tools", 92_000),
)


def costs(months: list[Month]) -> pa.Table:
    rows = [
        (month.number, department, kind, amount * (105 if kind == "payroll" and month.year > 2025 else 100))
        for month in months
        for department, kind, amount in _COSTS
    ]
    month_numbers, departments, kinds, kopecks = zip(*rows, strict=True)
    return pa.table(
        {
            "month": pa.array(month_numbers, pa.int32()),
            "department": columns.words(departments),
            "kind": columns.words(kinds),
            "amount": columns.money(np.array(kopecks, dtype=np.int64)),
            "currency": columns.words(["RUB"] * len(rows)),
        }
    )


_PEOPLE: tuple[tuple[str, str, str | None, date, date | None], ...] = (
    ("Сергей Климов", "founder", None, date(2017, 3, 1), None),
    ("Анна Вершинина", "marketing", None, date(2023, 2, 6), None),
    ("Ольга Тихая", "marketing", "реклама", date(2024, 9, 2), None),
    ("Игорь Латыпов", "sales", None, date(2021, 5, 11), None),
    ("Марина Орлова", "sales", "дилеры", date(2020, 1, 13), None),
    ("Денис Юсупов", "sales", "дилеры", date(2022, 8, 1), None),
    ("Олег Савин", "sales", "проекты", date(2021, 10, 4), None),
    ("Наталья Крот", "sales", "проекты", date(2023, 4, 3), None),
    ("Ирина Белова", "sales", "проекты", date(2019, 6, 3), None),
    ("Светлана Мороз", "sales", "розница", date(2022, 2, 7), None),
    ("Павел Ким", "sales", "розница", date(2024, 3, 11), None),
    ("Роман Шилов", "sales", "розница", date(2021, 3, 1), date(2026, 4, 30)),
    (str(SKIPPED_FIELDS.manager), "sales", "розница", SKIPPED_FIELDS.since, None),
)


def people() -> pa.Table:
    person, department, team, start, end = zip(*_PEOPLE, strict=True)
    return pa.table(
        {
            "person": columns.words(person),
            "department": columns.words(department),
            "team": columns.words(team),
            "from": pa.array(start, pa.date32()),
            "to": pa.array(end, pa.date32()),
        }
    )
