"""Is a connection good, and which of our assumptions about such systems hold there? Asks and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version

from smarketing.connectors.outside.http import Traffic
from smarketing.connectors.outside.kinds import Counted
from smarketing.connectors.outside.streams import Assumption, Health
from smarketing.jobs.connections import Connections
from smarketing.jobs.workspace import Workspace

CONTRACT_VERSION = 1


@dataclass(frozen=True)
class Checked:
    """What a look at an account found."""

    kind: str
    health: Health
    assumptions: tuple[Assumption, ...] = ()
    traffic: Traffic = field(default_factory=Traffic)

    @property
    def exit_code(self) -> int:
        """0 in order; 1 the account has a problem or something that we took for granted does not hold."""
        return int(bool(self.health.problems) or any(one.holds is False for one in self.assumptions))

    def as_json(self, now: datetime | None = None) -> Mapping[str, object]:
        """For us: what holds there. No name, no address, no record of the account."""
        return {
            "contract": "smarketing.check",
            "contract_version": CONTRACT_VERSION,
            "product": version("smarketing"),
            "kind": self.kind,
            "day": (now or datetime.now(UTC)).date().isoformat(),
            "requests": self.traffic.requests,
            "retries": self.traffic.retries,
            "refused": self.traffic.refused,
            "assumptions": [
                {"key": one.key, "holds": one.holds, "seen": one.seen, "says": one.says.en}
                for one in self.assumptions
            ],
        }


def check(workspace: Workspace, key: str, *, assumptions: bool = True) -> Checked:
    """Ask an account how it is; raises :class:`Trouble` where nothing can be asked at all."""
    connections = Connections(workspace)
    with closing(connections.open(key)) as connector:
        health = connector.health()
        found = tuple(connector.assumptions()) if assumptions else ()
        traffic = connector.traffic if isinstance(connector, Counted) else Traffic()
        return Checked(connections.get(key).kind, health, found, traffic)
