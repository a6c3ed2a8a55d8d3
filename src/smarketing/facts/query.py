"""How does an analysis ask, without knowing who answers?

Questions are SQL in a restricted dialect (``lake/dialect.py`` says which words are forbidden). Values never
reach the text except through :func:`literal`, names never except through :func:`name`.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from smarketing.facts.company import Company

_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class Reader(Protocol):
    """One pinned version of the facts. Two questions to one reader never mix two loads."""

    @property
    def version(self) -> int:
        """Number of the lake version; 0 is the empty lake."""
        ...

    @property
    def known_until(self) -> datetime:
        """The last moment these facts know of, with a zone: the «today» of every figure."""
        ...

    @property
    def company(self) -> Company:
        """The company's settings as they were when this version was built."""
        ...

    def query(self, question: str) -> pa.Table:
        """The rows that answer a question; money comes as decimal128."""
        ...


def name(word: str) -> str:
    """A column or table name that may stand in a question as it is.

    Raises :class:`WrongQuestion` for anything but lower-case Latin letters, digits and underscores.
    """
    if not _PLAIN_NAME.match(word):
        raise WrongQuestion("bad-name", Text(f"«{word}» не может быть именем.", f"“{word}” cannot be a name."))
    return word


def literal(value: object) -> str:
    """A value as it stands in a question.

    >>> literal("O'Brien"), literal(None), literal(date(2026, 11, 1))
    ("'O''Brien'", 'NULL', "DATE '2026-11-01'")
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return _quoted(value)
    raise TypeError(f"no literal for {type(value).__name__}")


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("a moment without a zone")
    from datetime import UTC

    return f"TIMESTAMP '{value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}'"


def _quoted(value: str) -> str:
    # A backslash is an escape in ClickHouse and Spark but not in DuckDB, so it never stands in a text.
    if "\\" in value or "\x00" in value:
        parts = [f"CHR({ord(c)})" if c in "\\\x00" else _quoted(c) for c in value]
        return "(" + " || ".join(parts) + ")"
    return "'" + value.replace("'", "''") + "'"
