"""How does DuckDB answer the same question sooner? The same figures, said in words that it counts faster.

A question is written in words that every engine understands. Two of them cost DuckDB more than they need: a count
with a filter takes three times as long as its own COUNT_IF, and every percentile of the same values collects them
anew, where a list of percentiles collects them once. Only the text changes; what it comes to does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_COUNT = re.compile(r"\bCOUNT\(\*\) FILTER \(WHERE ", re.IGNORECASE)
PERCENTILE = re.compile(r"\bPERCENTILE_CONT\(([0-9.]+)\) WITHIN GROUP \(ORDER BY ", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"\s*(FILTER|OVER)\b", re.IGNORECASE)
_SORTED = re.compile(r"\b(ASC|DESC|NULLS)\b|,", re.IGNORECASE)
_PIECES = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|[()]", re.DOTALL)


@lru_cache(maxsize=1024)
def quick(question: str) -> str:
    """The question as DuckDB answers it soonest; texts in quotes and remarks stay as they are."""
    shares = _shares(question)

    def percentile(found: re.Match[str], value: str) -> str | None:
        several = shares.get(value, [])
        if len(several) < 2 or found[1] not in several:
            return None
        return f"QUANTILE_CONT({value}, [{', '.join(several)}])[{several.index(found[1]) + 1}]"

    counted = _rewritten(question, _COUNT, lambda _, what: f"CAST(COALESCE(COUNT_IF({what}), 0) AS BIGINT)")
    return _rewritten(counted, PERCENTILE, percentile)


def _shares(question: str) -> dict[str, list[str]]:
    """Value → the shares of it that are asked, each once; only of plain percentiles."""
    shares: dict[str, list[str]] = {}

    def remember(found: re.Match[str], value: str) -> None:
        if not _SORTED.search(value) and found[1] not in shares.setdefault(value, []):
            shares[value].append(found[1])

    _rewritten(question, PERCENTILE, remember)
    return shares


def _rewritten(question: str, opening: re.Pattern[str], said: Callable[[re.Match[str], str], str | None]) -> str:
    """The text with every ``opening … )`` put in the words of ``said``; None, or a filter behind it, leaves it."""
    quoted = [piece.span() for piece in _PIECES.finditer(question) if piece[0] not in "()"]
    done, at = [], 0
    for found in opening.finditer(question):
        if found.start() < at or any(start < found.start() < end for start, end in quoted):
            continue
        end = closing(question, found.end())
        words = None
        if end is not None and not _NOT_PLAIN.match(question, end + 1):
            words = said(found, question[found.end() : end])
        if end is not None and words is not None:
            done += [question[at : found.start()], words]
            at = end + 1
    return "".join((*done, question[at:]))


def closing(question: str, start: int) -> int | None:
    """Where the bracket closes that was open at ``start``; those inside quotes and remarks are none."""
    depth = 1
    for piece in _PIECES.finditer(question, start):
        depth += {"(": 1, ")": -1}.get(piece[0], 0)
        if depth == 0:
            return piece.start()
    return None
