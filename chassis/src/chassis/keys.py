"""Users' own keys of providers: sealed where they are kept and on their way, opened in the worker that calls.

The gateway keeps them sealed and hands them out as they are; only who knows the operator's secret can read them.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from chassis import names
from chassis.errors import Defect

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

ALL = "keys.*.*"
"""Subjects of all questions for keys."""


def subject(job_id: str, provider: str) -> str:
    """Subject of the question for the key of who pays for a job."""
    if not re.fullmatch(r"[a-z0-9_-]{1,64}", provider):
        raise ValueError(f"not a provider's name: {provider!r}")
    return f"keys.{names.check_job(job_id)}.{provider}"


def seal(secret: str, plain: str) -> str:
    """The key as it may be kept; `secret` is a list with commas, of which the first seals. Raises Defect."""
    return _fernet(secret).encrypt(plain.encode()).decode()


def open_sealed(secret: str, sealed: str) -> str:
    """The key that was sealed with any of the secrets. Raises Defect."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - only who has users' keys loads it

    try:
        return _fernet(secret).decrypt(sealed.encode()).decode()
    except InvalidToken:
        message = "Your key of the provider can't be read any more; enter it again in your profile."
        raise Defect("internal.keys", message, "sealed with none of HIDDENHILL_KEYS_SECRET") from None


def _fernet(secret: str) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - as above

    secrets = [part.strip().encode() for part in secret.split(",") if part.strip()]
    if not secrets:
        raise Defect("internal.keys", "Users' own keys are not supported here.", "HIDDENHILL_KEYS_SECRET is empty")
    derived = [HKDF(SHA256(), 32, salt=None, info=b"hiddenhill users' keys").derive(part) for part in secrets]
    return MultiFernet([Fernet(urlsafe_b64encode(part)) for part in derived])
