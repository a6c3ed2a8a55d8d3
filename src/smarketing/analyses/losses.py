"""Why were leads lost, and at which stage? Reason × stage × month, «no reason» as a row of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from smarketing.analyses.question import (
    EMPTY,
    Question,
    check_dimensions,
    dimension_column,
    filter_condition,
    period_condition,
    time_column,
)
from smarketing.analyses.result import Measurement, Note
from smarketing.analyses.ripeness import same_age_moment
from smarketing.analyses.shares import Count, Shift, share, shifts
from smarketing.facts.company import Company, Zone
from smarketing.facts.language import Text, plural
from smarketing.facts.money import Money
from smarketing.facts.period import Clock, Month
from smarketing.facts.query import Reader, literal
from smarketing.metrics.kinds import Figure, Row, Unit

METRICS = ("lost_leads", "loss_share", "lost_amount")
_PREFIX = {Clock.COHORT: "created", Clock.PERIOD: "lost"}
_NO_STAGE = Text("До первой стадии", "Before the first stage")
_NO_REASON = Text("Причина не указана", "No reason given")
_OTHERS = Text("Остальные ({count})", "Others ({count})")
_UNDATED = Text(
    "У {count} {leads} день потери неизвестен: в счёт по дате события они не вошли.",
    "The day of loss is not known for {count} {leads}: the count by the date of the event leaves them out.",
)
_NO_AMOUNT = Text(
    "У {count} {leads} суммы нет: к потерянной сумме они ничего не добавляют.",
    "{count} {leads} carry no amount and add nothing to the amount lost.",
)


@dataclass(frozen=True)
class Cell:
    """Leads lost for one reason (None: not given) in one stage (None: before any stage of the path)."""

    reason: str | None
    stage: str | None
    leads: int
    amount: Decimal
    without_amount: int

    @property
    def where(self) -> Mapping[str, tuple[str, ...]]:
        """The filter that finds exactly these leads, besides the question's own."""
        return drill(self.reason, self.stage)


@dataclass(frozen=True)
class Reason:
    """One row of the matrix. ``share`` is of the losses with a reason; of the row without one, of all losses."""

    key: str | None
    name: Text
    leads: int
    amount: Money
    share: Figure
    shift: Shift | None  # of the share against the comparison, all reasons judged together
    cells: tuple[Cell, ...]  # in the order of ``Losses.stages``, empty ones with 0


@dataclass(frozen=True)
class StageLosses:
    """One column of the matrix: lost in the stage, and still open in it now."""

    key: str | None
    name: Text
    lost: int
    amount: Money
    open: int


@dataclass(frozen=True)
class MonthLosses:
    """Losses of one reason in one month: of creation by the cohort clock, of loss by the period clock."""

    month: Month
    reason: str | None
    leads: int
    amount: Decimal


@dataclass(frozen=True)
class Losses:
    """The matrix, its margins and its months. Reasons by count, stages by the path, «not given» last."""

    question: Question
    reasons: tuple[Reason, ...]
    stages: tuple[StageLosses, ...]
    months: tuple[MonthLosses, ...]
    lost: int
    amount: Money
    open: int
    notes: tuple[Note, ...]
    table: Measurement

    def cell(self, reason: str | None, stage: str | None) -> Cell:
        cells = next(line.cells for line in self.reasons if line.key == reason)
        return next(cell for cell in cells if cell.stage == stage)


def drill(reason: str | None, stage: str | None) -> Mapping[str, tuple[str, ...]]:
    """The filter that finds the lost leads of a reason and a stage."""
    return {"outcome": ("lost",), "loss_reason": (reason or EMPTY,), "loss_stage": (stage or EMPTY,)}


