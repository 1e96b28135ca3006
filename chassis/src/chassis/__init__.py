"""What every stage stands on: stage, runner, job folder, bus, blobs, purse, errors, telemetry.

A stage imports from here; everything else is the runner's business.
"""

from chassis.errors import Abandoned, Defect, Error, Fatal, RateLimited, SourceError, Transient, UsageError
from chassis.folder import JobFolder, Made
from chassis.stage import Rule, Service, Stage

__all__ = [
    "Abandoned",
    "Defect",
    "Error",
    "Fatal",
    "JobFolder",
    "Made",
    "RateLimited",
    "Rule",
    "Service",
    "SourceError",
    "Stage",
    "Transient",
    "UsageError",
]
