"""The plan: read over two horizons, typed in a sheet, confirmed by both heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from smarketing.analyses import plan_horizons
from smarketing.analyses.plan_horizons import MonthPlan
from smarketing.analyses.plan_implied import ImpliedPlan
from smarketing.analyses.planning.numbers import PLANNED, Cell, Numbers, say_cell
from smarketing.analyses.planning.record import numbers_in_force, standings, versions
from smarketing.facts.company import Company, Zone
from smarketing.facts.errors import SmarketingError, WrongQuestion
from smarketing.facts.language import Language, Text
from smarketing.facts.period import Month, askable
from smarketing.jobs.workspace import Workspace
from smarketing.metrics.wording import ZONE_NAMES, say_day, say_month
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import Right, department_of, may, needs
from smarketing.web.lists import offered
from smarketing.web.planning import actions, asking, boards, figures, sheets
from smarketing.web.planning.forms import Sent, WhyForm, added, hidden, sent
from smarketing.web.planning.grid import grid
from smarketing.web.planning.sheet import Sheet, cells_of, completed, judged, sheet_of, with_source
from smarketing.web.reports import reading
from smarketing.web.reports.page import freshness, last_day
from smarketing.web.reports.sheets import FORMATS as FILES
from smarketing.web.reports.sheets import sheet_file
from smarketing.web.shell import language_of

MONTHS = 12
NOT_GIVEN = "~"
SPANS = ("month", "quarter", "year")


@needs(Right.SEE_PLAN)
def plan(request: HttpRequest) -> HttpResponse:
    """Both horizons of the plan, who owes what in the chosen month, and the month's versions."""
    as_of = _as_of(request)
    facts, language = reading.at_end_of(as_of) if as_of else reading.newest(), language_of(request)
    company, month = facts.reader.company, _month(request, facts)
    is_quarter = request.GET.get("horizon") == "quarter"
    months = plan_horizons.quarter(month) if is_quarter else plan_horizons.year(month)
    plans = asking.horizon(facts, months)
    chosen = next(one for one in plans if one.month == month)
    board = (boards.sales_quarter if is_quarter else boards.marketing_year)(plans, month, company, language)
    board = figures.opened(board, figures.QUARTER if is_quarter else figures.YEAR, months, as_of)
    saved = versions(facts.reader, (month,))[month]
    numbers = numbers_in_force(facts.reader, (month,)).get(month, {})
    if file := _file(request, plans, chosen, numbers, company):
        return file
    names = dict(User.objects.values_list("username", "name"))
    context = {
        "conclusion": boards.conclusion(month, chosen, company),
        "month": month, "month_name": say_month(month), "is_quarter": is_quarter, "board": board,
        "before": month.shift(-1), "after": month.shift(1), "year": month.year,
        "before_horizon": months[0].shift(-1), "after_horizon": months[-1].shift(1),
        "horizon_name": _horizon_name(months),
        "duties": _duties(chosen, company, language, as_of),
        "plan_kind": chosen.duties.plan_kind.value if chosen.duties else "",
        "gates": chosen.duties.gates if chosen.duties else None,
        "answer_minutes": company.response_sla_minutes,
        "numbers": figures.opened(
            boards.numbers_board(completed(numbers), cells_of(numbers, company), company, language), PLANNED, (),
            as_of, month,
        ),
        "versions": boards.version_lines(saved, company, names),
        "confirmations": boards.confirmations(
            chosen.standing, None if as_of else department_of(request.user), company, names
        ),
        "in_force": chosen.standing.version if chosen.standing else None,
        "open_months": [] if as_of else asking.unconfirmed(plans, request.user),
        "may_edit": may(request.user, Right.EDIT_PLAN) and not as_of,
        "as_of": as_of.isoformat() if as_of else "", "as_of_text": say_day(as_of) if as_of else None,
        "as_of_kept": f"&as_of={as_of.isoformat()}" if as_of else "",
        "may_load": may(request.user, Right.LOAD_DATA),
        "marketing": ZONE_NAMES[Zone.MARKETING], "sales": ZONE_NAMES[Zone.SALES],
        "exports": {name: _exports(request, name) for name in ("horizon", "duties", "planned", "numbers")},
        "fresh_text": freshness(facts.reader), "version": facts.reader.version,
    }  # fmt: skip
    return render(request, "planning/plan.html", context)


