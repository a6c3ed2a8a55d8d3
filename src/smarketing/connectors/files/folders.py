"""Which files does this path mean, and which of them are our own tables of facts?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from smarketing.connectors.files.mapping import Making, Mapping, Section, plain
from smarketing.connectors.files.reasons import wrong_file
from smarketing.facts.criteria import Names
from smarketing.facts.tables import TABLES

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsm", ".parquet")


@dataclass(frozen=True)
class Found:
    """One file to be read; ``table`` where its name is that of a table of facts."""

    path: Path
    name: str
    table: str | None


def expand(paths: Iterable[Path]) -> tuple[Found, ...]:
    """Files of the paths, folders opened one level deep; raises :class:`WrongInput` for what is not there."""
    files = {file.resolve(): file for path in paths for file in _files(path)}
    names = Counter(file.name for file in files.values())
    return tuple(
        Found(
            file, file.name if names[file.name] == 1 else f"{file.parent.name}/{file.name}", table_named(file.name)
        )
        for file in files.values()
    )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        if not path.exists():
            raise wrong_file("file-missing", file=path.name)
        return [path]
    files = [file for file in sorted(path.iterdir()) if file.is_file() and _is_table(file.name)]
    if not files:
        raise wrong_file("nothing-to-load", file=path.name)
    return files


def _is_table(name: str) -> bool:
    return not name.startswith((".", "~$")) and name.lower().removesuffix(".gz").endswith(SUFFIXES)


def table_named(name: str) -> str | None:
    """``stage_moves.csv.gz`` → ``stage_moves``; None for a name that is no table's, or that of an own record."""
    stem = name.lower().removesuffix(".gz").rpartition(".")[0]
    return stem if stem in TABLES and not TABLES[stem].own else None


def fact_mapping(table: str, headings: Sequence[str]) -> Mapping | None:
    """The mapping of a file in our own format: every column is called as in the contract.

    None where the file is only called like a table but lacks its required columns.
    """
    known = {plain(heading): heading for heading in headings}
    columns = {name: Making(column=known[name]) for name in TABLES[table].names if name in known}
    if not columns.keys() >= set(TABLES[table].required):
        return None
    section = Section(table=table, columns=columns, custom_rest=TABLES[table].open)
    return Mapping(name="facts", title=Names(ru="Наши факты", en="Our own facts"), table=(section,))
