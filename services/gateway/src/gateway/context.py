"""What every request handler has at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from chassis.blobs import S3Blobs
from flask import current_app, g

from gateway.accounts.callers import Caller, Callers
from gateway.accounts.health import Health
from gateway.accounts.users import Users
from gateway.database import Database
from gateway.jobs.desk import Desk
from gateway.jobs.pricing import Pricing
from gateway.problems import not_logged_in
from gateway.settings import GatewaySettings


@dataclass(frozen=True)
class Gateway:
    """The servers, and what stands on them."""

    settings: GatewaySettings
    database: Database
    blobs: S3Blobs
    desk: Desk
    users: Users
    health: Health
    pricing: Pricing


def gateway() -> Gateway:
    """The gateway that the current request is made to."""
    return cast("Gateway", current_app.extensions["gateway"])


def callers() -> Callers:
    """Who looks callers up."""
    return cast("Callers", current_app.extensions["callers"])


def visitor() -> Caller | None:
    """Who makes the current request; None: nobody who is logged in."""
    return cast("Caller | None", g.get("caller"))


def caller() -> Caller:
    """Who makes the current request. Raises UsageError where nobody is logged in."""
    found = visitor()
    if found is None:
        raise not_logged_in()
    return found


def public(view: Any) -> Any:
    """Mark a view that may be used without login; all others may not."""
    view.is_public = True
    return view


def changes_nothing(view: Any) -> Any:
    """Mark a view that may be asked with POST by anybody's page: it only answers."""
    view.changes_nothing = True
    return view


def for_admins(view: Any) -> Any:
    """Mark a view that only administrators find."""
    view.is_for_admins = True
    return view
