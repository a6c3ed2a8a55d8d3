"""``demo``, ``init``, ``load``, ``serve``, ``doctor``, ``bench``: the commands that make and change things."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from smarketing.cli.asking import end_of
from smarketing.cli.home import workspace
from smarketing.cli.language import t, terminal_language
from smarketing.cli.plan import note_plans
from smarketing.cli.reports import print_load
from smarketing.cli.show import Home
from smarketing.facts.errors import WrongQuestion, WrongState, did_you_mean
from smarketing.facts.language import Text
from smarketing.jobs.demo import make_demo
from smarketing.jobs.doctor import State, examine
from smarketing.jobs.load import load
from smarketing.jobs.workspace import Workspace

Host = Annotated[str, typer.Option("--host", help=t("Адрес, на котором слушать.", "Address to listen on."))]
Port = Annotated[int, typer.Option("--port", help=t("Порт.", "Port."))]

# Passwords of a demonstration that listens on this machine alone; a real company makes its own people.
DEMO_PEOPLE = (
    ("founder", "founder", Text("Основатель", "Founder"), ""),
    ("marketing", "head_marketing", Text("Руководитель маркетинга", "Head of marketing"), ""),
    ("sales", "head_sales", Text("Руководитель продаж", "Head of sales"), ""),
    ("seller", "seller", Text("Менеджер продаж", "Seller"), "manager"),
    ("analyst", "analyst", Text("Аналитик", "Analyst"), ""),
    ("admin", "administrator", Text("Администратор", "Administrator"), ""),
)
ROLES = ("administrator", "founder", "head_marketing", "head_sales", "marketer", "analyst", "seller")
DEMO_PASSWORD = "demo"  # noqa: S105 (printed on purpose)


def demo_command(
    folder: Annotated[Path, typer.Argument(help=t("Где собрать.", "Where to build it."))] = Path("demo"),
    host: Host = "127.0.0.1",
    port: Port = 8000,
    build_only: Annotated[
        bool, typer.Option("--build-only", help=t("Собрать и не открывать.", "Build it and do not serve."))
    ] = False,
) -> None:
    """A workspace with the demo company, then the product over it."""
    console = Console()
    if not build_only:
        _free(host, port)
    if Workspace(folder).company_path.exists():
        console.print(
            t(f"Демонстрация уже собрана: {folder}", f"The demo is there already: {folder}"), highlight=False
        )
    else:
        _build_demo(folder, console)
    _make_people(folder)
    if build_only:
        return
    console.print(t("Войти можно так (пароль везде один):", "Sign in as (one password for all):"))
    for username, _, name, _ in DEMO_PEOPLE:
        said = name.say(terminal_language())
        console.print(f"  {username:<10} {DEMO_PASSWORD:<6} {said}", highlight=False)
    _serve(folder, host, port, console)


def init_command(folder: Annotated[Path, typer.Argument(help=t("Новая папка.", "The new folder."))]) -> None:
    """An empty workspace with a commented company.toml."""
    made = Workspace.init(folder)
    Console().print(
        t(
            f"Готово: {made.root}. Опишите компанию в company.toml, затем: smarketing load ФАЙЛ --home {folder}",
            f"Done: {made.root}. Describe the company in company.toml, then: smarketing load FILE --home {folder}",
        ),
        highlight=False,
    )


def load_command(
    paths: Annotated[list[Path], typer.Argument(help=t("Файлы или папка фактов.", "Files or a folder of facts."))],
    map_: Annotated[
        str | None,
        typer.Option(
            "--map", help=t("Сопоставление колонок: файл TOML или имя.", "Mapping: a TOML file or a name.")
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help=t("Только показать, что будет.", "Only show what would happen."))
    ] = False,
    known_until: Annotated[
        str | None,
        typer.Option(
            "--known-until", help=t("Когда сделана выгрузка: ГГГГ-ММ-ДД.", "When the export was made: YYYY-MM-DD.")
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Read files into facts; nothing is lost: accepted + quarantined = received."""
    console = Console()
    here = workspace(home)
    with progress(console) as tell:
        report = load(
            here, paths, mapping=map_, check=check, known_until=end_of(known_until, here.company.tz), progress=tell
        )
    print_load(console, report, report.company or here.company, terminal_language())
    note_plans(here, report.plans)
    raise typer.Exit(report.exit_code)


def serve_command(
    home: Home = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    no_worker: Annotated[
        bool,
        typer.Option(
            "--no-worker", help=t("Без загрузок по расписанию.", "Without scheduled loads and background work.")
        ),
    ] = False,
) -> None:
    """The product over one workspace, with the worker that keeps connections in step."""
    here = existing(workspace(home))
    _free(host, port)
    _serve(here.root, host, port, Console(), worker=not no_worker)


