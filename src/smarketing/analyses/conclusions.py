"""What does a page say first? One sentence with its figures, made from what was measured.

No adjectives and no blame: facts, shares, and whether a shift is more than chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from smarketing.analyses.funnel import Comparison, Funnel, Transition
from smarketing.analyses.labels import say_key
from smarketing.analyses.losses import Losses
from smarketing.analyses.qualification import CriterionRow
from smarketing.analyses.response import lagging, moved
from smarketing.analyses.result import Measurement
from smarketing.facts.company import Company
from smarketing.facts.language import LANGUAGES, Language, Text, plural
from smarketing.facts.period import Clock, Period
from smarketing.metrics.kinds import Figure, Number, Row, Unit
from smarketing.metrics.wording import money_scale, say, say_leads, say_number, say_period, say_working
from smarketing.stats.uncertainty import Label

_NO_LEADS = Text("За {when} лидов не было.", "No leads in {when}.")
_GAP = Text(
    "Расход и выручка расходятся: «{worst}» — {cost} расхода и {money} выручки, «{best}» — {best_cost} расхода "
    "и {best_money} выручки.",
    "Spend and revenue part ways: “{worst}” takes {cost} of spend and gives {money} of revenue, “{best}” takes "
    "{best_cost} of spend and gives {best_money} of revenue.",
)
_ONE_GIVES = Text(
    "«{best}» даёт {share} выручки: {part} из {whole}.", "“{best}” gives {share} of revenue: {part} of {whole}."
)
_ONLY_LEADS = Text(
    "За {when} пришло {leads}, оплат по ним пока нет.", "{leads} came in {when}; they have paid nothing yet."
)
_FLOWS = Text(
    "{when}: пришло {leads}, продаж за те же дни {sales}. Это разные лиды, доли между ними нет.",
    "{when}: {leads} came, sales of the same days: {sales}. These are different leads, no share joins them.",
)
_FLOWS_WERE = Text(
    " Было {leads} и {sales}; больше ли это случайности, скажет счёт по дате лида.",
    " Before: {leads} and {sales}; whether that is more than chance, the count by the lead's date tells.",
)
_WALK = Text("Из {leads} {bought} {sales}: {share}.", "Of {leads}, {sales} became a sale: {share}.")
_NARROW = Text(
    " Больше всего отсеивается на переходе «{start} → {end}»: проходит {share}.",
    " Most drop out at “{start} → {end}”: {share} pass.",
)
_MOVED_ONE = Text(
    "Заметно изменился один переход: {moved}. Остальные сдвиги укладываются в обычный разброс.",
    "One transition moved notably: {moved}. The other shifts are ordinary variation.",
)
_MOVED_MANY = Text("Заметно изменились переходы: {moved}.", "These transitions moved notably: {moved}.")
_MOVED = Text("«{start} → {end}», {now} вместо {before}", "“{start} → {end}”, {now} instead of {before}")
_STILL = Text(
    "Заметных сдвигов нет: все переходы в пределах обычного разброса.",
    "No notable shift: every transition is within ordinary variation.",
)
_APART = Text("Заметно расходятся переходы: {apart}.", "These transitions part notably: {apart}.")
_AGAINST = Text("«{start} → {end}», {now} против {before}", "“{start} → {end}”, {now} against {before}")
_ALIKE = Text(
    "Заметной разницы нет: все переходы расходятся в пределах обычного разброса.",
    "No notable difference: every transition parts within ordinary variation.",
)
_LOST = Text(" Главная причина потерь — «{reason}»: {share}.", " The main loss reason is “{reason}”: {share}.")
_YOUNG = Text(
    " Это ещё не итог: успело случиться {share} ожидаемых продаж.",
    " This is not final: {share} of the expected sales have had time to happen.",
)
_JUDGED = Text(
    "Нецелевых {share}: {part} из {whole} оценённых; по {unknown} лидов решить нельзя.",
    "{share} are non-target: {part} of {whole} judged; {unknown} of leads cannot be judged.",
)
_NOT_JUDGED = Text(
    "Ни один из лидов не оценён ({leads}): нет критериев или нужные поля пусты.",
    "No lead is judged ({leads}): there are no criteria or the fields they need are empty.",
)
_BY_CRITERION = Text(
    " Чаще всего отсеивает «{criterion}»: {share}.",
    " Most were turned down by “{criterion}”: {share}.",
)

_NO_CUSTOMERS = Text(
    "Узнаваемых покупателей пока нет: нужны оплаты и номера клиентов.",
    "No customer can be recognised yet: payments and clients' numbers are needed.",
)
_LEFT = Text(
    "{when}: из {start} клиентов {left} {gone}, {share}; с пришедшими и вернувшимися их стало {end}.",
    "{when}: of {start} customers {gone} left, {share}; with those who came there are {end}.",
)
_KNOWN = Text(
    "Известно {count} {customers}; кто из них ушёл, сказать пока нельзя.",
    "{count} {customers} are known; who of them left cannot be told yet.",
)
_AGAIN = Text(" Снова купили {share} покупателей.", " {share} of customers have bought again.")
_IN_TIME = Text(
    "В срок, за {norm} рабочего времени, ответили {answered} из {due}: {share}.",
    "{answered} of {due} were answered in time, within {norm} of working time: {share}.",
)
_HALF = Text(" Половине ответили за {median}.", " Half were answered within {median}.")
_WAS = Text(" Было {share}: {judged}.", " Before it was {share}: {judged}.")
_JUDGED_SHIFT: dict[Label, Text] = {
    Label.CONFIRMED: Text("сдвиг заметный", "a notable change"),
    Label.WITHIN_CHANCE: Text("это обычный разброс", "this is ordinary variation"),
    Label.TOO_LITTLE_DATA: Text("сравнивать рано, данных мало", "too little data to compare"),
}
_LAGS = Text(
    " Заметно реже остальных — «{name}»: {share}.", " Notably less often than the others: “{name}”, {share}."
)
_WAITING = Text(" Без ответа {count}.", " {count} are unanswered.")
_UNTIMED = Text(
    "За {when} лидов: {count}. Звонки и письма не загружены, поэтому скорость ответа не видна.",
    "Leads in {when}: {count}. Calls and letters are not loaded, so the speed of the answer cannot be seen.",
)
_NOT_DUE = Text(
    "За {when} лидов: {count}. Срок ответа ни у кого из них ещё не вышел.",
    "Leads in {when}: {count}. The time to answer has not passed for any of them.",
)


def of_economics(table: Measurement, company: Company) -> Text:
    """Which rows take the money and which give it, of the table by its first dimension; is it early to say?"""
    return _plus(_money_and_leads(table, company), _youth(table, company))


def _youth(table: Measurement, company: Company) -> Text:
    ripe = [figure.ripe for figure in table.total.figures.values() if figure.ripe is not None]
    if not ripe or Decimal(str(min(ripe))) >= company.verdict.ripe_share or not _value(table.total, "leads"):
        return Text("", "")
    return _YOUNG.fill(share=_share(Decimal(str(min(ripe))), Decimal(1)))


def _money_and_leads(table: Measurement, company: Company) -> Text:
    total_revenue, total_spend = _value(table.total, "revenue"), _value(table.total, "spend")
    if not _value(table.total, "leads") and not total_revenue:
        return _NO_LEADS.fill(when=_when(table.question.period))
    if not total_revenue or not table.by:
        leads = say_leads(int(_value(table.total, "leads")))
        return _sentence(_ONLY_LEADS.fill(when=_when(table.question.period), leads=leads))
    best = max(table.rows, key=lambda row: _value(row, "revenue"), default=table.total)
    if total_spend:
        worst = max(
            table.rows, key=lambda row: _value(row, "spend") / total_spend - _value(row, "revenue") / total_revenue
        )
        if worst is not best and _value(worst, "spend") / total_spend > _value(worst, "revenue") / total_revenue:
            return _GAP.fill(
                worst=_name(company, table, worst),
                cost=_share(_value(worst, "spend"), total_spend),
                money=_share(_value(worst, "revenue"), total_revenue),
                best=_name(company, table, best),
                best_cost=_share(_value(best, "spend"), total_spend),
                best_money=_share(_value(best, "revenue"), total_revenue),
            )
    return _ONE_GIVES.fill(
        best=_name(company, table, best),
        share=_share(_value(best, "revenue"), total_revenue),
        part=_money(_value(best, "revenue"), total_revenue, table.currency),
        whole=_money(total_revenue, total_revenue, table.currency),
    )


def of_funnel(funnel: Funnel, losses: Losses | None = None) -> Text:
    """What moved more than chance; without a comparison, how many came through and where most drop out."""
    totals = funnel.totals
    if not totals.leads:
        return _NO_LEADS.fill(when=_when(funnel.question.period))
    if funnel.question.clock is Clock.PERIOD:
        return _plus(_by_events(funnel), _main_reason(losses))
    if funnel.comparison is not None:
        return _moved(funnel)
    said = _WALK.fill(
        leads=_of_leads(totals.leads),
        bought=plural(totals.won, ("купил", "купили", "купили"), ("", "")),
        sales=_count(totals.won),
        share=_share(totals.won, totals.leads),
    )
    return _plus(_plus(said, _narrowest(funnel)), _main_reason(losses))


def _by_events(funnel: Funnel) -> Text:
    """By the period clock sales are not those of the leads: no share between them, and no shift is judged."""
    totals, before = funnel.totals, funnel.comparison
    said = _FLOWS.fill(when=_when(funnel.question.period), leads=say_leads(totals.leads), sales=_count(totals.won))
    if before is None or before.question.where != funnel.question.where:
        return _sentence(said)
    first, last = funnel.steps[0].key, funnel.steps[-1].key
    was = _FLOWS_WERE.fill(leads=_count(before.reached(first)), sales=_count(before.reached(last)))
    return _sentence(_plus(said, was))


def of_qualification(table: Measurement, criteria: Sequence[CriterionRow]) -> Text:
    """How many leads are non-target, what is not known, and the criterion that turned most of them down."""
    figures = table.total.figures
    share, unknown = figures.get("non_target_share"), figures.get("unknown_share")
    if not _value(table.total, "leads"):
        return _NO_LEADS.fill(when=_when(table.question.period))
    if share is None or share.value is None:
        return _NOT_JUDGED.fill(leads=say_leads(int(_value(table.total, "leads"))))
    said = _JUDGED.fill(
        share=_figure(share),
        part=_count(share.numerator),
        whole=_count(share.denominator),
        unknown=_figure(unknown) if unknown else "—",
    )
    named = [row for row in criteria if row.criterion is not None and row.leads]
    if not named:
        return said
    return _plus(said, _BY_CRITERION.fill(criterion=named[0].name, share=_figure(named[0].share)))


def of_customers(leaving: Measurement, worth: Measurement) -> Text:
    """How many customers left of those who were there, what their revenue became, how many bought again.

    ``leaving`` is churn by month, ``worth`` the lifetime of all customers.
    """
    figures, known = leaving.total.figures, worth.total.figures["known_customers"]
    if not known.value:
        return _NO_CUSTOMERS
    gone, start = figures["gone_customers"], figures["customers_at_start"]
    again = _AGAIN.fill(share=_figure(worth.total.figures["repeat_customer_share"]))
    if gone.value is None or not start.value:
        count = int(known.value)
        word = plural(count, ("покупатель", "покупателя", "покупателей"), ("customer", "customers"))
        return _plus(_KNOWN.fill(count=_count(count), customers=word), again)
    said = _LEFT.fill(
        when=_when(leaving.question.period),
        start=_count(int(start.value)),
        left=plural(int(gone.value), ("ушёл", "ушли", "ушли"), ("", "")),
        gone=_count(int(gone.value)),
        share=_figure(figures["customer_churn"]),
        end=_count(int(figures["customers_at_end"].value or 0)),
    )
    return _plus(_sentence(said), again)


def of_response(table: Measurement, company: Company, before: Measurement | None = None) -> Text:
    """How many leads were answered in time, how soon half of them, who hears later than the others, who waits.

    Persons are not named in a sentence; the table has them.
    """
    figures = table.total.figures
    in_time, waiting, median = figures["sla_first"], figures["waiting_leads"], figures["response_median"]
    if not _value(table.total, "leads"):
        return _NO_LEADS.fill(when=_when(table.question.period))
    if in_time.value is None:
        told = _NOT_DUE if figures["answered_leads"].value or waiting.value else _UNTIMED
        return told.fill(when=_when(table.question.period), count=_count(int(figures["leads"].value or 0)))
    said = _IN_TIME.fill(
        norm=say_working(company.response_sla_minutes * 60),
        answered=_count(in_time.numerator),
        due=_of_leads(int(in_time.denominator or 0)),
        share=_figure(in_time),
    )
    if before is not None and before.total.figures["sla_first"].value is not None:
        judged = _JUDGED_SHIFT[moved(table, before).label]
        said = _plus(said, _WAS.fill(share=_figure(before.total.figures["sla_first"]), judged=judged))
    elif median.value is not None:
        said = _plus(said, _HALF.fill(median=say_working(median.value)))
    behind = () if "manager" in table.by else lagging(table)
    if behind:
        worst = behind[0]
        said = _plus(
            said, _LAGS.fill(name=_name(company, table, worst), share=_figure(worst.figures["sla_first"]))
        )
    return _plus(said, _WAITING.fill(count=_count(int(waiting.value)))) if waiting.value else said


def _moved(funnel: Funnel) -> Text:
    comparison = funnel.comparison
    if comparison is not None and comparison.question.where != funnel.question.where:
        return _differs(funnel, comparison)
    moved = [one for one in comparison.transitions if one.label is Label.CONFIRMED] if comparison else []
    if not moved:
        return _STILL
    said = [_one_moved(funnel, one) for one in moved]
    if len(said) == 1:
        return _MOVED_ONE.fill(moved=said[0])
    listed = Text("; ".join(one.ru for one in said), "; ".join(one.en for one in said))
    return _MOVED_MANY.fill(moved=listed)


def _differs(funnel: Funnel, comparison: Comparison) -> Text:
    """Against other leads of the same days: nothing has changed, two segments part or do not."""
    apart = [_one_differs(funnel, one) for one in comparison.transitions if one.label is Label.CONFIRMED]
    if not apart:
        return _ALIKE
    return _APART.fill(apart=Text("; ".join(one.ru for one in apart), "; ".join(one.en for one in apart)))


def _one_differs(funnel: Funnel, transition: Transition) -> Text:
    return _AGAINST.fill(
        start=funnel.step(transition.start).step.name,
        end=funnel.step(transition.end).step.name,
        now=_figure(transition.now),
        before=_figure(transition.before),
    )


def _one_moved(funnel: Funnel, transition: Transition) -> Text:
    return _MOVED.fill(
        start=funnel.step(transition.start).step.name,
        end=funnel.step(transition.end).step.name,
        now=_figure(transition.now),
        before=_figure(transition.before),
    )


def _narrowest(funnel: Funnel) -> Text:
    """The transition after which most leads are gone, counted in leads."""
    pairs = list(zip(funnel.steps, funnel.steps[1:], strict=False))
    if not pairs:
        return Text("", "")
    before, after = max(pairs, key=lambda pair: pair[0].counts.reached - pair[1].counts.reached)
    if after.conversion is None or after.conversion.value is None:
        return Text("", "")
    return _NARROW.fill(start=before.step.name, end=after.step.name, share=_figure(after.conversion))


def _main_reason(losses: Losses | None) -> Text:
    named = [reason for reason in losses.reasons if reason.key is not None] if losses else []
    if not named or named[0].share.value is None:
        return Text("", "")
    return _LOST.fill(reason=named[0].name, share=_figure(named[0].share))


def _plus(first: Text, second: Text) -> Text:
    return Text(first.ru + second.ru, first.en + second.en)


def _of_leads(number: int) -> Text:
    ru = "лида" if number % 10 == 1 and number % 100 != 11 else "лидов"
    said = say_leads(number)
    return Text(said.ru.rsplit("\u00a0", 1)[0] + "\u00a0" + ru, said.en)


def _name(company: Company, table: Measurement, row: Row) -> Text:
    return say_key(company, table.by[0], row.keys[0])


def _value(row: Row, key: str) -> Decimal:
    figure = row.figures.get(key)
    return Decimal(str(figure.value)) if figure and figure.value is not None else Decimal(0)


def _figure(figure: Figure) -> Text:
    return _both(lambda language: say(figure, language))


def _count(number: Number | None) -> Text:
    return _both(lambda language: say_number(number or 0, Unit.COUNT, language))


def _share(part: Number, whole: Number) -> Text:
    """A share in a sentence is whole: the sentence is to be remembered, the table to be looked up."""
    exact = Decimal(part) / Decimal(whole)
    digits = 0 if exact >= Decimal("0.1") or exact == 0 else 1
    return _both(lambda language: say_number(exact, Unit.SHARE, language, digits=digits))


def _money(amount: Decimal, largest: Decimal, currency: str) -> Text:
    return _both(lambda language: say_number(amount, Unit.MONEY, language, currency, money_scale([largest])))


def _when(period: Period | None) -> Text:
    return say_period(period)


def _sentence(text: Text) -> Text:
    return Text(text.ru[:1].upper() + text.ru[1:], text.en[:1].upper() + text.en[1:])


def _both(make: Callable[[Language], str]) -> Text:
    ru, en = (make(language) for language in LANGUAGES)
    return Text(ru, en)
