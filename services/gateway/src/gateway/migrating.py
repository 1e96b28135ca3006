"""`python -m gateway migrate`: bring the schema up to date before new processes start."""

from __future__ import annotations

import os
import sys
import time

import psycopg

from gateway.database import migrate

_PATIENCE = 300.0
"""Seconds to wait for a database that is not there yet."""


def main() -> int:
    """Migrate the database that HIDDENHILL_POSTGRES_URL names; returns the exit code."""
    url = os.environ.get("HIDDENHILL_POSTGRES_URL", "")
    if not url:
        print("error: HIDDENHILL_POSTGRES_URL is not set", file=sys.stderr)  # noqa: T201 - its output
        return 2
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            migrate(url)
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                print(f"error: the database does not answer: {error}", file=sys.stderr)  # noqa: T201 - its output
                return 1
            time.sleep(1)
        else:
            return 0
