"""Do marketing's report and the CRM speak of the same leads?

These figures are computed by the measurement ``reconciliation``: places of day, source and campaign compared, and
the difference split by cause.
"""

from __future__ import annotations

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

_BOTH = (Clock.COHORT, Clock.PERIOD)


def _metric(
    key: str,
    name: Text,
    meaning: Text,
    formula: Text,
    zone: Zone,
    *,
    unit: Unit = Unit.COUNT,
    direction: Direction = Direction.NEITHER,
    pitfall: Text | None = None,
) -> Metric:
    return Metric(
        key, name, meaning, formula, unit, direction, zone, _BOTH, numerator=(), pitfall=pitfall,
        computed_by="reconciliation",
    )  # fmt: skip


def _cause(key: str, name: Text, meaning: Text, zone: Zone, pitfall: Text | None = None) -> Metric:
    formula = Text(
        "лиды этой причины; минус — в CRM меньше, чем в отчёте",
        "leads of this cause; minus: the CRM has fewer than the report",
    )
    return _metric(f"gap_{key}", name, meaning, formula, zone, pitfall=pitfall)


MEASURES: tuple[Measure, ...] = ()
METRICS: tuple[Metric, ...] = (
    _metric(
        "reported_leads",
        Text("Лиды по отчёту", "Leads in the report"),
        Text(
            "Сколько лидов насчитал отчёт маркетинга: кабинет, заявки с форм или записанная цифра.",
            "How many leads marketing's report counts: ad account, submitted forms or a typed figure.",
        ),
        Text("сумма лидов отчёта", "sum of the report's leads"),
        Zone.MARKETING,
        pitfall=Text(
            "Кабинет считает отправки форм: с дублями, тестами и теми, кто уже клиент.",
            "An ad account counts submitted forms: with duplicates, tests and those who are clients already.",
        ),
    ),
    _metric(
        "crm_leads",
        Text("Лиды в CRM", "Leads in the CRM"),
        Text(
            "Лиды источников, о которых есть отчёт, без тестовых и дублей.",
            "Leads of the sources that have a report, without tests and duplicates.",
        ),
        Text("число лидов тех же источников и дней", "number of leads of the same sources and days"),
        Zone.JOINT,
    ),
    _metric(
        "lead_difference",
        Text("Разница с отчётом", "Difference from the report"),
        Text("На сколько лидов CRM расходится с отчётом.", "By how many leads the CRM differs from the report."),
        Text("лиды в CRM − лиды по отчёту", "leads in the CRM − leads in the report"),
        Zone.JOINT,
        pitfall=Text(
            "Плюсы и минусы разных кампаний гасят друг друга: смотрите строки.",
            "Pluses and minuses of campaigns cancel out: look at the rows.",
        ),
    ),
    _metric(
        "report_gap",
        Text("Расхождение", "Gap"),
        Text("Какую долю отчёта составляет разница.", "Which share of the report the difference is."),
        Text("|лиды в CRM − лиды по отчёту| ÷ лиды по отчёту", "|CRM − report| ÷ report"),
        Zone.JOINT,
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        pitfall=Text(
            "Красным становится больше 5 % и больше трёх лидов сразу.",
            "Red is above 5% and above three leads at once.",
        ),
    ),
    _cause(
        "duplicate",
        Text("Дубли", "Duplicates"),
        Text(
            "Вторые обращения одного человека: отчёт их считает, CRM — нет.",
            "Second enquiries of one person: the report counts them, the CRM does not.",
        ),
        Zone.MARKETING,
    ),
    _cause(
        "existing_client",
        Text("Уже клиенты", "Clients already"),
        Text(
            "Обращения тех, кто уже покупал: новым лидом маркетинга они не считаются.",
            "Enquiries of those who have bought before: no new leads of marketing.",
        ),
        Zone.MARKETING,
    ),
    _cause(
        "test",
        Text("Тесты и спам", "Tests and spam"),
        Text("Карточки, отмеченные в CRM как тестовые.", "Cards that the CRM marks as tests."),
        Zone.MARKETING,
    ),
    _cause(
        "renamed",
        Text("Другое имя кампании", "Another campaign name"),
        Text(
            "Лиды пришли под именем, которого отчёт не знает: пара ждёт подтверждения.",
            "The leads came under a name the report does not know: the pair waits for a word.",
        ),
        Zone.MARKETING,
    ),
    _cause(
        "no_source",
        Text("Без метки", "No tag"),
        Text(
            "В тот же день в CRM есть лиды без источника или кампании.",
            "On the same day the CRM holds leads without a source or campaign.",
        ),
        Zone.MARKETING,
        pitfall=Text(
            "Чьи они, без номеров не узнать: это верхняя граница.", "Whose they are, only ids tell: a bound."
        ),
    ),
    _cause(
        "day_border",
        Text("Граница суток", "Border of the day"),
        Text(
            "Лид у полуночи: часы отчёта и CRM отнесли его к разным дням.",
            "A lead close to midnight: the clocks of report and CRM put it on different days.",
        ),
        Zone.COMPANY,
    ),
    _cause(
        "delayed",
        Text("Пришли позже", "Came later"),
        Text("Лид появился в CRM в следующие три дня.", "The lead appeared in the CRM within three days."),
        Zone.JOINT,
    ),
    _cause(
        "not_delivered",
        Text("Не дошли", "Not delivered"),
        Text(
            "Заявки нет в CRM: её номер не найден, а без номеров — в тот день от источника не пришло ничего.",
            "The CRM has no such lead: its id is not found, or nothing of the source came that day at all.",
        ),
        Zone.JOINT,
    ),
    _cause(
        "unmatched",
        Text("Без объяснения", "Unexplained"),
        Text("Что не объяснила ни одна причина.", "What no cause explains."),
        Zone.JOINT,
    ),
)
