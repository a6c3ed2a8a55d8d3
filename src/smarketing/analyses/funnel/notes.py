"""What must be said beside a funnel?"""

from __future__ import annotations

from collections.abc import Sequence

from smarketing.analyses.funnel.counting import Counting
from smarketing.analyses.funnel.kinds import Comparison, Counts, Kind, Totals
from smarketing.analyses.question import Question, filter_condition, period_condition
from smarketing.analyses.result import Note
from smarketing.analyses.ripeness import Ripening
from smarketing.facts.language import Text, plural
from smarketing.facts.period import Clock, Period
from smarketing.metrics.wording import say_day

VOLUME_CHANGE = 0.20
LONG_CYCLE_DAYS = 10
_DAY = 86_400

_MIXED = Text(
    "Счёт по дате события: числитель и знаменатель — разные лиды.",
    "Counted by the date of the event: numerator and denominator are different leads.",
)
_VOLUME = Text(
    "{mixed} Лидов стало {now} вместо {before}, поэтому конверсии сдвинуты самим объёмом.",
    "{mixed} Leads went from {before} to {now}, and that alone moves the conversions.",
)
_CYCLE = Text(
    "{mixed} От лида до продажи проходит {days} дн. по медиане, поэтому продажи этого периода — от прежних лидов.",
    "{mixed} From lead to sale takes {days} days at the median, so this period's sales come from earlier leads.",
)
_YOUNG = Text(
    "Когорта молода: успело случиться около {ripe}\u00a0% её продаж. Нижние стадии ещё вырастут.",
    "The cohort is young: about {ripe}% of its sales have had time to happen. The lower stages will still grow.",
)
_SEEN_AT = Text(
    "Прошлый период показан таким, каким он был в том же возрасте: на {moment}.",
    "The earlier period is shown as it stood at the same age: on {moment}.",
)
_YOUNGER = Text(
    "Сравнение моложе выбранного периода: его нижние стадии ещё вырастут.",
    "The comparison is younger than the period asked about: its lower stages will still grow.",
)
_UNKNOWN = Text(
    "У {count} {leads} критериям не хватает данных: к MQL они не отнесены, нецелевыми не названы.",
    "The criteria lack data for {count} {leads}: not counted as MQL, not called non-target.",
)
_NO_STAGES = Text(
    "Переходы по стадиям не загружены: известно только, сколько лидов пришло.",
    "No moves between stages are loaded: only the number of leads is known.",
)
_NO_HISTORY = Text(
    "Истории стадий нет: у каждого лида известна одна стадия. Стадии до неё считаются пройденными, времени в "
    "стадиях не видно.",
    "There is no history of stages: of each lead one stage is known. The stages before it are taken as passed, "
    "the time in a stage is not seen.",
)
_SKIPPING = Text(
    "Ни одна из продаж ({count}) не видна на стадиях между первой и последней: истории этих переходов нет. "
    "Конверсии между ними показывают, где лиды остановились, а не как покупали.",
    "None of the sales ({count}) was seen in a stage between the first and the last: the history of moves is "
    "missing. Conversions between them show where leads stopped, not how they bought.",
)
_UNSTAGED = Text(
    "У {count} {leads} стадия неизвестна: они показаны в первой.",
    "The stage of {count} {leads} is not known: they are shown in the first one.",
)
_UNDATED = Text(
    "У {count} {leads} день перехода неизвестен: в счёт по дате события они не вошли.",
    "The day of the move is not known for {count} {leads}: the count by the date of the event leaves them out.",
)


def volumes_question(question: Question, period: Period) -> str:
    """Leads created in the period and in the one of the same shape before it."""
    now, before = (period_condition(span, "created") for span in (period, period.before()))
    return (
        f"SELECT COUNT(*) FILTER (WHERE {now}) AS volume_now, COUNT(*) FILTER (WHERE {before}) AS volume_before\n"
        f"FROM journeys WHERE is_counted AND {filter_condition(question.where)}"
    )


def notes_of(
    question: Question, other: Question | None, kind: Kind, totals: Totals, comparison: Comparison | None,
    ripe: Ripening | None, volumes: tuple[int, int] | None, ripe_share: float,
) -> tuple[Note, ...]:  # fmt: skip
    """Below ``ripe_share`` a cohort is said to be young."""
    notes = _period_notes(totals, volumes) if question.clock is Clock.PERIOD else _cohort_notes(ripe, ripe_share)
    if comparison is not None and comparison.seen_at is not None:
        notes.append(Note("seen-at-same-age", _SEEN_AT.fill(moment=say_day(comparison.seen_at.date()))))
    if question.clock is Clock.COHORT and _is_younger(other, question):
        notes.append(Note("comparison-younger", _YOUNGER))
    if kind is Kind.MILESTONES and totals.unknown_target:
        notes.append(Note("unknown-target", _counted(_UNKNOWN, totals.unknown_target)))
    return tuple(notes)


def history_notes(counting: Counting, counts: Sequence[Counts]) -> tuple[Note, ...]:
    """What the company's stages cannot say, because the moves between them are not known."""
    if counting.kind is not Kind.STAGES or counting.clock is not Clock.COHORT or len(counts) < 2:
        return ()
    leads, staged = counts[0].reached, counts[1].reached
    if leads and not staged:
        return (Note("no-stages", _NO_STAGES),)
    notes = []
    entries = sum(one.reached - one.skipped for one in counts[1:])
    moved = any(one.reached for one in counts[2:])
    if moved and entries == staged:  # whoever is further on was seen in one stage alone
        notes.append(Note("no-stage-history", _NO_HISTORY))
    elif counts[-1].reached and counts[2:-1] and not any(one.finished for one in counts[2:-1]):
        notes.append(Note("sales-skip-stages", _SKIPPING.fill(count=counts[-1].reached)))
    if leads > staged:
        notes.append(Note("leads-without-stage", _counted(_UNSTAGED, leads - staged)))
    return tuple(notes)


def _period_notes(totals: Totals, volumes: tuple[int, int] | None) -> list[Note]:
    notes = []
    if volumes is not None:
        now, before = volumes
        if abs(now - before) > VOLUME_CHANGE * before:
            notes.append(Note("period-volume", _VOLUME.fill(mixed=_MIXED, now=now, before=before)))
    median = totals.median_won_seconds
    if median is not None and median > LONG_CYCLE_DAYS * _DAY:
        notes.append(Note("period-cycle", _CYCLE.fill(mixed=_MIXED, days=round(median / _DAY))))
    if totals.undated:
        notes.append(Note("undated-moves", _counted(_UNDATED, totals.undated)))
    return notes


def _cohort_notes(ripe: Ripening | None, ripe_share: float) -> list[Note]:
    if ripe is None:
        return []
    notes = list(ripe.notes)
    if ripe.ripe is not None and ripe.ripe < ripe_share:
        notes.append(Note("young-cohort", _YOUNG.fill(ripe=round(100 * ripe.ripe))))
    return notes


def _is_younger(other: Question | None, question: Question) -> bool:
    if other is None or other.period is None or question.period is None:
        return False
    return other.period.start > question.period.start


def _counted(text: Text, count: int) -> Text:
    return text.fill(count=count, leads=plural(count, ("лида", "лидов", "лидов"), ("lead", "leads")))
