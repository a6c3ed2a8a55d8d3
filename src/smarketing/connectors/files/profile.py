"""What is in each column of this file, and which mapping could read it?

The profile looks at every row for what is counted and at a sample for what is recognised; it says which is which.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from smarketing.connectors.files.expressions import FORMULA_ERRORS
from smarketing.connectors.files.mapping import Mapping, Proposal, recognise
from smarketing.connectors.files.proposing import propose_toml
from smarketing.connectors.files.reading import Sheet, Workbench
from smarketing.connectors.files.sniffing import Sniffed
from smarketing.connectors.files.values import FALSE_WORDS, TRUE_WORDS, moment_formats, number_shape
from smarketing.facts.company import Company
from smarketing.facts.identity import email_plain, is_filled, phone_e164
from smarketing.facts.language import Text

Recognised = Literal["moment", "day", "number", "id", "flag", "phone", "email", "duration", "text", "empty"]
_SAMPLE = 2000  # distinct values, the commonest first
_SURE = 0.9  # share of the values from which a kind is believed
_EXAMPLES = 3
_FEW = 40  # different values: a column with more is no column of stages


@dataclass(frozen=True)
class ColumnProfile:
    """One column. ``parses`` is the share of the sampled values that are of the recognised kind."""

    heading: str
    filled: int
    distinct: int
    examples: tuple[str, ...]
    kind: Recognised
    parses: float
    problems: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Profile:
    """One file: what was recognised, its columns, the mappings that come near, and a proposed mapping to edit."""

    sniffed: Sniffed
    columns: tuple[ColumnProfile, ...]
    proposals: tuple[Proposal, ...]
    proposed_toml: str


def profile(bench: Workbench, sheet: Sheet, company: Company, own: Iterable[Mapping] = ()) -> Profile:
    """The profile of a whole file."""
    looked = {heading: _look(bench, sheet, heading) for heading in sheet.headings}
    columns = tuple(_column(heading, values, company) for heading, values in looked.items())
    # Among the columns that have few values are the stages.
    few = {heading: values.commonest for heading, values in looked.items() if 0 < values.distinct <= _FEW}
    proposals = recognise(sheet.headings, own)
    return Profile(sheet.sniffed, columns, proposals, propose_toml(sheet.sniffed, few, empty=not company.stages))


@dataclass(frozen=True)
class _Values:
    """How many cells say something, how many different things, and the commonest of them."""

    filled: int
    distinct: int
    commonest: tuple[str, ...]


def _look(bench: Workbench, sheet: Sheet, heading: str) -> _Values:
    """A column grouped once: its counts and its commonest values come from the same groups."""
    cell, groups = sheet.trimmed(heading), f"values_{bench.number()}"
    bench.run(
        f"CREATE TEMP TABLE {groups} AS SELECT {cell} AS value, COUNT(*) AS cells FROM {sheet.relation} "
        f"WHERE value IS NOT NULL GROUP BY value"
    )
    filled, distinct = bench.one(f"SELECT COALESCE(SUM(cells), 0), COUNT(*) FROM {groups}")
    rows = bench.rows(f"SELECT value FROM {groups} ORDER BY cells DESC, value LIMIT {_SAMPLE}")
    bench.run(f"DROP TABLE {groups}")
    return _Values(int(filled), int(distinct), tuple(str(row[0]) for row in rows))


def _column(heading: str, values: _Values, company: Company) -> ColumnProfile:
    said, filled, distinct = values.commonest, values.filled, values.distinct
    kind, parses = recognised(said, filled, distinct, company.phone_region)
    problems = tuple(_problems(said, kind, parses, filled))
    return ColumnProfile(heading, filled, distinct, said[:_EXAMPLES], kind, parses, problems)


def recognised(values: Sequence[str], filled: int, distinct: int, region: str) -> tuple[Recognised, float]:
    """The kind of a column and the share of its sampled values that are of this kind."""
    if not values:
        return "empty", 0.0
    kinds = Counter(_kind(value, region) for value in values)
    if kinds["day"] and kinds["moment"]:
        kinds["moment"] += kinds.pop("day")
    kind, count = kinds.most_common(1)[0]
    share = count / len(values)
    words = {value.lower() for value in values}
    if words <= {*TRUE_WORDS, *FALSE_WORDS} and len(words) <= 2 and words & {*TRUE_WORDS}:
        return "flag", 1.0
    if kind in ("id", "text", "number") and _is_id(values, filled, distinct):
        return "id", 1.0
    if share >= _SURE or kind == "text":
        return kind, share
    return "text", 1 - share


def _kind(value: str, region: str) -> Recognised:
    if "@" in value and email_plain(value):
        return "email"
    shape = "".join("9" if letter.isdigit() else letter for letter in value)
    formats = moment_formats(shape)
    if formats and number_shape(value) == "none":
        return "moment" if ":" in shape else "day"
    if len(value) >= 10 and value.lstrip("+").startswith(("7", "8", "4", "3")) and phone_e164(value, region):
        return "phone"
    if re.fullmatch(r"(\d+\s*\D+\s*)?\d{1,3}:\d{2}(:\d{2})?", value):
        return "duration"
    if number_shape(value) != "none":
        return "id" if value.isdigit() and len(value) > 11 else "number"
    return "text"


def _is_id(values: Sequence[str], filled: int, distinct: int) -> bool:
    """Nearly every value is its own and none holds a space or a decimal sign."""
    plain = sum(1 for value in values if value.replace("-", "").replace("_", "").isalnum())
    return distinct >= 0.98 * filled and filled > 1 and plain == len(values) and any(map(str.isdigit, values[0]))


def _problems(values: Sequence[str], kind: Recognised, parses: float, filled: int) -> Iterable[Text]:
    errors = [value for value in values if value.upper() in FORMULA_ERRORS]
    if errors:
        listed = ", ".join(errors)
        yield Text(f"Ошибки формул Excel: {listed}.", f"Excel formula errors: {listed}.")
    hollow = [value for value in values if not is_filled(value) and value not in ("0", "нет", "no", "No", "Нет")]
    if hollow:
        listed = ", ".join(f"«{value}»" for value in hollow)
        yield Text(f"Значения, похожие на «пусто»: {listed}.", f"Values that look like “nothing”: {listed}.")
    if kind not in ("text", "empty") and parses < 1:
        share = f"{(1 - parses) * 100:.1f}"
        yield Text(
            f"Не читается {share.replace('.', ',')}\u00a0% значений.",
            f"{share}% of the values cannot be read.",
        )
    if filled and len(values) == 1:
        yield Text("Во всех строках одно и то же значение.", "Every row holds the same value.")
