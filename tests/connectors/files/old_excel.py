"""Writes the smallest .xls that Excel's readers accept: one sheet of texts, numbers and formula errors (BIFF8).

Nothing we depend on writes this format, and a binary file in the repository would be one nobody can read.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_SECTOR = 512


def old_workbook(rows: Sequence[Sequence[str | float]], sheet: str = "Лист1") -> bytes:
    """The bytes of an .xls; a text that names an error is written as the error of a formula."""
    return _container(_book(sheet, rows))


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _begin(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def _cell(row: int, column: int, value: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if not isinstance(value, str):
        return _record(0x203, place + struct.pack("<d", value))
    if value in ERRORS:  # a formula whose last result is an error
        code = ERRORS[value]
        result = bytes([2, 0, code, 0, 0, 0, 0xFF, 0xFF]) + struct.pack("<HI", 0, 0)
        return _record(0x6, place + result + struct.pack("<H", 2) + bytes([0x1C, code]))
    return _record(0x204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))


def _book(sheet: str, rows: Sequence[Sequence[str | float]]) -> bytes:
    cells = b"".join(
        _cell(row, column, value)
        for row, line in enumerate(rows)
        for column, value in enumerate(line)
        if value != ""
    )
    size = _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    name = struct.pack("<BB", len(sheet), 1) + sheet.encode("utf-16-le")
    head = _begin(5) + _record(0x42, struct.pack("<H", 1200))
    start = (
        len(head) + 4 + 6 + len(name) + 4
    )  # where the sheet begins: after its own announcement and the end mark
    announced = _record(0x85, struct.pack("<IBB", start, 0, 0) + name)
    return head + announced + _record(0xA) + _begin(0x10) + size + cells + _record(0xA)


def _container(book: bytes) -> bytes:
    """The old container of Office with one stream; sector 0 lists the sectors, 1 is the folder, then the book."""
    book = book.ljust(max(4096, -(-len(book) // _SECTOR) * _SECTOR), b"\0")
    sectors = len(book) // _SECTOR
    chain = [_FAT, _END, *range(3, sectors + 2), _END]
    chain += [_FREE] * (128 - len(chain))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    )
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<109I", 0, *[_FREE] * 108)
    folder = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 2, len(book)) + bytes(256)
    return head + struct.pack("<128I", *chain) + folder + book


def _entry(name: str, kind: int, start: int, size: int, child: int = _NONE) -> bytes:
    said = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBB", len(said), kind, 1) + struct.pack("<3I", _NONE, _NONE, child)
    return said.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)
