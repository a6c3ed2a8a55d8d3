"""How do the tags of a file's rows become clean channels? Each combination of them is cleaned once, in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from smarketing.connectors.files.mapping import EVIDENCE
from smarketing.connectors.files.reading import Workbench
from smarketing.facts.channels import COLUMNS, KEPT_FIELDS, CleanUtm, clean_utm
from smarketing.facts.company import Channels

PREFIX = "c_"  # of the columns that hold evidence


def with_channels(bench: Workbench, rows: str, evidence: Sequence[str], channels: Channels) -> str:
    """A relation like ``rows`` with ``t_lead_source`` … and ``k_utm_source_raw`` … beside ``c_<evidence>``."""
    keys = [f'"{PREFIX}{key}"' for key in evidence]
    found = bench.rows(f"SELECT DISTINCT {', '.join(keys)} FROM {rows}")
    cleaned = [_cleaned(dict(zip(evidence, values, strict=True)), channels) for values in found]
    columns: dict[str, list[str | None]] = {
        **{f"{PREFIX}{key}": [values[place] for values in found] for place, key in enumerate(evidence)},
        **{f"t_{name}": [one.columns[name] for one in cleaned] for name in COLUMNS.values()},
        **{f"k_{field}": [one.custom.get(field) for one in cleaned] for field in KEPT_FIELDS},
    }
    number = bench.number()
    typed = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    bench.connection.register(f"channels_{number}", pa.table(typed))
    same = " AND ".join(f"r.{key} IS NOT DISTINCT FROM c.{key}" for key in keys)
    made = f"tagged_{number}"
    bench.run(
        f"CREATE TEMP TABLE {made} AS SELECT r.*, c.* EXCLUDE ({', '.join(keys)}) "
        f"FROM {rows} r JOIN channels_{number} c ON {same}"
    )
    return made


def _cleaned(given: Mapping[str, str | None], channels: Channels) -> CleanUtm:
    tags = {key: text for key, text in given.items() if key not in EVIDENCE}
    return clean_utm(tags, channels, **{key: given.get(key) for key in EVIDENCE})
