"""The check that every spoken sentence must pass, whoever wrote it: clean, whole, and supported by what it cites."""

from scripter.grounding.form import evidence_faults, faults, form_faults, numbers_checked

__all__ = ["evidence_faults", "faults", "form_faults", "numbers_checked"]
