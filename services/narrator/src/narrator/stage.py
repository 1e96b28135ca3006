"""The stage `narrate`: a scene's brief becomes its speech and the time of every word."""

from __future__ import annotations

from functools import partial

import vendors.gemini
from chassis.settings import read_settings
from vendors.settings import GeminiSettings

from chassis import JobFolder, Service, Stage
from narrator.settings import NarratorSettings

VERSION = "2"


def service(settings: NarratorSettings | None = None, paid: GeminiSettings | None = None) -> Service:
    """The narrator with its settings, from the environment unless given."""
    paid = paid or read_settings(GeminiSettings)
    stage = Stage(
        name="narrate",
        title="Speak",
        version=VERSION,
        needs=("scene.*.brief", "scene.*.verdicts", "approval"),
        makes=("scene.*.narration", "scene.*.speech"),
        run=partial(_narrate, settings or read_settings(NarratorSettings), paid),
        slots=2,
    )
    return Service("narrator", (stage,), (vendors.gemini.provider(paid, "speech"),))


def _narrate(settings: NarratorSettings, paid: GeminiSettings, job: JobFolder) -> None:
    from narrator.narrate import narrate  # noqa: PLC0415 - numpy and the engine are loaded by the first run

    narrate(job, settings, paid)
