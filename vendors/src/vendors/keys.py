"""Keys of providers: checked before they are sent, never shown, told apart by a digest."""

import hashlib
import re

from chassis.errors import Fatal
from pydantic import SecretStr


def owner_of(key: str) -> str:
    """A short digest that tells limits of keys apart; empty for the operator's own, which is given as empty."""
    return f"-{hashlib.sha256(key.encode()).hexdigest()[:8]}" if key else ""


def usable(own: str, operators: SecretStr, name: str, title: str) -> str:
    """The user's own key where there is one, else the operator's.

    Raises Fatal where there is none, or where it cannot be sent: the SDKs would take one from the environment, or
    quote it in an error.
    """
    key = (own or operators.get_secret_value()).strip()
    if not key:
        raise Fatal(f"provider.{name}.key", f"There is no key of {title}; enter one, or work without it.")
    if not re.fullmatch(r"[!-~]+", key):
        message = f"The key of {title} is none; check it, or work without it."
        raise Fatal(f"provider.{name}.key", message, "characters that no header can have")
    return key


def hide(key: str, text: str) -> str:
    """The text without the key that a vendor repeated in it."""
    return text.replace(key, "***")
