"""What each chart says and where it puts it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.charts import (
    FunnelBar,
    Picture,
    PlanFact,
    Size,
    Sparkline,
    Waterfall,
    WaterfallItem,
    answer_line,
    funnel_bars,
    plan_fact,
    print_svg,
    screen_svg,
    sparkline,
    stacked_share,
    waterfall,
)
from smarketing.charts.layout import spread, ticks, wrapped
from smarketing.charts.theme import colour
from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from tests.charts.pictures import ANSWERS, FUNNEL, PLAN_FACT, SHARES, SPARKLINE, SVG, WATERFALL, parsed, texts


def said(picture: Picture) -> list[str]:
    return texts(print_svg(picture))


def rows(picture: Picture) -> list[dict[str, Any]]:
    return list(picture.spec["data"]["values"])


def test_waterfall_walks_from_plan_to_fact() -> None:
    """0 → +3.24 → −1.08 → −1.96 → −2.90 → −3.32 → −3.20 million; the fact runs from 0 to −3.20."""
    bars = rows(waterfall(WATERFALL, Size.WIDE, "ru"))

    assert [round(bar["b"] / 1e6, 2) for bar in bars] == [0, 3.24, -1.08, -1.96, -2.90, -3.32, -3.20, -3.20]
    assert [bar["a"] for bar in bars[1:-1]] == [bar["b"] for bar in bars[:-2]]
    assert bars[-1]["a"] == 0


def test_waterfall_whiskers_are_intervals_around_the_end_of_the_bar() -> None:
    """The mix of −4.32 (−5.10 … −3.50) starts at +3.24: whisker from −1.86 to −0.26."""
    mix = rows(waterfall(WATERFALL, Size.WIDE, "ru"))[2]

    assert (mix["lo"], mix["hi"]) == pytest.approx((-1_860_000, -260_000))


def test_waterfall_labels_stand_on_the_side_of_their_sign() -> None:
    bars = rows(waterfall(WATERFALL, Size.WIDE, "ru"))

    assert [bar["text"] for bar in bars[1:]] == ["+3,24", "−4,32", "−0,88", "−0,94", "−0,42", "+0,12", "−3,20"]
    assert [bar["left"] for bar in bars[1:]] == [False, True, True, True, True, False, True]


def test_waterfall_colours_say_whose_zone_and_grey_is_chance() -> None:
    bars = rows(waterfall(WATERFALL, Size.WIDE, "ru"))

    fills = [bar.get("fill") for bar in bars[1:]]
    assert fills == [colour(t) for t in ("m", "m", "m", "s", "c", "ink3", "ink")]
    assert [bar["kind"] for bar in bars].count("joint") == 1


def test_waterfall_says_its_figures_in_both_languages() -> None:
    ru, en = (waterfall(WATERFALL, Size.NARROW, language) for language in ("ru", "en"))

    assert "План 17,40" in said(ru)
    assert "отклонение от плана, млн\u00a0₽" in said(ru)
    assert ru.description.startswith(
        "План 17,40\u00a0млн\u00a0₽; Объём лидов +3,24 (интервал +2,60\u00a0…\u00a0+3,90)"
    )
    assert "Actual 14.20" in said(en)
    assert "+3.24" in said(en)


def test_waterfall_without_causes_still_shows_plan_and_fact() -> None:
    picture = waterfall(Waterfall(Decimal(100), Decimal(100), ()), Size.WIDE, "ru")

    assert {"План 100", "Факт 100"} <= set(said(picture))


def test_funnel_bars_show_now_and_before() -> None:
    picture = funnel_bars(FUNNEL, Size.WIDE, "ru")

    assert {"510", "было 446", "281", "79"} <= set(said(picture))
    assert picture.description.startswith(
        "Новое обращение с сайта 510, было 446; MQL 281, было 289; Согласование 79;"
    )


def test_funnel_bars_group_thousands_and_wrap_long_names() -> None:
    bars = [FunnelBar(Text("Новое обращение с сайта", "New enquiry"), Zone.MARKETING, 21_509)]
    words = said(funnel_bars(bars, Size.NARROW, "ru"))

    assert "21\u00a0509" in words
    assert {"Новое обращение", "с сайта"} <= set(words)


def test_funnel_bars_start_at_zero() -> None:
    bar = funnel_bars(FUNNEL, Size.WIDE, "ru").spec["layer"][0]

    assert bar["encoding"]["x"]["scale"]["domain"][0] == 0


def test_funnel_bars_of_nothing_draw_an_empty_chart() -> None:
    assert said(funnel_bars([FunnelBar(Text("Лид", "Lead"), Zone.SALES, 0)], Size.WIDE, "ru")) == ["0", "Лид"]


def test_plan_fact_names_its_lines_at_their_ends() -> None:
    """Plan 30 × 0.8 = 24.0; fact 20 × 0.71 = 14.2; forecast 20.1 (18.4–21.9)."""
    words = said(plan_fact(PLAN_FACT, Size.WIDE, "ru"))

    assert {"План 24,0", "Факт 14,2", "Прогноз 20,1", "18,4–21,9", "2\u00a0ноября"} <= set(words)


def test_plan_fact_names_at_the_right_never_cover_each_other() -> None:
    last = replace(
        PLAN_FACT.forecast[1], value=Decimal(23_900_000), low=Decimal(23_800_000), high=Decimal(24_100_000)
    )
    close = replace(PLAN_FACT, forecast=(PLAN_FACT.forecast[0], last))
    svg = parsed(print_svg(plan_fact(close, Size.WIDE, "ru")))
    wanted = ("План 24,0", "Прогноз 23,9", "23,8–24,1")
    places = sorted(
        float(re.findall(r"[-\d.]+", element.get("transform", ""))[1])
        for element in svg.iter(f"{SVG}text")
        if "".join(element.itertext()) in wanted
    )

    assert len(places) == 3
    assert all(after - before >= 14.9 for before, after in pairwise(places))


def test_plan_fact_of_a_finished_month_names_the_fact_at_the_right_once() -> None:
    finished = PlanFact(PLAN_FACT.plan, PLAN_FACT.plan)

    assert said(plan_fact(finished, Size.WIDE, "ru")).count("Факт 24,0") == 1


def test_plan_fact_without_a_plan_is_drawn() -> None:
    words = said(plan_fact(PlanFact((), PLAN_FACT.fact), Size.NARROW, "en"))

    assert "Actual 14.2" in words
    assert not any(text.startswith("Plan") for text in words)


def test_sparkline_keeps_gaps_and_says_them() -> None:
    picture = sparkline(SPARKLINE, Size.WIDE, "ru")

    assert rows(picture)[4] == {"i": 4, "v": None}
    assert picture.description == "31; 36; 39; 41; —; 43; 46; 45; 44; 48; 53; 58."


@pytest.mark.parametrize("values", [(), (None, None), (5,), (7, 7, 7)])
def test_sparkline_of_little_is_drawn(values: tuple[int | None, ...]) -> None:
    assert "<svg" in print_svg(sparkline(Sparkline(Text("Лиды", "Leads"), values), Size.WIDE, "ru"))


def test_stacked_share_makes_shares_and_shows_those_with_room() -> None:
    words = said(stacked_share(SHARES, Size.WIDE, "ru"))

    assert {"88\u00a0%", "82\u00a0%", "12\u00a0%"} <= set(words)
    assert "2\u00a0%" not in words
    assert {"Дилеры", "не указан"} <= set(words)


def test_stacked_share_of_an_empty_bar_is_nothing_and_not_an_error() -> None:
    bar = SHARES[0].__class__(
        SHARES[0].name, tuple(part.__class__(part.key, part.name, 0.0) for part in SHARES[0].parts)
    )
    picture = stacked_share([bar], Size.WIDE, "ru")

    assert {row["b"] for row in rows(picture)} == {0.0}


def test_stacked_share_colours_say_no_department() -> None:
    scale = stacked_share(SHARES, Size.WIDE, "ru").spec["layer"][0]["encoding"]["color"]["scale"]

    assert scale["range"] == [colour(token) for token in ("ink", "ink3", "line2", "surface")]


# --- layout


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-5.6, 5.3, [-4, -2, 0, 2, 4]),
        (0, 24, [0, 5, 10, 15, 20]),
        (0, 100, [0, 25, 50, 75, 100]),
        (0, 1, [0, 0.5, 1]),
    ],
)
def test_ticks_are_round_and_few(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == expected


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_stay_within_the_range_and_are_never_many(low: float, span: float) -> None:
    found = ticks(low, low + span)

    assert len(found) <= 5
    assert all(low - 1e-6 * span - 1e-6 <= tick <= low + span + 1e-6 * span + 1e-6 for tick in found)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=5))
def test_spread_keeps_the_gap_the_order_and_the_bounds(places: list[float]) -> None:
    moved = spread(places, 15, 0, 100)
    ordered = sorted(moved)

    assert all(after - before >= 15 - 1e-6 for before, after in pairwise(ordered))
    assert sorted(range(len(places)), key=lambda i: places[i]) == sorted(range(len(moved)), key=lambda i: moved[i])
    assert min(moved) >= -1e-6
    assert max(moved) <= 100 + 1e-6


def test_wrapped_names_are_two_lines_at_most_and_say_that_they_are_cut() -> None:
    assert wrapped("Скорость и обработка", 17) == ["Скорость и", "обработка"]
    assert wrapped("MQL", 17) == ["MQL"]
    long = wrapped("Очень длинное название стадии которое никто не сократил", 15)
    assert len(long) == 2
    assert long[1].endswith("…")


def test_names_of_causes_lead_to_their_places_on_the_page() -> None:
    """The plan and the fact lead nowhere; with links in it the picture is no closed image."""
    item = WaterfallItem(Text("Объём лидов", "Volume"), Zone.MARKETING, Decimal(-20), href="#cause-volume")
    linked = screen_svg(waterfall(Waterfall(Decimal(100), Decimal(80), (item,)), Size.WIDE, "ru"), "k")
    assert re.findall(r"<a [^>]*>", linked) == ['<a href="#cause-volume">']
    assert 'role="group"' in linked
    plain = screen_svg(
        waterfall(Waterfall(Decimal(100), Decimal(80), (replace(item, href=""),)), Size.WIDE, "ru"), "k"
    )
    assert "<a" not in plain
    assert 'role="img"' in plain


def test_answer_line_looks_a_working_day_ahead_and_past_the_norm() -> None:
    """Nine of ten come after eight hours, so the day is shown; with a norm of ten hours twice that, rounded up."""
    assert ANSWERS.horizon == 8 * 3600
    assert replace(ANSWERS, ninety=3000, norm_seconds=900).horizon == 3600
    assert replace(ANSWERS, norm_seconds=36_000).horizon == 40 * 3600


def test_answer_line_says_its_shares_and_the_norm_in_both_languages() -> None:
    assert "норма 1\u00a0ч" in said(answer_line(ANSWERS, Size.NARROW, "ru"))
    assert answer_line(ANSWERS, Size.WIDE, "ru").description.replace("\u00a0", " ") == (
        "норма 1 ч; сейчас: за 5 мин 2 %, за 15 мин 36 %, за 1 ч 77 %, за 4 ч 86 %, за 8 ч 90 %, за 24 ч 92 %; "
        "было: за 5 мин 2 %, за 15 мин 36 %, за 1 ч 81 %, за 4 ч 88 %, за 8 ч 93 %."
    )
    assert "before: within 5 min 2%" in answer_line(ANSWERS, Size.WIDE, "en").description.replace("\u00a0", " ")


def test_answer_line_marks_only_what_lies_in_the_picture() -> None:
    marks = answer_line(ANSWERS, Size.WIDE, "ru").spec["layer"][-1]["data"]["values"]
    assert [(one["t"], one["lo"], one["hi"]) for one in marks] == [(900, 0.33, 0.38), (3600, 0.75, 0.79)]
