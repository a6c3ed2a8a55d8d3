"""Which metrics cannot be asked so, and what can be asked instead?"""

from __future__ import annotations

from smarketing.analyses.measuring.asking import missing_dimensions
from smarketing.analyses.question import DIMENSION_NAMES, DIMENSIONS, Question, check_dimensions
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.metrics.catalogue import name_of, parts_of, splittable_by
from smarketing.metrics.catalogue.facts import OF_JOURNEY
from smarketing.metrics.kinds import Measure, Metric
from smarketing.metrics.wording import CLOCK_NAMES

_TABLES = {
    "journeys": Text("лиды", "leads"),
    "receipts": Text("оплаты", "payments"),
    "spend": Text("расходы рекламных кабинетов", "ad accounts' costs"),
    "customers": Text("покупатели", "customers"),
    "duties": Text("задачи", "tasks"),
    "costs": Text("затраты по месяцам", "costs by month"),
    "plans": Text("планы", "plans"),
}
_CANNOT_SPLIT = Text(
    "«{metric}» нельзя разбить или отфильтровать так: {table} не знают разреза «{dimension}». "
    "Можно по разрезам: {possible}. Или спросите в этом разрезе показатели без этих фактов.",
    "“{metric}” cannot be split or filtered so: {table} do not know “{dimension}”. "
    "Possible: {possible}. Or ask in this split for metrics that do without these facts.",
)
_WRONG_CLOCK = Text(
    "«{metric}» так не считается. Возможны часы: {clocks}.",
    "“{metric}” is not counted so. Possible clocks: {clocks}.",
)
_COMPUTED = Text(
    "«{metric}» считает измерение «{measurement}»: спросите его.",
    "“{metric}” is computed by the measurement “{measurement}”: ask that.",
)


def check_question(question: Question, company: Company) -> None:
    """Raise :class:`WrongQuestion` for a split or a filter that nobody knows."""
    custom = tuple(f"custom_{field.key}" for field in company.custom_fields)
    check_dimensions((*question.by, *question.where), (*DIMENSIONS, *OF_JOURNEY, *custom))


def refusal(metric: Metric, question: Question, company: Company) -> WrongQuestion | None:
    """Why a metric cannot be asked so, as an error with the way out; None where it can."""
    name = name_of(metric, company)
    if metric.computed_by:
        return WrongQuestion("computed-elsewhere", _COMPUTED.fill(metric=name, measurement=metric.computed_by))
    if question.clock not in metric.clocks:
        clocks = [CLOCK_NAMES[clock] for clock in metric.clocks]
        listed = Text(", ".join(clock.ru for clock in clocks), ", ".join(clock.en for clock in clocks))
        return WrongQuestion("wrong-clock", _WRONG_CLOCK.fill(metric=name, clocks=listed))
    return next(
        (_split(metric, part, question, name) for part in parts_of(metric) if missing_dimensions(part, question)),
        None,
    )


def _split(metric: Metric, part: Measure, question: Question, name: Text) -> WrongQuestion:
    missing = missing_dimensions(part, question)[0]
    return WrongQuestion(
        "cannot-split",
        _CANNOT_SPLIT.fill(
            metric=name,
            table=_TABLES[part.table],
            dimension=DIMENSION_NAMES.get(missing, Text(missing, missing)),
            possible=_possible(metric),
        ),
    )


def _possible(metric: Metric) -> Text:
    names = [DIMENSION_NAMES[key] for key in DIMENSIONS if key in splittable_by(metric)]
    return Text(", ".join(name.ru.lower() for name in names), ", ".join(name.en.lower() for name in names))
