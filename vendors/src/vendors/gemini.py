"""Gemini as every stage meets it: a client, the limit of a model, what an answer cost, and what an error means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chassis.errors import Error, Fatal, Transient
from chassis.limits import Limit, seconds_of
from chassis.providers import Provider, Work

from vendors.keys import hide, owner_of, usable
from vendors.refusals import key_refused, refusal
from vendors.settings import GeminiSettings, TokenPrice

if TYPE_CHECKING:
    from google.genai import Client
    from google.genai.errors import APIError
    from google.genai.types import GenerateContentResponse

NAME, TITLE = "gemini", "Gemini"
URL = "https://generativelanguage.googleapis.com/"
"""Said, for the SDK would let the environment choose another."""
_STOPPED = {
    "SAFETY": "its safety filter refused the answer",
    "RECITATION": "the answer repeated a source too closely",
    "PROHIBITED_CONTENT": "its content filter refused the answer",
    "BLOCKLIST": "its content filter refused the answer",
    "SPII": "its privacy filter refused the answer",
    "MAX_TOKENS": "the answer was too long",
    "MALFORMED_RESPONSE": "the answer broke off",
}


class Stopped(Fatal):
    """The model answered, was paid, and gave nothing to use; `reason` is the vendor's word for why."""

    def __init__(self, reason: str, detail: str = "") -> None:
        why = _STOPPED.get(reason, "the answer was not one")
        super().__init__(f"provider.gemini.{_word(reason)}", f"Gemini gave nothing to use: {why}.", detail)
        self.reason = reason


@contextmanager
def client(settings: GeminiSettings, key: str = "") -> Iterator[Client]:
    """The vendor's client, with the user's own key where there is one; errors inside become chassis' tree's.

    Raises:
        RateLimited, Transient, Fatal: nothing was paid.
        ConnectionError, TimeoutError: nobody knows whether the call was paid.
    """
    import httpx2  # noqa: PLC0415 - the SDK and its transport take a second to load
    from google import genai  # noqa: PLC0415 - as above
    from google.genai import errors, types  # noqa: PLC0415 - as above

    key = usable(key, settings.api_key, NAME, TITLE)
    options = types.HttpOptions(base_url=settings.url or URL, timeout=round(settings.seconds * 1000))
    made = genai.Client(api_key=key, vertexai=False, http_options=options)
    try:
        yield made
    except errors.APIError as error:
        meant = error_of(error)
        meant.detail = hide(key, meant.detail)
        raise meant from None  # the vendor's own error holds the request with its key
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        raise Transient("unavailable.gemini", f"{TITLE} can't be reached; trying again.", repr(error)) from None
    except httpx2.TimeoutException as error:
        raise TimeoutError(f"{TITLE}: {type(error).__name__}") from None
    except (httpx2.TransportError, errors.UnknownApiResponseError, ValueError) as error:
        raise ConnectionError(hide(key, f"{TITLE}: {type(error).__name__}: {str(error)[:200]}")) from None
    finally:
        made.close()


def error_of(error: APIError) -> Error:
    """What the vendor's refusal means; its own code and words are in the detail."""
    status = str(error.status or "")
    detail = f"{error.code} {status}: {str(error.message or '')[:500]}"
    if meant := refusal((NAME, TITLE), error.code, detail, _stated(error), pause=15.0):
        return meant
    if "API_KEY" in str(error.details):
        return key_refused((NAME, TITLE), detail)
    if error.code == 404:
        return Fatal("provider.gemini.model", f"{TITLE} does not know the model that the settings name.", detail)
    return Fatal(f"provider.gemini.{_word(status) or error.code}", f"{TITLE} refused the request.", detail)


def limit(settings: GeminiSettings, model: str, key: str = "") -> Limit:
    """The limit of one model; who has a key of his own has a limit of his own."""
    name = re.sub(r"[^a-z0-9-]", "_", f"{NAME}-{model}")[:48] + owner_of(key)
    return Limit(name, 60 / settings.requests_a_minute, burst=settings.at_once, title=TITLE, at_once=settings.at_once)


def dollars(response: GenerateContentResponse, price: TokenPrice) -> float:
    """What an answer cost; thoughts are paid as output."""
    asked, answered = tokens(response) or (0, 0)
    return (asked * price.input + answered * price.output) / 1e6


def tokens(response: GenerateContentResponse) -> tuple[int, int] | None:
    """Of the question and of the answer, thoughts among them; None: the vendor did not count."""
    usage = response.usage_metadata
    if usage is None:
        return None
    return usage.prompt_token_count or 0, (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)


def server(settings: GeminiSettings) -> str:
    """Name of the host that is asked."""
    return urlsplit(settings.url or URL).hostname or ""


def stopped(response: GenerateContentResponse) -> Stopped | None:
    """Why there is nothing to use in an answer that was paid; None: it ended as it should."""
    blocked = response.prompt_feedback and response.prompt_feedback.block_reason
    if blocked:
        return Stopped(str(blocked.value), "the prompt was blocked")
    if not response.candidates:
        return Stopped("EMPTY")
    reason = response.candidates[0].finish_reason
    name = str(reason.value) if reason else "STOP"
    return None if name == "STOP" else Stopped(name, response.candidates[0].finish_message or "")


def provider(settings: GeminiSettings, does: Work) -> Provider:
    """What others are told: `script` or `speech`."""
    model, price = (
        (settings.text_model, settings.text_price)
        if does == "script"
        else (settings.speech_model, settings.speech_price)
    )
    usable = bool(settings.api_key.get_secret_value())
    reason = "" if usable else "no key; set HIDDENHILL_GEMINI_API_KEY"
    return Provider(NAME, TITLE, does, model, usable, reason, {"input": price.input, "output": price.output})


def _word(stated: str) -> str:
    """A vendor's word as a part of a code."""
    return re.sub(r"[^a-z0-9_]", "", stated.lower())[:40]


def _stated(error: APIError) -> float | None:
    """Seconds by the header, or by the RetryInfo in the body."""
    headers: Any = getattr(error.response, "headers", None) or {}
    stated = seconds_of(str(headers.get("retry-after", "")))
    if stated is not None:
        return stated
    found = re.search(r"'retryDelay': '([0-9]+(?:\.[0-9]+)?)s'", str(error.details))
    return seconds_of(found[1]) if found else None
