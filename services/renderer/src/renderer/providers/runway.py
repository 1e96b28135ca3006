"""Films from Runway: what is asked, and what is done where it fails."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import vendors.runway
from chassis.purse import Purchase
from vendors.settings import RunwaySettings

from chassis import JobFolder
from renderer.providers.tasks import REFUSAL, VANISHED, Failed, Making

RATIO = "720:1280"
_UNITS = 1000
"""UTF-16 units of a prompt that the vendor takes."""
_SOFTER = "A calm, abstract and harmless scientific animation without people, injuries or writing. "
_REMEDIES = {
    r"INTERNAL|INPUT_PREPROCESSING\.INTERNAL|THIRD_PARTY": ("again", 2),
    VANISHED: ("anew", 1),
    r"SAFETY\.OUTPUT": ("softer", 1),
    r"ASSET\.INVALID": ("from words", 1),
}
"""What helps against a failure, and how often it is tried."""


@dataclass(frozen=True)
class Shot:
    """A film to be asked for.

    Args:
        prompt: what is to be seen.
        figure: digest of the figure that it begins with; empty: it is made of words alone.
        image: that figure as a data URI, 720x1280.
    """

    prompt: str
    figure: str = ""
    image: str = ""

    def softer(self) -> Shot:
        return replace(self, prompt=within(_SOFTER + self.prompt))

    def from_words(self) -> Shot:
        return Shot(self.prompt)


def within(prompt: str) -> str:
    """The prompt in one line, cut to what the vendor takes."""
    line = " ".join(prompt.split()).encode("utf-16-le", "ignore")
    return line[: 2 * _UNITS].decode("utf-16-le", "ignore")


class Runway:
    """Has films made for one run.

    Args:
        job: what pays, and is told of progress.
        settings: models, prices, limits.
        key: the user's own; empty: the operator's.
    """

    def __init__(self, job: JobFolder, settings: RunwaySettings, key: str) -> None:
        self._job = job
        self._settings = settings
        self._key = key

    def model(self, shot: Shot) -> str:
        return self._settings.image_model if shot.image else self._settings.text_model

    def film(self, shot: Shot) -> tuple[Shot, bytes]:
        """The film, and the shot that it was made of in the end.

        Raises:
            Failed: the vendor makes no such film.
            BudgetSpent: there is no money for it.
            RateLimited, Transient, ConnectionError, TimeoutError: later perhaps.
        """
        tried: Counter[str] = Counter()
        while True:
            try:
                return shot, self._bought(shot)
            except Failed as failed:
                remedy, most = next((one for kind, one in _REMEDIES.items() if re.match(kind, failed.kind)), ("", 0))
                if tried[remedy] >= most or (remedy == "from words" and not shot.image):
                    raise
                tried[remedy] += 1
                shot = shot.softer() if remedy == "softer" else shot.from_words() if remedy == "from words" else shot

    def _bought(self, shot: Shot) -> bytes:
        settings = self._settings
        price = settings.image_price if shot.image else settings.text_price
        purchase = Purchase(
            vendors.runway.NAME,
            self.model(shot),
            {"prompt": shot.prompt, "figure": shot.figure, "ratio": RATIO, "seconds": settings.clip_seconds},
            estimate=price * settings.clip_seconds,
            leave=settings.leave,
            limit=vendors.runway.limit(settings, self._key),
            operation="create",
            output="video",
            server=vendors.runway.server(settings),
        )
        making = Making(self._job, settings, self._key, purchase)
        data = self._job.purse.buy_task(purchase, lambda: self._create(shot), making.wait)
        if data.startswith(REFUSAL):
            raise Failed(data.removeprefix(REFUSAL).decode())
        return data

    def _create(self, shot: Shot) -> str:
        body: dict[str, Any] = {"model": self.model(shot), "ratio": RATIO, "duration": self._settings.clip_seconds}
        if shot.prompt:
            body["prompt_text"] = shot.prompt
        if shot.image:
            body["prompt_image"] = shot.image
        with vendors.runway.client(self._settings, self._key) as vendor:
            made = vendor.image_to_video.create(**body) if shot.image else vendor.text_to_video.create(**body)
            return str(made.id or "")
