"""How fast is PostgreSQL at the same questions? A private server in a temporary folder, asked through psql.

PostgreSQL refuses to run as root, so root starts it as another user. Where no server is installed the benchmark
says so and goes on.
"""

from __future__ import annotations

import csv
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from smarketing.jobs.bench.timing import Took

_PLACES = ("/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/homebrew/opt")
_STOPPED = "statement timeout"  # the server speaks English: its locale is C
_ENDED = 1.0  # seconds without news after which all processes of a session are counted
_USERS = ("postgres", "nobody")
_TIME = re.compile(r"^Time: ([\d.]+) ms", re.MULTILINE)
_SETTINGS = {
    "shared_buffers": "3GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "1GB",
    "max_parallel_workers_per_gather": "2",
    "fsync": "off",
    "listen_addresses": "",
    "timezone": "UTC",
}


def binaries() -> Path | None:
    """The folder of the newest installed server, 15 before any other."""
    found = [
        path.parent for place in _PLACES for path in Path(place).glob("*/bin/postgres") if os.access(path, os.X_OK)
    ]
    on_path = shutil.which("postgres")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return max(found, key=lambda path: (path.parent.name == "15", path.parent.name), default=None)


class Postgres:
    """A running private server."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self.folder = folder

    def run(self, script: str) -> str:
        """Everything psql prints for a script; any error ends it."""
        command = [str(self._programs / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder)]
        done = subprocess.run(  # noqa: S603 (our own words)
            _as_user([*command, "-U", "bench", "-d", "postgres", "-f", "-"]),
            input=script,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
        )
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout

    def took(self, question: str, answer: Path, limit: float) -> Took:
        """One run: seconds by psql's own clock, the rows among them; they go to ``answer`` as CSV.

        After ``limit`` seconds the server is stopped without an answer.
        """
        before = self.processor()
        try:
            seconds, answered = self.time(f"SET statement_timeout = {1000 * limit:.0f};\n", question, answer), True
        except RuntimeError as error:
            if _STOPPED not in str(error):
                raise
            seconds, answered = limit, False
        return Took(seconds, self.processor() - before, answered)

    def processor(self) -> float:
        """Seconds of the processor that all ended processes of the server had; 0 where no system tells."""
        counted = self._counted()
        while (now := self._after_a_while()) != counted:
            counted = now  # a session's process is counted when it has ended, which is after its client
        return counted

    def _after_a_while(self) -> float:
        time.sleep(_ENDED)
        return self._counted()

    def _counted(self) -> float:
        try:
            main = (self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
            fields = Path(f"/proc/{main}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    def time(self, before: str, question: str, answer: Path) -> float:
        script = f"{before}\\timing on\n\\pset format csv\n\\pset null ''\n\\o {answer}\n{question};\n"
        return float(_TIME.findall(self.run(script))[-1]) / 1000


def read_rows(answer: Path) -> list[tuple[Any, ...]]:
    """The rows that :meth:`Postgres.time` left behind."""
    with answer.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return [tuple(row) for row in rows[1:] if len(row) == len(rows[0])]


@contextmanager
def private_server(programs: Path) -> Iterator[Postgres]:
    """A server of our own that nobody else sees and that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="smarketing-pg-"))
    _give_away(folder)
    data = folder / "data"
    control = str(programs / "pg_ctl")
    options = " ".join(f"-c {key}={value}" if value else f"-c {key}=" for key, value in _SETTINGS.items())
    try:
        make = [str(programs / "initdb"), "-D", str(data), "-U", "bench", "-A", "trust", "-E", "UTF8"]
        _quiet(_as_user([*make, "--locale=C"]), folder)
        start = [
            control,
            "-D",
            str(data),
            "-w",
            "-l",
            str(folder / "log"),
            "-o",
            f"{options} -k {folder}",
            "start",
        ]
        _quiet(_as_user(start), folder)
        try:
            yield Postgres(programs, folder)
        finally:
            _quiet(_as_user([control, "-D", str(data), "-m", "immediate", "stop"]), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copy_in(server: Postgres, table: str, columns: Iterable[tuple[str, str]], files: Iterable[Path]) -> None:
    """Make an unlogged table and fill it from CSV files with a header."""
    listed = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    server.run(f"CREATE UNLOGGED TABLE {table} ({listed})")
    for file in files:
        server.run(f"\\copy {table} FROM '{file}' WITH (FORMAT csv, HEADER true)")
    server.run(f"ANALYZE {table}")


def _quiet(command: list[str], folder: Path) -> None:
    done = subprocess.run(  # noqa: S603 (our own words)
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[-1]).name}: {done.returncode}")


def _user() -> pwd.struct_passwd | None:
    """Whom root becomes; None for everybody else."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next((known[name] for name in _USERS if name in known), None)


def _as_user(command: list[str]) -> list[str]:
    user = _user()
    if user is None:
        return command
    setpriv = shutil.which("setpriv")
    if setpriv:
        ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        return [setpriv, *ids, "--", *command]
    return ["su", user.pw_name, "-s", "/bin/sh", "-c", " ".join(f"'{word}'" for word in command)]


def _give_away(folder: Path) -> None:
    user = _user()
    folder.chmod(0o755)
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
