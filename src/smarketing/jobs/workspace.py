"""Where does everything about one company lie on the disk?"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from threading import get_ident

from smarketing.facts.company import Company, read_company
from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text
from smarketing.jobs.rewriting import rewritten
from smarketing.jobs.settings import company_toml
from smarketing.lake.store import Lake


class Workspace:
    """A folder with the settings, the lake, the quarantine, uploads, mappings and the application's database."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def init(cls, root: Path, company: Company | None = None) -> Workspace:
        """An empty workspace with a commented ``company.toml``; raises :class:`WrongState` where one exists."""
        workspace = cls(root)
        if workspace.company_path.exists():
            raise WrongState(
                "workspace-exists",
                Text(
                    f"В папке {root} уже есть company.toml: рабочая папка создана раньше.",
                    f"{root} already has company.toml: the workspace was made earlier.",
                ),
            )
        for folder in (
            workspace.lake_path,
            workspace.quarantine_path,
            workspace.uploads_path,
            workspace.mappings_path,
        ):
            folder.mkdir(parents=True, exist_ok=True)
        workspace.write_company(company or Company())
        return workspace

    @property
    def company_path(self) -> Path:
        return self.root / "company.toml"

    @property
    def lake_path(self) -> Path:
        return self.root / "lake"

    @property
    def quarantine_path(self) -> Path:
        return self.root / "quarantine"

    @property
    def uploads_path(self) -> Path:
        return self.root / "uploads"

    @property
    def mappings_path(self) -> Path:
        return self.root / "mappings"

    @property
    def journal_path(self) -> Path:
        return self.root / "loads.jsonl"

    @property
    def asked_path(self) -> Path:
        return self.root / "asked.jsonl"

    @property
    def connections_path(self) -> Path:
        return self.root / "connections.toml"

    @property
    def secrets_path(self) -> Path:
        return self.root / "secrets.json"

    @property
    def queue_path(self) -> Path:
        return self.root / "work.sqlite3"

    def connection_folder(self, key: str) -> Path:
        """What came from one connection, how it stands and what its runs did."""
        return self.root / "connections" / key

    @property
    def database_path(self) -> Path:
        return self.root / "app.sqlite3"

    @property
    def company(self) -> Company:
        """The settings as they stand now; raises :class:`WrongSetting` that names the wrong place."""
        return read_company(self.company_path)

    def write_company(self, company: Company) -> None:
        """Put settings in place; what a person wrote around them in the file stays: comments and order."""
        text = self.company_path.read_text(encoding="utf-8") if self.company_path.exists() else ""
        write_whole(self.company_path, (text and rewritten(text, company)) or company_toml(company))

    @cached_property
    def lake(self) -> Lake:
        return Lake(self.lake_path)


def write_whole(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Write a file so that a reader sees the old content or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{get_ident()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
