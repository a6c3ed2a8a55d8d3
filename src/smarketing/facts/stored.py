"""How is a frozen dataclass read back from the JSON it was written as?"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

_T = TypeVar("_T")
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}  # making one costs more than using it


def read_back(kind: type[_T], content: str | Any) -> _T | None:
    """The value, from JSON text or from what JSON text was parsed to; None where it is no such value."""
    try:
        adapter: TypeAdapter[_T] = _adapter(kind)
        return adapter.validate_json(content) if isinstance(content, str) else adapter.validate_python(content)
    except ValidationError:
        return None


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
