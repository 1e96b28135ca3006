"""Passwords: hashed and checked by Argon2 in the library's default profile."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from chassis.errors import UsageError

SHORTEST, LONGEST = 10, 200
_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(4)
"""A hash takes 64 MiB and four cores; more than these at a time would let strangers take all memory."""
_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$c29tZSBzYWx0IGhlcmUhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""Fits no password; to check one against it takes as long as against any other."""


def hashed(password: str, email: str) -> str:
    """What is kept of a new password. Raises UsageError: it is too easy to guess."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError("usage.password", f"A password has between {SHORTEST} and {LONGEST} characters.")
    if password.casefold() in (email, email.partition("@")[0] * 2) or len(set(password)) < 4:
        raise UsageError("usage.password", "This password is too easy to guess; take another one.")
    with _turns:
        return _hasher.hash(password)


def fits(password: str, kept: str) -> bool:
    """Whether it is the password of which this was kept; empty: nobody's, which takes as long and never fits."""
    if len(password) > LONGEST:
        return False
    with _turns:
        try:
            return _hasher.verify(kept or _NOBODYS, password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether the password should be hashed anew: the library's profile has changed."""
    return _hasher.check_needs_rehash(kept)
