"""Which letters of a tag are dirt: encodings, quotes, macros that nobody filled in?"""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_EDGES = " \t\r\n\u00a0&#?\"'«»“”„`"
_MACRO = re.compile(r"\{\{[^{}]*\}\}|\$?\{[^{}]*\}|__[A-Z][A-Z_]*__|\[[A-Z_]+\]|<[a-z_]+>")
_BETWEEN = re.compile(r"[|_\-./:\s]{2,}")


def decoded(text: str) -> str:
    """Percent-encoding undone, as often as it was done; a letter cut in two at the end falls off.

    >>> decoded("%D0%BA%D0%BF"), decoded("%25D0%25BA"), decoded("%D0%BA%D0"), decoded("%EA%E0%F0")
    ('кп', 'к', 'к', 'кар')
    """
    for _ in range(3):
        if not _ESCAPE.search(text):
            return text
        text = _decoded_once(re.sub(r"%[0-9A-Fa-f]?$", "", text))
    return text


def _decoded_once(text: str) -> str:
    pieces = re.split(r"((?:%[0-9A-Fa-f]{2})+)", text)
    return "".join(_bytes(piece) if place % 2 else piece for place, piece in enumerate(pieces))


def _bytes(escaped: str) -> str:
    content = bytes.fromhex(escaped.replace("%", ""))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return content[: error.start].decode("utf-8")
        return content.decode("cp1251", errors="ignore")


def without_edges(text: str) -> str:
    inner = text.strip(_EDGES)
    return inner if inner != text.strip() else text


def without_plus(text: str) -> str:
    """A plus between two words is a blank; before a word, after a blank, it is the ad system's own sign."""
    return re.sub(r"(?<=[^\s+])\+(?=[^\s+])", " ", text)


def without_macros(text: str) -> str:
    bare = _MACRO.sub("", text)
    if bare == text:
        return text
    return _BETWEEN.sub(lambda found: found[0][0], bare).strip("|_-./: ")


def first_value(text: str, *, any_two: bool) -> str:
    """The first of values joined by a comma; names may hold a comma, so there only where all are the same."""
    values = [value.strip() for value in text.split(",") if value.strip()]
    if len(values) < 2:
        return text
    return values[0] if any_two or len({value.casefold() for value in values}) == 1 else text


def host(text: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?", "", text.lower()).split("/")[0]
