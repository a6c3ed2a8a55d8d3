"""What must a person say to connect a system of one kind, and what makes a connector of it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from smarketing.connectors.outside.http import Traffic
from smarketing.connectors.outside.streams import Connector
from smarketing.facts.language import Text, same


class NoOptions(BaseModel):
    """A kind that has nothing to set."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class FormField:
    """One line of the form of a kind. A secret one is written and never shown; the others are options."""

    name: str
    label: Text
    help: Text = field(default_factory=lambda: same(""))
    secret: bool = False
    required: bool = True


@dataclass(frozen=True)
class Account:
    """What a connector is made of. ``keep``: store secrets that the other side has renewed."""

    base_url: str
    options: BaseModel
    secrets: Mapping[str, str]
    keep: Callable[[Mapping[str, str]], None]


@dataclass(frozen=True)
class ConnectorKind:
    """One kind of system that can be connected.

    ``base_url`` empty: the person gives the address. ``verify``: does this posted form (name → value) really come
    from the account? It only ever leads to a poll, so that a forged one could do no harm anyway.
    ``tells_time``: its facts are those of leads, so that a whole run says until when the facts are known.
    """

    key: str
    title: Text
    open: Callable[[Account], Connector]
    fields: tuple[FormField, ...] = ()
    options: type[BaseModel] = NoOptions
    base_url: str = ""
    asks_address: bool = True
    minutes: int = 30
    tells_time: bool = True
    verify: Callable[[Mapping[str, str], Account], bool] | None = None

    @property
    def secret_fields(self) -> tuple[FormField, ...]:
        return tuple(field for field in self.fields if field.secret)


@runtime_checkable
class Counted(Protocol):
    """A connector that lets its traffic be noted with the run."""

    @property
    def traffic(self) -> Traffic: ...
