"""How are streams read into the mirror: from where the last run stopped, again from a day, and deletions?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from smarketing.connectors.outside.mirror import Kept, Mirror
from smarketing.connectors.outside.streams import Connector, Since, Stream
from smarketing.facts.language import Text
from smarketing.jobs.standing import Finding

SWEEP_EVERY = timedelta(days=7)
# A listing that lost so much is more likely a right that was taken away than a mass deletion.
FEWEST_LEFT = 0.5
SURE_FROM = 20  # records: of fewer, half may well have been deleted
_AGAIN = "again"  # mark: {"day": … or null, "left": [streams]}

Say = Callable[[Text, int, int | None], None]
Stop = Callable[[], bool]


def never() -> bool:
    """Nobody stops this run."""
    return False


class Stopped(Exception):
    """The server goes down; what is kept stays and the next run goes on from there."""


class Thinned(Exception):
    """A listing is suspiciously short."""


class Walk:
    """One walk over all streams. ``kept`` and ``findings`` are true at any moment of it."""

    def __init__(self, connector: Connector, mirror: Mirror, now: datetime, say: Say, stop: Stop) -> None:
        self._connector, self._mirror, self._now = connector, mirror, now
        self._say, self._stop = say, stop
        self.kept: dict[str, Kept] = {}
        self.findings: list[Finding] = []

    def streams(self) -> None:
        """Read every stream to its end, directories first as the connector gives them."""
        for stream in self._connector.streams:
            self._read(stream)

    def sweep(self, *, always: bool) -> None:
        """Mark what was deleted there, a week after the last look or ``always``."""
        for stream in self._connector.streams:
            if stream.sweeps and (always or self._sweep_is_due(stream)):
                self._sweep(stream)

    def _read(self, stream: Stream) -> None:
        received = 0
        cursor = None if stream.directory else self._mirror.cursor(stream.name)
        self._say(stream.label, 0, None)
        for page in self._connector.walk(stream.name, cursor, now=self._now, since=self._since(stream)):
            kept = self._mirror.keep(page, self._now)
            self.kept[stream.name] = self.kept.get(stream.name, Kept()) + kept
            received += kept.received
            self._say(stream.label, received, page.expected)
            self._check()
        self.kept.setdefault(stream.name, Kept())
        self._done(stream)

    def _since(self, stream: Stream) -> Since | None:
        """From where a person asked to read again, until this stream has been."""
        asked = _asked(self._mirror)
        if asked is None or stream.name not in asked["left"]:
            return None
        return Since(date.fromisoformat(asked["day"]) if asked["day"] else None)

    def _done(self, stream: Stream) -> None:
        asked = _asked(self._mirror)
        if asked is None or stream.name not in asked["left"]:
            return
        left = [name for name in asked["left"] if name != stream.name]
        self._mirror.mark(_AGAIN, {**asked, "left": left} if left else None)

    def _sweep_is_due(self, stream: Stream) -> bool:
        mark = f"sweep:{stream.name}"
        last = self._mirror.marked(mark)
        if last is None:  # everything has just been read: the first look is due in a week
            self._mirror.mark(mark, self._now.isoformat())
            return False
        return self._now - datetime.fromisoformat(str(last)) >= SWEEP_EVERY

    def _sweep(self, stream: Stream) -> None:
        self._say(Text(f"Ищем удалённое: {stream.label.ru}", f"Looking for deletions: {stream.label.en}"), 0, None)
        try:
            gone = self._mirror.sweep(stream.name, self._listed(stream), self._now)
        except Thinned:
            self.findings.append(
                Finding(
                    "thin-listing",
                    Text(
                        f"{stream.label.ru}: система показала меньше половины известных записей. Похоже, "
                        "у доступа отняли право; ничего не считаем удалённым.",
                        f"{stream.label.en}: the system showed fewer than half of the records known. The access "
                        "seems to have lost a right; nothing is taken for deleted.",
                    ),
                    red=True,
                )
            )
            return
        self.kept[stream.name] = self.kept.get(stream.name, Kept()) + Kept(gone=gone)
        self._mirror.mark(f"sweep:{stream.name}", self._now.isoformat())

    def _listed(self, stream: Stream) -> Iterator[Sequence[str]]:
        known, listed = self._mirror.counts().get(stream.name, 0), 0
        for batch in self._connector.keys(stream.name):
            listed += len(batch)
            self._check()
            yield batch
        if known >= SURE_FROM and listed < known * FEWEST_LEFT:
            raise Thinned

    def _check(self) -> None:
        if self._stop():
            raise Stopped


def ask_again(connector: Connector, mirror: Mirror, day: date | None) -> None:
    """Remember to read everything since a day (None: everything) again, however often that breaks off."""
    left = [stream.name for stream in connector.streams if not stream.directory]
    mirror.mark(_AGAIN, {"day": day.isoformat() if day else None, "left": left} if left else None)


def _asked(mirror: Mirror) -> dict[str, Any] | None:
    return cast("dict[str, Any] | None", mirror.marked(_AGAIN))
