"""How is a load told in a terminal? What was recognised, what was counted, what was set aside and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smarketing.cli.language import t
from smarketing.connectors.files.gathering import FileReading
from smarketing.connectors.files.profile import Profile
from smarketing.connectors.files.sniffing import Sniffed
from smarketing.connectors.files.told import columns_read, delimiter_said
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text, plural
from smarketing.facts.tables import TABLES
from smarketing.jobs.load import LoadReport
from smarketing.jobs.quarantine import QuarantinedRow
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import say_number

KINDS = {
    "moment": Text("дата и время", "moment"),
    "day": Text("дата", "day"),
    "number": Text("число", "number"),
    "id": Text("номер", "id"),
    "flag": Text("да или нет", "yes or no"),
    "phone": Text("телефон", "phone"),
    "email": Text("эл. почта", "e-mail"),
    "duration": Text("длительность", "duration"),
    "text": Text("текст", "text"),
    "empty": Text("пусто", "empty"),
}
ROOMY = 110  # columns of a terminal that leave place for examples
LINES = 8  # titles and totals that are printed as left out
EXAMPLES = 5  # quarantined rows that are printed; the page shows them all


def print_load(console: Console, report: LoadReport, company: Company, language: Language) -> None:
    """The report of one load or, with ``--check``, of what it would do."""
    for profile in report.profiles:
        _print_profile(console, profile, language)
    for file in report.files:
        _print_file(console, file, language)
    for problem in report.problems:
        _say(console, f"✗ {problem.say(language)}")
    if report.counts:
        console.print(_counts(report, language))
        _print_totals(console, report, company, language)
    _print_quarantined(console, report, language)
    for finding in report.findings:
        _say(console, f"{'✗' if finding.red else '·'} {finding.text.say(language)}")
    console.print(_end(report), style="bold", highlight=False)


def _say(console: Console, line: str, style: str | None = None) -> None:
    """A line as it is: «[rates]» names a section of the settings and is no markup."""
    console.print(line, style=style, highlight=False, markup=False)


def _print_profile(console: Console, profile: Profile, language: Language) -> None:
    _say(console, _recognised(profile.sniffed), "bold")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in (t("Колонка", "Column"), t("Похоже на", "Looks like")):
        table.add_column(head, overflow="fold")
    for head in (t("Заполнено", "Filled"), t("Разных", "Distinct"), t("Читается", "Parses")):
        table.add_column(head, justify="right")
    roomy = console.width >= ROOMY
    if roomy:
        table.add_column(t("Примеры", "Examples"), overflow="ellipsis", no_wrap=True, max_width=50)
    for column in profile.columns:
        figures = (
            str(column.filled),
            str(column.distinct),
            say_number(round(column.parses, 3), Unit.SHARE, language),
        )
        examples = (escape(" · ".join(column.examples[:3])),) if roomy else ()
        table.add_row(escape(column.heading), KINDS[column.kind].say(language), *figures, *examples)
    console.print(table)
    if not any(proposal.fits for proposal in profile.proposals):
        console.print(t("Предлагаем сопоставление, его можно править:", "A proposed mapping, to be edited:"))
        console.print(profile.proposed_toml, highlight=False, markup=False, soft_wrap=True)
        way = Text(
            "Сохраните черновик файлом .toml в папке mappings рабочей папки, поправьте и проверьте файл ещё раз.",
            "Save the draft as a .toml file in the folder mappings of the workspace, correct it and check again.",
        )
        _say(console, way.say(language))


def _print_file(console: Console, file: FileReading, language: Language) -> None:
    _say(console, _recognised(file.sniffed))
    named = file.mapping.name
    console.print(t(f"  сопоставление: {named}", f"  mapping: {named}"), style="dim", highlight=False)
    for note in file.sniffed.notes:
        _say(console, f"  {note.say(language)}", "dim")
    aside = [*file.sniffed.titles, *file.sniffed.totals]
    if aside:
        shown = "; ".join(aside[:LINES]) + (" …" if len(aside) > LINES else "")
        _say(console, t(f"  не данные: {shown}", f"  not data: {shown}"), "dim")
    for column in columns_read(file):
        told = [*filter(None, [column.heading]), column.became.say(language)]
        _say(console, f"  {' → '.join(told)}: {column.how.say(language)}", "dim")


def _recognised(sniffed: Sniffed) -> str:
    rows = plural(sniffed.rows, ("строка", "строки", "строк"), ("row", "rows"))
    parts = [str(sniffed.format), *(part for part in (sniffed.encoding, sniffed.sheet) if part)]
    if delimiter := delimiter_said(sniffed):
        parts.append(t(delimiter.ru, delimiter.en))
    return f"{sniffed.file}: {', '.join(parts)}, {sniffed.rows} {t(rows.ru, rows.en)}"


def _counts(report: LoadReport, language: Language) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(t("Факты", "Facts"))
    for head in (
        t("Получено", "Received"),
        t("Принято", "Accepted"),
        t("В карантине", "Quarantined"),
        t("Из принятых повторы", "Of these repeats"),
    ):
        table.add_column(head, justify="right")
    for name, count in report.counts.items():
        figures = (count.received, count.accepted, count.quarantined, count.repeated)
        table.add_row(TABLES[name].label.say(language), *map(str, figures))
    return table


def _print_totals(console: Console, report: LoadReport, company: Company, language: Language) -> None:
    """What the user knows of their own data, to hold against it."""
    totals = report.totals

    def money(amount: Decimal) -> str:
        return say_number(amount, Unit.MONEY, language, company.currency, digits=2)

    lines = [
        (t("лидов", "leads"), totals.leads or None),
        (t("созданы", "created"), _days(totals.created)),
        (t("продаж", "sales"), totals.won or None),
        (
            t("доля продаж", "share won"),
            say_number(round(totals.won / totals.leads, 4), Unit.SHARE, language) if totals.leads else None,
        ),
        (t("оплачено", "paid"), None if totals.paid is None else money(totals.paid)),
        (t("расход", "spend"), None if totals.spend is None else money(totals.spend)),
    ]
    said = "; ".join(f"{name}: {value}" for name, value in lines if value is not None)
    if said:
        console.print(t(f"Сверьте: {said}.", f"Compare: {said}."), highlight=False)


def _days(span: tuple[date, date] | None) -> str | None:
    return None if span is None else f"{span[0]:%d.%m.%Y}–{span[1]:%d.%m.%Y}"


def _print_quarantined(console: Console, report: LoadReport, language: Language) -> None:
    kinds: dict[tuple[str, str | None], dict[tuple[str, int | str], QuarantinedRow]] = {}
    for row in report.quarantined:  # one cell may spoil several facts: its row is counted once
        kinds.setdefault((row.code, row.heading), {}).setdefault((row.file, row.row), row)
    for found in sorted(kinds.values(), key=len, reverse=True):
        count, first = len(found), next(iter(found.values()))
        rows = [str(number) for file, number in found if file == first.file]
        shown = ", ".join(rows[:EXAMPLES]) + (" …" if count > EXAMPLES else "")
        words = plural(count, ("строка", "строки", "строк"), ("row", "rows"))
        said = t(f"{count} {words.ru} ({first.file}: {shown})", f"{count} {words.en} ({first.file}: {shown})")
        _say(console, f"! {first.text.say(language)} {said}")
    if kinds and not report.check:
        way = Text(
            "Исправьте эти строки на странице «Данные» или в файле и загрузите его снова.",
            "Mend these rows on the page “Data”, or in the file and load it again.",
        )
        _say(console, f"  {way.say(language)}")


def _end(report: LoadReport) -> str:
    if report.check:
        return t("Ничего не записано: это была проверка.", "Nothing was written: this was a check.")
    if report.unchanged:
        return t(
            f"Эти файлы уже загружены, ничего не изменилось: версия {report.version}.",
            f"These files were loaded before, nothing has changed: version {report.version}.",
        )
    return t(f"Загружено: версия {report.version}.", f"Loaded: version {report.version}.")
