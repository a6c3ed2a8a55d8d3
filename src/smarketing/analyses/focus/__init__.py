"""Do money, leads and sellers' time go to the segments that the revenue comes from?"""

from smarketing.analyses.focus.measure import focus
from smarketing.analyses.focus.result import Distance, Effort, Focus, FocusShare, FocusState, Resource

__all__ = ["Distance", "Effort", "Focus", "FocusShare", "FocusState", "Resource", "focus"]