@needs(Right.SEE_PLAN)
def figure(request: HttpRequest) -> HttpResponse:
    """The numbers of the plan behind one of its figures, and what of it has come."""
    as_of, what = _as_of(request), request.GET.get("what", "leads")
    facts, language = reading.at_end_of(as_of) if as_of else reading.newest(), language_of(request)
    company, months = facts.reader.company, _months(request, facts)
    cell, made = _cell(request), figures.made_of(what)
    numbers = {
        month: figures.rows_behind(found, what, cell)
        for month, found in numbers_in_force(facts.reader, months).items()
    }
    make = partial(figures.rows_sheet, numbers, language)
    if file := sheet_file(request, make, f"plan-{what}-{months[0]}", language):
        return file
    standing, names = standings(facts.reader, months), dict(User.objects.values_list("username", "name"))
    rows = [
        row for month, found in numbers.items()
        for row in figures.plan_rows(month, found, standing.get(month), company, names)
    ]  # fmt: skip
    context = {
        "made": made, "rows": rows, "count": len(rows), "cell": say_cell(cell, company) if cell else None,
        "period": say_month(months[0]) if len(months) == 1 else _horizon_name(months),
        "is_scaled": bool(rows) and not any(row[0] == "leads" for found in numbers.values() for row in found),
        "facts": figures.facts_address(what, months, cell, last_day(facts.reader)),
        "files": offered(request, "rows")["rows"], "month": months[0],
        "fresh_text": freshness(facts.reader), "version": facts.reader.version,
    }  # fmt: skip
    return render(request, "planning/figure.html", context)


def _duties(chosen: MonthPlan, company: Company, language: Language, as_of: date | None) -> boards.Board | None:
    if chosen.duties is None:
        return None
    board = boards.duties_board(chosen.duties, company, language)
    return figures.opened(board, figures.DUTIES, (chosen.month,), as_of, chosen.month)


def _months(request: HttpRequest, facts: reading.Facts) -> tuple[Month, ...]:
    """One month, or all of a horizon; more than a year is no horizon of the plan."""
    first = _month(request, facts)
    last = Month.parse(request.GET["to"]) if request.GET.get("to") else first
    count = last.number - first.number + 1
    if not 0 < count <= MONTHS:
        raise WrongQuestion("bad-months", Text("Нужно от одного до двенадцати месяцев.", "One to twelve months."))
    return tuple(first.shift(step) for step in range(count))


def _cell(request: HttpRequest) -> Cell | None:
    """The row of the plan that the address names; none: everything."""
    segment, source = request.GET.get("segment", ""), request.GET.get("lead_source", "")
    return (None if segment == NOT_GIVEN else segment, source or None) if segment else None


def _file(
    request: HttpRequest, plans: Sequence[MonthPlan], chosen: MonthPlan, numbers: Numbers, company: Company
) -> HttpResponse | None:
    """One of the tables as a file where the address asks for it."""
    language, table = language_of(request), request.GET.get("table", "horizon")
    duties = chosen.duties
    if table == "numbers":
        return sheet_file(
            request, lambda: sheets.numbers_sheet(chosen.month, numbers), f"plans-{chosen.month}", language
        )
    if table == "planned":
        make = partial(sheets.planned_sheet, completed(numbers), cells_of(numbers, company), company, language)
        return sheet_file(request, make, f"plan-numbers-{chosen.month}", language)
    if table == "duties" and duties is not None:
        make = partial(sheets.duties_sheet, duties, company, language)
        return sheet_file(request, make, f"plan-duties-{chosen.month}", language)
    whole = partial(sheets.horizon_sheet, plans, company, language)
    return sheet_file(request, whole, f"plan-{plans[0].month}-{plans[-1].month}", language)


