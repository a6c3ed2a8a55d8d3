"""Questions to heads: of causes beyond chance alone, open, narrowed to what data show, the most money first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from smarketing.analyses.questions import Pinned, Step, questions
from smarketing.analyses.questions.refining import common_loss, segment_of, source_of
from smarketing.analyses.records import records
from smarketing.analyses.verdict import Cause, Part, verdict
from smarketing.analyses.verdict.result import Reading
from smarketing.facts.company import Company, LossReason, Stage, Zone
from smarketing.facts.criteria import CriteriaVersion, Names, Rule
from smarketing.facts.period import Month, Period
from smarketing.lake.dialect import breaches
from smarketing.metrics.kinds import Unit
from smarketing.stats.uncertainty import Label
from tests.analyses import test_verdict as example
from tests.support.memory import MemoryReader, at

NBSP = "\u00a0"
JUNE = Month(2026, 6)


def names(text):
    return Names(ru=text, en=text)


COMPANY = Company(
    segments=example.COMPANY.segments,
    stages=(
        Stage(key="new", name=names("Новый")),
        Stage(key="offer", name=names("КП")),
        Stage(key="won", name=names("Продажа"), milestone="won"),
        Stage(key="lost", name=names("Потерян"), milestone="lost"),
    ),
    loss_reasons=(LossReason(key="price", name=names("Цена")),),
    criteria=(
        CriteriaVersion(
            version="1",
            valid_from=datetime(2026, 1, 1, tzinfo=UTC).date(),
            rules=(
                Rule(key="small", name=names("Мелкий заказ"), verdict="non_target",
                     when=({"field": "amount", "op": "below", "value": 100},)),
            ),
        ),
    ),
)  # fmt: skip


def reader(journeys=example.FACT):
    return MemoryReader(
        COMPANY, journeys=journeys, receipts=example.receipts_of(journeys), plans=example.plan_rows(),
        known_until=datetime(2026, 11, 20, 15, tzinfo=UTC),
    )  # fmt: skip


def part(cause, effect=-100, zone=Zone.MARKETING, label=Label.CONFIRMED, **by_segment):
    found = {key: Decimal(value) for key, value in (by_segment or {"private": effect}).items()}
    return Part(cause, zone, Decimal(effect), found, Reading(0.5, 0.4), label=label)


def batch(source, count, target, *, handled=0, won=0, day="2026-06-10", segment="private", **more):
    return [
        {"lead_id": f"{source}-{day}-{place}", "created_at": at(day), "segment": segment, "lead_source": source,
         "target_verdict": "target" if place < target else "non_target", "is_handled": place < handled,
         "is_won": place < won, "outcome": "won" if place < won else "lost", "revenue": Decimal(0)} | more
        for place in range(count)
    ]  # fmt: skip


def source(rows, of, **where):
    return source_of(reader(rows), of, JUNE.period, where)


@pytest.fixture(scope="module")
def playground():
    lake = reader()
    return lake, verdict(lake, JUNE, draws=2_000)


def test_only_causes_beyond_chance_are_asked_about(playground):
    lake, found = playground
    asked = {one.cause for one in questions(lake, found)}
    assert asked == {part.cause for part in found.parts if part.is_confirmed}
    assert {Cause.MIX, Cause.HANDLING} <= asked
    assert not asked & {Cause.ORDER_VALUE, Cause.CONVERSION, Cause.QUALITY, Cause.TIMING, Cause.OUTSIDE}


def test_nothing_beyond_chance_asks_nobody(playground):
    lake, found = playground
    quiet = tuple(replace(one, label=Label.WITHIN_CHANCE) for one in found.parts)
    assert questions(lake, replace(found, parts=quiet)) == ()


def test_most_money_comes_first(playground):
    asked = questions(*playground)
    assert [one.cause for one in asked] == [Cause.MIX, Cause.VOLUME, Cause.HANDLING]  # −2.83m, +1.78m, −0.98m
    assert [one.at_stake for one in asked] == sorted((abs(one.effect) for one in asked), reverse=True)


def test_question_of_handling_names_the_segment_with_most_money(playground):
    (handling,) = [one for one in questions(*playground) if one.cause is Cause.HANDLING]
    assert handling.zone is Zone.SALES
    assert handling.step is Step.HANDLED
    assert handling.text.ru == (
        "Что занимает время до первого ответа лидам сегмента «Дилеры» и что можно снять с менеджеров?"
    )
    assert handling.fact.ru.endswith(
        f" Больше всего приходится на сегмент «Дилеры»: −1,00{NBSP}млн{NBSP}₽."  # −1 003 805.83 of methods.md
    )
    assert dict(handling.where) == {"segment": ("dealers",)}


def test_figure_is_pinned_with_its_plan_and_version(playground):
    lake, found = playground
    (mix,) = [one for one in questions(lake, found) if one.cause is Cause.MIX]
    assert (mix.pinned.metric, mix.pinned.unit) == ("lead_share", Unit.SHARE)
    assert mix.pinned.value == pytest.approx(44 / 280)
    assert mix.pinned.plan == pytest.approx(60 / 200)
    assert (mix.pinned.known_until, mix.pinned.version) == (lake.known_until, 1)


def test_records_behind_a_question_are_those_of_its_segment(playground):
    lake, found = playground
    (mix,) = [one for one in questions(lake, found) if one.cause is Cause.MIX]
    page = records(lake, mix.records.metric, mix.records.question, side=mix.records.side)
    assert page.count == 44  # all leads of dealers


def test_question_is_asked_again_only_when_its_figure_has_moved(playground):
    (mix,) = [one for one in questions(*playground) if one.cause is Cause.MIX]
    assert mix.key == "2026-06:mix:segment=dealers"
    same = replace(mix.pinned, value=mix.pinned.value + 0.0001, version=2)  # still said as 15.7 %
    assert not mix.has_moved(same)
    assert mix.has_moved(replace(mix.pinned, value=0.2))
    assert mix.has_moved(Pinned("lead_share", Unit.SHARE, None, None, mix.pinned.known_until, 1))


@pytest.mark.parametrize("effect", [-100, 100])
@pytest.mark.parametrize("cause", [cause for cause in Cause if cause not in (Cause.OUTSIDE, Cause.TIMING)])
def test_every_question_is_open_and_of_no_person(playground, cause, effect):
    _, found = playground
    rows = [{**row, "manager": "Ирина Продавцова"} for row in example.FACT]
    (asked,) = questions(reader(rows), replace(found, parts=(part(cause, effect),)))
    assert asked.text.ru.split()[0] in {"Что", "Как", "Какой", "Какая", "Какое"}
    assert asked.text.en.split()[0] in {"What", "How", "Which"}
    for text in (asked.text, asked.fact):
        assert "почему" not in text.ru.lower()
        assert "why" not in text.en.lower()
        assert "Ирина" not in text.ru + text.en
        assert "{" not in text.ru + text.en
    assert asked.text.ru.endswith("?")


def test_quality_names_the_criterion_that_fails_most():
    rows = [
        *batch("ads", 40, 30, day="2026-04-10"),
        *batch("ads", 40, 10, criterion="small"),
        *batch("site", 5, 5),
    ]
    found = replace(verdict(reader(rows), JUNE, draws=200), parts=(part(Cause.QUALITY),))
    (asked,) = questions(reader(rows), found)
    assert asked.text.en == (
        "What could change in how leads of the segment “Private persons” from the source “ads” are won, "
        "so that “Мелкий заказ” is met less often among them?"
    )
    assert f"25,0{NBSP}% при 75,0{NBSP}% за три месяца до этого" in asked.fact.ru
    assert (asked.records.metric, asked.records.question.where["lead_source"]) == ("non_target_leads", ("ads",))


def test_conversion_names_the_stage_and_the_reason():
    lost = {"loss_stage": "offer", "loss_reason": "price"}
    rows = [*batch("ads", 20, 20, handled=20, **lost), *batch("site", 5, 5, handled=5, loss_stage="new")]
    found = replace(verdict(reader(rows), JUNE, draws=200), parts=(part(Cause.CONVERSION, zone=Zone.SALES),))
    (asked,) = questions(reader(rows), found)
    assert asked.text.ru == (
        "Что поможет обработанным лидам сегмента «Частные лица» пройти стадию «КП», "
        "где чаще всего называют причину «Цена»?"
    )
    assert (asked.step, asked.stage) == (Step.SALE, "offer")
    page = records(reader(rows), asked.records.metric, asked.records.question, side=asked.records.side)
    assert page.count == 20


def test_loss_of_leads_not_handled_says_nothing_of_the_stages():
    rows = batch("ads", 20, 20, handled=0, loss_stage="offer", loss_reason="price")
    rows[0]["is_handled"] = True  # one lead tells where it was lost
    assert common_loss(reader(rows), JUNE.period, {}) == ("offer", "price")
    assert common_loss(reader(rows[1:]), JUNE.period, {}) == (None, None)


def test_segment_is_the_one_that_pulls_hardest_the_way_the_cause_goes():
    assert segment_of(part(Cause.QUALITY, -60, dealers=-90, private=30)) == {"segment": ("dealers",)}
    assert segment_of(part(Cause.QUALITY, 60, dealers=-30, private=90)) == {"segment": ("private",)}
    unknown = replace(part(Cause.QUALITY), by_segment={None: Decimal(-90), "private": Decimal(-10)})
    assert segment_of(unknown) == {"segment": ("",)}


def test_segments_that_are_not_told_apart_are_not_named():
    assert segment_of(replace(part(Cause.QUALITY), by_segment={None: Decimal(-100)})) == {}


def test_source_whose_target_share_fell_beyond_chance_is_named():
    rows = [
        *batch("ads", 60, 45, day="2026-04-10"), *batch("ads", 60, 20),
        *batch("site", 60, 30, day="2026-04-10"), *batch("site", 60, 29),
    ]  # fmt: skip
    found = source(rows, part(Cause.QUALITY))
    assert (found.source, found.now, found.usual) == ("ads", 20 / 60, 45 / 60)


def test_source_that_moved_by_chance_is_not_named():
    rows = [*batch("ads", 40, 20, day="2026-04-10"), *batch("ads", 40, 17)]
    assert source(rows, part(Cause.QUALITY)) is None


def test_source_that_rose_is_not_named_for_a_loss():
    rows = [*batch("ads", 60, 20, day="2026-04-10"), *batch("ads", 60, 45)]
    assert source(rows, part(Cause.QUALITY, -100)) is None
    assert source(rows, part(Cause.QUALITY, 100)).source == "ads"


def test_where_all_sources_fell_alike_none_is_named():
    rows = [
        row
        for name in ("ads", "site", "fair")
        for row in (*batch(name, 60, 45, day="2026-04-10"), *batch(name, 60, 20))
    ]
    assert source(rows, part(Cause.QUALITY)) is None


def test_source_without_a_name_can_stand_out():
    rows = [*batch(None, 60, 45, day="2026-04-10"), *batch(None, 60, 20)]
    found = replace(verdict(reader(rows), JUNE, draws=200), parts=(part(Cause.QUALITY),))
    (asked,) = questions(reader(rows), found)
    assert dict(asked.where) == {"segment": ("private",), "lead_source": ("",)}
    assert "без указанного источника" in asked.text.ru
    assert "Источник не указан" in asked.fact.ru


def test_leads_of_a_source_are_held_against_as_many_days_before():
    # 184 leads in the 92 days of March, April and May: 60 usual in June's 30 days; 20 came.
    rows = [*batch("ads", 184, 0, day="2026-04-10"), *batch("ads", 20, 0)]
    found = source(rows, part(Cause.VOLUME))
    assert (found.source, found.now, found.usual) == ("ads", 20, pytest.approx(60))
    few = Period(JUNE.first, Month(2026, 6).first.replace(day=11))  # ten days: 20 are usual
    assert source_of(reader(rows), part(Cause.VOLUME), few, {}) is None


def test_conversion_of_a_source_is_held_against_the_others_of_the_month():
    rows = [
        *batch("ads", 80, 80, handled=80, won=4),
        *batch("site", 80, 80, handled=80, won=32),
        *batch("ads", 80, 80, handled=80, won=40, day="2026-04-10"),  # had longer to grow: not looked at
    ]
    found = source(rows, part(Cause.CONVERSION))
    assert (found.source, found.now, found.usual, found.among_others) == ("ads", 0.05, 0.4, True)


def test_order_values_of_sources_are_too_few_to_tell():
    assert source(batch("ads", 80, 80, handled=80, won=40), part(Cause.ORDER_VALUE)) is None


def test_questions_to_the_facts_keep_the_dialect(playground):
    lake, found = playground
    lake.asked.clear()
    causes = (Cause.VOLUME, Cause.QUALITY, Cause.HANDLING, Cause.CONVERSION)
    questions(lake, replace(found, parts=tuple(part(cause) for cause in causes)))
    assert len(lake.asked) > 8
    assert [breach.where for asked in lake.asked for breach in breaches(asked)] == []
