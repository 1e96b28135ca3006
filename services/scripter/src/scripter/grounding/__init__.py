"""The check that every spoken sentence must pass, whoever wrote it: clean, whole, and supported by what it cites."""

from scripter.grounding.form import form_faults
from scripter.grounding.verdict import Thresholds, numbers_checked, verdict_of, verdict_on

__all__ = ["Thresholds", "form_faults", "numbers_checked", "verdict_of", "verdict_on"]
