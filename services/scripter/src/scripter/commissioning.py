"""Who writes a script: whom the user names, or the best writer that can be paid, or the one that needs nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chassis.errors import Defect, Fatal, RateLimited, SourceError, Transient, UsageError

from scripter.providers.extractive import ExtractiveWriter
from scripter.writer import Commission, Written

if TYPE_CHECKING:
    from vendors.settings import GeminiSettings

    from scripter.settings import Settings


def written(commission: Commission, settings: Settings, vendor: GeminiSettings) -> Written:
    """The script by the writer that the options name, else the settings, else the best.

    Raises:
        UsageError: the writer that is named has no key.
        Fatal, Transient: the writer that is named could not be asked; for the best one the keyless steps in.
    """
    wish = commission.options.writer or settings.writer
    has_key = bool(commission.job.key("gemini") or vendor.api_key.get_secret_value())
    if wish == "extractive" or (not wish and not (has_key and _pays(commission))):
        return _spoken_as_written(ExtractiveWriter().write(commission), commission)
    if not has_key:
        raise UsageError(
            "usage.no-key",
            "Gemini cannot write the script, for there is no key for it; give one, or choose the writer `extractive`.",
        )
    return _by_gemini(commission, settings, vendor, named=bool(wish))


def _by_gemini(commission: Commission, settings: Settings, vendor: GeminiSettings, *, named: bool) -> Written:
    from scripter.providers.asking import Unusable  # noqa: PLC0415 - the keyless writer needs none of it
    from scripter.providers.gemini import GeminiWriter  # noqa: PLC0415 - as above

    try:
        return GeminiWriter(settings, vendor, patient=named).write(commission)
    except Unusable as error:
        return _instead(commission, error)
    except (RateLimited, Defect, SourceError):
        raise
    except (Fatal, Transient) as error:
        if named:
            raise
        return _instead(commission, error)


def _instead(commission: Commission, error: Fatal | Transient) -> Written:
    """The paper's own sentences, and why."""
    made = _spoken_as_written(ExtractiveWriter().write(commission), commission)
    notice = f"Written from the paper's own sentences. {error.message}"
    return replace(made, notices=[notice, *made.notices])


def _spoken_as_written(made: Written, commission: Commission) -> Written:
    wanted = commission.options.language.lower().split("-")[0]
    if wanted == made.language:
        return made
    notice = f"This video speaks the paper's own language ({made.language}): it was written without a translator."
    return replace(made, notices=[*made.notices, notice])


def _pays(commission: Commission) -> bool:
    """Whether something may be paid for."""
    if commission.options.budget <= 0:
        return False
    try:
        return bool(commission.job.purse)
    except Defect:  # a folder without servers
        return False
