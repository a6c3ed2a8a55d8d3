"""Where do marketing's report and the CRM differ, and why?"""

from __future__ import annotations

from smarketing.analyses.reconciliation.measure import Reconciliation, reconciliation
from smarketing.analyses.reconciliation.places import Cause, Cell, Place, Report

__all__ = ["Cause", "Cell", "Place", "Reconciliation", "Report", "reconciliation"]
