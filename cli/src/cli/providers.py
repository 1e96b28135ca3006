"""The `providers` command: which paid providers this environment's settings can use, by calls that cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace

from chassis.errors import Error, Fatal
from chassis.providers import Provider
from chassis.settings import read_settings
from vendors.settings import GeminiSettings, RunwaySettings

from vendors import gemini, runway

_PATIENCE = 15.0
"""Seconds for an answer."""
_DOES = {"script": "Script", "speech": "Voice", "footage": "Moving pictures"}
_WITHOUT = {
    "script": "scripts are made of the paper's own sentences",
    "speech": "a voice of this machine speaks",
    "footage": "no moving pictures are made",
}
Ask = Callable[[], float | None]
"""Asks the vendor; returns the dollars that are left, where it says so. Raises errors of chassis' tree."""


@dataclass(frozen=True)
class Finding:
    """What is known of a provider. `code`: of the error, where it was asked and refuses or does not answer.

    `credits`: dollars that are left in the account, where the vendor tells.
    """

    provider: Provider
    code: str = ""
    credits: float | None = None

    def as_json(self) -> dict[str, object]:
        return asdict(self.provider) | {"code": self.code, "credits": self.credits}


def found() -> list[Finding]:
    """Every provider, those with a key asked whether they take it. Raises UsageError: a setting is wrong."""
    google, films = read_settings(GeminiSettings), read_settings(RunwaySettings)
    google = google.model_copy(update={"seconds": min(google.seconds, _PATIENCE)})
    films = films.model_copy(update={"seconds": min(films.seconds, _PATIENCE)})
    wishes: list[tuple[Provider, Ask]] = [
        (gemini.provider(google, "script"), lambda: _ask_gemini(google, google.text_model)),
        (gemini.provider(google, "speech"), lambda: _ask_gemini(google, google.speech_model)),
        (runway.provider(films), lambda: _ask_runway(films)),
    ]
    with ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(lambda wish: _finding(*wish), wishes))


def lines(findings: Sequence[Finding]) -> list[str]:
    """The findings for people."""
    rows = []
    for each in findings:
        told = each.provider
        state = "usable" if told.usable else f"not usable: {told.reason}"
        left = f"; ${each.credits:.2f} left" if each.credits is not None else ""
        rows.append(f"{_DOES[told.does]:<15}  {told.title} {told.model} ({_price(told)})\n{'':<15}  {state}{left}")
    without = [_WITHOUT[each.provider.does] for each in findings if not each.provider.usable]
    return [*rows, f"As it is, {', '.join(without)}."] if without else rows


def _finding(provider: Provider, ask: Ask) -> Finding:
    if not provider.usable:
        return Finding(provider, "provider.no-key")
    try:
        return Finding(provider, credits=ask())
    except Error as error:
        return Finding(replace(provider, usable=False, reason=_reason(provider, error)), error.code)
    except (ConnectionError, TimeoutError):
        reason = f"{provider.title} gave no answer that can be read; check the address in the settings, or try again"
        return Finding(replace(provider, usable=False, reason=reason), f"unavailable.{provider.name}")


def _reason(provider: Provider, error: Error) -> str:
    """What to do, in this command's words where the error's are those of a job."""
    title, setting = provider.title, f"HIDDENHILL_{provider.name.upper()}_API_KEY"
    words = {
        f"provider.{provider.name}.key": f"{title} refuses the key; check {setting}",
        f"unavailable.{provider.name}": f"{title} can't be reached; check the network, or try again",
    }
    return words.get(error.code, error.message.rstrip("."))


def _ask_gemini(settings: GeminiSettings, model: str) -> None:
    with gemini.client(settings) as client:
        client.models.get(model=model)


def _ask_runway(settings: RunwaySettings) -> float:
    with runway.client(settings) as client:
        account = client.organization.retrieve()
    if settings.text_model not in account.tier.models:
        message = f"the account at Runway has no model {settings.text_model}; name another in the settings"
        raise Fatal("provider.runway.model", message)
    dollars = account.credit_balance / 100
    if dollars <= 0:
        raise Fatal("provider.runway.credits", "the account at Runway has no credits left; buy some there")
    return dollars


def _price(provider: Provider) -> str:
    prices = provider.prices
    if "second" in prices:
        return f"${prices['second']:.2f} a second"
    return f"${prices['input']:.2f} in, ${prices['output']:.2f} out for a million tokens"
