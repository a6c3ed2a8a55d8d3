"""Steps 2 and 3. Do enough of the right leads come, and is nobody forgotten on the way to the sale?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from smarketing.analyses.diagnosis.evidence import number, of_cause, of_limit, percent, ratio, said
from smarketing.analyses.diagnosis.result import Case, Evidence, State
from smarketing.analyses.question import Question, period_condition
from smarketing.analyses.records import Door
from smarketing.analyses.verdict.result import Cause
from smarketing.facts.company import Zone
from smarketing.facts.language import Text, plural
from smarketing.facts.period import Clock, Period, local_day
from smarketing.facts.query import literal
from smarketing.metrics.kinds import Figure, Unit
from smarketing.metrics.wording import say_leads, say_number

SILENT_DAYS = 30
MANY_SILENT = 0.20  # ours: a fifth of old open leads without an action for a month
ENOUGH_TOUCHED = 0.50  # ours: half of the sales touched more than once before

_GUARD = Text(
    "Разобрать с руководителем маркетинга источники, где доля нецелевых выше порога.",
    "Go through the sources whose non-target share is above the limit with the head of marketing.",
)
_NOT_JUDGED = Text(
    "Ни один лид месяца не проверен по критериям.", "No lead of the month is judged by the criteria."
)
_NO_LIMIT = Text(
    "{text} Порог не задан: задайте его в guardrails.", "{text} No limit is set: set one in guardrails."
)
_TOUCHED = Text(
    "Касания до продажи известны у {known} из {all} {sales}; больше одного — у {share} из них, в среднем {mean}.",
    "Touches before the sale are known for {known} of {all} {sales}; more than one for {share} of these, "
    "{mean} on average.",
)
_NO_TOUCHES = Text("Касания (touches) не загружены.", "Touches are not loaded.")
_LOAD_TOUCHES = Text(
    "Загрузить касания до продажи: клики, письма, встречи.",
    "Load the touches before a sale: clicks, letters, meetings.",
)
_NO_SALES = Text(
    "В этом месяце нет продаж с касаниями: прогрев не виден.",
    "No sale of this month has touches: nurturing is not seen.",
)
_LINK_TOUCHES = Text("Связать касания с лидами (lead_id).", "Tie touches to leads (lead_id).")
_DECIDE_TOUCHES = Text(
    "Решить вместе, сколько касаний и какие нужны лиду до продажи.",
    "Decide together how many touches, and which, a lead needs before the sale.",
)
_SILENT = Text(
    "Открытых лидов старше {days} дней: {all}; без действий за {days} дней — {share}.",
    "Open leads older than {days} days: {all}; without any action in {days} days: {share}.",
)
_NO_OLD = Text("Открытых лидов старше {days} дней нет.", "There are no open leads older than {days} days.")
_NO_ACTIONS = Text("Действия продавцов (activities) не загружены.", "Sellers' activities are not loaded.")
_LOAD_ACTIONS = Text("Загрузить действия продавцов.", "Load the sellers' activities.")
_TOUCH_SILENT = Text(
    "Вернуться к открытым лидам без действий или закрыть их с причиной.",
    "Go back to the open leads without actions, or close them with a reason.",
)


def leads(case: Case) -> Iterator[Evidence]:
    """Number, mix and quality from the verdict; the non-target share against the company's limit."""
    yield from (of_cause(case, cause) for cause in (Cause.VOLUME, Cause.MIX, Cause.QUALITY))
    found = of_limit(case, "non-target", "non_target_share", _GUARD, _NOT_JUDGED)
    yield replace(found, text=_NO_LIMIT.fill(text=found.text)) if found.state is None else found


def nurturing(case: Case) -> Iterator[Evidence]:
    """Touches before the sales of the month, and old open leads that nobody has come back to.

    Open leads are those of now, whatever the month.
    """
    yield _touches(case)
    yield _silent(case)


