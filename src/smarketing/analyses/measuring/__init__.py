"""How do several measures come to stand side by side in one table?

Each is summed on its own table of facts and only then laid beside the others by dimension; joining first would
multiply rows. The total is counted from the facts again, never added up from the rows.
"""

from __future__ import annotations

from smarketing.analyses.measuring.table import Measured, measure, measured_as

__all__ = ["Measured", "measure", "measured_as"]
