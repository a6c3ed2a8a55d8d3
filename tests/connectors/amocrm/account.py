"""Reading the account on loopback whole, as a run does, and looking at the facts that come of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import stamina

from smarketing.connectors.amocrm.connector import AmoCrm
from smarketing.connectors.amocrm.options import Options
from smarketing.connectors.outside.mirror import Kept, Mirror
from smarketing.connectors.outside.pace import Pace
from smarketing.connectors.outside.streams import Since
from smarketing.facts.company import Company, parse_company
from tests.support.amocrm_account import TOKEN, Account, Server, serving

Rows = list[dict[str, Any]]


class Reader:
    """A connection with its mirror: ``read`` walks everything, ``facts`` tells what follows."""

    def __init__(self, server: Server, folder: Path, options: Options | None = None) -> None:
        self.server = server
        self.connector = AmoCrm(server.url, TOKEN, options, pace=Pace(10_000, 10_000))
        self.mirror = Mirror(folder / "mirror.sqlite3")

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.server.account.clock + 5, UTC)

    def read(self, *, since: Since | None = None) -> Kept:
        kept = Kept()
        for stream in self.connector.streams:
            kept += self.read_stream(stream.name, since=None if stream.directory else since)
        return kept

    def read_stream(self, stream: str, *, since: Since | None = None) -> Kept:
        kept, cursor = Kept(), self.mirror.cursor(stream)
        for page in self.connector.walk(stream, cursor, now=self.now, since=since):
            kept += self.mirror.keep(page, self.now)
        return kept

    def sweep(self) -> int:
        streams = [stream.name for stream in self.connector.streams if stream.sweeps]
        return sum(self.mirror.sweep(name, self.connector.keys(name), self.now) for name in streams)

    @property
    def company(self) -> Company:
        return parse_company(dict(self.connector.settings(self.mirror, Company())))

    def facts(self, *, after: int = 0) -> dict[str, Rows]:
        found: dict[str, Rows] = {}
        upto = self.mirror.position
        for tables in self.connector.facts(self.mirror, self.company, after=after, upto=upto, now=self.now):
            for name, rows in tables.items():
                found.setdefault(name, []).extend(map(self._anywhere, rows.to_pylist()))
        return {name: sorted(rows, key=repr) for name, rows in found.items()}

    def _anywhere(self, row: dict[str, Any]) -> dict[str, Any]:
        """The same row whichever port the account was served on."""
        return {**row, "url": row["url"].replace(self.server.url, "")} if row.get("url") else row

    def lead(self, number: int) -> dict[str, Any]:
        return next(row for row in self.facts()["leads"] if row["lead_id"] == f"amocrm:{number}")

    def way(self, number: int) -> list[str]:
        moves = [row for row in self.facts()["stage_moves"] if row["lead_id"] == f"amocrm:{number}"]
        return [
            row["stage"] for row in sorted(moves, key=lambda row: (row["entered_at"] is None, row["entered_at"]))
        ]

    def close(self) -> None:
        self.connector.close()
        self.mirror.close()


@contextmanager
def reading(account: Account, folder: Path, options: Options | None = None) -> Iterator[Reader]:
    with serving(account) as server, stamina.set_testing(True, attempts=5):
        reader = Reader(server, folder, options)
        try:
            yield reader
        finally:
            reader.close()
