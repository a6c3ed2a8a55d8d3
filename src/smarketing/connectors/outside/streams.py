"""What does a connector give: streams, pages of records, and facts made of them?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import pyarrow as pa

from smarketing.facts.company import Company
from smarketing.facts.language import Text

if TYPE_CHECKING:
    from smarketing.connectors.outside.mirror import Mirror

Body = Mapping[str, Any]
Cursor = Mapping[str, Any]  # JSON; only the connector that wrote it understands it


@dataclass(frozen=True)
class Stream:
    """One kind of record. A ``directory`` is small and read whole each time; ``sweeps``: its ids can be listed."""

    name: str
    label: Text
    directory: bool = False
    sweeps: bool = False


@dataclass(frozen=True)
class Record:
    """One record as it came, checked at the border.

    ``links``: name → key of another record, for going from a deal to its lead and back. ``slice``: the records of
    one slice are replaced together (an ad account's day).
    """

    key: str
    body: Body
    links: Mapping[str, str] = field(default_factory=dict)
    slice: str | None = None


@dataclass(frozen=True)
class Refused:
    """A record that we could not take: kept whole, with its reason. accepted + refused = received."""

    key: str
    body: Body
    column: str
    text: Text


@dataclass(frozen=True)
class Page:
    """A page and the place to go on from after it: both are kept in one step.

    ``gone``: keys the other side says were deleted. ``replaces``: slices that this page holds anew. ``beside``:
    stream → records of other streams that follow from these and are kept in the same step.
    """

    stream: str
    records: Sequence[Record]
    cursor: Cursor
    refused: Sequence[Refused] = ()
    gone: Sequence[str] = ()
    replaces: Sequence[str] = ()
    expected: int | None = None  # records of the whole walk, where the other side tells
    beside: Mapping[str, Sequence[Record]] = field(default_factory=dict)


@dataclass(frozen=True)
class Assumption:
    """One thing that our notes take for granted and a real account can confirm. No personal data in ``seen``."""

    key: str
    says: Text
    holds: bool | None  # None: this account gives no occasion to tell
    seen: str = ""


@dataclass(frozen=True)
class Health:
    """Is the connection good, as whom does it speak, what is it not allowed to see?"""

    title: str  # the account's own name
    problems: Sequence[Text] = ()
    notes: Sequence[Text] = ()


@dataclass(frozen=True)
class Finding:
    """Something in the account that makes a figure poorer, and how often: won deals without a sum."""

    key: str
    text: Text
    count: int
    examples: Sequence[str] = ()  # keys of records, so that a person can look


@dataclass(frozen=True)
class Since:
    """From where to read again when a person asks for it: ``day`` None means everything."""

    day: date | None = None


class Connector(Protocol):
    """One connected account. A connector opens nothing but its own host and keeps nothing of its own."""

    kind: str  # bitrix24, amocrm, yandex_direct, …

    @property
    def streams(self) -> Sequence[Stream]:
        """In the order in which they are walked; directories first."""

    def health(self) -> Health:
        """Raises :class:`Trouble` where nothing can be asked at all."""

    def assumptions(self) -> Iterator[Assumption]:
        """Which unverified assumptions of our notes hold here? Read-only."""

    def walk(
        self, stream: str, cursor: Cursor | None, *, now: datetime, since: Since | None = None
    ) -> Iterator[Page]:
        """Pages of a stream from a cursor (None: from the beginning); the last page's cursor starts the next run.

        ``since``: read a period again. Broken off anywhere, the walk goes on from the last kept page.
        """

    def keys(self, stream: str) -> Iterator[Sequence[str]]:
        """Every key that exists now, in batches: what the mirror has beyond them was deleted."""

    def settings(self, mirror: Mirror, company: Company) -> Mapping[str, object]:
        """What the account says of the company (stages in order, sources), in the words of ``company.toml``."""

    def facts(
        self, mirror: Mirror, company: Company, *, after: int, upto: int, now: datetime
    ) -> Iterator[Mapping[str, pa.Table]]:
        """Facts of everything that changed in the mirror between two positions, in bounded batches.

        Table name → rows typed as ``facts.tables.STORED``. Pure: the same mirror gives the same facts.
        """

    def close(self) -> None: ...


@runtime_checkable
class Finds(Protocol):
    """A connector that can also tell what is poor in the account's own records."""

    def findings(self, mirror: Mirror, company: Company) -> Iterator[Finding]:
        """Everything found in the mirror as it stands; a key that found nothing is left out."""


def by_name(streams: Collection[Stream], name: str) -> Stream:
    return next(stream for stream in streams if stream.name == name)
