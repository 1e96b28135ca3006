"""Imports the packages that share a name with the folder of their tests, before pytest names a test module after it."""

import chassis
import cli
import vendors

__all__ = ["chassis", "cli", "vendors"]
