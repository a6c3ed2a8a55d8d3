"""``connection rules``, ``act`` and ``log``: writing back into a connected system, from the terminal."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smarketing.cli.connecting import CheckFormat, Key
from smarketing.cli.home import workspace
from smarketing.cli.keeping import write_down
from smarketing.cli.language import t, terminal_language
from smarketing.cli.show import Home
from smarketing.cli.work import existing
from smarketing.connectors.outside.actions import LABELS, ActionKind, Done
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Language, Text
from smarketing.jobs.journal import as_json
from smarketing.jobs.writing_back import Acted, Rule, act, rules, switch, written
from smarketing.jobs.writing_export import log_data, rules_data, run_data
from smarketing.jobs.writing_log import Switched
from smarketing.jobs.writing_words import say_outcome, say_switched
from smarketing.metrics.wording import DASH, say_moment

_KINDS = ", ".join(kind.value for kind in ActionKind)
Kinds = Annotated[list[str] | None, typer.Option("--on", help=t(f"Включить: {_KINDS}.", f"Switch on: {_KINDS}."))]
Off = Annotated[list[str] | None, typer.Option("--off", help=t("Выключить.", "Switch off."))]
Form = Annotated[CheckFormat, typer.Option("--format", help=t("table или json.", "table or json."))]


def rules_command(
    key: Key, on: Kinds = None, off: Off = None, format_: Form = CheckFormat.TABLE, home: Home = None
) -> None:
    """Everything is off until it is switched on; a kind that stopped goes on when it is named again."""
    here = existing(workspace(home))
    found = rules(here, key)
    if on or off:
        wanted = {rule.kind for rule in found if rule.since} | _kinds(on)
        switched = switch(here, key, wanted - _kinds(off), getpass.getuser(), datetime.now(UTC))
        if not switched.is_empty:
            write_down(here, "writing_switched", key, on=switched.on, off=switched.off, resumed=switched.resumed)
        found = rules(here, key)
    if format_ is CheckFormat.JSON:
        _json(rules_data(key, found, terminal_language()))
    else:
        _print_rules(Console(), found, here.company, terminal_language())


def act_command(
    key: Key,
    do: Annotated[
        bool, typer.Option("--do", help=t("Записать; иначе только показать.", "Do it; else only show it."))
    ] = False,
    format_: Form = CheckFormat.TABLE,
    home: Home = None,
) -> None:
    """Dry unless told otherwise: nothing is sent, and kinds that are off are tried on the last week."""
    here = existing(workspace(home))
    acted = act(here, key, dry=not do)
    if do:
        write_down(here, "written_back", key, actions=len(acted.done))
    if format_ is CheckFormat.JSON:
        _json(run_data(acted, terminal_language()))
    else:
        _print_run(Console(), acted, terminal_language())
    raise typer.Exit(acted.exit_code)


def log_command(
    key: Key,
    newest: Annotated[int, typer.Option("--newest", min=1, help=t("Сколько строк.", "How many lines."))] = 50,
    format_: Form = CheckFormat.TABLE,
    home: Home = None,
) -> None:
    """The newest lines first."""
    here = existing(workspace(home))
    rules(here, key)  # an unknown connection is told
    entries = written(here, key).entries(newest)
    if format_ is CheckFormat.JSON:
        _json(log_data(key, entries, terminal_language()))
    else:
        _print_log(Console(), entries, here.company, terminal_language())


def add_to(group: typer.Typer) -> None:
    """The commands among those of connections."""
    rules_help = t("Что записывается в систему обратно.", "What is written back there.")
    act_help = t("Что пора записать; --do — записать.", "What is due; --do does it.")
    log_help = t("Что было записано, кто что включал.", "What was written, who switched what.")
    group.command("rules", help=rules_help)(rules_command)
    group.command("act", help=act_help)(act_command)
    group.command("log", help=log_help)(log_command)


def _kinds(said: Sequence[str] | None) -> set[ActionKind]:
    known = [kind.value for kind in ActionKind]
    for word in said or ():
        if word not in known:
            hint = did_you_mean(word, known)
            raise WrongQuestion(
                "unknown-action",
                Text(f"Записи «{word}» нет: {_KINDS}. {hint.ru}", f"There is no “{word}”: {_KINDS}. {hint.en}"),
            )
    return {ActionKind(word) for word in said or ()}


def _print_rules(console: Console, found: Sequence[Rule], company: Company, language: Language) -> None:
    if not found:
        console.print(t("В такие системы мы ничего не записываем.", "Nothing is written into such systems."))
        return
    table = _table(t("Ключ", "Key"), t("Что", "What"), t("Включено с", "On since"))
    for rule in found:
        since = say_moment(rule.since, company.tz).say(language) if rule.since else t("выключено", "off")
        table.add_row(rule.kind.value, LABELS[rule.kind].say(language), since)
    console.print(table)
    for rule in found:
        if rule.stopped is not None:
            console.print(f"✗ {rule.kind.value}: {rule.stopped.text.say(language)}", highlight=False, markup=False)


def _print_run(console: Console, acted: Acted, language: Language) -> None:
    if not acted.done:
        console.print(t("Записывать нечего.", "Nothing is due."))
        return
    _print_dones(console, acted.done, language)
    if acted.left:
        console.print(
            t(f"Осталось на следующий раз: {acted.left}.", f"Left for the next run: {acted.left}."),
            highlight=False,
        )
    if acted.dry:
        console.print(
            t(
                "Ничего не отправлено. Отправить включённое: --do. Выключенное показано по прошлой неделе.",
                "Nothing was sent. To send what is on: --do. What is off is shown for the last week.",
            ),
            style="dim",
        )


def _print_log(console: Console, entries: Sequence[Done | Switched], company: Company, language: Language) -> None:
    if not entries:
        console.print(t("Записей ещё нет.", "Nothing was written yet."))
        return
    table = _table(t("Когда", "When"), t("Что", "What"), t("Карточка", "Card"), t("Итог", "Outcome"))
    for one in entries:
        when = say_moment(one.at, company.tz).say(language)
        if isinstance(one, Done):
            table.add_row(
                when,
                LABELS[one.action.kind].say(language),
                one.action.card,
                escape(say_outcome(one).say(language)),
            )
        else:
            table.add_row(when, escape(say_switched(one).say(language)), DASH, escape(one.who))
    console.print(table)


def _print_dones(console: Console, dones: Sequence[Done], language: Language) -> None:
    table = _table(t("Карточка", "Card"), t("Что", "What"), t("Текст", "Text"), t("Итог", "Outcome"))
    for done in dones:
        cells = (done.action.card, LABELS[done.action.kind].say(language), done.action.text)
        table.add_row(*map(escape, cells), escape(say_outcome(done).say(language)))
    console.print(table)


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _json(data: Mapping[str, Any]) -> None:
    sys.stdout.write(as_json(data) + "\n")
