"""``config export``, ``config apply``, ``backup``, ``restore``: what a company keeps and brings back."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from smarketing.cli.home import workspace
from smarketing.cli.language import t
from smarketing.cli.show import Home
from smarketing.cli.work import existing, progress
from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text
from smarketing.jobs import applying
from smarketing.jobs.applying import Difference
from smarketing.jobs.backup import Saved
from smarketing.jobs.backup import backup as save
from smarketing.jobs.backup import restore as bring_back
from smarketing.jobs.settings import company_toml
from smarketing.jobs.workspace import Workspace, write_whole
from smarketing.metrics.wording import DASH

config_app = typer.Typer(no_args_is_help=True, add_completion=False)


def config_export(
    file: Annotated[
        Path | None, typer.Argument(help=t("Куда записать; иначе на экран.", "Where to; else to the screen."))
    ] = None,
    home: Home = None,
) -> None:
    """The settings as they stand now, commented."""
    text = company_toml(existing(workspace(home)).company)
    if file is None:
        sys.stdout.write(text)
        return
    if file.exists():
        raise WrongState(
            "file-exists",
            Text(f"Файл {file} уже есть. Назовите другой.", f"{file} exists already. Name another file."),
        )
    write_whole(file, text)


def config_apply(
    file: Annotated[Path, typer.Argument(help=t("Файл настроек, TOML.", "A file of settings, TOML."))],
    check: Annotated[
        bool, typer.Option("--check", help=t("Только показать, что изменится.", "Only show what would change."))
    ] = False,
    home: Home = None,
) -> None:
    """Put the settings of a file in the place of the present ones."""
    console, here = Console(), existing(workspace(home))
    company, differences = applying.check(here, file)
    _print_differences(console, differences)
    if check or not differences:
        return
    with progress(console) as tell:
        tell(Text("Настройки применяются", "The settings are put in place"))
        applied = applying.apply(here, company)
    write_down(here, "settings_applied", file.name, places=[one.place for one in applied.differences][:50])
    if applied.rebuilt:
        console.print(
            t("Производные таблицы пересчитаны по новым настройкам.", "The derived tables were made anew.")
        )
    console.print(
        t(f"Готово, изменений: {len(differences)}.", f"Done, changes: {len(differences)}."), highlight=False
    )


def backup_command(
    file: Annotated[Path, typer.Argument(help=t("Новый файл .tar.", "A new .tar file."))], home: Home = None
) -> None:
    """The whole workspace in one file."""
    console, here = Console(), existing(workspace(home))
    with progress(console) as tell:
        saved = save(here, file, tell)
    write_down(here, "backup", file.name, version=saved.lake_version, files_count=saved.files)
    _print_saved(console, saved, t("Сохранено", "Saved"), file)
    console.print(
        t(
            "В файле персональные данные и хеши паролей: храните его как сами данные. Ключа сеансов (secret.key) "
            "в нём нет.",
            "The file holds personal data and hashed passwords: keep it as you keep the data. The key of sessions "
            "(secret.key) is not in it.",
        ),
        style="dim",
    )


def restore_command(
    file: Annotated[Path, typer.Argument(help=t("Файл резервной копии.", "A backup."))],
    folder: Annotated[Path, typer.Argument(help=t("Пустая или новая папка.", "An empty or a new folder."))],
) -> None:
    """A workspace out of a backup."""
    console = Console()
    with progress(console) as tell:
        saved = bring_back(file, folder, tell)
    write_down(Workspace(folder), "restored", file.name, version=saved.lake_version)
    _print_saved(console, saved, t("Восстановлено", "Restored"), folder)


def _print_differences(console: Console, differences: Sequence[Difference]) -> None:
    if not differences:
        console.print(t("Изменений нет.", "Nothing changes."))
        return
    table = Table(box=None, pad_edge=False)
    for head in (t("Где", "Where"), t("Было", "Before"), t("Станет", "After")):
        table.add_column(head, overflow="fold")
    for one in differences:
        table.add_row(one.place, *(DASH if side is None else side for side in (one.before, one.after)))
    console.print(table, highlight=False, markup=False)


def _print_saved(console: Console, saved: Saved, word: str, where: Path) -> None:
    size = f"{saved.size / 2**20:.1f}"
    console.print(
        t(
            f"{word}: {where}. Файлов {saved.files}, {size} МиБ, версия данных {saved.lake_version}.",
            f"{word}: {where}. {saved.files} files, {size} MiB, lake version {saved.lake_version}.",
        ),
        highlight=False,
    )


def write_down(here: Workspace, action: str, subject: str, **details: object) -> None:
    """A line of the audit log; nobody is signed in here, so the account of the machine is named."""
    from smarketing.web.setup import prepare

    prepare(here.root.resolve())
    from smarketing.web.accounts.actions import audit

    audit(None, action, subject, account=getpass.getuser(), **details)


config_app.command("export", help=t("Записать настройки в файл.", "Write the settings to a file."))(config_export)
config_app.command("apply", help=t("Применить настройки из файла.", "Put the settings of a file in place."))(
    config_apply
)