def losses(reader: Reader, question: Question) -> Losses:
    """The lost leads of the question: created in the period (cohort) or lost in it (period).

    ``question.compare`` gives every reason's share a shift, by the cohort clock against losses at the same age;
    ``question.by`` splits the table, the rest stays whole.
    """
    asked: list[str] = []
    matrix = _cells(_ask(reader, _matrix(question.split()), asked))
    open_at = _open(_ask(reader, _open_question(question), asked))
    months = _months(_ask(reader, _months_question(question), asked))
    before = None
    if question.compare is not None:
        seen_at = same_age_moment(reader, question.period, question.compare)
        before = _cells(_ask(reader, _matrix(question.over(question.compare).split(), seen_at), asked))
    stages = _stages(reader.company, matrix, open_at)
    reasons = _reasons(reader.company, matrix, before, stages)
    split = _ask(reader, _matrix(question), asked) if question.by else []
    notes = _notes(reader, question, matrix, asked)
    table = _table(reader, question, reasons, matrix, split, notes, asked)
    amount = Money(_amount(matrix), reader.company.currency)
    lost, still_open = sum(cell.leads for cell in matrix), sum(open_at.values())
    return Losses(question, reasons, stages, months, lost, amount, still_open, notes, table)


def top(reasons: Sequence[Reason], count: int = 6) -> tuple[Reason, ...]:
    """The ``count`` most frequent reasons, one row «Остальные» for the rest, «not given» last as ever.

    The row of the rest has the key ``""`` and no shift; a single reason too many is shown, not hidden.
    """
    given = [line for line in reasons if line.key is not None]
    nameless = [line for line in reasons if line.key is None]
    if len(given) <= count + 1:
        return tuple(reasons)
    return (*given[:count], _rest(given[count:]), *nameless)


def _rest(lines: Sequence[Reason]) -> Reason:
    leads, amount = sum(line.leads for line in lines), Money(Decimal(0), lines[0].amount.currency)
    for line in lines:
        amount += line.amount
    cells = tuple(
        Cell(
            "",
            column[0].stage,
            sum(c.leads for c in column),
            _amount(column),
            sum(c.without_amount for c in column),
        )
        for column in zip(*(line.cells for line in lines), strict=True)
    )
    figure = share("loss_share", leads, int(lines[0].share.denominator or 0), Zone.JOINT)
    return Reason("", _OTHERS.fill(count=len(lines)), leads, amount, figure, None, cells)


def _matrix(question: Question, seen_at: datetime | None = None) -> str:
    keys = _keys(question)
    listed = ", ".join([*keys, "loss_reason", "loss_stage"])
    columns = [f"{key} AS key_{index}" for index, key in enumerate(keys)]
    columns += [
        "loss_reason",
        "loss_stage",
        "COUNT(*) AS leads",
        "SUM(amount) AS lost_amount",
        "COUNT(*) FILTER (WHERE amount IS NULL) AS without_amount",
    ]
    by_then = seen_at is not None and question.clock is Clock.COHORT
    known = f"(lost_at IS NULL OR lost_at < {literal(seen_at)})" if by_then else "TRUE"
    ordered = ", ".join(f"{key} NULLS LAST" for key in [*keys, "loss_reason", "loss_stage"])
    return (
        f"SELECT {', '.join(columns)}\nFROM journeys WHERE {_lost(question)} AND {known}\n"
        f"GROUP BY {listed} ORDER BY {ordered}"
    )


def _keys(question: Question) -> list[str]:
    check_dimensions(question.by)
    return [dimension_column(dimension, _PREFIX[question.clock]) for dimension in question.by]


def _lost(question: Question) -> str:
    dated = period_condition(question.period, _PREFIX[question.clock])
    return f"is_counted AND outcome = 'lost' AND {dated} AND {filter_condition(question.where)}"


def _open_question(question: Question) -> str:
    dated = "TRUE" if question.clock is Clock.PERIOD else period_condition(question.period, "created")
    return (
        "SELECT stage, COUNT(*) AS leads\n"
        f"FROM journeys WHERE is_counted AND outcome = 'open' AND {dated} AND {filter_condition(question.where)}\n"
        "GROUP BY stage ORDER BY stage NULLS LAST"
    )


