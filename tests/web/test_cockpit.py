"""The parts of the overview: judgements in one family, the plan to date, the strip, what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client

from smarketing.analyses.attention import Alert, Urgency
from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement
from smarketing.analyses.verdict.result import PlanKind, Verdict, VerdictState
from smarketing.analyses.verdict.words import LABEL_NAMES
from smarketing.analyses.weekly import Week, Weekly
from smarketing.facts.company import Company, Guardrail, Zone
from smarketing.facts.criteria import CriteriaVersion
from smarketing.facts.language import same
from smarketing.facts.period import Clock, Month, Period
from smarketing.jobs.workspace import Workspace
from smarketing.metrics.kinds import Figure, Interval, NoValue, Row, Unit
from smarketing.stats.control import Limits, Signal
from smarketing.stats.uncertainty import Label
from smarketing.web.accounts.models import Role, User
from smarketing.web.reports import reading
from smarketing.web.reports.cockpit.alerts import AlertLine
from smarketing.web.reports.cockpit.judgement import BEYOND, WITHIN, Judgement, by_weeks, count_p_value, judge
from smarketing.web.reports.cockpit.missing import missing
from smarketing.web.reports.cockpit.planned import by_now
from smarketing.web.reports.cockpit.running import planned_days
from smarketing.web.reports.cockpit.strip import strip
from smarketing.web.reports.cockpit.weeks import line_of, told
from tests.analyses import small_company
from tests.web.conftest import OneAtATime

SignIn = Callable[..., Client]
MARCH = Period(date(2026, 3, 1), date(2026, 3, 11))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 11))
NOVEMBER = Month(2026, 11)


def measured(period: Period, *figures: Figure) -> Measurement:
    total = Row((), {figure.metric: figure for figure in figures})
    keys = tuple(total.figures)
    return Measurement(
        "overview", Question(period), 1, datetime(2026, 3, 11, tzinfo=UTC), "RUB", (), keys, (), total
    )


def count(metric: str, value: int, ripe: float | None = None) -> Figure:
    return Figure(metric, Unit.COUNT, value, value, ripe=ripe)


def share(metric: str, k: int, n: int) -> Figure:
    return Figure(metric, Unit.SHARE, k / n, k, n, Interval(0.0, 1.0, 0.9), n)


def said(found: Judgement) -> str:
    text = found.text or found.why
    assert text is not None
    return text.ru


def test_counts_of_two_periods_are_compared_exactly() -> None:
    # 15 of 20 by a fair coin: 2 · P(X ≥ 15) = 2 · 21700 / 2^20 = 0.0414
    assert count_p_value(15, 5, MARCH, FEBRUARY) == pytest.approx(0.041389, abs=1e-6)
    # half as many days should hold a third of the events: 5 of 15 is exactly that
    assert count_p_value(5, 10, Period(MARCH.start, date(2026, 3, 6)), FEBRUARY) == pytest.approx(1.0)
    assert count_p_value(6, 3, MARCH, FEBRUARY) is None  # nine events in all


def test_one_count_alone_moves_and_among_others_does_not() -> None:
    now, before = count("leads", 15), count("leads", 5)
    alone = judge(measured(MARCH, now), measured(FEBRUARY, before), Company())
    assert said(alone["leads"]) == "заметный сдвиг"
    still = [count(key, 20) for key in ("deals", "sales", "target_leads")]
    # Holm over four: 4 · 0.0414 = 0.166
    together = judge(measured(MARCH, now, *still), measured(FEBRUARY, before, *still), Company())
    assert [said(one) for one in together.values()] == ["обычный разброс"] * 4


def test_shares_stand_in_the_same_family_as_counts() -> None:
    now = measured(MARCH, count("leads", 1000), share("non_target_share", 450, 1000), share("win_rate", 3, 9))
    before = measured(
        FEBRUARY, count("leads", 1000), share("non_target_share", 300, 1000), share("win_rate", 5, 9)
    )
    found = judge(now, before, Company())
    assert said(found["leads"]) == "обычный разброс"
    assert (said(found["non_target_share"]), found["non_target_share"].is_notable) == ("заметный сдвиг", True)
    assert said(found["win_rate"]) == "мало данных"  # nine cases on each side


def test_threshold_speaks_before_chance() -> None:
    company = Company(guardrails=(Guardrail(metric="non_target_share", limit=Decimal("0.35"), side="above"),))
    before = measured(FEBRUARY, share("non_target_share", 450, 1000))
    broken = judge(measured(MARCH, share("non_target_share", 450, 1000)), before, company)["non_target_share"]
    assert (said(broken), broken.urgency) == ("порог превышен", "bad")
    kept = judge(measured(MARCH, share("non_target_share", 300, 1000)), None, company)["non_target_share"]
    assert (said(kept), kept.urgency) == ("порог соблюдён", "")


def test_money_and_medians_are_judged_by_a_threshold_only() -> None:
    aov = Figure("aov", Unit.MONEY, Decimal(100))
    rail = Company(guardrails=(Guardrail(metric="aov", limit=Decimal(90), side="below"),))
    now, before = measured(MARCH, aov), measured(FEBRUARY, replace(aov, value=Decimal(500)))
    assert said(judge(now, before, Company())["aov"]) == "деньги и медианы судят по порогу, а он не задан"
    assert said(judge(now, before, rail)["aov"]) == "порог соблюдён"
    revenue = measured(MARCH, Figure("revenue", Unit.MONEY, Decimal(5)))
    assert said(judge(revenue, revenue, Company(), of_money=Label.CONFIRMED)["revenue"]) == "заметный сдвиг"
    spend = measured(MARCH, Figure("spend", Unit.MONEY, Decimal(5)))
    assert said(judge(spend, spend, Company(), planned=["spend"])["spend"]).startswith("расход не случаен")


def test_silence_has_its_reason() -> None:
    young = measured(MARCH, count("sales", 3, ripe=0.4))
    old = measured(FEBRUARY, count("sales", 60, ripe=1.0))
    assert said(judge(young, old, Company())["sales"]) == "когорта не дозрела: сравнивать рано"
    lone = measured(MARCH, count("leads", 30))
    assert said(judge(lone, None, Company())["leads"]) == "сравнивать не с чем"
    # the facts had not begun: thirty after nothing is no rise
    assert said(judge(lone, measured(FEBRUARY, count("leads", 0)), Company())["leads"]) == "сравнивать не с чем"
    empty = measured(MARCH, Figure("cpl", Unit.MONEY, None, reason=NoValue.NOT_LOADED))
    assert said(judge(empty, empty, Company())["cpl"]) == "таких фактов не загружено"
    mixed = measured(MARCH, replace(share("lead_to_sale_cr", 5, 100), interval=None))
    assert said(judge(mixed, mixed, Company())["lead_to_sale_cr"]).startswith("части этой доли")


def test_plan_to_date_grows_for_sums_and_stands_for_rates() -> None:
    numbers = {
        ("leads", None, None): Fraction(15), ("leads", "dealers", None): Fraction(10),
        ("leads", "private", "ads"): Fraction(12), ("leads", "private", "fairs"): Fraction(8),
        ("spend", None, None): Fraction(1000), ("cpl", None, None): Fraction(900),
        ("aov", "dealers", None): Fraction(7),
    }  # fmt: skip
    assert by_now(numbers, "leads", 0.5) == 15  # (10 + 12 + 8) / 2: the segments, not the total beside them
    assert by_now(numbers, "spend", 0.25) == 250
    assert by_now(numbers, "cpl", 0.5) == 900
    assert by_now(numbers, "aov", 0.5) is None  # a rate by segment is no rate of all
    assert by_now(numbers, "sales", 0.5) is None


def verdict(**changed: Any) -> Verdict:
    made = Verdict(
        VerdictState.JUDGED, NOVEMBER, Period(date(2026, 11, 1), date(2026, 11, 21)), Clock.PERIOD, 1,
        datetime(2026, 11, 20, 18, tzinfo=UTC), "RUB", plan_kind=PlanKind.GIVEN, elapsed=15 / 21, ripe=0.278,
        full_plan=Decimal(2_100_000), plan=Decimal(1_500_000), fact=Decimal(1_200_000),
    )  # fmt: skip
    return replace(made, **changed)


def test_strip_says_what_it_shows(facts: Any, signed_in: SignIn) -> None:
    page = signed_in().get("/").context["page"]
    shown = strip(page, verdict())
    assert [one.value for one in shown] == ["1,20", "1,50", "−0,30", "2,10", "28\u00a0%"]
    assert shown[1].caption.ru == "прошло 71\u00a0% рабочего времени"
    assert shown[2].caption.ru == "−20\u00a0% к плану"
    assert (shown[4].name.ru, shown[4].caption.ru) == (
        "Зрелость лидов месяца", "такая доля их плановых денег успевает прийти к этому дню",
    )  # fmt: skip
    assert "money" in shown[4].caption.en
    assert shown[0].href.startswith("/records?")
    assert strip(page, verdict(state=VerdictState.NO_PLAN)) == []


def test_plan_runs_by_working_days(facts: Any, signed_in: SignIn) -> None:
    page = signed_in().get("/").context["page"]
    points = planned_days(page, verdict())
    # 21 working days in November 2026, each of 100 000; the 1st is a Sunday, by Friday the 20th there are fifteen
    assert [int(points[place].value) for place in (0, 1, 19, 20, 29)] == [
        0,
        100_000,
        1_500_000,
        1_500_000,
        2_100_000,
    ]


def test_missing_names_what_a_split_needs() -> None:
    absent = Figure("revenue", Unit.MONEY, None, reason=NoValue.NOT_LOADED)
    now = measured(MARCH, absent, replace(absent, metric="spend"))
    found = missing(now, verdict(state=VerdictState.NO_PLAN), Company())
    assert found is not None
    assert found.ru == "план месяца, оплаты, расход на рекламу, критерии целевого лида в company.toml"
    assert missing(now, verdict(), Company()) is None
    written = Company(criteria=(CriteriaVersion(version="1", valid_from=date(2026, 1, 1), rules=()),))
    assert missing(measured(MARCH, count("leads", 1)), verdict(state=VerdictState.NO_LEADS), written) is None


USUAL = Limits(12, 4, 20)


def weeks_of(metric: str, *values: int, signal: Signal | None = None, limits: Limits | None = USUAL) -> Weekly:
    weeks = [
        Week(date(2026, 9, 7) + timedelta(weeks=place), count(metric, value), is_ripe=True, limits=limits)
        for place, value in enumerate(values)
    ]
    return Weekly(metric, tuple(weeks), signal)


def test_shift_is_named_only_beyond_the_limits_of_its_weeks() -> None:
    confirmed, silent = Judgement(LABEL_NAMES[Label.CONFIRMED], is_notable=True), Judgement(None, same("нечем"))
    within = weeks_of("leads", 10, 12, 14)
    beyond = weeks_of("leads", 10, 12, 30, signal=Signal.ABOVE)
    young = weeks_of("leads", 10, 12, 30, limits=None)

    def judged(one: Judgement, found: Weekly, **more: Any) -> Judgement:
        return by_weeks({"leads": one}, {"leads": found}, **more)["leads"]

    assert said(judged(confirmed, within)) == "обычный разброс"  # the month before differs, the weeks do not
    assert (said(judged(silent, beyond)), judged(silent, beyond).is_notable) == ("заметный сдвиг", True)
    assert judged(confirmed, young) is confirmed  # too few weeks: the comparison stands
    assert judged(confirmed, within, settled=["leads"]) is confirmed
    broken = Judgement(BEYOND, urgency="bad")
    assert judged(broken, within) is broken
    assert said(judged(Judgement(WITHIN), within)) == "порог соблюдён"
    assert said(judged(Judgement(WITHIN), beyond)) == "заметный сдвиг"


def test_weeks_are_told_with_the_limits_they_lie_in() -> None:
    def told_of(found: Weekly) -> str:
        text = told(found, "RUB")
        assert text is not None
        return text.ru.replace("\u00a0", " ")

    assert told_of(weeks_of("leads", 10, 12)) == "14–20 сентября 2026: 12; обычно от 4,0 до 20."
    beyond = weeks_of("leads", 10, 30, signal=Signal.ABOVE)
    assert told_of(beyond) == "14–20 сентября 2026: 30, за пределами обычного: от 4,0 до 20."
    run = weeks_of("leads", *[14] * 8, signal=Signal.RUN_ABOVE)
    assert told_of(run) == "8 недель подряд выше середины 12; последняя, 26 октября – 1 ноября 2026: 14."
    assert told(weeks_of("leads", 10, limits=None), "RUB") is None


def test_line_shows_twelve_weeks_of_those_that_gave_the_limits() -> None:
    drawn = line_of(weeks_of("leads", *[10, 14] * 13))
    assert drawn is not None
    assert len(drawn.lines[0].split()) == 12
    assert len(drawn.band) == 1


def test_alerts_that_the_reader_can_mend_stand_first(
    workspace: Workspace, cast: dict[str, User], signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two leads wait for sales, CPL of marketing is over 9 000: each head begins with his own."""
    rails = (Guardrail(metric="cpl", limit=Decimal(9_000)),)
    asked = small_company.reader(company=small_company.COMPANY.model_copy(update={"guardrails": rails}))
    monkeypatch.setattr(reading, "newest", lambda: reading.Facts(OneAtATime(asked)))
    cast["mary"] = User.objects.create(username="mary", name="Mary", role=Role.HEAD_MARKETING)

    def first(who: str) -> str:
        text = signed_in(who).get("/?month=2026-11").content.decode().split("Требует внимания")[1]
        waiting, dear = text.index("без ответа дольше нормы"), text.index("CPL:")
        return "sales" if waiting < dear else "marketing"

    assert [first(who) for who in ("alice", "dora", "mary")] == ["sales", "sales", "marketing"]


def test_five_alerts_are_shown_and_the_rest_waits_behind_more(
    facts: Any, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    seven = [
        AlertLine(
            Alert("a", Urgency.INFO, Zone.SALES, same(f"Повод {place}"), same("–")),
            same("П"),
            "s",
            "",
            same("Открыть"),
        )
        for place in range(7)
    ]
    page = "smarketing.web.reports.views.alerts"
    monkeypatch.setattr(page, lambda *_: seven)
    text = signed_in().get("/").content.decode()
    before, rest = text.split("Ещё: 2")
    assert [f"Повод {place}" in before for place in range(7)] == [True] * 5 + [False] * 2
    assert "Повод 6" in rest
    monkeypatch.setattr(page, lambda *_: seven[:5])
    assert "Ещё:" not in signed_in().get("/").content.decode()
