"""How do the demo facts become a folder of files that ``smarketing load`` takes without a mapping?

Most of the dirt a real export has is already among the facts (numbers that cannot be called, empty fields,
duplicates, tests); those rows are good and become findings. Here a few rows are added that no table can hold,
so that the quarantine has something to show.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from smarketing.facts.tables import TABLES, Kind
from smarketing.jobs.demo.generate import SEED, TODAY, generate

# Table → rows by column, every one with exactly one fault.
BROKEN_ROWS: dict[str, tuple[dict[str, str], ...]] = {
    "leads": (
        {"lead_id": "L-90001", "created_at": "2026-13-45 10:00", "lead_source": "Яндекс Директ"},
        {"lead_id": "", "created_at": "2026-10-06 11:20:00+0300", "lead_source": "VK Реклама"},
        {"lead_id": "L-90002", "created_at": "2026-10-07 09:15:00+0300", "amount": "по договору"},
    ),
    "payments": (
        {"payment_id": "P-90001", "paid_at": "2026-09-15 12:00:00+0300", "amount": "#REF!"},
        {"payment_id": "P-90002", "paid_at": "31.02.2026", "amount": "48000.00"},
    ),
    "ad_spend": ({"day": "2026-10-20", "lead_source": "VK Реклама", "cost": "ошибка выгрузки"},),
    "activities": ({"activity_id": "A-90001", "at": "вчера", "kind": "call"},),
}


def write(folder: Path, seed: int = SEED, until: date = TODAY) -> dict[str, int]:
    """Write the fact folder as CSV files; gives the rows written by table, the broken ones among them."""
    folder.mkdir(parents=True, exist_ok=True)
    return {name: _write_table(folder, name, table) for name, table in generate(seed, until).items()}


def _write_table(folder: Path, name: str, table: pa.Table) -> int:
    path = folder / f"{name}.csv"
    pacsv.write_csv(_as_text(name, table), path, pacsv.WriteOptions(quoting_style="needed"))
    broken = BROKEN_ROWS.get(name, ())
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table.column_names, lineterminator="\n")
        writer.writerows(broken)
    return int(table.num_rows) + len(broken)


def _as_text(name: str, table: pa.Table) -> pa.Table:
    """Months as people write them; everything else as it is."""
    for column in TABLES[name].columns:
        if column.kind is Kind.MONTH and column.name in table.column_names:
            place = table.column_names.index(column.name)
            digits = table[column.name].cast(pa.string())
            text = pc.binary_join_element_wise(
                pc.utf8_slice_codeunits(digits, 0, 4), pc.utf8_slice_codeunits(digits, 4, 6), "-"
            )
            table = table.set_column(place, column.name, text)
    return table
