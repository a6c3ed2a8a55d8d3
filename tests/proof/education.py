"""Where in the product does each figure of x_education's expected.json stand?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from smarketing.analyses.losses import losses
from smarketing.analyses.question import Question
from smarketing.connectors.files.mapping import Mapping, read_mapping
from tests.proof.accounting import Figures
from tests.proof.loaded import Loaded, named
from tests.proof.shared import ROOT

FILE = "leads.csv"
MAPPING = ROOT / "tests" / "proof" / "mappings" / "x_education.toml"


def leads(education: Loaded) -> Any:
    profile = education.profiles[FILE]
    return {
        "rows": education.total("leads")["leads"].value,
        "prospects": profile["Prospect ID"].distinct,
        "numbers": profile["Lead Number"].distinct,
    }


def converted(education: Loaded) -> Any:
    return education.total("sales")["sales"].value


def cr(education: Loaded) -> Any:
    return education.total("lead_to_sale_cr")["lead_to_sale_cr"].value


def _by(dimension: str) -> Callable[[Loaded], Any]:
    def figures(education: Loaded) -> Any:
        found = education.rows(dimension, ("leads", "sales", "lead_to_sale_cr"))
        return {
            value: {
                "leads": row["leads"].value,
                "converted": row["sales"].value,
                "cr": row["lead_to_sale_cr"].value,
            }
            for value, row in found.items()
        }

    return figures


def tags_of_lost(education: Loaded) -> Any:
    return {named(reason.key): reason.leads for reason in losses(education.reader, Question()).reasons}


def fill(education: Loaded) -> Any:
    """Cells as they stand, as the profile of the file counts them."""
    return {heading: column.filled for heading, column in education.profiles[FILE].items() if column.filled}


def fill_select_as_empty(education: Loaded) -> Any:
    """Fields of the leads, by the heading they came from; the outcome became a stage of every lead."""
    written = education.written()
    section = _mapping().tables[0]
    fields = {name: making.column for name, making in section.columns.items() if making.column}
    fields |= {f"custom.{name}": making.column for name, making in section.custom.items() if making.column}
    outcomes = education.report.counts["stage_moves"].accepted
    return {**{heading: written[field] for field, heading in fields.items()}, "Converted": outcomes}


def no_variance(education: Loaded) -> Any:
    columns = education.profiles[FILE].values()
    return [column.heading for column in columns if column.filled and column.distinct == 1]


def _mapping() -> Mapping:
    return read_mapping(MAPPING)


FIGURES: Figures = {
    **{
        figure.__name__: figure
        for figure in (leads, converted, cr, tags_of_lost, fill, fill_select_as_empty, no_variance)
    },
    "by_Lead Source": _by("lead_source"),
    "by_Lead Origin": _by("medium"),
    "by_City": _by("region"),
    "by_Last Activity": _by("custom_last_activity"),
    "by_Last Notable Activity": _by("custom_last_notable_activity"),
    "by_Lead Quality": _by("custom_lead_quality"),
    "by_What is your current occupation": _by("custom_what_is_your_current_occupation"),
    "by_Lead Profile": _by("custom_lead_profile"),
    "by_Do Not Email": _by("custom_do_not_email"),
    "by_Tags": _by("custom_tags"),
    "by_Specialization": _by("custom_specialization"),
}
