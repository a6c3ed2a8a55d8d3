"""What must be said beside the figures?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from smarketing.analyses.measuring.figures import Value, is_one_group
from smarketing.analyses.measuring.gathering import Facts
from smarketing.analyses.question import Question
from smarketing.analyses.result import Note
from smarketing.facts.company import Company, Milestone
from smarketing.facts.language import LANGUAGES, Text, same
from smarketing.facts.period import Clock
from smarketing.metrics.catalogue import name_of
from smarketing.metrics.kinds import Measure, Metric, Unit
from smarketing.metrics.wording import money_scale, say_number

_NOT_LOADED = {
    "spend": Text("Расходы на рекламу не загружены.", "Ad spend is not loaded."),
    "receipts": Text("Оплаты не загружены.", "Payments are not loaded."),
    "customers": Text("Покупателей нет: оплаты не загружены.", "There are no customers: no payments are loaded."),
    "duties": Text("Задачи не загружены.", "Tasks are not loaded."),
    "costs": Text("Затраты по месяцам не загружены.", "Monthly costs are not loaded."),
    "plans": Text("План выручки не загружен.", "No revenue plan is loaded."),
}
_NO_COST = Text("Себестоимость не загружена.", "Cost of goods is not loaded.")
_SOME_COST = Text(
    "Себестоимость известна у {costed} из {all} оплат: маржа завышена.",
    "Cost of goods is known for {costed} of {all} payments: margin reads high.",
)
_NO_STAGE = {
    Milestone.ACCEPTED: Text(
        "У компании нет стадии с вехой «принят».", "The company has no stage with the milestone accepted."
    ),
    Milestone.DEAL: Text(
        "У компании нет стадии с вехой «сделка».", "The company has no stage with the milestone deal."
    ),
    Milestone.WON: Text(
        "У компании нет стадии с вехой «продажа».", "The company has no stage with the milestone won."
    ),
}
_YOUNG = Text(
    "Когорта ещё молода: прошло время для {ripe} % ожидаемых продаж. Это не падение.",
    "The cohort is young: {ripe}% of its expected sales have had time to happen. This is no fall.",
)
_YOUNG_ROWS = Text(
    "Строк с молодыми когортами: {count}. Сравнивать их со зрелыми рано.",
    "Rows with young cohorts: {count}. Too early to compare them with ripe ones.",
)
_SNAPSHOT = Text(
    "По часам периода числитель и знаменатель — разные лиды: {metrics}.",
    "By the period clock numerator and denominator are different leads: {metrics}.",
)
_UNDATED = {
    "revenue": Text(
        "Деньги, у которых нет даты для этого счёта (лид или день оплаты неизвестен), не вошли в период: {value}.",
        "Money without a date by this clock (the lead or the day of payment is not known), in no period: {value}.",
    ),
    "sales": Text(
        "Продажи без известной даты, не вошли в период: {value}.",
        "Sales without a known date, in no period: {value}.",
    ),
}


def loaded_notes(facts: Facts, measures: Iterable[Measure], company: Company) -> list[Note]:
    """Which facts are missing for these measures."""
    notes: dict[str, Note] = {}
    for measure in measures:
        if facts.rows.get(measure.table, 1) == 0:
            notes[measure.table] = Note(f"no-{measure.table}", _NOT_LOADED[measure.table])
        elif measure.needs and facts.missing(measure, company):
            notes[measure.needs] = Note(f"no-stage-{measure.needs.value}", _NO_STAGE[measure.needs])
        elif measure.key == "cost_of_goods" and facts.costed_payments < facts.rows["receipts"]:
            notes["cost"] = _cost_note(facts)
    return list(notes.values())


def young_notes(ripe: float | None, of_rows: Sequence[float | None], company: Company) -> list[Note]:
    """That a cohort is young, said before anybody calls it a fall."""
    limit = float(company.verdict.ripe_share)
    notes = []
    if ripe is not None and ripe < limit:
        notes.append(Note("young-cohort", _YOUNG.fill(ripe=round(ripe * 100))))
    young = sum(1 for value in of_rows if value is not None and value < limit)
    if young:
        notes.append(Note("young-rows", _YOUNG_ROWS.fill(count=young)))
    return notes


def snapshot_notes(metrics: Iterable[Metric], question: Question, company: Company) -> list[Note]:
    """That a conversion by the period clock is no conversion of anybody."""
    mixed = [
        name_of(metric, company)
        for metric in metrics
        if question.clock is Clock.PERIOD and metric.interval and metric.measures
        if not is_one_group(metric, question.clock)
    ]
    if not mixed:
        return []
    listed = Text(", ".join(name.ru for name in mixed), ", ".join(name.en for name in mixed))
    return [Note("period-snapshot", _SNAPSHOT.fill(metrics=listed))]


def undated_notes(undated: Mapping[str, Value], currency: str) -> list[Note]:
    """What stands in no period because nobody knows its date."""
    return [
        Note(f"undated-{key}", text.fill(value=_said(undated[key], currency)))
        for key, text in _UNDATED.items()
        if undated.get(key)
    ]


def refused_note(names: Sequence[Text]) -> list[Note]:
    """Which columns the split leaves empty."""
    if not names:
        return []
    listed = Text(", ".join(name.ru for name in names), ", ".join(name.en for name in names))
    text = Text("Этого разреза нет у фактов: {metrics}.", "The facts do not know this split: {metrics}.")
    return [Note("cannot-split", text.fill(metrics=listed))]


def _cost_note(facts: Facts) -> Note:
    if not facts.costed_payments:
        return Note("no-cost", _NO_COST)
    return Note("some-cost", _SOME_COST.fill(costed=facts.costed_payments, all=facts.rows["receipts"]))


def _said(value: Value, currency: str) -> Text:
    if not isinstance(value, Decimal):
        return same(str(value))
    scale = money_scale([value])
    ru, en = (say_number(value, Unit.MONEY, language, currency, scale) for language in LANGUAGES)
    return Text(ru, en)