def _exports(request: HttpRequest, table: str) -> list[tuple[str, str]]:
    kept = {key: request.GET[key] for key in ("month", "horizon", "as_of") if request.GET.get(key)}
    return [
        (name.upper(), f"{request.path}?{urlencode({**kept, 'table': table, 'format': name})}") for name in FILES
    ]


@needs(Right.EDIT_PLAN)
def edit(request: HttpRequest) -> HttpResponse:
    """The sheet: opened on the plan in force or on the implied one, sent back with a reason."""
    facts = reading.newest()
    if request.method == "POST":
        return _sent(request, facts)
    month = _month(request, facts)
    months = {"month": (month,), "year": plan_horizons.year(month)}.get(
        request.GET.get("span", ""), plan_horizons.quarter(month)
    )
    before, seen = asking.before(facts, months)
    implied: ImpliedPlan | None = None
    plans, growth, wrong = before, request.GET.get("growth", ""), None
    if request.GET.get("start") == "implied":
        try:
            implied = asking.implied(facts, months[0], growth, language_of(request))
            plans = dict.fromkeys(months, implied.numbers) if implied else before
            wrong = None if implied else _NOTHING_RIPE
        except SmarketingError as error:
            wrong = error.text
    sheet = sheet_of(plans, seen, _company(), language_of(request))
    return _sheet_page(request, facts, sheet, WhyForm(language_of(request)), implied=implied, growth=growth,
                       wrong=wrong)  # fmt: skip


@needs(Right.EDIT_PLAN)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """What the sheet comes to as it is typed: only the sums and the errors, put in their places by htmx."""
    facts = reading.newest()
    sheet = _judged(request, facts, sent(request.POST))
    return render(request, "planning/check.html", {"grid": grid(sheet, _company(), language_of(request), ())})


