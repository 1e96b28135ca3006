"""Runway as a stage meets it: a client, its limit, what a film costs, and what an error or a failed task means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chassis.errors import Error, Fatal, Transient
from chassis.limits import Limit, seconds_of
from chassis.providers import Provider

from vendors.keys import hide, owner_of, usable
from vendors.refusals import refusal
from vendors.settings import RunwaySettings

if TYPE_CHECKING:
    from runwayml import APIStatusError, RunwayML

NAME, TITLE = "runway", "Runway"
URL = "https://api.dev.runwayml.com"
"""Said, for the SDK would let the environment choose another."""


@contextmanager
def client(settings: RunwaySettings, key: str = "") -> Iterator[RunwayML]:
    """The vendor's client without retries of its own, with the user's own key where there is one.

    Raises:
        RateLimited, Transient, Fatal: nothing was paid.
        ConnectionError, TimeoutError: nobody knows whether the call was paid.
    """
    import httpx  # noqa: PLC0415 - the SDK takes half a second to load
    import runwayml  # noqa: PLC0415 - as above

    key = usable(key, settings.api_key, NAME, TITLE)
    made = runwayml.RunwayML(
        api_key=key,
        base_url=settings.url or URL,
        max_retries=0,  # a repeated creation has no idempotency key: it would be paid twice
        timeout=settings.seconds,
    )
    try:
        yield made
    except runwayml.APIStatusError as error:
        meant = error_of(error)
        meant.detail = hide(key, meant.detail)
        raise meant from None  # the vendor's own error holds the request with its key
    except runwayml.APITimeoutError as error:
        if isinstance(error.__cause__, httpx.ConnectTimeout):
            raise _unreachable(error) from None
        raise TimeoutError(f"{TITLE}: no answer in time") from None
    except runwayml.APIConnectionError as error:
        if isinstance(error.__cause__, httpx.ConnectError):
            raise _unreachable(error) from None
        raise ConnectionError(hide(key, f"{TITLE}: {error.__cause__!r}"[:200])) from None
    except (runwayml.APIResponseValidationError, ValueError, AttributeError) as error:  # what answers lack is not there
        raise ConnectionError(hide(key, f"{TITLE}: {type(error).__name__}: {str(error)[:200]}")) from None
    finally:
        made.close()


def error_of(error: APIStatusError) -> Error:
    """What the vendor's refusal means; its own words are in the detail."""
    status, detail = error.status_code, f"{error.status_code}: {str(error.body or error.message)[:500]}"
    stated = seconds_of(error.response.headers.get("retry-after", ""))
    if meant := refusal((NAME, TITLE), status, detail, stated, pause=30.0):
        return meant
    if status == 402 or (status == 400 and re.search(r"credits", detail, re.IGNORECASE)):
        return Fatal("provider.runway.credits", f"The account at {TITLE} has no credits left.", detail)
    return Fatal(f"provider.runway.{status}", f"{TITLE} refused the request.", detail)


def limit(settings: RunwaySettings, key: str = "") -> Limit:
    """The limit of one account; who has a key of his own has a limit of his own."""
    every = 60 / settings.requests_a_minute
    return Limit(f"{NAME}{owner_of(key)}", every, burst=settings.at_once, title=TITLE, at_once=settings.at_once)


def server(settings: RunwaySettings) -> str:
    """Name of the host that is asked."""
    return urlsplit(settings.url or URL).hostname or ""


def provider(settings: RunwaySettings) -> Provider:
    """What others are told."""
    usable = bool(settings.api_key.get_secret_value())
    reason = "" if usable else "no key; set HIDDENHILL_RUNWAY_API_KEY"
    facts = {"seconds": float(settings.clip_seconds), "leave": settings.leave}
    prices = {"second": settings.text_price, "image_second": settings.image_price}
    return Provider(NAME, TITLE, "footage", settings.text_model, usable, reason, prices, facts)


def _unreachable(error: Exception) -> Transient:
    return Transient("unavailable.runway", f"{TITLE} can't be reached; trying again.", repr(error.__cause__))
