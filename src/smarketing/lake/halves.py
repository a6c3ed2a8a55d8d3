"""How do many percentiles keep two processors busy? Half of them are asked beside the other half.

DuckDB collects values on all processors, but one of them puts those of a whole answer in order. Two questions over
the same rows, each with half of the values, do it at the same time; their rows come in the same order, so that the
columns of one stand beside those of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache

import pyarrow as pa
import sqlglot
from sqlglot import Token, TokenType
from sqlglot.errors import SqlglotError

from smarketing.lake.quick import PERCENTILE, closing

_FEWEST = 4  # values to put in order: with fewer, looking at the rows twice costs what it saves
_CLAUSES = (TokenType.SELECT, TokenType.FROM, TokenType.WHERE, TokenType.GROUP_BY, TokenType.ORDER_BY)
_NAMES = {TokenType.VAR, TokenType.IDENTIFIER}
# What a condition may consist of outside its brackets: any other word may begin a clause that is not known here.
_OF_CONDITIONS = _NAMES | {
    TokenType.AND, TokenType.OR, TokenType.NOT, TokenType.IS, TokenType.NULL, TokenType.TRUE, TokenType.FALSE,
    TokenType.DISTINCT, TokenType.FROM, TokenType.IN, TokenType.BETWEEN, TokenType.LIKE, TokenType.EQ,
    TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE, TokenType.STRING, TokenType.NUMBER,
    TokenType.DATE, TokenType.TIMESTAMP, TokenType.TIMESTAMPTZ, TokenType.L_PAREN, TokenType.R_PAREN,
}  # fmt: skip
_OF_ROWS = {TokenType.DISTINCT, TokenType.ALL}
_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}
_DIRECTIONS = {"asc", "desc", "nulls", "first", "last"}


@dataclass(frozen=True)
class Halves:
    """Two questions; the answers of both begin with the keys of their groups."""

    questions: tuple[str, str]
    keys: int
    places: tuple[tuple[int, int], ...]  # half and column of each column that was asked, in order

    def asked(self, ask: Callable[[str], pa.Table]) -> pa.Table | None:
        """The whole answer, both asked at the same time; None where they do not have the same groups."""
        with ThreadPoolExecutor(1) as beside:
            later = beside.submit(ask, self.questions[1])
            answers = (ask(self.questions[0]), later.result())
        keys = [answer.select(list(range(self.keys))) for answer in answers]
        if answers[0].num_rows != answers[1].num_rows or not keys[0].equals(keys[1]):
            return None
        columns = [answers[half].column(column) for half, column in self.places]
        names = [answers[half].schema.field(column) for half, column in self.places]
        return pa.table(columns, schema=pa.schema(names))


@lru_cache(maxsize=1024)
def halves(question: str) -> Halves | None:
    """None where few percentiles are asked, or anything but groups of one table in the order of their keys."""
    if question.upper().count("PERCENTILE_CONT(") < _FEWEST:
        return None
    selected, source, condition, grouped, ordered = _clauses(question)
    expressions = [_expression(question, part) for part in selected.parts]
    values = [_value(expression) for expression in expressions]
    several = list(dict.fromkeys(value for value in values if value is not None))
    groups = {_text(question, part) for part in grouped.parts}
    one_table = [[token.token_type in _NAMES for token in part] for part in source.parts] == [[True]]
    by_place = any(part and part[0].token_type is TokenType.NUMBER for part in grouped.parts)
    understood = one_table and not by_place and None not in expressions and {*condition.words} <= _OF_CONDITIONS
    order = {_text(question, _without_direction(part)) for part in ordered.parts}
    if not understood or len(several) < _FEWEST or groups - {*expressions} or order != groups:
        return None
    texts = [_text(question, part) for part in selected.parts]
    keys = [text for text, expression in zip(texts, expressions, strict=True) if expression in groups]
    asked = (list(keys), list(keys))
    places = []
    for text, value in zip(texts, values, strict=True):
        half = int(value in several[::2])
        if text not in keys:
            asked[half].append(text)
        places.append((half, asked[half].index(text)))
    rest = question[source.start :]
    first, second = (f"SELECT {', '.join(half)}\n{rest}" for half in asked)
    return Halves((first, second), len(keys), tuple(places))


@dataclass
class _Clause:
    start: int = 0
    parts: list[list[Token]] = field(default_factory=list)  # what stands between commas outside brackets
    words: list[TokenType] = field(default_factory=list)  # outside brackets


def _clauses(question: str) -> list[_Clause]:
    """The clauses of a SELECT in the order of their first words; empty ones where it cannot be read."""
    found = [_Clause() for _ in _CLAUSES]
    reached, depth = -1, 0
    for token in _tokens(question):
        kind = token.token_type
        depth -= kind in _CLOSING
        if depth == 0 and kind in _CLAUSES[reached + 1 :]:
            reached = _CLAUSES.index(kind)
            found[reached] = _Clause(token.start, [[]])
        elif reached < 0:
            break  # it begins with something else
        elif depth == 0 and kind is TokenType.COMMA:
            found[reached].parts.append([])
        else:
            found[reached].parts[-1].append(token)
            if depth == 0:
                found[reached].words.append(kind)
        depth += kind in _OPENING
    return found


def _tokens(question: str) -> list[Token]:
    try:
        return sqlglot.tokenize(question, read="duckdb")
    except SqlglotError:
        return []  # the engine says what is wrong


def _text(question: str, part: Sequence[Token]) -> str:
    return question[part[0].start : part[-1].end + 1] if part else ""


def _expression(question: str, part: Sequence[Token]) -> str | None:
    """What a column is, without its name; None where it has no plain name."""
    if len(part) == 1 and part[0].token_type in _NAMES:
        return _text(question, part)
    named = len(part) > 2 and part[-2].token_type is TokenType.ALIAS and part[-1].token_type in _NAMES
    return _text(question, part[:-2]) if named and part[0].token_type not in _OF_ROWS else None


def _value(expression: str | None) -> str | None:
    """What a column that is a percentile and nothing else puts in order."""
    opening = PERCENTILE.match(expression or "")
    if expression is None or opening is None or closing(expression, opening.end()) != len(expression) - 1:
        return None
    return expression[opening.end() : -1]


def _without_direction(part: Sequence[Token]) -> Sequence[Token]:
    last = len(part)
    while last > 1 and part[last - 1].text.lower() in _DIRECTIONS:
        last -= 1
    return part[:last]
