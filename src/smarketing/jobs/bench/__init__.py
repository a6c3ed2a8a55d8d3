"""How fast is smarketing, as ratios to things everybody can run? ``smarketing bench``."""

from __future__ import annotations

from smarketing.jobs.bench.run import bench

__all__ = ["bench"]