def _months_question(question: Question) -> str:
    month = time_column("month", _PREFIX[question.clock])
    return (
        f"SELECT {month} AS month, loss_reason, COUNT(*) AS leads, SUM(amount) AS lost_amount\n"
        f"FROM journeys WHERE {_lost(question)} AND {month} IS NOT NULL\n"
        f"GROUP BY {month}, loss_reason ORDER BY {month} NULLS LAST, loss_reason NULLS LAST"
    )


def _undated_question(question: Question) -> str:
    return (
        "SELECT COUNT(*) AS leads FROM journeys\n"
        f"WHERE is_counted AND outcome = 'lost' AND lost_day IS NULL AND {filter_condition(question.where)}"
    )


_Line = Mapping[str, object]
_Place = tuple[str | int | None, ...]


def _ask(reader: Reader, question: str, asked: list[str]) -> list[_Line]:
    asked.append(question)
    return list(reader.query(question).to_pylist())


def _cells(rows: Iterable[_Line]) -> list[Cell]:
    return [
        Cell(
            _text(row["loss_reason"]), _text(row["loss_stage"]), _int(row["leads"]), _decimal(row["lost_amount"]),
            _int(row["without_amount"]),
        )
        for row in rows
    ]  # fmt: skip


def _open(rows: Iterable[_Line]) -> Counter[str | None]:
    return Counter({_text(row["stage"]): _int(row["leads"]) for row in rows})


def _months(rows: Iterable[_Line]) -> tuple[MonthLosses, ...]:
    return tuple(
        MonthLosses(
            Month.from_number(_int(row["month"])), _text(row["loss_reason"]), _int(row["leads"]),
            _decimal(row["lost_amount"]),
        )
        for row in rows
    )  # fmt: skip


def _stages(company: Company, matrix: Sequence[Cell], open_at: Counter[str | None]) -> tuple[StageLosses, ...]:
    """Every stage of the path, then what stands in no known stage, if anything does."""
    path: list[str | None] = [stage.key for stage in company.path]
    beside = {cell.stage for cell in matrix} | set(open_at)
    unknown: list[str | None] = sorted((key for key in beside - set(path) if key is not None), key=str)
    keys = [*path, *unknown, *([None] if None in beside else [])]
    return tuple(
        _stage(company, key, [cell for cell in matrix if cell.stage == key], open_at[key]) for key in keys
    )


def _stage(company: Company, key: str | None, cells: Sequence[Cell], still_open: int) -> StageLosses:
    name = _NO_STAGE if key is None else company.label("loss_stage", key)
    return StageLosses(key, name, sum(c.leads for c in cells), Money(_amount(cells), company.currency), still_open)


def _reasons(
    company: Company, matrix: Sequence[Cell], before: Sequence[Cell] | None, stages: Sequence[StageLosses]
) -> tuple[Reason, ...]:
    now, then = _by_reason(matrix), _by_reason(before or ())
    # A reason that nobody names any more has moved most of all: it has its row and its place among those judged.
    keys = sorted({**now, **then}, key=lambda key: (key is None, -now[key], key or ""))
    moved: Sequence[Shift | None] = [None] * len(keys)
    if before is not None:
        moved = shifts((_share_of(key, now), _share_of(key, then)) for key in keys)
    columns = [stage.key for stage in stages]
    return tuple(
        _reason(company, key, matrix, columns, _share_of(key, now), shift)
        for key, shift in zip(keys, moved, strict=True)
    )


def _reason(
    company: Company, key: str | None, matrix: Sequence[Cell], columns: Sequence[str | None], count: Count,
    shift: Shift | None,
) -> Reason:  # fmt: skip
    mine = {cell.stage: cell for cell in matrix if cell.reason == key}
    cells = tuple(mine.get(stage, Cell(key, stage, 0, Decimal(0), 0)) for stage in columns)
    name = _NO_REASON if key is None else company.label("loss_reason", key)
    figure = share("loss_share", *count, Zone.JOINT)
    return Reason(key, name, count[0], Money(_amount(cells), company.currency), figure, shift, cells)


