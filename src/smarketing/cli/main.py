"""The command ``smarketing``: facts in, figures and the verdict out.

Exit codes: 0 done; 1 done, but rows were quarantined or a check is red; 2 wrong call or bad input.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from smarketing.cli.answers import diagnose_command, questions_command
from smarketing.cli.calibration import calibrate_command
from smarketing.cli.connecting import connections, sync_command
from smarketing.cli.keeping import backup_command, config_app, restore_command
from smarketing.cli.language import t, terminal_language
from smarketing.cli.plan import plan_app
from smarketing.cli.show import show_command, verdict_command
from smarketing.cli.work import (
    bench_command,
    demo_command,
    doctor_command,
    init_command,
    load_command,
    serve_command,
    user_command,
)
from smarketing.cli.writing import add_to
from smarketing.facts.errors import SmarketingError

HELP = t(
    "Где потерян план продаж, в чьей это зоне и больше ли это случайности.",
    "Where the sales plan was lost, whose zone it is, and whether it is more than chance.",
)


class Speaking(typer.core.TyperGroup):
    """Our own errors become one sentence and exit code 2, never a traceback."""

    def invoke(self, ctx: Any) -> Any:  # typer carries its own copy of click, whose types are not public
        try:
            return super().invoke(ctx)
        except SmarketingError as error:
            Console(stderr=True).print(error.say(terminal_language()), highlight=False, markup=False)
            raise typer.Exit(2) from error


app = typer.Typer(
    cls=Speaking, help=HELP, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
)
app.command(
    "demo",
    help=t("Собрать демонстрационную компанию и открыть продукт.", "Build the demo company and open the product."),
)(demo_command)
app.command("init", help=t("Создать пустую рабочую папку.", "Make an empty workspace."))(init_command)
app.command("load", help=t("Загрузить файлы выгрузок.", "Load files of exports."))(load_command)
app.command("sync", help=t("Загрузить из подключённых систем.", "Load from connected systems."))(sync_command)
add_to(connections)
app.add_typer(connections, name="connection")
app.command("show", help=t("Показать измерение таблицей.", "Show a measurement as a table."))(show_command)
app.command("verdict", help=t("Разобрать отклонение от плана.", "Split the plan gap by cause and zone."))(
    verdict_command
)
app.command("questions", help=t("Что спросить у каждого руководителя.", "What to ask each head."))(
    questions_command
)
app.command("diagnose", help=t("Пройти шесть шагов диагностики.", "Walk the six steps of the diagnosis."))(
    diagnose_command
)
app.add_typer(
    plan_app, name="plan", help=t("План: что задано, кто что должен, кто подтвердил.", "The plan and its duties.")
)
app.command("serve", help=t("Открыть продукт в браузере.", "Serve the product."))(serve_command)
app.command("user", help=t("Добавить того, кто может войти.", "Add a person who may sign in."))(user_command)
app.add_typer(config_app, name="config", help=t("Настройки компании файлом.", "The company's settings as a file."))
app.command("backup", help=t("Сохранить всю рабочую папку в файл.", "Save the whole workspace into a file."))(
    backup_command
)
app.command("restore", help=t("Восстановить рабочую папку из файла.", "Bring a workspace back from a file."))(
    restore_command
)
app.command(
    "doctor", help=t("Проверить, всё ли в порядке с установкой.", "Say what is wrong with this installation.")
)(doctor_command)
app.command(
    "calibrate",
    help=t(
        "Проверить вывод на месяцах, правда о которых известна.", "Try the verdict on months whose truth is known."
    ),
)(calibrate_command)
app.command("bench", help=t("Измерить скорость отношениями.", "Measure speed as ratios."))(bench_command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"smarketing {version('smarketing')}\n")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=t("Версия.", "Version."))
    ] = False,
) -> None:
    """Options that every command shares."""


if __name__ == "__main__":
    app(prog_name="smarketing")
