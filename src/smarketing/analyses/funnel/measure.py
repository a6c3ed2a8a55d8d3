"""Where does the path break, and is it more than chance? The one call that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from smarketing.analyses.funnel.comparison import Value, transitions, values, values_question
from smarketing.analyses.funnel.counting import Counting
from smarketing.analyses.funnel.kinds import Comparison, Counts, Funnel, Kind, Part, Row, Step, StepName, Totals
from smarketing.analyses.funnel.notes import history_notes, notes_of, volumes_question
from smarketing.analyses.funnel.table import Answer, steps_of, table, with_ripeness
from smarketing.analyses.measuring.cohorts import lead_ripeness
from smarketing.analyses.question import Question
from smarketing.analyses.ripeness import Ripening, ripening, same_age_moment
from smarketing.facts.period import Clock
from smarketing.facts.query import Reader


@dataclass(frozen=True)
class _Counted:
    """The counts of one question, before it is decided whether the lead has a row of its own."""

    counting: Counting
    counts: tuple[Counts, ...]
    totals: Totals
    parts: tuple[tuple[tuple[str | int | None, ...], tuple[Counts, ...], Totals], ...]

    @property
    def is_doubled(self) -> bool:
        """Whether a row «Лид» would say again what the first stage says.

        By the date of the lead it always would: a lead of no known stage stands in the first one.
        """
        if self.counting.kind is not Kind.STAGES or len(self.counts) < 2:
            return False
        return self.counting.clock is Clock.COHORT or self.counts[0].reached == self.counts[1].reached


def funnel(
    reader: Reader, question: Question, kind: Kind | str = Kind.STAGES, against: Question | None = None
) -> Funnel:
    """The funnel of the leads asked about, each lead once per step.

    By the cohort clock: leads created in the period, wherever they went since. By the period clock: entries into
    each step within the period, whoever's. ``against`` (or ``question.compare``) is another period or segment to
    compare with. Raises :class:`WrongQuestion` for an impossible split.
    """
    asked: list[str] = []
    other = against or (question.over(question.compare) if question.compare else None)
    now = _count(reader, question, Counting(reader.company, Kind(kind), question.clock, question.period), asked)
    theirs = None if other is None else _compared(reader, question, other, Kind(kind), asked)
    doubled = now.is_doubled and (theirs is None or theirs.is_doubled)
    ripe = _ripening(reader, question, asked)
    steps = with_ripeness(
        _steps(now.counting.steps, now.counts, question.clock, doubled), ripe.ripe if ripe else None
    )
    parts = tuple(
        Part(keys, _steps(now.counting.steps, counts, question.clock, doubled), totals)
        for keys, counts, totals in now.parts
    )
    comparison = None
    if theirs is not None and other is not None:
        comparison = _comparison(reader, question, other, now.counting, steps, theirs, doubled, asked)
    volumes = _volumes(reader, question, asked)
    limit = float(reader.company.verdict.ripe_share)
    notes = notes_of(question, other, now.counting.kind, now.totals, comparison, ripe, volumes, limit)
    notes = (*notes, *history_notes(now.counting, now.counts))
    answer = Answer(question, now.counting.kind, notes, tuple(asked))
    return Funnel(
        now.counting.kind, question, steps, now.totals, parts, ripe.ripe if ripe else None, comparison, notes,
        table(reader, answer, steps, now.totals, parts),
    )  # fmt: skip


def _count(reader: Reader, question: Question, counting: Counting, asked: list[str]) -> _Counted:
    (row,) = _rows(reader, counting.question(question.split()), asked)
    parts = _rows(reader, counting.question(question), asked) if question.by else []
    return _Counted(
        counting,
        counting.counts(row),
        counting.totals(row),
        tuple((_keys(part, question), counting.counts(part), counting.totals(part)) for part in parts),
    )


def _compared(reader: Reader, question: Question, other: Question, kind: Kind, asked: list[str]) -> _Counted:
    moment = same_age_moment(reader, question.period, other.period) if question.clock is Clock.COHORT else None
    counting = Counting(reader.company, kind, question.clock, other.period, moment)
    return _count(reader, other.split(), counting, asked)


def _comparison(
    reader: Reader, question: Question, other: Question, counting: Counting, steps: Sequence[Step],
    theirs: _Counted, doubled: bool, asked: list[str],
) -> Comparison:  # fmt: skip
    before = _steps(counting.steps, theirs.counts, question.clock, doubled)
    money: Sequence[Value] = ()
    if question.clock is Clock.COHORT:
        (row,) = _rows(reader, values_question(counting, _riper(question, other)), asked)
        found = values(counting, row)
        money = (found[0], *found[2:]) if doubled else found
    moved = transitions(steps, before, question.clock, money, reader.company.currency)
    return Comparison(other, before, moved, theirs.counting.seen_at)


def _riper(question: Question, other: Question) -> Question:
    """Whose leads say what a passed lead brings: an older cohort of the same leads has had the time to pay."""
    same_leads = question.where == other.where
    older = question.period and other.period and other.period.start < question.period.start
    return other if same_leads and older else question


def _ripening(reader: Reader, question: Question, asked: list[str]) -> Ripening | None:
    if question.clock is Clock.PERIOD:
        return None
    found = ripening(reader, question)
    asked += found.asked
    return replace(found, by_days=lead_ripeness(reader, question, asked))


def _volumes(reader: Reader, question: Question, asked: list[str]) -> tuple[int, int] | None:
    """Leads created in the period and in the one before, where the period clock must be warned of."""
    if question.clock is Clock.COHORT or question.period is None:
        return None
    (row,) = _rows(reader, volumes_question(question, question.period), asked)
    return int(str(row["volume_now"])), int(str(row["volume_before"]))


def _steps(names: Sequence[StepName], counts: Sequence[Counts], clock: Clock, doubled: bool) -> tuple[Step, ...]:
    if not doubled:
        return steps_of(names, counts, clock)
    lead, first, *rest = counts
    # Who stands in no known stage stands in the first one.
    merged = replace(first, reached=lead.reached, lost=first.lost + lead.lost, open=first.open + lead.open)
    return steps_of(names[1:], (merged, *rest), clock)


def _rows(reader: Reader, question: str, asked: list[str]) -> list[Row]:
    asked.append(question)
    return list(reader.query(question).to_pylist())


def _keys(row: Row, question: Question) -> tuple[str | int | None, ...]:
    return tuple(_key(row[f"key_{index}"]) for index in range(len(question.by)))


def _key(value: object) -> str | int | None:
    return value if value is None or isinstance(value, int) else str(value)
