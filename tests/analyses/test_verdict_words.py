from __future__ import annotations

from datetime import date

from smarketing.analyses.verdict import Cause
from smarketing.analyses.verdict.result import CAUSE_NAMES
from smarketing.analyses.verdict.words import headline, main_cause, question, sentence
from tests.analyses.test_verdict import COMPANY, FACT, PLAN, judge, leads, plan_rows, receipts_of

NBSP = "\u00a0"


def test_headline_names_the_gap_and_its_main_cause():
    found = judge()
    assert main_cause(found).cause is Cause.MIX
    assert headline(found, COMPANY).ru == (
        f"Июнь 2026: выручка на 2,04{NBSP}млн{NBSP}₽ ниже плана. "
        f"Главная причина: структура сегментов, −2,83{NBSP}млн{NBSP}₽."
    )
    assert headline(found, COMPANY).en == (
        "June 2026: revenue ₽2.04m below plan. The main cause is segment mix, −₽2.83m."
    )


def test_headline_of_too_few_sales_names_no_cause():
    few = [("dealers", metric, value) for _, metric, value in PLAN[:5]]
    few[0] = ("dealers", "leads", "10")
    found = judge(leads("dealers", 10, 1, 1, 0, 0), plans=plan_rows(few))
    assert headline(found, COMPANY).ru.endswith("Продаж слишком мало, чтобы назвать причину.")


def test_headline_without_a_verdict_says_why():
    assert headline(judge(plans=[]), COMPANY).ru == (
        "Сравнить июнь 2026 не с чем: плана нет, дозревших месяцев тоже."
    )
    assert headline(judge([]), COMPANY).en == "No leads came in June 2026."


def test_sentence_tells_fact_and_plan():
    found = judge()
    assert sentence(found.part(Cause.VOLUME), COMPANY).ru == "Лидов 280 при плане 200."
    assert sentence(found.part(Cause.QUALITY), COMPANY).ru == f"Целевых 34,3{NBSP}% при плане 46,0{NBSP}%."


def test_within_chance_nobody_is_asked():
    found = judge()
    assert question(found.part(Cause.MIX)) is not None
    assert question(found.part(Cause.ORDER_VALUE)) is None
    assert question(found.part(Cause.TIMING)) is None


def test_every_cause_has_a_sentence_in_both_languages():
    found = judge([*FACT, *leads("private", 1, 0, 0, 1, 100, day="2026-06-12")])
    for part in found.parts:
        said = sentence(part, COMPANY)
        assert said.ru != said.en
        assert CAUSE_NAMES[part.cause].ru != CAUSE_NAMES[part.cause].en


def test_questions_are_open_and_never_why_did_you():
    found = judge()
    for part in found.parts:
        asked = question(part)
        if asked:
            assert asked.ru.split()[0] in {"Что", "Как", "Какой", "На"}
            assert "почему" not in asked.ru.lower()
            assert "кто " not in asked.ru.lower()


def test_headline_tells_of_other_months_where_they_make_most_of_the_gap():
    # All of June's money came in July: nothing is wrong with the leads, the month has no payments.
    late = [{**row, "paid_day": date(2026, 7, 2)} for row in receipts_of(FACT)]
    said = headline(judge(receipts=late), COMPANY)
    assert said.ru.endswith(f"Ещё −4,13{NBSP}млн{NBSP}₽ дают оплаты по лидам других месяцев.")
    assert said.en.endswith("Payments of other months' leads account for another −₽4.13m.")
