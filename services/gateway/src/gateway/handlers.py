"""What every request handler has at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from chassis.blobs import Blobs
from flask import current_app

from gateway.database import Database
from gateway.outbox import Outbox
from gateway.problems import not_found
from gateway.projection import JobRows
from gateway.rows import snapshot
from gateway.rulebook import Rulebook
from gateway.settings import GatewaySettings


@dataclass(frozen=True)
class Gateway:
    """The servers, and what runs beside the handlers."""

    settings: GatewaySettings
    database: Database
    blobs: Blobs
    outbox: Outbox
    rulebook: Rulebook
    bus_is_up: Callable[[], bool]


def gateway() -> Gateway:
    """The gateway that the current request is made to."""
    return cast("Gateway", current_app.extensions["gateway"])


def rows_of(job_id: str) -> JobRows:
    """All rows of a job. Raises UsageError where there is none."""
    with gateway().database.connection() as connection:
        rows = snapshot(connection, job_id)
    if rows is None:
        raise not_found(f"job {job_id}")
    return rows
