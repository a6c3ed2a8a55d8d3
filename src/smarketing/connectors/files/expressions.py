"""How does one column of a fact follow from the cells of a row? Each maker of a mapping as SQL over text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smarketing.connectors.files.mapping import Making, Mapping, When, alternatives, plain
from smarketing.connectors.files.reading import Sheet
from smarketing.connectors.files.reasons import wrong_file
from smarketing.facts.errors import did_you_mean
from smarketing.facts.query import literal

FORMULA_ERRORS = (
    *("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"),
    *("#ССЫЛКА!", "#Н/Д", "#ДЕЛ/0!", "#ЗНАЧ!", "#ИМЯ?", "#ЧИСЛО!", "#ПУСТО!", "#ПЕРЕНОС!"),
)
_FORMULA_ERROR = "|".join(error.replace("?", "[?]") for error in FORMULA_ERRORS)
# A comma inside hides in «join»: the parts of an id never hold this sign.
UNIT = "\x1f"


@dataclass(frozen=True)
class Cells:
    """The cells of a sheet as SQL: trimmed text, NULL for what the mapping calls empty."""

    sheet: Sheet
    mapping: Mapping

    def heading(self, wanted: str) -> str | None:
        """The heading as the file spells it; None where a lenient mapping may do without it.

        «A | B» is the first of the spellings that the file has.
        """
        known = {plain(heading): heading for heading in reversed(self.sheet.headings)}
        said = next((spelling for spelling in (wanted, *wanted.split(" | ")) if plain(spelling) in known), None)
        if said is None:
            self._absent(wanted)
            return None
        if len(self.twins(known[plain(said)])) > 1 and (self._is_needed(wanted) or not self.mapping.lenient):
            raise wrong_file("column-repeated", file=self.sheet.sniffed.file, column=said)
        return known[plain(said)]

    def twins(self, heading: str) -> tuple[str, ...]:
        """The columns that bear this heading in the file, as the sheet tells them apart: «Город», «Город (2)»."""
        same = {plain(name) for name in self.sheet.sniffed.repeated}
        if plain(heading) not in same:
            return (heading,)
        numbered = {
            plain(heading),
            *(f"{plain(heading)} ({place})" for place in range(2, len(self.sheet.headings))),
        }
        return tuple(name for name in self.sheet.headings if plain(name) in numbered)

    def _is_needed(self, wanted: str) -> bool:
        return any(not alternatives(heading).isdisjoint(alternatives(wanted)) for heading in self.mapping.headings)

    def _absent(self, wanted: str) -> None:
        # One of several spellings may be absent: recognition has seen that another one is there.
        must = any(alternatives(heading) == alternatives(wanted) for heading in self.mapping.headings)
        if must or not self.mapping.lenient:
            raise wrong_file(
                "column-missing",
                file=self.sheet.sniffed.file,
                column=wanted.replace(" | ", " / "),
                mapping=self.mapping.name,
                hint=did_you_mean(wanted.split(" | ")[0], self.sheet.headings),
            )

    def text(self, wanted: str) -> str:
        """SQL of a cell, NULL where it is empty or the column is absent."""
        heading = self.heading(wanted)
        if heading is None:
            return "CAST(NULL AS VARCHAR)"
        # Where a heading is repeated, the first filled cell speaks; that they differ is told as a finding.
        texts = [self.stored(twin) for twin in self.twins(heading)]
        return texts[0] if len(texts) == 1 else f"COALESCE({', '.join(texts)})"

    def stored(self, heading: str) -> str:
        """SQL of the cell of a heading that the file has."""
        cell = self.sheet.trimmed(heading)
        if not self.mapping.empty:
            return cell
        empty = ", ".join(literal(value.strip().lower()) for value in self.mapping.empty)
        return f"CASE WHEN LOWER({cell}) NOT IN ({empty}) THEN {cell} END"


def making_text(making: Making, cells: Cells, entry: str | None) -> str:
    """SQL of the text a fact column is made of, before it is read as a number or a moment."""
    text = _made(making, cells, entry)
    if making.part is not None:
        text = address_part(text, making.part)
    if making.piece is not None:
        sign, place = making.piece
        text = f"NULLIF(TRIM(SPLIT_PART({text}, {literal(sign)}, {place})), '')"
    if making.prefix:
        text = f"{literal(making.prefix)} || {text}"
    if making.values:
        text = _translated(text, making)
    if making.is_any is not None:
        listed = ", ".join(literal(value.lower()) for value in making.is_any)
        text = f"CASE WHEN LOWER({text}) IN ({listed}) THEN 'true' ELSE 'false' END"
    return text


def _made(making: Making, cells: Cells, entry: str | None) -> str:
    if making.column is not None:
        return cells.text(making.column)
    if making.minutes_of is not None:
        return cells.text(making.minutes_of)
    if making.constant is not None:
        return literal(making.constant)
    if making.first is not None:
        return f"COALESCE({', '.join(map(cells.text, making.first))})"
    if making.join is not None:
        return f"NULLIF(concat_ws({literal(making.separator)}, {', '.join(map(cells.text, making.join))}), '')"
    if making.digest is not None:
        return digest([cells.text(heading) for heading in making.digest])
    if making.sum is not None:
        return f"({cells.text(making.sum[0])} || ' + ' || {cells.text(making.sum[1])})"
    return literal(entry)


def digest(texts: Sequence[str]) -> str:
    """An id of the content; the n-th row with the same content gets its number, so that repeats stay apart."""
    listed = ", ".join(f"COALESCE({text}, '')" for text in texts)
    content = f"md5(concat_ws({literal(UNIT)}, {listed}))"
    return f"LEFT({content}, 16) || '-' || ROW_NUMBER() OVER (PARTITION BY {content} ORDER BY \"row\")"


def _translated(text: str, making: Making) -> str:
    whens = " ".join(
        f"WHEN {literal(value.strip().lower())} THEN {literal(ours) if ours else 'NULL'}"
        for value, ours in making.values.items()
    )
    # A value that the dictionary does not know and that must not pass is marked, to be quarantined.
    otherwise = {"keep": text, "empty": "NULL", "reject": f"{literal(UNIT)} || {text}"}[making.otherwise]
    return f"CASE LOWER({text}) {whens} ELSE {otherwise} END"


def address_part(text: str, part: str) -> str:
    """SQL of a part of a web address; a mark like utm_source is unquoted and its macro left as it is."""
    if part == "host":
        host = f"LOWER(regexp_extract({text}, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*://)?([^/?#:]+)', 1))"
        return f"NULLIF(regexp_replace({host}, '^www\\.', ''), '')"
    if part == "path":
        return f"NULLIF(regexp_extract({text}, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]+)?([^?#]*)', 1), '')"
    mark = f"regexp_extract({text}, {literal(f'[?&#]{part}=([^&#]*)')}, 1)"
    return f"NULLIF(url_decode(REPLACE({mark}, '+', ' ')), '')"


def condition(when: When, cells: Cells) -> str:
    """SQL of a condition on the row."""
    text = cells.text(when.column)
    tests = []
    if when.any_of is not None:
        tests.append(f"LOWER({text}) IN ({', '.join(literal(value.lower()) for value in when.any_of)})")
    if when.none_of is not None:
        listed = ", ".join(literal(value.lower()) for value in when.none_of)
        tests.append(f"({text} IS NULL OR LOWER({text}) NOT IN ({listed}))")
    if when.filled is not None:
        tests.append(f"{text} IS {'NOT ' if when.filled else ''}NULL")
    return " AND ".join(tests) or "TRUE"


def formula_error(text: str) -> str:
    """SQL that is true where a text is an error of a spreadsheet formula.

    A pattern and not a list: the engine would join the list with all rows, also with those without the sign.
    """
    return f"({text} LIKE '#%' AND regexp_full_match(UPPER({text}), {literal(_FORMULA_ERROR)}))"


__all__ = ["Cells", "address_part", "condition", "digest", "formula_error", "making_text"]
