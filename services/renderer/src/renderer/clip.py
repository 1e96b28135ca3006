"""The clip stage: has a scene's moving picture made, or says why there is none. The job goes on either way."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from artifacts.footage import Clip, SceneFootage
from artifacts.script import Brief, Footage
from chassis.errors import Fatal
from vendors.settings import RunwaySettings

from chassis import Defect, JobFolder

if TYPE_CHECKING:
    from renderer.providers.runway import Shot

log = logging.getLogger(__name__)


def clip(folder: JobFolder, settings: RunwaySettings) -> None:
    """Write the scene's footage and, where a film was wanted and made, its clip."""
    brief = folder.load("scene.*.brief", Brief)
    if brief.footage is None:
        made = SceneFootage(scene=brief.scene)
    else:
        try:
            made = _filmed(folder, settings, brief.scene, brief.footage)
        except Defect:
            raise
        except Fatal as error:
            log.warning("no footage", extra={"scene": brief.scene, "code": error.code, "detail": error.detail})
            made = SceneFootage(scene=brief.scene, wanted=True, code=error.code, reason=error.message)
    folder.write("scene.*.footage", made)
    folder.progress(1)


def _filmed(folder: JobFolder, settings: RunwaySettings, scene: int, wanted: Footage) -> SceneFootage:
    key = folder.key("runway")
    if not key and not settings.api_key.get_secret_value():
        message = "There is no moving picture here: there is no key for Runway; enter one, or go without."
        raise Fatal("provider.runway.key", message)
    from vendors.runway import TITLE  # noqa: PLC0415 - this and the next are for those who film

    from renderer.film import facts  # noqa: PLC0415 - as above
    from renderer.providers.runway import Runway  # noqa: PLC0415 - as above

    runway = Runway(folder, settings, key)
    shot, film = runway.film(_shot(folder, wanted))
    path = folder.scratch("clip.mp4")
    path.write_bytes(film)
    seen = facts(path)
    made = folder.write("scene.*.clip", path, "video/mp4")
    label = (wanted.image_label or "Figure") if shot.image else ""
    of = Clip(
        digest=made.digest,
        width=seen.width,
        height=seen.height,
        seconds=seen.seconds,
        engine=f"{TITLE} {runway.model(shot)}",
        prompt=shot.prompt,
        from_figure=label,
    )
    return SceneFootage(scene=scene, wanted=True, clip=of)


def _shot(folder: JobFolder, wanted: Footage) -> Shot:
    """What to ask for: the figure, where it can be opened, else words alone."""
    from renderer.pictures import data_uri, framed, open_picture  # noqa: PLC0415 - for those who film
    from renderer.providers.runway import Shot, within  # noqa: PLC0415 - as above

    prompt = within(wanted.prompt)
    picture = open_picture(folder, wanted.image.digest) if wanted.image else None
    if wanted.image and picture:
        return Shot(prompt, wanted.image.digest, data_uri(framed(picture)))
    if not prompt:
        message = "There is no moving picture here: nothing says what is to be seen; describe it, or go without."
        raise Fatal("footage.prompt", message)
    return Shot(prompt)
