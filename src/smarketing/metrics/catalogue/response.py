"""How soon does a lead hear from a person?"""

from __future__ import annotations

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.catalogue.facts import BOTH, of_leads
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

_BY_LEAD = (Clock.COHORT,)
_RESPONSE = "response"

MEASURES: tuple[Measure, ...] = (
    of_leads("answered_leads", "is_answered"),
    of_leads("waiting_leads", "NOT is_answered"),
    of_leads("outside_hours_leads", "NOT in_working_hours"),
    of_leads(
        "sla_due_leads", "{sla_due} AND is_answered IS NOT NULL"
    ),  # where no activity is loaded nobody is late
    of_leads("sla_kept_leads", "{sla_due} AND is_handled"),
    of_leads("timed_answers", "is_answered AND response_seconds IS NOT NULL"),
    of_leads("timed_answers_1h", "is_answered AND response_seconds <= 3600"),
    of_leads(
        "response_seconds_sum",
        "is_answered AND response_seconds IS NOT NULL",
        expression="SUM(response_seconds)",
        unit=Unit.SECONDS,
    ),
)


def _count(key: str, name: Text, meaning: Text, formula: Text, direction: Direction) -> Metric:
    return Metric(
        key, name, meaning, formula, Unit.COUNT, direction, Zone.SALES, BOTH, (key,), watchers=(Zone.MARKETING,)
    )


def _within(key: str, ru: str, en: str) -> Metric:
    return Metric(
        key=key,
        name=Text(f"Ответ за {ru}", f"Answered within {en}"),
        meaning=Text(
            f"Какой доле лидов ответили за {ru} рабочего времени.",
            f"Which share of leads was answered within {en} of working time.",
        ),
        formula=Text(
            "доля по Каплану — Мейеру: ждущие учтены до сегодняшнего дня",
            "share by Kaplan-Meier: those waiting count up to today",
        ),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING,),
        clocks=_BY_LEAD,
        numerator=(),
        computed_by=_RESPONSE,
        pitfall=Text(
            "Без тех, кому не ответили, доля красивее правды.",
            "Without those never answered the share is prettier than the truth.",
        ),
    )


def _time(key: str, name: Text, meaning: Text, formula: Text, pitfall: Text) -> Metric:
    return Metric(
        key=key,
        name=name,
        meaning=meaning,
        formula=formula,
        unit=Unit.SECONDS,
        direction=Direction.DOWN,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING,),
        clocks=_BY_LEAD,
        numerator=(),
        computed_by=_RESPONSE,
        pitfall=pitfall,
    )


_ONLY_ANSWERED = Text(
    "Только по тем, кому ответили; забытых лидов здесь нет.",
    "Only of those who were answered; forgotten leads are not here.",
)
_CENSORED = Text(
    "Медиана по ответившим без ждущих занижена: ждущие учитываются как ещё не ответившие.",
    "A median over answers alone reads low: those waiting count as not answered yet.",
)