def user_command(
    username: Annotated[str, typer.Argument(help=t("Имя для входа.", "Name to sign in with."))],
    role: Annotated[str, typer.Option("--role", help=", ".join(ROLES))] = "administrator",
    name: Annotated[str, typer.Option("--name", help=t("Как зовут.", "The person's name."))] = "",
    person: Annotated[
        str,
        typer.Option(
            "--person", help=t("Менеджер, чьи лиды видит продавец.", "Manager whose leads a seller sees.")
        ),
    ] = "",
    home: Home = None,
) -> None:
    """A person who may sign in; the password is asked for, or taken from SMARKETING_PASSWORD."""
    if role not in ROLES:
        hint = did_you_mean(role, ROLES)
        raise WrongQuestion(
            "unknown-role", Text(f"Роли «{role}» нет. {hint.ru}", f"There is no role “{role}”. {hint.en}")
        )
    here = existing(workspace(home))
    password = os.environ.get("SMARKETING_PASSWORD") or typer.prompt(
        t("Пароль", "Password"), hide_input=True, confirmation_prompt=t("Пароль ещё раз", "Password once more")
    )
    from smarketing.web.setup import make_user, prepare

    prepare(here.root.resolve())
    make_user(username, password, role=role, name=name, person=person, language=terminal_language())
    Console().print(t(f"Готово: {username} может войти.", f"Done: {username} may sign in."), highlight=False)


def doctor_command(home: Home = None) -> None:
    """What is wrong with this installation, and the way out of it."""
    console, language = Console(), terminal_language()
    findings = examine(workspace(home))
    marks = {State.GOOD: "[green]✓[/]", State.WARNING: "[yellow]![/]", State.BAD: "[red]✗[/]"}
    for finding in findings:
        console.print(f"{marks[finding.state]} {finding.text.say(language)}", highlight=False)
    raise typer.Exit(1 if any(finding.state is State.BAD for finding in findings) else 0)


def bench_command(
    leads: Annotated[
        list[int] | None, typer.Option("--leads", help=t("Сколько лидов; можно несколько раз.", "How many leads."))
    ] = None,
) -> None:
    """Speed as ratios, on facts made for it."""
    from smarketing.jobs.bench import bench

    bench(leads or [1_000_000])


@contextmanager
def progress(console: Console) -> Iterator[Callable[[Text], None]]:
    """Long work shows what it is at."""
    shown = Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True)
    language = terminal_language()
    with shown:
        task = shown.add_task("")
        yield lambda text: shown.update(task, description=text.say(language))


def _build_demo(folder: Path, console: Console) -> None:
    """Built aside and then put in place: a build that was cut short leaves nothing that looks whole."""
    aside = folder.with_name(f".{folder.name}.building")
    shutil.rmtree(aside, ignore_errors=True)
    with progress(console) as tell:
        make_demo(aside, tell)
    aside.rename(folder)


def _make_people(folder: Path) -> None:
    from smarketing.web.setup import make_user, prepare

    prepare(folder.resolve())
    language = terminal_language()
    managers = (
        Workspace(folder)
        .lake.open()
        .query(
            "SELECT manager, COUNT(*) AS leads FROM journeys WHERE manager IS NOT NULL "
            "GROUP BY manager ORDER BY leads DESC, manager"
        )
    )
    first = managers.to_pylist()[0]["manager"]
    for username, role, name, person in DEMO_PEOPLE:
        make_user(
            username,
            DEMO_PASSWORD,
            role=role,
            name=name.say(language),
            person=first if person else "",
            language=language,
        )


def _serve(folder: Path, host: str, port: int, console: Console, *, worker: bool = True) -> None:
    from smarketing.web.serving import serve

    console.print(t(f"Открыто: http://{host}:{port}", f"Open: http://{host}:{port}"), highlight=False)
    console.print(t("Остановить: Ctrl+C", "Stop with Ctrl+C"), style="dim")
    serve(folder.resolve(), host, port, worker=worker)


def existing(here: Workspace) -> Workspace:
    """The workspace itself; raises :class:`WrongState` with the way out where there is none."""
    if here.company_path.exists():
        return here
    raise WrongState(
        "no-workspace",
        Text(
            f"В {here.root} нет рабочей папки. Создайте её: smarketing init ПАПКА",
            f"There is no workspace in {here.root}. Make one: smarketing init DIR",
        ),
    )


def _free(host: str, port: int) -> None:
    """Say so at once when the port is taken, not after the data are built."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
                raise
            raise WrongState(
                "port-taken",
                Text(
                    f"Порт {port} на {host} занят или закрыт. Возьмите другой: --port {port + 1}",
                    f"Port {port} on {host} is taken or closed. Take another: --port {port + 1}",
                ),
            ) from error
