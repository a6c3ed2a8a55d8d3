"""How are runs, connections and checks told in a terminal?"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from smarketing.cli.language import t
from smarketing.connectors.outside.kinds import Connection
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text
from smarketing.facts.tables import TABLES
from smarketing.jobs.checking import Checked
from smarketing.jobs.freshness import next_of, state_of
from smarketing.jobs.kinds import KINDS
from smarketing.jobs.standing import Run, Standing
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import DASH, say_moment, say_number

_HOLDS = {
    True: Text("верно", "holds"),
    False: Text("неверно", "does not hold"),
    None: Text("не видно", "cannot be told"),
}


def print_run(console: Console, run: Run, title: str, company: Company, language: Language) -> None:
    """What one run brought, by stream, and how it ended."""
    console.print(title, style="bold", highlight=False)
    if run.streams:
        console.print(_streams(run, language))
    for finding in run.findings:
        console.print(f"{'✗' if finding.red else '·'} {finding.text.say(language)}", highlight=False)
    if run.facts:
        named = ", ".join(
            f"{_table(table).say(language)} {_count(rows, language)}" for table, rows in run.facts.items()
        )
        console.print(t(f"Новое в фактах: {named}.", f"New in the facts: {named}."), highlight=False)
    console.print(_traffic(run, language), style="dim", highlight=False)
    console.print(_end(run, company, language), style="bold", highlight=False)


def print_connections(
    console: Console, shown: Sequence[tuple[Connection, Standing]], company: Company, language: Language
) -> None:
    """Every connection on a line: its kind, how it stands, when it was read and when it is next."""
    if not shown:
        kinds = ", ".join(sorted(KINDS)) or DASH
        console.print(
            t(f"Подключений нет. Виды: {kinds}.", f"Nothing is connected. Kinds: {kinds}."), highlight=False
        )
        return
    table = _plain_table(
        t("Ключ", "Key"), t("Название", "Title"), t("Вид", "Kind"), t("Состояние", "State"),
        t("Данные до", "Data until"), t("Следующая загрузка", "Next run"),
    )  # fmt: skip
    for connection, standing in shown:
        table.add_row(
            connection.key,
            connection.title,
            connection.kind,
            state_of(connection, standing).say(language),
            say_moment(standing.good_at, company.tz).say(language) if standing.good_at else DASH,
            _next(connection, standing, company, language),
        )
    console.print(table)
    for connection, standing in shown:
        if standing.trouble is not None:
            console.print(f"✗ {connection.title}: {standing.trouble.text.say(language)}", highlight=False)


def print_checked(console: Console, checked: Checked, language: Language) -> None:
    """Who answers there, what is wrong, and which assumptions hold."""
    console.print(checked.health.title, style="bold", highlight=False)
    for text in checked.health.problems:
        console.print(f"✗ {text.say(language)}", highlight=False)
    for text in checked.health.notes:
        console.print(f"· {text.say(language)}", highlight=False)
    if checked.assumptions:
        table = _plain_table(t("Предположение", "Assumption"), t("Здесь", "Here"), t("Видно", "Seen"))
        for one in checked.assumptions:
            table.add_row(one.says.say(language), _HOLDS[one.holds].say(language), one.seen or DASH)
        console.print(table)


def _next(connection: Connection, standing: Standing, company: Company, language: Language) -> str:
    at = next_of(connection, standing)
    return say_moment(at, company.tz).say(language) if at else DASH


def _streams(run: Run, language: Language) -> Table:
    heads = (
        t("Получено", "Received"), t("Новых", "New"), t("Изменено", "Changed"), t("Без изменений", "Same"),
        t("Не принято", "Refused"), t("Удалено", "Deleted"),
    )  # fmt: skip
    table = _plain_table(t("Что", "What"))
    for head in heads:
        table.add_column(head, justify="right")
    for stream, kept in run.streams.items():
        cells = (kept.received, kept.new, kept.changed, kept.same, kept.refused, kept.gone)
        table.add_row(stream, *(_count(number, language) for number in cells))
    return table


def _plain_table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head)
    return table


def _traffic(run: Run, language: Language) -> str:
    asked, again = _count(run.requests, language), _count(run.retries, language)
    refused, waited = _count(run.refused_requests, language), _count(round(run.waited_seconds), language)
    return t(
        f"Запросов {asked}, повторов {again}, отказов по нагрузке {refused}, ждали {waited} с.",
        f"{asked} requests, {again} retries, {refused} refused for load, {waited} s waited.",
    )


def _end(run: Run, company: Company, language: Language) -> str:
    if run.outcome == "done":
        return t("Загружено.", "Loaded.")
    said = run.trouble.text.say(language) if run.trouble else t("Остановлено на полпути.", "Stopped half-way.")
    if run.again_at is None:
        return said
    when = say_moment(run.again_at, company.tz).say(language)
    return t(f"{said} Повтор: {when}.", f"{said} Next try: {when}.")


def _table(name: str) -> Text:
    return TABLES[name].label if name in TABLES else Text(name, name)


def _count(number: int, language: Language) -> str:
    return say_number(number, Unit.COUNT, language)
