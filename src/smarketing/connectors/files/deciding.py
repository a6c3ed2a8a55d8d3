"""How is every column of this sheet to be read? The queries behind :mod:`values`.

A column of numbers is first tried as bare numbers over all its rows, which is as fast as reading; only a column
that is not has its shapes counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from smarketing.connectors.files.reading import Workbench
from smarketing.connectors.files.reasons import wrong_file
from smarketing.connectors.files.values import (
    AROUND,
    ISO,
    DateOrder,
    Decimal_,
    Decision,
    decide_numbers,
    moment_expression,
    moment_formats,
    number_expression,
)
from smarketing.facts.query import literal
from smarketing.facts.tables import Kind

_SHAPES = 5000
_FIRST = 10_000  # rows whose shape is tried on all others


def decide_number_column(bench: Workbench, relation: str, text: str, hinted: Decimal_ | None = None) -> Decision:
    """The decimal sign of a column; ``text`` is an SQL expression with empties already NULL."""
    decision = _decimal_sign(bench, relation, text, hinted)
    return decision if decision.plain else replace(decision, around=_around(bench, relation, text, decision))


def _around(bench: Workbench, relation: str, text: str, decision: Decision) -> str | None:
    """The longest of the first numbers that was read without what stands beside its digits."""
    read = number_expression("value", Kind.NUMBER, decision)
    found = bench.rows(
        f"SELECT value FROM (SELECT {text} AS value FROM {relation} LIMIT {_FIRST}) "
        f"WHERE regexp_matches(value, {literal(AROUND)}, 'i') AND {read} IS NOT NULL "
        f"ORDER BY length(value) DESC, value LIMIT 1"
    )
    return str(found[0][0]) if found else None


def _decimal_sign(bench: Workbench, relation: str, text: str, hinted: Decimal_ | None) -> Decision:
    if hinted is not None:
        return Decision(decimal=hinted)
    power = f"CONTAINS({text}, 'e') OR CONTAINS({text}, 'E')"
    filled, bare = bench.one(
        f"SELECT COUNT({text}), COUNT(*) FILTER (TRY_CAST({text} AS DECIMAL(18,6)) IS NOT NULL "
        f"AND {text} NOT LIKE '%.___' AND NOT CONTAINS({text}, '_') AND NOT ({power})) FROM {relation}"
    )
    if filled == bare:
        return Decision(decimal=".", plain=True)
    counted = bench.one(f"SELECT {_signs(text, '.')}, {_signs(text, ',')} FROM {relation}")
    points, sure_points, commas, sure_commas = map(int, counted)
    if not points and sure_commas:
        return Decision(decimal=",")
    if not commas and sure_points:
        return Decision(decimal=".")
    return decide_numbers(shapes(bench, relation, text))


def _signs(text: str, sign: str) -> str:
    """How many values hold the sign, and how many end in it and one or two digits: no thousands end so."""
    ends = f"regexp_matches({text}, '[0-9][{sign}][0-9]{{1,2}}[^0-9]*$')"
    return f"COUNT(*) FILTER (CONTAINS({text}, '{sign}')), COUNT(*) FILTER (CONTAINS({text}, '{sign}') AND {ends})"


def decide_moment_column(
    bench: Workbench,
    relation: str,
    text: str,
    order: DateOrder | None = None,
) -> Decision:
    """The formats of a column of moments. An undecided order of day and month is given by its example."""
    quick = _one_format(bench, relation, text)
    if quick is not None:
        return Decision(formats=(quick,))
    found: Counter[str] = Counter()
    swappable: dict[str, str] = {}
    for shape, count in shapes(bench, relation, text).items():
        formats = moment_formats(shape)
        if len(formats) > 1:
            swappable.update(dict.fromkeys(formats, shape))
        elif formats:
            found[formats[0]] += count
    if swappable:
        chosen = order or _order(bench, relation, text)
        if chosen is None:
            return Decision(formats=tuple(found), undecided=_example(bench, relation, text))
        start = "%d" if chosen == "dmy" else "%m"
        found.update({form: 1 for form in swappable if form.startswith(start)})
    return Decision(formats=tuple(form for form, _ in found.most_common()))


def _one_format(bench: Workbench, relation: str, text: str) -> str | None:
    """The format of the first rows, if it is a sure one and every other row follows it."""
    sample = shapes(bench, f"(SELECT * FROM {relation} LIMIT {_FIRST})", text)
    formats = {moment_formats(shape) for shape in sample}
    if len(formats) != 1:
        return None
    (only,) = formats
    if len(only) != 1 or not (only[0] == ISO or only[0].startswith("%d.%m.%Y")):
        return None
    # A year of two digits and a mark of a zone would pass the parser unseen.
    strange = (
        f"strlen({text}) < 10 OR CONTAINS({text}, '+') OR CONTAINS({text}, 'Z') OR CONTAINS({text}[11:], '-')"
    )
    parsed = moment_expression(text, Kind.MOMENT, Decision(formats=only), "UTC")
    filled, fine = bench.one(
        f"SELECT COUNT({text}), COUNT(*) FILTER ({parsed} IS NOT NULL AND NOT ({strange})) FROM {relation}"
    )
    return only[0] if filled == fine else None


def shapes(bench: Workbench, relation: str, text: str) -> dict[str, int]:
    """Values with every digit as a nine, the commonest first."""
    rows = bench.rows(
        f"SELECT translate({text}, '0123456789', '9999999999') AS shape, COUNT(*) FROM {relation} "
        f"WHERE {text} IS NOT NULL GROUP BY shape ORDER BY 2 DESC, 1 LIMIT {_SHAPES}"
    )
    return {str(shape): int(count) for shape, count in rows}


def _order(bench: Workbench, relation: str, text: str) -> DateOrder | None:
    """Day first or month first, by a number above twelve; None where nothing tells or the values contradict."""
    first, second = (
        f"TRY_CAST(regexp_extract({text}, '^(\\d{{1,2}})[/-](\\d{{1,2}})[/-]\\d', {place}) AS INTEGER)"
        for place in (1, 2)
    )
    row = bench.one(f"SELECT COALESCE(MAX({first}), 0), COALESCE(MAX({second}), 0) FROM {relation}")
    high = (row[0] > 12, row[1] > 12)
    if high == (True, False):
        return "dmy"
    return "mdy" if high == (False, True) else None


def _example(bench: Workbench, relation: str, text: str) -> str:
    row = bench.one(
        f"SELECT MIN({text}) FROM {relation} WHERE regexp_matches({text}, {literal('^[0-9]{1,2}[/-]')})"
    )
    return str(row[0])


def refuse_undecided(decision: Decision, file: str, column: str) -> Decision:
    """The decision itself; raises where day and month cannot be told apart."""
    if decision.undecided is not None:
        raise wrong_file("dates-ambiguous", file=file, column=column, sample=decision.undecided)
    return decision
