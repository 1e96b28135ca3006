"""Secrets that are handed out: cookies, tokens, links in mails. The database has their digest only."""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "hh_"
"""Tokens for programs begin so, for scanners of leaked secrets to know them."""


def new_secret(prefix: str = "") -> str:
    """256 random bits, as text."""
    return prefix + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret. Its 256 bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
