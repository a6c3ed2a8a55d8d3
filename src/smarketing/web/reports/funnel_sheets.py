"""How do the tables of the funnel's page leave as they stand: totals, reasons by stage and by month?"""

from __future__ import annotations

from smarketing.analyses.funnel import Funnel
from smarketing.analyses.losses import Losses
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text
from smarketing.jobs.record_export import Cell, Sheet
from smarketing.metrics.wording import money_unit
from smarketing.web.lists import list_sheet
from smarketing.web.reports.lost import HeatCell, HeatMap, MonthTable
from smarketing.web.reports.path import of_totals
from smarketing.web.reports.sheets import percent

_LOST, _OPEN = Text("Потеряно", "Lost"), Text("Ещё в работе", "Still open")
_REASON, _TOTAL = Text("причина", "reason"), Text("всего", "total")


def totals_sheet(funnel: Funnel, language: Language) -> Sheet:
    """What became of the leads; a time in days."""
    heads = (Text("что", "what"), Text("лиды", "leads"), Text("дни", "days"))
    rows: list[tuple[Cell | Text, ...]] = [(name, number, None) for name, number, *_ in of_totals(funnel)]
    if funnel.totals.median_won_seconds is not None:
        days = percent(funnel.totals.median_won_seconds / 86_400 / 100)
        rows.append((Text("До продажи, медиана", "Time to sale, median"), None, days))
    return list_sheet(heads, rows, language)


def reasons_sheet(losses: Losses, heat: HeatMap, company: Company, language: Language) -> Sheet:
    """Reason by stage in leads, whatever the page shows in its cells, with the share and the amount of each."""
    unit = money_unit(company.currency)
    heads = (
        _REASON, *heat.stages, _TOTAL, Text("доля, %", "share, %"),
        Text(f"сумма, {unit.ru}", f"amount, {unit.en}"),
    )  # fmt: skip
    rows: list[tuple[Cell | Text, ...]] = [
        (row.name, *_counts(row.cells), row.total.count, percent(reason.share.value), reason.amount.amount)
        for row, reason in zip(heat.rows, losses.reasons, strict=True)
    ]
    rows.append((_LOST, *_counts(heat.lost), heat.all_lost.count, None, losses.amount.amount))
    rows.append((_OPEN, *_counts(heat.open), heat.all_open.count, None, None))
    return list_sheet(heads, rows, language)


def months_sheet(table: MonthTable | None, language: Language) -> Sheet:
    """Lost leads by reason and month; no rows where nothing was lost."""
    if table is None:
        return list_sheet((_REASON,), [], language)
    rows: list[tuple[Cell | Text, ...]] = [(name, *_counts(cells)) for name, cells in table.rows]
    return list_sheet((_REASON, *table.months), [*rows, (_LOST, *_counts(table.total))], language)


def _counts(cells: tuple[HeatCell, ...]) -> tuple[int, ...]:
    return tuple(cell.count for cell in cells)
