"""What should be told about one file itself: how its numbers were read, what its columns contradict?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from smarketing.connectors.files.deciding import decide_number_column
from smarketing.connectors.files.expressions import Cells, making_text
from smarketing.connectors.files.findings import RED_SHARE, Finding, money, number
from smarketing.connectors.files.mapping import Making, plain
from smarketing.connectors.files.reading import Workbench
from smarketing.connectors.files.sifting import Sifted
from smarketing.connectors.files.values import SIGNS, number_expression
from smarketing.connectors.files.worth import in_company_money
from smarketing.facts.channels import KEPT_FIELDS
from smarketing.facts.company import Company
from smarketing.facts.language import Text
from smarketing.facts.tables import TABLES, Kind


def file_findings(bench: Workbench, cells: Cells, sifted: Sequence[Sifted], company: Company) -> Iterator[Finding]:
    """Findings of one file."""
    yield from _assumed_numbers(cells, sifted)
    yield from _undeclared(sifted, company)
    yield from _foreign_signs(bench, cells, sifted, company)
    yield from _put_together(sifted)
    for part in sifted:
        yield from _torn(bench, cells, part)
        yield from _rounded(bench, cells, part)
        if part.table == "ad_spend":
            yield from _repeated_spend(bench, cells, part, company)
    for check in cells.mapping.checks:
        if check.above is not None:
            yield from _above(bench, cells, *check.above)
        if check.absent is not None and check.say is not None and cells.heading(check.absent) is None:
            yield Finding("column-absent", check.say.text, 1, 1)
    yield from _repeated_columns(bench, cells)
    yield from _unseen_errors(bench, cells)


def spend_of_two_files(
    bench: Workbench, names: Sequence[str], parts: Sequence[tuple[int, str]], company: Company
) -> Iterator[Finding]:
    """Spend of one source, account and day out of several files of one load: the same money seen from two sides?

    ``parts``: number of the file and its spend in the company's currency; ``names``: the files in that order.
    """
    if len({file for file, _ in parts}) < 2:
        return
    rows = " UNION ALL ".join(
        f"SELECT {file} AS file, lead_source, account, day, cost FROM {relation} WHERE issue IS NULL"
        for file, relation in parts
    )
    days, spent = bench.one(
        f"SELECT COUNT(*), SUM(cost) FROM (SELECT SUM(cost) AS cost FROM ({rows}) "
        f"GROUP BY lead_source, account, day HAVING COUNT(DISTINCT file) > 1)"
    )
    if days:
        text = Text(
            "Расход одного источника за один день пришёл из нескольких файлов ({files}): таких дней {n}, денег "
            "{money}. Если это один и тот же расход, оставьте один из файлов.",
            "Spend of one source and day came out of several files ({files}): {n} such days, money {money}. If it "
            "is the same spend, keep one of the files.",
        ).fill(files=", ".join(dict.fromkeys(names)), n=number(days), money=money(spent, company))
        yield Finding("spend-of-two-files", text, days, days, (), spent)


def _assumed_numbers(cells: Cells, sifted: Iterable[Sifted]) -> Iterator[Finding]:
    for part in sifted:
        for key, decision in part.decisions.items():
            # A counted thing has no fraction that thousands could be mistaken for.
            name = key.rpartition("/")[2]
            counted = TABLES[part.table].column(name).kind is Kind.COUNT
            if decision.assumed is not None and not decision.mixed and not counted:
                text = Text(
                    "В файле «{file}» числа столбца «{column}» вида {example} прочитаны как тысячи.",
                    "In “{file}” numbers of “{column}” like {example} were read as thousands.",
                ).fill(
                    file=cells.sheet.sniffed.file,
                    column=_present(cells.mapping.tables[part.place].columns[name], cells) or name,
                    example=decision.assumed,
                )
                yield Finding("numbers-assumed", text, 1, 1, (decision.assumed,))


def _put_together(sifted: Sequence[Sifted]) -> Iterator[Finding]:
    for table in dict.fromkeys(part.table for part in sifted if part.folded):
        parts = [part for part in sifted if part.table == table]
        lines, rows = sum(part.folded for part in parts), sum(part.received for part in parts)
        text = Text(
            "Одна запись стояла в файле на нескольких строках («{table}»): лишних строк {n}, суммы сложены.",
            "One record stood on several lines of the file (“{table}”): {n} lines more, their sums were added.",
        ).fill(table=TABLES[table].label, n=number(lines))
        yield Finding("rows-together", text, lines, rows)


def _torn(bench: Workbench, cells: Cells, part: Sifted) -> Iterator[Finding]:
    """Records on several lines of which some were set aside: their sums lack what stands there."""
    if not cells.mapping.tables[part.place].together:
        return
    key = ", ".join(f'"{name}"' for name in TABLES[part.table].key)
    torn = int(
        bench.one(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM {part.relation} GROUP BY {key} "
            f"HAVING bool_or(issue IS NULL) AND bool_or(issue IS NOT NULL))"
        )[0]
    )
    if torn:
        text = Text(
            "Записей, часть строк которых ушла в карантин («{table}»): {n}. Их суммы неполны: исправьте файл и "
            "загрузите его целиком, а не по строке.",
            "Records some of whose lines went to quarantine (“{table}”): {n}. Their sums are incomplete: correct "
            "the file and load it whole instead of line by line.",
        ).fill(table=TABLES[part.table].label, n=number(torn))
        yield Finding("rows-torn", text, torn, part.received, (), None, True)


def _rounded(bench: Workbench, cells: Cells, part: Sifted) -> Iterator[Finding]:
    """Fractions that became whole numbers: an ad system may share one conversion between two clicks."""
    for name, making in cells.mapping.tables[part.place].columns.items():
        decision = part.decisions.get(f"{part.place}/{part.table}/{name}")
        if not making.whole or decision is None:
            continue
        text = making_text(making, cells, None)
        exact = number_expression(text, Kind.NUMBER, decision)
        rows, before, after = bench.one(
            f"SELECT COUNT(*) FILTER (n <> TRUNC(n)), COALESCE(SUM(n), 0), COALESCE(SUM(ROUND(n)), 0) "
            f"FROM (SELECT {exact} AS n FROM {cells.sheet.relation})"
        )
        if rows:
            said = Text(
                "Дробные значения столбца «{column}» округлены до целых: строк {n}, было {before}, стало {after}.",
                "Fractions of “{column}” were rounded to whole numbers: {n} rows, {before} became {after}.",
            ).fill(
                column=_present(making, cells),
                n=number(rows),
                before=number(_short(before)),
                after=number(_short(after)),
            )
            yield Finding("rounded", said, rows, cells.sheet.sniffed.rows)


def _present(making: Making, cells: Cells) -> str:
    """The heading of the file that a column is made of."""
    return next((heading for heading in map(cells.heading, making.columns) if heading), "")


def _short(value: Decimal | float) -> Decimal:
    """A number without the noughts after its last digit.

    >>> _short(Decimal("12.300000")), _short(Decimal(10))
    (Decimal('12.3'), Decimal('10'))
    """
    return Decimal(f"{Decimal(value):f}".rstrip("0").rstrip(".")) if Decimal(value) % 1 else Decimal(int(value))


def _repeated_columns(bench: Workbench, cells: Cells) -> Iterator[Finding]:
    """Columns of one name that the mapping uses: of the card and of its contact, as amoCRM exports them."""
    named = {plain(one) for table in cells.mapping.tables for name in table.headings for one in name.split(" | ")}
    for heading in cells.sheet.sniffed.repeated:
        if plain(heading) not in named:
            continue
        texts, rows = [cells.stored(one) for one in cells.twins(heading)], cells.sheet.sniffed.rows
        apart = " OR ".join(f"{texts[0]} <> {other}" for other in texts[1:])
        count = int(bench.one(f"SELECT COUNT(*) FILTER ({apart}) FROM {cells.sheet.relation}")[0])
        text = Text(
            "Столбцов «{column}»: {times}. Взято первое заполненное значение; строк, где они расходятся: {n}.",
            "Columns called “{column}”: {times}. The first filled value was taken; rows with a difference: {n}.",
        ).fill(column=heading, times=str(len(texts)), n=number(count))
        yield Finding("columns-repeated", text, count, rows, (), None, count > rows * RED_SHARE)


def _unseen_errors(bench: Workbench, cells: Cells) -> Iterator[Finding]:
    """The old .xls is read without its formula errors: every call of calamine gives an empty cell for one."""
    if cells.sheet.sniffed.format != "xls":
        return
    named = {
        heading
        for table in cells.mapping.tables
        for wanted in table.headings
        if (heading := cells.heading(wanted))
    }
    if not named:
        return
    counts = ", ".join(f"COUNT(*) FILTER ({cells.sheet.trimmed(heading)} IS NULL)" for heading in sorted(named))
    empty = sum(map(int, bench.one(f"SELECT {counts} FROM {cells.sheet.relation}")))
    if empty:
        text = Text(
            "«{file}» — Excel старого формата .xls: ошибка формулы (#Н/Д и другие) в нём неотличима от пустой "
            "ячейки. Пустых ячеек в прочитанных столбцах: {n}. Если там были формулы, сохраните файл как XLSX.",
            "“{file}” is Excel's old .xls: an error of a formula (#N/A and others) cannot be told from an empty "
            "cell in it. Empty cells in the columns that were read: {n}. If there were formulas, save the file as "
            "XLSX.",
        ).fill(file=cells.sheet.sniffed.file, n=number(empty))
        yield Finding("errors-unseen", text, empty, cells.sheet.sniffed.rows * len(named))


def _undeclared(sifted: Sequence[Sifted], company: Company) -> Iterator[Finding]:
    known = {field.key for field in company.custom_fields} | set(KEPT_FIELDS)
    unknown = tuple(key for part in sifted for key in part.custom if key not in known)
    if unknown:
        text = Text(
            "Свои поля лидов, которых нет в [[custom_fields]]: {fields}. Они сохранены; чтобы отчёты их видели, "
            "добавьте их в настройки.",
            "Fields of leads that [[custom_fields]] lacks: {fields}. They are kept; add them to the settings for "
            "reports to see them.",
        ).fill(fields=", ".join(unknown))
        yield Finding("custom-undeclared", text, len(unknown), len(unknown), unknown[:5])
    if not company.stages and any(part.table == "stage_moves" for part in sifted):
        text = Text(
            "Стадии не описаны в company.toml: приняты как есть, воронка без них не строится.",
            "The stages are not described in company.toml: they were taken as they are, the funnel needs them.",
        )
        yield Finding("stages-undeclared", text, 1, 1)


def _foreign_signs(
    bench: Workbench, cells: Cells, sifted: Iterable[Sifted], company: Company
) -> Iterator[Finding]:
    """«€» in a sum of a company that counts in roubles, in a table that names no currency."""
    for part in sifted:
        making = cells.mapping.tables[part.place].columns
        if "currency" in making:
            continue
        for column in TABLES[part.table].columns:
            decision = part.decisions.get(f"{part.place}/{part.table}/{column.name}")
            # A column of bare numbers holds no signs.
            if column.kind is Kind.MONEY and decision is not None and not decision.plain:
                for heading in making[column.name].columns:
                    yield from _signs_of(bench, cells, heading, company)


def _signs_of(bench: Workbench, cells: Cells, heading: str, company: Company) -> Iterator[Finding]:
    text = cells.text(heading)
    foreign = [sign for sign, code in SIGNS.items() if code != company.currency]
    counts = bench.one(
        "SELECT "
        + ", ".join(f"COUNT(*) FILTER (CONTAINS({text}, '{sign}'))" for sign in foreign)
        + f" FROM {cells.sheet.relation}"
    )
    for sign, count in zip(foreign, map(int, counts), strict=True):
        if count:
            said = Text(
                "В столбце «{column}» суммы со знаком {sign}: {n}, а валюта компании {currency}. Столбец валюты "
                "не указан, суммы взяты как есть.",
                "The column “{column}” has sums with {sign}: {n}, while the company counts in {currency}. "
                "No column of currency is named, the sums were taken as they are.",
            ).fill(column=heading, sign=sign, n=number(count), currency=company.currency)
            yield Finding("foreign-sign", said, count, count, (), None, True)


def _above(bench: Workbench, cells: Cells, first: str, second: str) -> Iterator[Finding]:
    """Rows where the first sum of a pair is above the second."""
    relation = cells.sheet.relation
    if cells.heading(first) is None or cells.heading(second) is None:
        return
    sums = []
    for heading in (first, second):
        text = cells.text(heading)
        sums.append(number_expression(text, Kind.MONEY, decide_number_column(bench, relation, text)))
    key = cells.sheet.cell(cells.sheet.headings[0])
    found = bench.rows(f'SELECT {key} FROM {relation} WHERE {sums[0]} > {sums[1]} ORDER BY "row"')
    if found:
        said = Text(
            "Строк, где «{first}» больше, чем «{second}»: {n}.",
            "Rows where “{first}” is above “{second}”: {n}.",
        ).fill(first=first, second=second, n=number(len(found)))
        examples = tuple(str(row[0]) for row in found[:5])
        yield Finding("sum-above", said, len(found), cells.sheet.sniffed.rows, examples)


def _repeated_spend(bench: Workbench, cells: Cells, part: Sifted, company: Company) -> Iterator[Finding]:
    """Rows of spend that repeat another one cell by cell. They stay: two equal rows may be two real ones."""
    columns = ", ".join(cells.sheet.cell(heading) for heading in cells.sheet.headings)
    spend = in_company_money(bench, part.relation, part.table, company)
    rows, copies, spent, total = bench.one(
        f'WITH counted AS (SELECT s.cost, ROW_NUMBER() OVER (PARTITION BY {columns} ORDER BY r."row") AS copy '
        f'FROM {cells.sheet.relation} r JOIN {spend} s ON s."row" = r."row") '
        f"SELECT COUNT(*), COUNT(*) FILTER (copy > 1), COALESCE(SUM(cost) FILTER (copy > 1), 0), "
        f"COALESCE(SUM(cost), 0) FROM counted"
    )
    if copies:
        text = Text(
            "Одинаковых строк расхода: {n}, денег в повторах: {money}. Они не убраны: проверьте, не двойная ли "
            "это выгрузка.",
            "Equal rows of spend: {n}, money in the copies: {money}. They stay: check whether the export "
            "was doubled.",
        ).fill(n=number(copies), money=money(spent, company))
        red = total > 0 and Decimal(spent) / Decimal(total) > RED_SHARE
        yield Finding("repeated-spend", text, copies, rows, (), spent, red)
