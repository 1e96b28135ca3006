"""The stage `narrate`: a scene's brief becomes its speech and the time of every word."""

from __future__ import annotations

from functools import partial

from chassis import JobFolder, Service, Stage
from narrator.settings import NarratorSettings

VERSION = "1"


def service(settings: NarratorSettings | None = None) -> Service:
    """The narrator with its settings, from the environment unless given."""
    stage = Stage(
        name="narrate",
        title="Speak",
        version=VERSION,
        needs=("scene.*.brief", "approval"),
        makes=("scene.*.narration", "scene.*.speech"),
        run=partial(_narrate, settings or NarratorSettings()),  # type: ignore[call-arg]  # from the environment
        slots=2,
    )
    return Service("narrator", (stage,))


def _narrate(settings: NarratorSettings, job: JobFolder) -> None:
    from narrator.narrate import narrate  # noqa: PLC0415 - numpy and the engine are loaded by the first run

    narrate(job, settings)
