"""How do the values of one column say numbers, moments and durations?

A column is decided as a whole, from the shapes of all its values, and the decision is shown: a decimal comma, a
day before the month. Where the values contradict each other or decide nothing, the person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from smarketing.facts.query import literal
from smarketing.facts.tables import STORED, Kind

Decimal_ = Literal[",", "."]
DateOrder = Literal["dmy", "mdy"]

# What may stand around a number: spaces of every width, apostrophes, signs and names of currencies.
AROUND = r"[\s\p{Zs}'’€$₽£₸¥%]|руб(?:лей|ля|\.)?|(?:р|тг)\.|\b(?:RUB|RUR|EUR|USD|KZT|BYN)\b"
_AROUND_PY = re.compile(
    r"[\s\u00a0\u202f\u2009\u2007\u2000-\u200a'’€$₽£₸¥%]|руб(?:лей|ля|\.)?|(?:р|тг)\.|\b(?:RUB|RUR|EUR|USD|KZT|BYN)\b",
    re.IGNORECASE,
)
SIGNS = {"€": "EUR", "$": "USD", "₽": "RUB", "£": "GBP", "₸": "KZT"}

_NUMERIC = (Kind.MONEY, Kind.NUMBER, Kind.COUNT)
_DATED = (Kind.MOMENT, Kind.DAY)
NUMERIC_KINDS, DATED_KINDS = frozenset(_NUMERIC), frozenset(_DATED)

TRUE_WORDS = ("да", "yes", "y", "true", "1", "истина", "+", "x", "✓")
FALSE_WORDS = ("нет", "no", "n", "false", "0", "ложь", "-")


@dataclass(frozen=True)
class Decision:
    """How a column is read. ``mixed`` marks a column with both decimal signs; ``order`` is of numeric dates."""

    decimal: Decimal_ | None = None
    mixed: bool = False
    plain: bool = False  # every value is already a bare number with a point
    formats: tuple[str, ...] = ()
    undecided: str | None = None  # an example that fits both orders of day and month
    assumed: str | None = None  # an example read as thousands though nothing proves it
    around: str | None = None  # an example whose spaces, currency or other signs beside the digits were left out


# --- numbers ---------------------------------------------------------------------------------------------


def number_shape(value: str) -> str:
    """What a value proves of its column: plain, comma, point, either (1.234), or none.

    >>> [number_shape(v) for v in ("3500", "€ 3.500,00", "1 234,50 ₽", "0.5", "1.234", "1,234", "много")]
    ['plain', 'comma', 'comma', 'point', 'either', 'either', 'none']
    """
    text = _AROUND_PY.sub("", value).lstrip("+-−(").rstrip(")")
    if re.fullmatch(r"\d+", text):
        return "plain"
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+|\d*,(\d{1,2}|\d{4,})|\d{4,},\d{3}|0,\d{3}|\d{1,3}(\.\d{3}){2,}", text):
        return "comma"
    if re.fullmatch(
        r"\d{1,3}(,\d{3})+\.\d+|\d*\.(\d{1,2}|\d{4,})|\d{4,}\.\d{3}|0\.\d{3}|\d{1,3}(,\d{3}){2,}", text
    ):
        return "point"
    return "either" if re.fullmatch(r"\d{1,3}[.,]\d{3}", text) else "none"


def decide_numbers(examples: Mapping[str, int], hinted: Decimal_ | None = None) -> Decision:
    """The decimal sign of a column from all shapes of its values (digits as nines → count)."""
    shapes: dict[str, list[str]] = {}
    for value in examples:
        shapes.setdefault(number_shape(value), []).append(value)
    if hinted is not None:
        return Decision(decimal=hinted)
    comma, point = "comma" in shapes, "point" in shapes
    if comma and point:
        return Decision(mixed=True)
    if comma:
        return Decision(decimal=",")
    if point:
        return Decision(decimal=".")
    either = shapes.get("either", [])
    if either:
        # 12.500 for money and counts is far oftener twelve thousand than twelve and a half; the choice is shown.
        if len({"." in value for value in either}) > 1:
            return Decision(mixed=True, assumed=either[0])
        return Decision(decimal="," if "." in either[0] else ".", assumed=either[0])
    return Decision(decimal=".")


def number_expression(text: str, kind: Kind, decision: Decision, *, whole: bool = False) -> str:
    """SQL of a typed number from a text expression; NULL where it is none. ``whole``: a fraction is rounded."""
    stored = STORED[kind]
    if kind is Kind.COUNT:
        stored = "DECIMAL(18,6)"
    cast = f"TRY_CAST({text} AS {stored})" if decision.plain else _spelled(text, stored, decision)
    if kind is Kind.COUNT and whole:
        return f"CAST(ROUND({cast}) AS BIGINT)"
    if kind is Kind.COUNT:
        return f"CASE WHEN {cast} = TRUNC({cast}) THEN CAST({cast} AS BIGINT) END"
    return cast


_COMMA_FORM = r"[+-]?(\d+|\d{1,3}(\.\d{3})+)?(,\d+)?"
_POINT_FORM = r"[+-]?(\d+|\d{1,3}(,\d{2,3})+)?(\.\d*)?([eE][+-]?\d+)?"
_BRACKETS, _MINUS = r"^\((.*)\)$", r"-\1"  # an accountant's minus
_EITHER_FORM = r"[+-]?\d{1,3}[.,]\d{3}"


def _spelled(text: str, stored: str, decision: Decision) -> str:
    bare = f"REPLACE(regexp_replace({text}, {literal(AROUND)}, '', 'gi'), '−', '-')"
    bare = f"regexp_replace({bare}, {literal(_BRACKETS)}, {literal(_MINUS)})"
    comma = f"TRY_CAST(REPLACE(REPLACE({bare}, '.', ''), ',', '.') AS {stored})"
    point = f"TRY_CAST(REPLACE({bare}, ',', '') AS {stored})"
    by_comma = f"WHEN regexp_full_match({bare}, {literal(_COMMA_FORM)}) THEN {comma}"
    by_point = f"WHEN regexp_full_match({bare}, {literal(_POINT_FORM)}) THEN {point}"
    if decision.mixed:
        # Each value by its own form; a value that fits both is left to the person.
        return f"CASE WHEN regexp_full_match({bare}, {literal(_EITHER_FORM)}) THEN NULL {by_comma} {by_point} END"
    if decision.decimal == ",":
        # Most values are bare digits and a comma: they need none of the searching above.
        simple = f"NOT (CONTAINS({text}, '.') OR CONTAINS({text}, '_') OR CONTAINS(LOWER({text}), 'e'))"
        quick = f"CASE WHEN {simple} THEN TRY_CAST(REPLACE({text}, ',', '.') AS {stored}) END"
        return f"COALESCE({quick}, CASE {by_comma} END)"
    return f"CASE {by_point} END"


def number_problem(value: str, kind: Kind, decision: Decision) -> str:
    """The code of what is wrong with a value that did not become a number."""
    if decision.mixed and number_shape(value) == "either":
        return "ambiguous-number"
    if number_shape(value) != "none" and kind is not Kind.COUNT:
        return "out-of-range"
    return "bad-money" if kind is Kind.MONEY else "bad-number"


# --- moments ---------------------------------------------------------------------------------------------

ISO, OFFSET, EXCEL = "iso", "iso with offset", "excel"
_TIME = {"": "", " 9:99": " %H:%M", " 9:99:99": " %H:%M:%S"}
_DATES = (
    (r"9{1,2}\.9{1,2}\.9999", "%d.%m.%Y", ""),
    (r"9{1,2}\.9{1,2}\.99", "%d.%m.%y", ""),
    (r"9{1,2}/9{1,2}/9999", "%d/%m/%Y", "%m/%d/%Y"),
    (r"9{1,2}/9{1,2}/99", "%d/%m/%y", "%m/%d/%y"),
    (r"9{1,2}-9{1,2}-9999", "%d-%m-%Y", "%m-%d-%Y"),
    (r"9999/9{1,2}/9{1,2}", "%Y/%m/%d", ""),
)


@lru_cache(maxsize=4096)
def moment_formats(shape: str) -> tuple[str, ...]:
    """Formats that a shape (digits as nines) may follow; two where day and month could be swapped.

    >>> moment_formats("99.99.9999 99:99"), moment_formats("9/9/9999"), moment_formats("9999-99-99")
    (('%d.%m.%Y %H:%M',), ('%d/%m/%Y', '%m/%d/%Y'), ('iso',))
    """
    plain = " ".join(shape.replace("\u00a0", " ").split())
    if re.fullmatch(r"9999-99-99([ T]99:99(:99([.,]9+)?)?)?", plain):
        return (ISO,)
    if re.fullmatch(r"9999-99-99[ T]99:99(:99([.,]9+)?)? ?(Z|[+-]99(:?99)?)", plain):
        return (OFFSET,)
    if re.fullmatch(r"99999(\.9+)?", plain):
        return (EXCEL,)
    if plain == "99999999":
        return ("%Y%m%d",)
    found = re.fullmatch(r"([9./-]+)(?:,? 9{1,2}(:99)(:99)?(?: ([AaPp][Mm]))?)?", plain)
    return _by_parts(*found.groups(), has_time=" " in plain) if found else ()


def _by_parts(
    day: str, minutes: str | None, seconds: str | None, half: str | None, *, has_time: bool
) -> tuple[str, ...]:
    clock = ""
    if has_time and minutes:
        hour = " %I:%M" if half else " %H:%M"
        clock = hour + (":%S" if seconds else "") + (" %p" if half else "")
    for pattern, usual, swapped in _DATES:
        if re.fullmatch(pattern, day):
            return tuple(form + clock for form in (usual, swapped) if form)
    return ()


def moment_expression(text: str, kind: Kind, decision: Decision, zone: str) -> str:
    """SQL of a moment in UTC without a mark (or of a local day) from a text expression; NULL where it is none."""
    if not decision.formats:
        return f"CAST(NULL AS {STORED[kind]})"
    plain = f"regexp_replace(REPLACE(REPLACE({text}, ',', ' '), chr(160), ' '), ' +', ' ', 'g')"
    forms = tuple(form for form in decision.formats if form.startswith("%"))
    local = []
    if ISO in decision.formats:
        local.append(f"TRY_CAST({text} AS TIMESTAMP)")
    if forms:
        simple = all(("%H" not in form and "%I" not in form) or form.startswith("%d.") for form in forms)
        shown = text if simple else plain
        listed = literal(forms[0]) if len(forms) == 1 else "[" + ", ".join(map(literal, forms)) + "]"
        local.append(f"TRY_STRPTIME({shown}, {listed})")
    if EXCEL in decision.formats:
        local.append(_excel(text))
    wall = f"COALESCE({', '.join(local)})" if len(local) > 1 else (local[0] if local else "")
    return _in_zone(text, kind, wall, zone, offset=OFFSET in decision.formats)


def _excel(text: str) -> str:
    """Days since 30 December 1899, as Excel counts them."""
    days = f"CASE WHEN regexp_full_match({text}, '\\d{{5}}(\\.\\d+)?') THEN TRY_CAST({text} AS DOUBLE) END"
    return f"TIMESTAMP '1899-12-30' + to_seconds(CAST(ROUND({days} * 86400) AS BIGINT))"


def _in_zone(text: str, kind: Kind, wall: str, zone: str, *, offset: bool) -> str:
    mark = f"regexp_matches({text}, '(Z|[+-]\\d{{2}}(:?\\d{{2}})?)$') AND CONTAINS({text}, ':')"
    exact = f"TRY_CAST(regexp_replace({text}, '([+-]\\d{{2}})(\\d{{2}})$', '\\1:\\2') AS TIMESTAMPTZ)"
    if kind is Kind.DAY:
        day = f"CAST({wall} AS DATE)" if wall else "NULL"
        there = f"CAST(timezone({literal(zone)}, {exact}) AS DATE)"
        return f"CASE WHEN {mark} THEN {there} ELSE {day} END" if offset else day
    utc = wall if zone == "UTC" else f"timezone('UTC', timezone({literal(zone)}, {wall}))"
    utc = utc if wall else "NULL"
    return f"CASE WHEN {mark} THEN timezone('UTC', {exact}) ELSE {utc} END" if offset else utc


def month_expression(text: str) -> str:
    """SQL of a month as yyyymm from 2026-11, 11.2026, 202611 or any of a day's usual spellings."""
    return (
        f"CASE WHEN regexp_full_match({text}, '\\d{{4}}-?(0[1-9]|1[0-2])') "
        f"THEN CAST(REPLACE({text}, '-', '') AS INTEGER) "
        f"WHEN regexp_full_match({text}, '(0[1-9]|1[0-2])[./]\\d{{4}}') "
        f"THEN CAST(RIGHT({text}, 4) || LEFT({text}, 2) AS INTEGER) "
        f"ELSE CAST(strftime(COALESCE(TRY_CAST({text} AS TIMESTAMP), "
        f"TRY_STRPTIME({text}, '%d.%m.%Y')), '%Y%m') AS INTEGER) END"
    )


