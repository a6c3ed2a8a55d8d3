"""Which numbers of the plan stand behind a figure of its page, how is it made of them, and what came of it?

A planned figure has no leads behind it: its records are the rows of the plan. Beside them stand the facts of the
same days and segment, so that the plan can be held against what happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from smarketing.analyses.planning.numbers import PLANNED, Cell, Numbers, as_decimal, say_metric
from smarketing.analyses.planning.record import Standing
from smarketing.analyses.planning.words import say_origin, say_planned
from smarketing.analyses.question import EMPTY, Question
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Language, Text
from smarketing.facts.period import Clock, Month, Period
from smarketing.jobs.record_export import Cell as FileCell
from smarketing.jobs.record_export import Sheet
from smarketing.metrics.catalogue import METRICS
from smarketing.metrics.wording import DASH, say_moment, say_month
from smarketing.web.planning.boards import Board, Line
from smarketing.web.reports.asking import Defaults, to_query, word_for


@dataclass(frozen=True)
class Made:
    """How a planned figure is made: of which numbers, and which metric of facts it is held against."""

    name: Text
    how: Text
    of: tuple[str, ...]
    fact: str | None


@dataclass(frozen=True)
class PlanRow:
    """One number of the plan in force, and the version that says it."""

    month: Text
    metric: Text
    definition: str
    value: Text
    segment: Text
    source: Text
    version: Text
    who: str
    when: Text
    origin: Text


_CHAIN = ("leads", "target_share", "handled_share", "handled_to_sale_cr", "aov")
MADE: Mapping[str, Made] = {
    "leads": Made(
        Text("Лиды плана", "Planned leads"),
        Text(
            "Лиды плана; сегмент, запланированный по источникам, складывается из них. Округляется вверх.",
            "The planned leads; a segment planned by source is the sum of its sources. Rounded up.",
        ), _CHAIN[:1], "leads",
    ),
    "target": Made(
        Text("Целевые лиды плана", "Planned target leads"),
        Text("Лиды × доля целевых, округляется вверх.", "Leads × target share, rounded up."),
        _CHAIN[:2], "target_leads",
    ),
    "accepted": Made(
        Text("Принять по плану", "To accept by the plan"),
        Text(
            "Целевые лиды плана × доля, которую продажи приняли за год до месяца.",
            "Planned target leads × the share that sales accepted in the year before the month.",
        ), _CHAIN[:2], "accepted_leads",
    ),
    "contacts": Made(
        Text("Связаться по плану", "To contact by the plan"),
        Text("Каждый целевой лид плана: лиды × доля целевых.", "Every planned target lead: leads × target share."),
        _CHAIN[:2], "target_leads",
    ),
    "answers": Made(
        Text("Ответить вовремя по плану", "To answer in time by the plan"),
        Text("Лиды × доля целевых × доля обработанных.", "Leads × target share × handled share."),
        _CHAIN[:3], "handled_leads",
    ),
    "conversion": Made(
        Text("Конверсия в продажу по плану", "Planned conversion to sale"),
        Text(
            "Продажи плана к лидам, которым ответят вовремя, без округления.",
            "Planned sales to leads answered in time, before rounding.",
        ), _CHAIN[:4], None,
    ),
    "sales": Made(
        Text("Продажи плана", "Planned sales"),
        Text("Обработанные лиды × конверсия в продажу.", "Handled leads × conversion to sale."),
        _CHAIN[:4], "sales",
    ),
    "revenue": Made(
        Text("Выручка плана", "Planned revenue"),
        Text(
            "Продажи × средний чек, либо сумма, записанная в план.",
            "Sales × order value, or the sum that was planned.",
        ),
        (*_CHAIN, "revenue"), "revenue",
    ),
    "lead_value": Made(
        Text("Ценность лида по плану", "Worth of a planned lead"),
        Text("Выручка плана на один лид плана.", "Planned revenue per planned lead."), (*_CHAIN, "revenue"), None,
    ),
    "spend": Made(
        Text("Расход плана", "Planned spend"), Text("Расход, записанный в план.", "The spend that was planned."),
        ("spend",), "spend",
    ),
    "target_share": Made(
        Text("Доля целевых по плану", "Planned target share"), Text("Как записано в план.", "As it was planned."),
        _CHAIN[1:2], "target_share",
    ),
    "handled_share": Made(
        Text("Доля обработанных по плану", "Planned handled share"),
        Text("Целевых лидов, которым ответят вовремя.", "Of target leads, those answered in time."),
        _CHAIN[2:3], None,
    ),
    "handled_to_sale_cr": Made(
        Text("Конверсия обработанных по плану", "Planned conversion of handled leads"),
        Text("Обработанных лидов, которые купят.", "Of handled leads, those that buy."), _CHAIN[3:4], None,
    ),
    "aov": Made(
        Text("Средний чек плана", "Planned order value"), Text("Как записано в план.", "As it was planned."),
        _CHAIN[4:], "aov",
    ),
}  # fmt: skip
YEAR = ("leads", "target", "spend", "revenue")
QUARTER = ("accepted", "contacts", "answers", "conversion", "sales", "revenue")
DUTIES = ("leads", "target", "accepted", "contacts", "answers", "sales", "revenue", "lead_value")


def opened(
    board: Board, keys: Sequence[str], months: Sequence[Month], as_of: date | None, chosen: Month | None = None
) -> Board:
    """The board with an address behind each figure; ``chosen`` is the month of a board that has no months."""

    def line(one: Line) -> Line:
        month = Month.parse(one.month) if one.month else chosen
        return replace(one, hrefs=_hrefs(one.cells, keys, (month,) if month else months, as_of, one.cell))

    lines = tuple(line(one) for one in board.lines)
    return replace(
        board, lines=lines, total_hrefs=_hrefs(board.total, keys[: len(board.total)], months, as_of, None)
    )


def made_of(what: str) -> Made:
    if what not in MADE:
        hint = did_you_mean(what, MADE)
        raise WrongQuestion(
            "unknown-plan-figure",
            Text(f"В плане нет цифры «{what}». {hint.ru}", f"The plan has no figure “{what}”. {hint.en}"),
        )
    return MADE[what]


def rows_behind(numbers: Numbers, what: str, cell: Cell | None) -> Numbers:
    """The numbers in force that the figure of a cell is made of, cell by cell in the order of the chain.

    Of everything where there is no cell.
    """
    kept = made_of(what).of
    behind = [key for key in numbers if key[0] in kept and _concerns(key[1], key[2], cell)]
    ordered = sorted(behind, key=lambda key: (key[1] is None, key[1] or "", key[2] or "", PLANNED.index(key[0])))
    return {key: numbers[key] for key in ordered}


def plan_rows(
    month: Month, numbers: Numbers, standing: Standing | None, company: Company, names: Mapping[str, str]
) -> list[PlanRow]:
    version = standing.version if standing else None
    dash = Text(DASH, DASH)
    return [
        PlanRow(
            month=say_month(month),
            metric=say_metric(metric),
            definition=f"{reverse('metrics')}#{metric}" if metric in METRICS else "",
            value=say_planned(metric, value, company),
            segment=company.label("segment", segment) if segment else dash,
            source=company.label("lead_source", source) if source else dash,
            version=Text(str(version.number), str(version.number)) if version else dash,
            who=names.get(version.person or "", version.person or DASH) if version else DASH,
            when=say_moment(version.at, company.tz) if version else dash,
            origin=say_origin(version) if version else dash,
        )
        for (metric, segment, source), value in numbers.items()
    ]


def rows_sheet(months: Mapping[Month, Numbers], language: Language) -> Sheet:
    """The same numbers in the form of the table ``plans``, with the name of each."""
    heads = (
        Text("month", "month"), Text("metric", "metric"), Text("название", "name"), Text("value", "value"),
        Text("segment", "segment"), Text("lead_source", "lead_source"),
    )  # fmt: skip
    rows: list[tuple[FileCell, ...]] = [
        (str(month), metric, say_metric(metric).say(language), as_decimal(value), segment, source)
        for month, numbers in months.items()
        for (metric, segment, source), value in numbers.items()
    ]
    return Sheet(tuple(head.say(language) for head in heads), rows)


def facts_address(what: str, months: Sequence[Month], cell: Cell | None, today: date) -> str:
    """The records of the facts that the figure is held against; empty where no metric counts the same."""
    fact = made_of(what).fact
    if fact is None:
        return ""
    clock = Clock.PERIOD if fact in ("spend", "revenue") else Clock.COHORT
    question = Question(Period(months[0].period.start, months[-1].period.end), clock)
    if cell is not None:
        question = question.only("segment", cell[0] or EMPTY)
        question = question.only("lead_source", cell[1]) if cell[1] else question
    return f"{reverse('records')}?{to_query(question, Defaults(today), metric=fact)}"


def _hrefs(
    cells: Sequence[str], keys: Sequence[str], months: Sequence[Month], as_of: date | None, cell: Cell | None
) -> tuple[str, ...]:
    pairs = zip(cells, keys, strict=True)
    return tuple("" if text in ("", DASH) else _href(key, months, as_of, cell) for text, key in pairs)


def _href(what: str, months: Sequence[Month], as_of: date | None, cell: Cell | None) -> str:
    asked = {"what": what, "month": str(months[0]), "to": str(months[-1]) if len(months) > 1 else ""}
    if cell is not None:
        asked |= {"segment": word_for(cell[0]), "lead_source": cell[1] or ""}
    asked["as_of"] = as_of.isoformat() if as_of else ""
    return f"{reverse('plan_figure')}?{urlencode({key: value for key, value in asked.items() if value})}"


def _concerns(segment: str | None, source: str | None, cell: Cell | None) -> bool:
    """A number of the cell itself, of its sources, or one that it takes over from above."""
    if cell is None:
        return True
    return segment in (cell[0], None) and (cell[1] is None or source in (cell[1], None))