@needs(Right.CONFIRM_PLAN)
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm versions for the department that this person heads."""
    given = sent(request.POST)
    user = cast(User, request.user)
    fresh = actions.confirm(_workspace(), user, tuple(given.seen), given.seen)
    names = [say_month(month) for month in fresh]
    said = Text("Подтверждено: {months}.", "Confirmed: {months}.").fill(
        months=Text(", ".join(name.ru for name in names), ", ".join(name.en for name in names))
    )
    if fresh:
        messages.success(request, said.say(language_of(request)))
    back = request.POST.get("horizon", "")
    return redirect(_plan_page(_posted_month(request, tuple(given.seen)), back))


def _sent(request: HttpRequest, facts: reading.Facts) -> HttpResponse:
    """Add a row, or save; what is wrong comes back in its cell with everything that was typed."""
    given, language = sent(request.POST), language_of(request)
    extra = added(request.POST)
    if extra is not None:
        given = Sent(tuple(with_source(given.rows, *extra)), given.seen, given.implied)
        sheet = _judged(request, facts, given)
        return _sheet_page(request, facts, sheet, WhyForm(language, initial=request.POST.dict()), focus=extra)
    sheet, form = _judged(request, facts, given), WhyForm(language, request.POST)
    if not (sheet.is_right and form.is_valid()):
        form.is_valid()
        return _sheet_page(request, facts, sheet, form, status=422)
    user, origin = cast(User, request.user), asking.origin(facts, given, sheet)
    try:
        saved = actions.save(
            _workspace(), user, sheet.numbers, why=form.cleaned_data["why"], origin=origin, seen=sheet.seen
        )
    except SmarketingError as error:
        _, seen = asking.before(reading.newest(), sheet.months)  # what stands now: saving again is then a decision
        return _sheet_page(
            request, facts, Sheet(sheet.rows, sheet.numbers, seen, sheet.wrong), form, wrong=error.text, status=409
        )
    _tell_saved(request, saved.versions)
    return redirect(_plan_page(next(iter(saved.versions or sheet.seen)), ""))


def _sheet_page(
    request: HttpRequest, facts: reading.Facts, sheet: Sheet, form: WhyForm, *, status: int = 200,
    wrong: Text | None = None, **more: Any,
) -> HttpResponse:  # fmt: skip
    company, language = _company(), language_of(request)
    sources = facts.answer("plan-sources", "", lambda: asking.sources(facts))
    implied: ImpliedPlan | None = more.get("implied")
    return render(
        request,
        "planning/edit.html",
        {
            "grid": grid(sheet, company, language, sources),
            "hidden": hidden(sheet),
            "form": form,
            "wrong": wrong,
            "implied": implied,
            "implied_from": [say_month(month) for month in implied.months] if implied else [],
            "outside": boards.money_text(implied.outside, company) if implied and implied.outside else None,
            "growth": more.get("growth", request.POST.get("implied", "")),
            "implied_word": (more.get("growth") or "0") if implied else request.POST.get("implied", ""),
            "month": sheet.months[0],
            "span": _span(sheet.months),
            "focus": more.get("focus"),
            "spans": _spans(sheet.months),
        },
        status=status,
    )


def _judged(request: HttpRequest, facts: reading.Facts, given: Sent) -> Sheet:
    before, _ = asking.before(facts, tuple(given.seen))
    return judged(given.rows, before, given.seen, _company(), language_of(request))


def _month(request: HttpRequest, facts: reading.Facts) -> Month:
    said = request.GET.get("month", "")
    return Month.parse(said) if said else Month.of(last_day(facts.reader))


def _as_of(request: HttpRequest) -> date | None:
    """The day at whose end the plan is looked at; none: now."""
    said = request.GET.get("as_of", "")
    try:
        return askable(date.fromisoformat(said)) if said else None
    except ValueError as error:
        raise WrongQuestion(
            "bad-as-of", Text("as_of: нужен вид ГГГГ-ММ-ДД.", "as_of: write YYYY-MM-DD.")
        ) from error


def _posted_month(request: HttpRequest, months: Sequence[Month]) -> Month:
    said = request.POST.get("month", "")
    return Month.parse(said) if said else months[0]


def _plan_page(month: Month, horizon: str) -> str:
    kept = "&horizon=quarter" if horizon == "quarter" else ""
    return f"{reverse('plan')}?month={month}{kept}"


def _span(months: Sequence[Month]) -> str:
    return {1: "month", 3: "quarter"}.get(len(months), "year")


def _spans(months: Sequence[Month]) -> list[tuple[str, Text, bool]]:
    names = {"month": Text("Месяц", "Month"), "quarter": Text("Квартал", "Quarter"), "year": Text("Год", "Year")}
    return [(span, names[span], span == _span(months)) for span in SPANS]


def _horizon_name(months: Sequence[Month]) -> Text:
    year = months[0].year
    if len(months) == 12:
        return Text(f"{year} год", str(year))
    number = (months[0].month + 2) // 3
    return Text(f"{number}-й квартал {year}", f"Q{number} {year}")


def _tell_saved(request: HttpRequest, saved: Mapping[Month, int]) -> None:
    if not saved:
        said = Text("Ничего не изменилось: план тот же.", "Nothing has changed: it is the same plan.")
    else:
        names = [say_month(month) for month in saved]
        said = Text(
            "Сохранено: {months}. План ждёт подтверждения обоих руководителей.",
            "Saved: {months}. The plan waits for both heads to confirm it.",
        ).fill(months=Text(", ".join(name.ru for name in names), ", ".join(name.en for name in names)))
    messages.success(request, said.say(language_of(request)))


def _workspace() -> Workspace:
    return Workspace(Path(settings.WORKSPACE))


def _company() -> Company:
    return _workspace().company


_NOTHING_RIPE = Text(
    "Дозревших месяцев нет: подразумеваемый план взять не из чего.",
    "There are no ripe months to imply a plan from.",
)
