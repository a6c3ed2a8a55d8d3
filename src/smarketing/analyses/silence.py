"""When has a customer left who has not said so? When he is silent longer than is usual in his segment.

A contract's end (``clients.left_at``) is taken where it is known. Else the limit is the 95th percentile of the
days between two purchases of one customer, of his segment, and of all customers where the segment has too few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from smarketing.analyses.labels import say_key
from smarketing.analyses.result import Note
from smarketing.facts.company import Company
from smarketing.facts.language import Text, plural
from smarketing.facts.period import local_day
from smarketing.facts.query import Reader, literal

USUAL = Decimal("0.95")
MIN_GAPS = 20  # of fewer the 95th percentile is the longest one
_EPOCH = date(1970, 1, 1)
_NEVER = 10_000_000  # a day that does not come

_GAPS = f"""
SELECT segment, COUNT(*) AS gaps, PERCENTILE_CONT({USUAL}) WITHIN GROUP (ORDER BY gap_days) AS usual
FROM customer_receipts WHERE is_purchase AND is_identified AND gap_days IS NOT NULL
GROUP BY segment ORDER BY segment NULLS LAST
""".strip()
_ALL_GAPS = f"""
SELECT COUNT(*) AS gaps, PERCENTILE_CONT({USUAL}) WITHIN GROUP (ORDER BY gap_days) AS usual
FROM customer_receipts WHERE is_purchase AND is_identified AND gap_days IS NOT NULL
""".strip()
_SAID = """
SELECT COUNT(*) AS known, COUNT(left_no) AS have_left, MIN(first_day) AS first_day
FROM customers WHERE is_identified
""".strip()

_LIMITS = Text(
    "Клиент ушёл, когда молчит дольше 95 % промежутков между покупками, в днях: {limits}.",
    "A customer has left when silent longer than 95% of the gaps between purchases, in days: {limits}.",
)
_CONTRACTS = Text(
    "Промежутков между покупками {gaps}, нужно {needed}: ушёл только тот, чей договор окончен.",
    "There are {gaps} gaps between purchases, {needed} are needed: only those whose contract ended have left.",
)
_CANNOT = Text(
    "Кто ушёл, сказать нельзя: промежутков между покупками {gaps}, нужно {needed}; дат ухода (left_at) тоже нет.",
    "Who left cannot be told: there are {gaps} gaps between purchases, {needed} are needed; nobody's leaving "
    "(left_at of clients) is known.",
)
_SHORT = Text(
    "Истории {days}: промежутков длиннее {limit} в ней мало, обычное молчание занижено, отток завышен.",
    "{days} of history hold few gaps longer than {limit}: the usual silence reads short, churn high.",
)
_OTHERS, _ALL = Text("прочие", "others"), Text("все", "all")


@dataclass(frozen=True)
class Silence:
    """How many days a customer may be silent, by segment; None: too few gaps to say.

    ``gaps`` is how many the limit of all was learnt from; ``history`` the days from the first purchase to now.
    """

    by_segment: Mapping[str | None, int]
    overall: int | None
    gaps: int
    tells_leaving: bool  # some client's contract has an end: then silence alone is not needed to lose somebody
    history: int
    tomorrow: int  # number of the day after the last known one: the state of now is the state at its start
    asked: tuple[str, ...] = ()

    @property
    def can_judge(self) -> bool:
        """Whether anything says that a customer left: a usual silence, or an end of a contract."""
        return self.overall is not None or self.tells_leaving

    def of(self, segment: str | None) -> int | None:
        return self.by_segment.get(segment, self.overall)

    def lost_no(self, day_no: str) -> str:
        """SQL for the day (a number) on which who bought on ``day_no`` is lost unless he buys again."""
        return f"CASE WHEN left_no >= {day_no} THEN left_no ELSE {day_no} + {self._limit()} + 1 END"

    def alive_at(self, number: int) -> str:
        """SQL over ``customer_receipts`` for the one row of each customer who is one at the start of a day."""
        latest = f"is_purchase AND day_no < {number} AND (next_no IS NULL OR next_no >= {number})"
        return f"{latest} AND {self.lost_no('day_no')} >= {number}"

    def words(self) -> dict[str, str]:
        """What definitions over ``customers`` say of silence: ``{judged}``, ``{lost}`` by now, ``{year_old}``."""
        return {
            "judged": "TRUE" if self.can_judge else "FALSE",
            "lost": f"{self.lost_no('last_no')} < {self.tomorrow}",
            "year_old": f"first_no + 365 <= {self.tomorrow}",
        }

    def notes(self, company: Company) -> list[Note]:
        """What must be said beside figures of leaving: the limits, or why there are none."""
        counted = {"gaps": self.gaps, "needed": MIN_GAPS}
        if self.overall is None:
            return [Note("no-silence", (_CONTRACTS if self.tells_leaving else _CANNOT).fill(**counted))]
        named = [(say_key(company, "segment", segment), days) for segment, days in self.by_segment.items()]
        if {days for _, days in named} <= {self.overall}:
            named = []
        named.append((_OTHERS if named else _ALL, self.overall))
        limits = Text(
            ", ".join(f"{text.ru} — {days}" for text, days in named),
            ", ".join(f"{text.en} {days}" for text, days in named),
        )
        notes = [Note("silence", _LIMITS.fill(limits=limits))]
        longest = max(days for _, days in named)
        if self.history < 2 * longest:
            notes.append(Note("short-history", _SHORT.fill(days=_days_said(self.history), limit=longest)))
        return notes

    def _limit(self) -> str:
        other = _NEVER if self.overall is None else self.overall
        whens = [
            f"WHEN {'segment IS NULL' if segment is None else f'segment = {literal(segment)}'} THEN {days}"
            for segment, days in self.by_segment.items()
        ]
        return f"(CASE {' '.join(whens)} ELSE {other} END)" if whens else str(other)


def silence(reader: Reader) -> Silence:
    """The limits of this company as its facts tell them now, whatever a question filters."""
    rows = reader.query(_GAPS).to_pylist()
    (every,) = reader.query(_ALL_GAPS).to_pylist()
    (said,) = reader.query(_SAID).to_pylist()
    today = local_day(reader.known_until, reader.company.tz)
    enough = every["gaps"] >= MIN_GAPS
    return Silence(
        by_segment={row["segment"]: _days(row["usual"]) for row in rows if row["gaps"] >= MIN_GAPS},
        overall=_days(every["usual"]) if enough else None,
        gaps=int(every["gaps"]),
        tells_leaving=said["have_left"] > 0,
        history=(today - said["first_day"]).days if said["first_day"] else 0,
        tomorrow=day_number(today + timedelta(days=1)),
        asked=(_GAPS, _ALL_GAPS, _SAID),
    )


def day_number(day: date) -> int:
    """Whole days since 1970-01-01, as the lake counts them."""
    return (day - _EPOCH).days


def _days(usual: float | Decimal) -> int:
    """Whole days: somebody silent for just the usual time has not been silent longer."""
    return int(Decimal(str(usual)).to_integral_value(ROUND_CEILING))


def _days_said(days: int) -> Text:
    """``532 дня``, ``1 day``."""
    word = plural(days, ("день", "дня", "дней"), ("day", "days"))
    return Text(f"{days} {word.ru}", f"{days} {word.en}")
