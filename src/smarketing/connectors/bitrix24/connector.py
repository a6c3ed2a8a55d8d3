"""A Bitrix24 portal as every connector is: streams, pages, keys, settings, facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import pyarrow as pa

from smarketing.connectors.bitrix24 import checking, errors, facts, findings, pipelines
from smarketing.connectors.bitrix24.access import TOKENS_URL, Access, Application, Webhook
from smarketing.connectors.bitrix24.client import Portal
from smarketing.connectors.bitrix24.listings import OPTIONAL, STREAMS
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.bitrix24.walks import Walker
from smarketing.connectors.outside.granting import Granted
from smarketing.connectors.outside.http import Traffic
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.streams import (
    Assumption,
    Cursor,
    Finding,
    Health,
    Page,
    Since,
    Stream,
    by_name,
)
from smarketing.connectors.outside.trouble import Trouble
from smarketing.facts.company import Company


def by_webhook(address: str, options: Options | None = None) -> Bitrix24:
    """A portal by the address of an inbound webhook. Raises :class:`Trouble` for what is no such address."""
    return _opened(Webhook(address), options)


def by_application(granted: Granted, options: Options | None = None, *, tokens_url: str = TOKENS_URL) -> Bitrix24:
    """A portal by a local OAuth application that a person has let in."""
    return _opened(Application(granted, tokens_url=tokens_url), options)


def _opened(access: Access, options: Options | None) -> Bitrix24:
    parts = urlsplit(access.base_url)
    return Bitrix24(Portal(access), options, home=f"{parts.scheme}://{parts.netloc}")


class Bitrix24:
    """One portal. ``home`` is its address for people, put before links to cards."""

    kind = "bitrix24"

    def __init__(self, portal: Portal, options: Options | None = None, *, home: str) -> None:
        self.portal, self._options = portal, options or Options()
        self._home = home.rstrip("/")
        self._walker = Walker(portal)

    @property
    def streams(self) -> Sequence[Stream]:
        said = self._options
        left_out = {
            "calls": not said.with_calls,
            "tasks": not said.with_tasks,
            "products": not said.with_products,
            "deal_products": not said.with_products,
        }
        return [stream for stream in STREAMS if not left_out.get(stream.name, False)]

    @property
    def traffic(self) -> Traffic:
        """What this run has asked so far."""
        return self.portal.traffic

    def health(self) -> Health:
        return checking.health(self.portal, urlsplit(self._home).hostname or self._home)

    def assumptions(self) -> Iterator[Assumption]:
        return checking.assumptions(self.portal)

    def walk(
        self, stream: str, cursor: Cursor | None, *, now: datetime, since: Since | None = None
    ) -> Iterator[Page]:
        """Pages of a stream. What the portal may keep from us and does, gives no page: health names it."""
        try:
            if by_name(STREAMS, stream).directory:
                yield from self._walker.directory(stream)
            else:
                yield from self._walker.walk(stream, cursor, now, since)
        except Trouble as trouble:
            if stream not in OPTIONAL or not errors.no_right(trouble):
                raise

    def keys(self, stream: str) -> Iterator[Sequence[str]]:
        return self._walker.keys(stream)

    def settings(self, mirror: Mirror, company: Company) -> Mapping[str, object]:  # noqa: ARG002 - the portal's view
        return pipelines.settings(mirror, self._options)

    def facts(
        self, mirror: Mirror, company: Company, *, after: int, upto: int, now: datetime
    ) -> Iterator[Mapping[str, pa.Table]]:
        return facts.facts(mirror, company, self._options, self._home, after=after, upto=upto, now=now)

    def findings(self, mirror: Mirror, company: Company) -> Iterator[Finding]:
        return findings.findings(mirror, company, self._options)

    def close(self) -> None:
        self.portal.close()