def _by_reason(cells: Iterable[Cell]) -> Counter[str | None]:
    found: Counter[str | None] = Counter()
    for cell in cells:
        found[cell.reason] += cell.leads
    return found


def _share_of(key: str | None, counts: Counter[str | None]) -> Count:
    return counts[key], counts.total() - (0 if key is None else counts[None])


def _table(
    reader: Reader, question: Question, reasons: Sequence[Reason], matrix: Sequence[Cell], split: Sequence[_Line],
    notes: tuple[Note, ...], asked: Sequence[str],
) -> Measurement:  # fmt: skip
    currency = reader.company.currency
    if question.by:
        rows = _split_rows(split, len(question.by))
    else:
        given = {line.key: int(line.share.denominator or 0) for line in reasons}
        rows = tuple(
            Row((cell.reason, cell.stage), _figures(cell.leads, cell.amount, given[cell.reason]))
            for line in reasons
            for cell in line.cells
            if cell.leads
        )
    lost = sum(cell.leads for cell in matrix)
    return Measurement(
        "losses", question, reader.version, reader.known_until, currency,
        (*question.by, "loss_reason", "loss_stage"), METRICS, rows,
        Row((), _figures(lost, _amount(matrix), lost)), notes, tuple(asked),
    )  # fmt: skip


def _split_rows(rows: Sequence[_Line], dimensions: int) -> tuple[Row, ...]:
    """Rows of a split table; a share is of the losses of the same split value."""
    places = [tuple(_key(row[f"key_{index}"]) for index in range(dimensions)) for row in rows]
    given, lost = Counter[_Place](), Counter[_Place]()
    for place, row in zip(places, rows, strict=True):
        lost[place] += _int(row["leads"])
        given[place] += _int(row["leads"]) if row["loss_reason"] is not None else 0
    return tuple(
        _split_row(place, row, lost[place] if row["loss_reason"] is None else given[place])
        for place, row in zip(places, rows, strict=True)
    )


def _split_row(place: _Place, row: _Line, base: int) -> Row:
    figures = _figures(_int(row["leads"]), _decimal(row["lost_amount"]), base)
    return Row((*place, _text(row["loss_reason"]), _text(row["loss_stage"])), figures)


def _figures(leads: int, amount: Decimal, base: int) -> Mapping[str, Figure]:
    return {
        "lost_leads": Figure("lost_leads", Unit.COUNT, leads, numerator=leads, n=leads, zone=Zone.JOINT),
        "loss_share": share("loss_share", leads, base, Zone.JOINT),
        "lost_amount": Figure("lost_amount", Unit.MONEY, amount, numerator=amount, n=leads, zone=Zone.JOINT),
    }


def _notes(reader: Reader, question: Question, matrix: Sequence[Cell], asked: list[str]) -> tuple[Note, ...]:
    notes = []
    if question.clock is Clock.PERIOD and question.period is not None:
        (row,) = _ask(reader, _undated_question(question), asked)
        notes.append(("undated-losses", _UNDATED, _int(row["leads"])))
    notes.append(("losses-without-amount", _NO_AMOUNT, sum(cell.without_amount for cell in matrix)))
    return tuple(Note(code, _counted(text, count)) for code, text, count in notes if count)


def _counted(text: Text, count: int) -> Text:
    return text.fill(count=count, leads=plural(count, ("лида", "лидов", "лидов"), ("lead", "leads")))


def _amount(cells: Iterable[Cell]) -> Decimal:
    return sum((cell.amount for cell in cells), Decimal(0))


def _key(value: object) -> str | int | None:
    return value if value is None or isinstance(value, int) else str(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _int(value: object) -> int:
    return 0 if value is None else int(str(value))


def _decimal(value: object) -> Decimal:
    return Decimal(0) if value is None else Decimal(str(value))
