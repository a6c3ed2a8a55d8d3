"""How is a call written inside a batch?

Operators of filters are percent-encoded: a raw ``filter[<=ID]=5`` is split at its first ``=`` and the condition is
lost without an error. References to earlier results are left as they are, or the portal would not see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

_REFERENCE = re.compile(r"\$result(\[[A-Za-z0-9_]+\])+")


def command(method: str, params: Mapping[str, Any]) -> str:
    """A call as one string.

    >>> command("crm.item.list", {"filter": {">=id": 5}, "select": ["id"], "start": -1})
    'crm.item.list?filter[%3E%3Did]=5&select[0]=id&start=-1'
    """
    pairs = "&".join(f"{name}={value}" for name, value in _flat(params))
    return f"{method}?{pairs}" if pairs else method


def _flat(params: Mapping[str, Any], inside: str = "") -> Iterator[tuple[str, str]]:
    for key, value in params.items():
        name = f"{inside}[{quote(str(key), safe='')}]" if inside else quote(str(key), safe="")
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from _flat({str(place): item for place, item in enumerate(value)}, name)
        else:
            yield name, _plain(value)


def _plain(value: object) -> str:
    text = "" if value is None else str(value)
    return text if _REFERENCE.fullmatch(text) else quote(text, safe="")