def flag_expression(text: str) -> str:
    """SQL of a flag from «да», yes, 1 and their opposites; NULL for anything else."""
    yes, no = (", ".join(map(literal, words)) for words in (TRUE_WORDS, FALSE_WORDS))
    return f"CASE WHEN LOWER(TRIM({text})) IN ({yes}) THEN TRUE WHEN LOWER(TRIM({text})) IN ({no}) THEN FALSE END"


# --- durations -------------------------------------------------------------------------------------------

# RE2 takes Cyrillic letters for no letters at all, so the end of a word is said by \pL and not by \b.
_END = r"(?:[^\pL]|$)"
_DAYS = r"(\d+)\s*(?:days?|d|дней|день|дня|дн\.?|д\.?)" + _END
_HOURS = r"(\d+)\s*(?:hours?|hrs?|h|час\pL*|ч\.?)" + _END
_MINUTES = r"(\d+)\s*(?:minutes?|mins?|m|мин\pL*\.?|м\.?)" + _END


def duration_expression(text: str) -> str:
    """SQL of whole seconds from HH:MM[:SS], «N days, HH:MM:SS», «2 ч 15 мин», or bare seconds."""
    clock = f"regexp_extract({text}, '(\\d+):(\\d{{2}})(?::(\\d{{2}}))?(?:\\.\\d+)?$', ['h', 'm', 's'])"
    part = {key: f"COALESCE(TRY_CAST({clock}['{key}'] AS BIGINT), 0)" for key in ("h", "m", "s")}
    days, hours, minutes = (
        f"COALESCE(TRY_CAST(regexp_extract(LOWER({text}), {literal(pattern)}, 1) AS BIGINT), 0)"
        for pattern in (_DAYS, _HOURS, _MINUTES)
    )
    worded = f"({days} * 86400 + {hours} * 3600 + {minutes} * 60)"
    return (
        f"CASE WHEN regexp_full_match({text}, '\\d+(\\.0+)?') THEN CAST(TRY_CAST({text} AS DOUBLE) AS BIGINT) "
        f"WHEN regexp_full_match({text}, '(?:\\d+\\s*\\D+\\s*)?\\d+:\\d{{2}}(?::\\d{{2}}(?:\\.\\d+)?)?') "
        f"THEN {days} * 86400 + {part['h']} * 3600 + {part['m']} * 60 + {part['s']} "
        f"WHEN {worded} > 0 THEN {worded} END"
    )


def formats_said(formats: Iterable[str]) -> str:
    """Formats as a person reads them: дд.мм.гггг чч:мм would need a language, so the letters of ISO are used.

    >>> formats_said(("%d.%m.%Y %H:%M", "iso"))
    'DD.MM.YYYY HH:MM, YYYY-MM-DD'
    >>> formats_said(("%m/%d/%Y %I:%M %p",))
    'MM/DD/YYYY hh:MM AM/PM'
    """
    letters = {
        "%d": "DD",
        "%m": "MM",
        "%Y": "YYYY",
        "%y": "YY",
        "%H": "HH",
        "%M": "MM",
        "%S": "SS",
        "%I": "hh",
        "%p": "AM/PM",
    }
    said = []
    for form in formats:
        for code, word in letters.items():
            form = form.replace(code, word)
        said.append({ISO: "YYYY-MM-DD", OFFSET: "YYYY-MM-DDTHH:MM±HH", EXCEL: "Excel"}.get(form, form))
    return ", ".join(said)