METRICS: tuple[Metric, ...] = (
    Metric(
        key="sla_first",
        name=Text("Первый ответ в срок", "First response in time"),
        meaning=Text(
            "Какой доле лидов человек ответил в пределах SLA, в рабочем времени.",
            "Which share of leads a person answered within the SLA, in working time.",
        ),
        formula=Text(
            "лиды с ответом в пределах SLA ÷ лиды, у которых срок SLA уже прошёл",
            "leads answered within the SLA ÷ leads whose SLA time has passed",
        ),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING,),
        clocks=BOTH,
        numerator=("sla_kept_leads",),
        denominator=("sla_due_leads",),
        interval="wilson",
        pitfall=Text(
            "Неотвеченные стоят в знаменателе; у самых свежих лидов срок ещё не прошёл, их здесь нет.",
            "The unanswered are in the denominator; the freshest leads still have time and are not here.",
        ),
    ),
    _count(
        "answered_leads",
        Text("Ответили", "Answered"),
        Text("Скольким лидам ответил человек.", "How many leads a person answered."),
        Text("лиды с первым исходящим контактом", "leads with a first outgoing contact"),
        Direction.UP,
    ),
    _count(
        "waiting_leads",
        Text("Ждут ответа", "Waiting"),
        Text("Скольким лидам ещё не ответили.", "How many leads have not been answered."),
        Text("лиды без исходящего контакта", "leads without an outgoing contact"),
        Direction.DOWN,
    ),
    _count(
        "outside_hours_leads",
        Text("Пришли в нерабочее время", "Came outside working hours"),
        Text("Сколько лидов пришло, когда никто не работал.", "How many leads came when nobody was at work."),
        Text("лиды, созданные вне рабочего календаря", "leads created outside the working calendar"),
        Direction.NEITHER,
    ),
    _time(
        "response_median",
        Text("Первый ответ, медиана", "First response, median"),
        Text(
            "За какое рабочее время ответили половине лидов.",
            "The working time by which half the leads were answered.",
        ),
        Text("медиана Каплана — Мейера, ждущие цензурированы", "Kaplan-Meier median, those waiting censored"),
        _CENSORED,
    ),
    _time(
        "response_p90",
        Text("Первый ответ, 90 %", "First response, 90%"),
        Text(
            "За какое рабочее время ответили девяти лидам из десяти.",
            "The working time by which nine leads of ten were answered.",
        ),
        Text("квантиль 90 % Каплана — Мейера", "Kaplan-Meier quantile 90%"),
        _CENSORED,
    ),
    _within("answered_within_5m", "5 минут", "5 minutes"),
    _within("answered_within_15m", "15 минут", "15 minutes"),
    _within("answered_within_60m", "час", "an hour"),
    _within("answered_within_24h", "24 часа", "24 hours"),
    _time(
        "elapsed_median",
        Text("Ожидание ответа, медиана", "Wait for the answer, median"),
        Text("Сколько прошло по часам до ответа, медиана.", "Time on the clock until the answer, median."),
        Text("медиана по отвеченным лидам, круглые сутки", "median over answered leads, round the clock"),
        _ONLY_ANSWERED,
    ),
    _time(
        "elapsed_p90",
        Text("Ожидание ответа, 90 %", "Wait for the answer, 90%"),
        Text("Сколько прошло по часам до ответа, 90 %.", "Time on the clock until the answer, 90%."),
        Text(
            "квантиль 90 % по отвеченным лидам, круглые сутки", "quantile 90% over answered leads, round the clock"
        ),
        _ONLY_ANSWERED,
    ),
    Metric(
        key="elapsed_mean",
        name=Text("Ожидание ответа, среднее", "Wait for the answer, mean"),
        meaning=Text("Сколько прошло по часам до ответа, среднее.", "Time on the clock until the answer, mean."),
        formula=Text(
            "сумма ожидания ÷ отвеченные лиды, круглые сутки", "sum of waits ÷ answered leads, round the clock"
        ),
        unit=Unit.SECONDS,
        direction=Direction.DOWN,
        zone=Zone.SALES,
        clocks=BOTH,
        numerator=("response_seconds_sum",),
        denominator=("timed_answers",),
        pitfall=Text(
            "Один забытый на месяц лид меняет среднее вдвое.", "One lead forgotten for a month doubles a mean."
        ),
    ),
    Metric(
        key="elapsed_within_1h",
        name=Text("Ответ за час, из отвеченных", "Answered within an hour, of those answered"),
        meaning=Text(
            "Какой доле отвеченных лидов ответили за час по часам.",
            "Which share of answered leads was answered within an hour on the clock.",
        ),
        formula=Text("отвеченные за час ÷ отвеченные", "answered within an hour ÷ answered"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.SALES,
        clocks=BOTH,
        numerator=("timed_answers_1h",),
        denominator=("timed_answers",),
        interval="wilson",
        pitfall=_ONLY_ANSWERED,
    ),
)