def _touches(case: Case) -> Evidence:
    if not _count(case, "SELECT COUNT(*) AS n FROM touches"):
        return Evidence(
            "touches", _NO_TOUCHES, State.CANNOT_JUDGE, action=_LOAD_TOUCHES, missing=_NO_TOUCHES,
            zone=Zone.MARKETING,
        )  # fmt: skip
    row = case.reader.query(_touch_question(case.period)).to_pylist()[0]
    if not row["sales"]:
        return Evidence(
            "touches", _NO_SALES, State.CANNOT_JUDGE, action=_LINK_TOUCHES, missing=_NO_SALES, zone=Zone.MARKETING
        )
    figure = ratio("touched_sales", row["several"], row["sales"])
    mean = int(row["touches"]) / row["sales"]
    won = f"is_counted AND is_won AND {period_condition(case.period, 'won')}"
    everything = _count(case, f"SELECT COUNT(*) AS n FROM journeys WHERE {won}")
    text = _TOUCHED.fill(
        known=number(row["sales"]),
        all=number(everything),
        sales=plural(everything, ("продажи", "продаж", "продаж"), ("sale", "sales")),
        share=percent(row["several"] / row["sales"]),
        mean=said(lambda language: say_number(mean, Unit.RATIO, language)),
    )
    few = row["several"] / row["sales"] < ENOUGH_TOUCHED
    state = State.ATTENTION if few else State.IN_ORDER
    return Evidence(
        "touches", text, state, figure, ENOUGH_TOUCHED, _DECIDE_TOUCHES if few else None, zone=Zone.JOINT,
        records=Door("sales", Question(case.period, Clock.PERIOD)),
    )  # fmt: skip


def _touch_question(period: Period) -> str:
    """Touches of the lead, and those of its client that belong to no lead: most come before there is one."""
    sold = f"""
    SELECT lead_id, client_id, won_at FROM journeys
    WHERE is_counted AND is_won AND {period_condition(period, "won")}
""".strip()
    return f"""
SELECT COUNT(*) AS sales, COUNT(*) FILTER (WHERE touches > 1) AS several, SUM(touches) AS touches
FROM (
  SELECT lead_id, COUNT(*) AS touches
  FROM (
    SELECT j.lead_id AS lead_id FROM touches AS t JOIN ({sold}) AS j ON t.lead_id = j.lead_id
    WHERE t.at <= j.won_at
    UNION ALL
    SELECT j.lead_id AS lead_id FROM touches AS t JOIN ({sold}) AS j ON t.client_id = j.client_id
    WHERE t.lead_id IS NULL AND t.at <= j.won_at
  ) AS touched
  GROUP BY lead_id
) AS sales_touched
""".strip()


def _silent(case: Case) -> Evidence:
    if not _count(case, "SELECT COUNT(*) AS n FROM activities"):
        return Evidence(
            "silent", _NO_ACTIONS, State.CANNOT_JUDGE, action=_LOAD_ACTIONS, missing=_NO_ACTIONS, zone=Zone.SALES
        )
    since = case.reader.known_until - timedelta(days=SILENT_DAYS)
    day = local_day(since, case.company.tz)
    old = f"is_counted AND outcome = 'open' AND created_day < {literal(day)}"
    everything = _count(case, f"SELECT COUNT(*) AS n FROM journeys WHERE {old}")
    if not everything:
        return Evidence("silent", _NO_OLD.fill(days=SILENT_DAYS), State.IN_ORDER, zone=Zone.SALES)
    active = _count(
        case,
        "SELECT COUNT(DISTINCT a.lead_id) AS n FROM activities AS a "
        f"JOIN (SELECT lead_id FROM journeys WHERE {old}) AS j ON a.lead_id = j.lead_id "
        f"WHERE a.at >= {literal(since)}",
    )
    figure: Figure = ratio("silent_leads", everything - active, everything)
    share = (everything - active) / everything
    text = _SILENT.fill(days=SILENT_DAYS, all=say_leads(everything), share=percent(share))
    many = share > MANY_SILENT
    state = State.ATTENTION if many else State.IN_ORDER
    return Evidence(
        "silent", text, state, figure, MANY_SILENT, _TOUCH_SILENT if many else None, zone=Zone.SALES,
        records=Door("open_leads", Question()),
    )  # fmt: skip


def _count(case: Case, asked: str) -> int:
    return int(case.reader.query(asked).to_pylist()[0]["n"])
