"""Sentences over ``small_company``: the whole text, with figures that its docstring lets one work out."""

from __future__ import annotations

from dataclasses import replace

from smarketing.analyses.conclusions import of_economics, of_funnel, of_qualification
from smarketing.analyses.economics import economics
from smarketing.analyses.funnel import funnel
from smarketing.analyses.losses import losses
from smarketing.analyses.qualification import criteria_table, qualification
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from tests.analyses.small_company import COHORT, COMPANY, PERIOD, reader

EMPTY_MONTH = COHORT.over(Month(2025, 1).period)


def plain(text: Text) -> tuple[str, str]:
    return text.ru.replace("\u00a0", " "), text.en.replace("\u00a0", " ")


def test_economics_sets_the_row_that_spends_against_the_row_that_earns() -> None:
    # yandex: all 100 000 of spend and 500 000 of 750 000 revenue: who spends most earns most
    table = economics(reader(), COHORT.split("lead_source"))
    assert plain(of_economics(table, COMPANY))[0].startswith(
        "«yandex» даёт 67 % выручки: 500 тыс. ₽ из 750 тыс. ₽."
    )


def test_economics_without_leads_says_so() -> None:
    table = economics(reader(), EMPTY_MONTH.split("lead_source"))
    assert plain(of_economics(table, COMPANY)) == (
        "За январь 2025 лидов не было.",
        "No leads in January 2025.",
    )


def test_economics_without_money_says_that_leads_came() -> None:
    table = economics(reader(receipts=()), COHORT.split("lead_source"))
    assert plain(of_economics(table, COMPANY))[0].startswith(
        "За ноябрь 2026 пришло 11 лидов, оплат по ним пока нет."
    )


def test_funnel_says_how_many_came_through_and_where_most_stay() -> None:
    # 11 leads: 3 sold; accepted or further are L1, L2, L5, L7, L9, L11
    found = plain(of_funnel(funnel(reader(), COHORT), losses(reader(), COHORT)))[0]
    assert found.startswith("Из 11 лидов купили 3: 27 %.")
    assert "«Новый → Принят»: проходит 54,5 %" in found
    assert "Главная причина потерь — «price»: 66,7 %." in found


def test_funnel_against_a_period_names_no_shift_where_there_is_none() -> None:
    asked = replace(COHORT, compare=Month(2026, 10).period)
    assert plain(of_funnel(funnel(reader(), asked))) == (
        "Заметных сдвигов нет: все переходы в пределах обычного разброса.",
        "No notable shift: every transition is within ordinary variation.",
    )


def test_funnel_by_events_joins_no_share_of_different_leads_and_judges_no_shift() -> None:
    """Eleven came in November, four sales fell into it, one of them (L12) of October's only lead."""
    assert plain(of_funnel(funnel(reader(), PERIOD)))[0] == (
        "Ноябрь 2026: пришло 11 лидов, продаж за те же дни 4. Это разные лиды, доли между ними нет."
    )
    compared = plain(of_funnel(funnel(reader(), replace(PERIOD, compare=Month(2026, 10).period))))
    assert compared[0].endswith("Было 1 и 0; больше ли это случайности, скажет счёт по дате лида.")
    assert "within ordinary variation" not in compared[1]


def test_funnel_without_leads_says_so() -> None:
    assert plain(of_funnel(funnel(reader(), EMPTY_MONTH)))[0] == "За январь 2025 лидов не было."


def test_qualification_names_the_share_the_unknown_and_the_criterion() -> None:
    # judged: L1 L2 L5 L7 L8 L11 target, L3 L4 L9 non-target; unknown: L6, L10
    table = qualification(reader(), COHORT)
    assert plain(of_qualification(table, criteria_table(reader(), COHORT)))[0] == (
        "Нецелевых 33,3 %: 3 из 9 оценённых; по 18,2 % лидов решить нельзя. "
        "Чаще всего отсеивает «Мелкий заказ»: 66,7 %."
    )
