"""The one tree of errors.

Error                     code, sentence for the user, detail for the operator, retryable or not
├── Fatal                 trying again cannot help
│   ├── SourceError       the paper that was given is unusable          code source.*
│   ├── UsageError        the request makes no sense                    code usage.*
│   └── Defect            our own fault                                 code internal.*
├── Transient             trying again may help                         code unavailable.*
│   └── RateLimited       the provider said when                        code rate-limited.*
└── Abandoned             cancelled, or overtaken by an edit: no failure at all
"""

from __future__ import annotations

from typing import Any


class Error(Exception):
    """Root of the tree.

    Args:
        code: dotted and stable, such as `source.encrypted`; programs branch on it.
        message: one sentence for the user that says what to do next.
        detail: for the operator; never shown to the user.
    """

    retryable = False

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.detail = detail

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross process borders whole, whatever their classes take."""
        return _again, (type(self), self.args, vars(self))


def _again(kind: type[Error], args: tuple[Any, ...], facts: dict[str, Any]) -> Error:
    error = kind.__new__(kind, *args)
    vars(error).update(facts)
    return error


class Fatal(Error):
    """Trying again cannot help."""


class SourceError(Fatal):
    """The paper that was given is unusable."""


class UsageError(Fatal):
    """The request makes no sense."""


class Defect(Fatal):
    """Our own fault."""


class Transient(Error):
    """Trying again may help."""

    retryable = True
    retry_after: float | None = None
    """Seconds until the next try makes sense; None: the runner decides."""


class RateLimited(Transient):
    """A limit is reached, and it is known when to come back; `waits_for` is the user's name of whose limit it is."""

    retry_after: float

    def __init__(
        self, code: str, message: str, detail: str = "", *, retry_after: float, waits_for: str = "a provider"
    ) -> None:
        super().__init__(code, message, detail)
        self.retry_after = retry_after
        self.waits_for = waits_for


class Abandoned(Error):
    """The job was cancelled, or an edit overtook this work: stop, and say nothing."""

    def __init__(self, reason: str) -> None:
        super().__init__("abandoned", reason)


def classify(error: BaseException) -> Error:
    """Give any exception its place in the tree; what is unknown is a defect."""
    if isinstance(error, Error):
        return error
    if isinstance(error, (ConnectionError, TimeoutError)):
        return Transient("unavailable.connection", "A service did not answer; trying again.", repr(error))
    found = Defect("internal.defect", "Something broke on our side; the operators have been told.", repr(error))
    found.__cause__ = error
    return found
