"""Where do the facts lie, and how does a load happen whole or not at all?

A lake is a folder: ``facts/<table>`` and ``derived/<table>`` are Delta tables, ``current.json`` names one version
of each. A load appends facts, brings the derived tables up to date and then replaces ``current.json`` in one step.
Killed at any moment before that step it leaves the old version; what it wrote is never named and is taken back by
the next load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from smarketing.facts.company import Company
from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text
from smarketing.lake import cache, upkeep, views
from smarketing.lake.batches import Change, FactBatch
from smarketing.lake.engine import Engine, EngineError
from smarketing.lake.loading import Loading
from smarketing.lake.lock import writing
from smarketing.lake.manifest import History, Manifest
from smarketing.lake.reader import Answers, LakeReader
from smarketing.lake.upkeep import Vacuumed

__all__ = ["Change", "EngineError", "FactBatch", "Lake", "LakeReader", "Overtaken", "Vacuumed", "VersionInfo"]


@dataclass(frozen=True)
class VersionInfo:
    """One version of the lake as a person sees it."""

    number: int
    made_at: datetime
    known_until: datetime
    note: Mapping[str, object]
    rows: Mapping[str, int]  # valid rows per table, derived tables among them


class Overtaken(WrongState):
    """Another load came between reading a version and writing what follows from it: read again."""

    def __init__(self) -> None:
        super().__init__(
            "overtaken",
            Text(
                "Пока готовились данные, загрузились другие. Повторите.",
                "Other facts were loaded while these were prepared. Try again.",
            ),
        )


class Lake:
    """The lake of one workspace. The folder is made by the first load.

    ``patience``: seconds a writer waits for another one. ``threads`` and ``memory_limit`` bound every engine.
    """

    def __init__(
        self,
        root: Path,
        *,
        patience: float = 600,
        threads: int | None = None,
        memory_limit: str | None = None,
    ) -> None:
        self.root = Path(root).resolve()
        self._patience = patience
        self._threads = threads
        self._memory_limit = memory_limit
        self._history = History(self.root)
        self._answers = Answers()

    def load(
        self,
        batches: Sequence[FactBatch],
        company: Company,
        *,
        known_until: datetime | None = None,
        note: Mapping[str, object] | None = None,
        made_from: int | None = None,
        tell: Callable[[Text], None] | None = None,
    ) -> Change:
        """Add facts and bring everything that follows from them up to date, whole or not at all.

        The same facts loaded twice change nothing, and the version stays. ``known_until`` only moves forward;
        None: the latest moment the facts themselves speak of. ``made_from``: the version that the facts were
        worked out from; :class:`Overtaken` where it is no longer the newest. ``tell`` hears how far it is. Raises
        :class:`WrongInput` for facts that cannot be stored, :class:`WrongState` when another load holds the lake
        too long.
        """
        return self._write(batches, company, known_until, note or {}, anew=False, made_from=made_from, tell=tell)

    def rebuild(self, company: Company) -> Change:
        """Make the derived tables anew from the facts, by these settings."""
        return self._write((), company, None, {"rebuild": True}, anew=True)

    def open(self, version: int | None = None, as_of: datetime | None = None) -> LakeReader:
        """A reader of one version: the newest, the one with a number, or the newest made until a moment."""
        manifest = self._find(version, as_of) or _empty()
        engine = self._engine()
        if not cache.attach(engine, self.root, manifest):
            views.show_derived(engine, self.root, manifest.tables, manifest.company)
        views.show_facts(engine, self.root, manifest.tables, manifest.company)
        engine.lock_down(self.root)
        return LakeReader(
            engine,
            self._answers,
            version=manifest.version,
            made_at=manifest.made_at,
            known_until=manifest.known_until,
            company=manifest.company,
            files=views.files(self.root, manifest.tables),
        )

    def versions(self) -> list[VersionInfo]:
        """Every version that can be opened, oldest first."""
        return [_info(manifest) for manifest in self._history.all()]

    def newest(self) -> VersionInfo | None:
        """The newest version; None where nothing was loaded yet. Reads one small file."""
        manifest = self._history.newest()
        return None if manifest is None else _info(manifest)

    def built_by(self) -> Company | None:
        """The settings by which the newest version was built; None where nothing was loaded."""
        manifest = self._history.newest()
        return None if manifest is None else manifest.company

    def make_cache(self, *, beyond: int = 0) -> Path | None:
        """Make the newest version several times faster to ask. None: it has no more than ``beyond`` leads.

        Nobody waits for it: readers see the version as soon as it is loaded, loads go on beside it. A second call
        for the same version, in whatever process, finds the first one's file.
        """
        manifest = self._history.newest()
        if manifest is None or manifest.tables["journeys"].rows <= beyond:
            return None
        (self.root / "cache").mkdir(exist_ok=True)
        with writing(self.root / "cache", self._patience):
            with closing(self._engine()) as engine:
                if cache.is_made(engine, self.root, manifest):
                    return cache.cache_path(self.root, manifest)
            with closing(self._engine()) as engine:
                return cache.make(engine, self.root, manifest)

    def pin(self, version: int, why: str) -> None:
        """Keep a version for good: a meeting saw it. Pinning twice keeps both reasons."""
        with self._alone():
            self._find(version, None)
            upkeep.pin(self.root, version, why)

    def pins(self) -> dict[int, list[str]]:
        """Which versions are kept for good, and why."""
        return upkeep.pins(self.root)

    def compact(self) -> int:
        """Join the small files of the newest version; rows and number stay. Returns how many tables changed."""
        with self._alone():
            return upkeep.compact(self.root, self._history)

    def vacuum(self, *, days: int = 30, hours: int = 24) -> Vacuumed:
        """Let go of versions older than ``days`` that no one pinned, and delete the files that only they needed.

        Files younger than ``hours`` stay in any case: a reader may still be on its way through them.
        """
        with self._alone():
            return upkeep.vacuum(self.root, self._history, days=days, hours=hours)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with writing(self.root, self._patience):
            yield

    def _write(
        self,
        batches: Sequence[FactBatch],
        company: Company,
        known_until: datetime | None,
        note: Mapping[str, object],
        *,
        anew: bool,
        made_from: int | None = None,
        tell: Callable[[Text], None] | None = None,
    ) -> Change:
        with self._alone():
            base = self._history.newest()
            if made_from is not None and made_from != (base.version if base else 0):
                raise Overtaken
            engine = self._engine(shared=False)
            try:
                loading = Loading(engine, self.root, base, company, known_until, tell)
                manifest = loading.run(batches, note, anew=anew)
            finally:
                engine.close()
            if manifest is not None:
                self._history.publish(manifest)
            return loading.change(manifest)

    def _engine(self, *, shared: bool = True) -> Engine:
        return Engine(threads=self._threads, memory_limit=self._memory_limit, shared=shared)

    def _find(self, version: int | None, as_of: datetime | None) -> Manifest | None:
        if version is None and as_of is None:
            return self._history.newest()
        found = self._history.get(version) if version is not None else self._made_until(as_of)
        if found is None:
            numbers = [info.number for info in self.versions()]
            known = f"{numbers[0]}–{numbers[-1]}" if numbers else "—"
            asked = version if version is not None else as_of
            raise WrongState(
                "no-such-version",
                Text(
                    f"Версии данных «{asked}» нет. Есть версии: {known}.",
                    f"There is no version “{asked}” of the data. Versions: {known}.",
                ),
            )
        return found

    def _made_until(self, as_of: datetime | None) -> Manifest | None:
        if as_of is None or as_of.tzinfo is None:
            raise TypeError("a moment without a zone")
        made = [manifest for manifest in self._history.all() if manifest.made_at <= as_of]
        return made[-1] if made else None


def _info(manifest: Manifest) -> VersionInfo:
    return VersionInfo(
        number=manifest.version,
        made_at=manifest.made_at,
        known_until=manifest.known_until,
        note=manifest.note,
        rows={name: state.rows for name, state in manifest.tables.items()},
    )


def _empty() -> Manifest:
    """Version 0: a lake into which nothing was loaded yet."""
    now = datetime.now(UTC)
    return Manifest(version=0, made_at=now, known_until=now, company=Company(), tables={}, built_by="")
