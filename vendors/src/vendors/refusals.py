"""What a refusal of any vendor means by its HTTP status alone."""

from chassis.errors import Error, Fatal, RateLimited, Transient


def refusal(vendor: tuple[str, str], status: int, detail: str, stated: float | None, pause: float) -> Error | None:
    """The error that a status means whoever sends it; None where the vendor's own words decide.

    `vendor` is its name in codes and for the user, `stated` the seconds that it asks for, `pause` those of a 429 that
    states none.
    """
    name, title = vendor
    if status == 429:
        message = f"{title} asks for a pause; this goes on by itself."
        wait = pause if stated is None else stated
        return RateLimited(f"rate-limited.{name}", message, detail, retry_after=wait, waits_for=title)
    if status >= 500 or status == 408:
        failure = Transient(f"unavailable.{name}", f"{title} does not answer right now; trying again.", detail)
        failure.retry_after = stated
        return failure
    return key_refused(vendor, detail) if status in (401, 403) else None


def key_refused(vendor: tuple[str, str], detail: str) -> Fatal:
    """The vendor does not take the key."""
    name, title = vendor
    return Fatal(f"provider.{name}.key", f"{title} refuses the key; check it, or work without it.", detail)
