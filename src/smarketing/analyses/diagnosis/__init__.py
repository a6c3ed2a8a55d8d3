"""Where is the work of marketing and sales out of order? Six steps, each on the ground of the one before."""

from smarketing.analyses.diagnosis.making import diagnose
from smarketing.analyses.diagnosis.result import Diagnosis, Evidence, State, Step, StepKey

__all__ = ["Diagnosis", "Evidence", "State", "Step", "StepKey", "diagnose"]
