"""``sync`` and ``connection``: connected systems from the terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from smarketing.cli.asking import day_of
from smarketing.cli.home import workspace
from smarketing.cli.language import t, terminal_language
from smarketing.cli.runs import print_checked, print_connections, print_run
from smarketing.cli.show import Home
from smarketing.cli.work import existing, progress
from smarketing.connectors.outside.kinds import ConnectorKind, parse_connection
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.jobs.checking import check
from smarketing.jobs.connections import Connections
from smarketing.jobs.granting import answer_of, let_in, new_state, way_in
from smarketing.jobs.kinds import kind_of
from smarketing.jobs.standing import Desk
from smarketing.jobs.sync import Wish, resume, sync
from smarketing.jobs.vault import new_key

SECRET = "SMARKETING_SECRET_"  # noqa: S105 - the beginning of a variable's name
Key = Annotated[str, typer.Argument(help=t("Ключ подключения.", "Key of the connection."))]
connections = typer.Typer(
    no_args_is_help=True, help=t("Подключённые системы: добавить, проверить, остановить.", "Connected systems.")
)


class CheckFormat(StrEnum):
    TABLE = "table"
    JSON = "json"


def sync_command(
    connection: Annotated[
        str | None, typer.Argument(help=t("Ключ подключения; без него — все.", "Key of the connection; else all."))
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help=t("Перечитать с дня ГГГГ-ММ-ДД.", "Read again from a day, YYYY-MM-DD.")),
    ] = None,
    sweep: Annotated[
        bool, typer.Option("--sweep", help=t("Найти удалённое сейчас.", "Look for deletions now."))
    ] = False,
    anew: Annotated[
        bool,
        typer.Option("--anew", help=t("Прочитать всё и сделать факты заново.", "Read everything again.")),
    ] = False,
    home: Home = None,
) -> None:
    """Load from connected systems, from where the last run stopped."""
    here, console = existing(workspace(home)), Console()
    wish = Wish(since=None if since is None else day_of(since), anew=anew, sweep=sweep)
    exit_code = 0
    for key in _chosen(Connections(here), connection):
        with progress(console) as tell:
            run = sync(here, key, wish=wish, progress=tell)
        print_run(console, run, Connections(here).get(key).title, here.company, terminal_language())
        exit_code = max(exit_code, run.exit_code)
    raise typer.Exit(exit_code)


@connections.command("list", help=t("Какие системы подключены.", "Which systems are connected."))
def list_command(home: Home = None) -> None:
    here = existing(workspace(home))
    shown = [(one, Desk(here, one.key).standing) for one in Connections(here).all()]
    print_connections(Console(), shown, here.company, terminal_language())


@connections.command("add", help=t("Подключить систему.", "Connect a system."))
def add_command(
    key: Key,
    kind: Annotated[str, typer.Option("--kind", help=t("Какая система.", "Which kind of system."))],
    title: Annotated[str, typer.Option("--title", help=t("Название на страницах.", "Its name on pages."))] = "",
    address: Annotated[str, typer.Option("--address", help=t("Адрес, https://…", "The address, https://…"))] = "",
    every: Annotated[
        int | None, typer.Option("--every", help=t("Как часто, минут.", "How often, minutes."))
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", help=t("Настройка: имя=значение.", "NAME=VALUE.")),
    ] = None,
    home: Home = None,
) -> None:
    """Secrets are asked for without echo, or taken from SMARKETING_SECRET_<NAME>."""
    here, chosen = existing(workspace(home)), kind_of(kind)
    connection = parse_connection(
        {
            "key": key,
            "kind": kind,
            "title": title or chosen.title.say(terminal_language()),
            "base_url": address,
            "minutes": chosen.minutes if every is None else every,
            "options": {name: chosen.option(name, value) for name, value in map(_pair, option or [])},
        }
    )
    Connections(here).add(connection, _secrets(chosen))
    next_step = f"smarketing connection check {key}"
    Console().print(t(f"Подключено. Проверьте: {next_step}", f"Connected. Try: {next_step}"), highlight=False)


@connections.command("check", help=t("Спросить систему, ничего не меняя.", "Ask the system, changing nothing."))
def check_command(
    key: Key,
    format_: Annotated[
        CheckFormat, typer.Option("--format", help=t("table или json.", "table or json."))
    ] = CheckFormat.TABLE,
    home: Home = None,
) -> None:
    """Is the account good, and which assumptions of our notes hold there?"""
    checked = check(existing(workspace(home)), key)
    if format_ is CheckFormat.JSON:
        sys.stdout.write(json.dumps(checked.as_json(datetime.now(UTC)), ensure_ascii=False, indent=2) + "\n")
    else:
        print_checked(Console(), checked, terminal_language())
    raise typer.Exit(checked.exit_code)


@connections.command("grant", help=t("Дать доступ приложению.", "Let an application in."))
def grant_command(
    key: Key,
    back: Annotated[
        str, typer.Option("--back", help=t("Адрес возврата приложения.", "The application's return address."))
    ] = "",
    home: Home = None,
) -> None:
    """Prints the address on which to agree and asks for the code that the browser brings back."""
    here, state = existing(workspace(home)), new_state()
    typer.echo(t("Откройте в браузере и подтвердите доступ:", "Open this in a browser and agree there:"))
    typer.echo(way_in(here, key, state, back))
    asked = t(
        "Адрес, на который вернулся браузер, или код из него",
        "The address to which the browser came back, or the code in it",
    )
    let_in(here, key, answer_of(typer.prompt(asked, hide_input=True), state), back)
    next_step = f"smarketing connection check {key}"
    typer.echo(t(f"Доступ дан. Проверьте: {next_step}", f"Access was given. Try: {next_step}"))


@connections.command("pause", help=t("Остановить расписание.", "Stop the schedule."))
def pause_command(key: Key, home: Home = None) -> None:
    Connections(existing(workspace(home))).pause(key, paused=True)
    Console().print(t("Остановлено.", "Paused."))


@connections.command("resume", help=t("Продолжить по расписанию.", "Go on with the schedule."))
def resume_command(key: Key, home: Home = None) -> None:
    resume(existing(workspace(home)), key)
    Console().print(t("Продолжено.", "Resumed."))


@connections.command("remove", help=t("Отключить; факты остаются.", "Disconnect; the facts stay."))
def remove_command(
    key: Key,
    yes: Annotated[bool, typer.Option("--yes", help=t("Не спрашивать.", "Do not ask."))] = False,
    home: Home = None,
) -> None:
    here = Connections(existing(workspace(home)))
    here.get(key)
    if not yes:
        typer.confirm(
            t(f"Отключить «{key}»? Факты останутся.", f"Disconnect “{key}”? The facts stay."), abort=True
        )
    here.remove(key)
    Console().print(t("Отключено. Загруженные факты остались.", "Disconnected. The loaded facts stay."))


@connections.command("key", help=t("Напечатать новый ключ шифрования.", "Print a new encryption key."))
def key_command() -> None:
    """For SMARKETING_KEY; nothing is written."""
    sys.stdout.write(new_key() + "\n")


def _chosen(here: Connections, key: str | None) -> Sequence[str]:
    if key is not None:
        return (here.get(key).key,)
    found = [one.key for one in here.all() if not one.paused]
    if not found:
        raise WrongQuestion(
            "no-connections",
            Text(
                "Подключений нет. Добавьте: smarketing connection add КЛЮЧ --kind ВИД",
                "Nothing is connected. Add one: smarketing connection add KEY --kind KIND",
            ),
        )
    return found


def _secrets(kind: ConnectorKind) -> dict[str, str]:
    given = {}
    for field in kind.secret_fields:
        value = os.environ.get(SECRET + field.name.upper())
        if value is None:
            label = field.label.say(terminal_language())
            value = typer.prompt(
                label, hide_input=True, default=None if field.required else "", show_default=False
            )
        if value:
            given[field.name] = value
    return given


def _pair(said: str) -> tuple[str, str]:
    name, equals, value = said.partition("=")
    if not equals:
        raise WrongQuestion(
            "bad-option",
            Text(f"«{said}»: настройка пишется имя=значение.", f"“{said}”: an option is written NAME=VALUE."),
        )
    return name.strip(), value.strip()
