"""What Runway takes: models, durations, ratios and pictures, and what a second of each model costs."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

DOLLARS_A_CREDIT = 0.01
TEXT_UNITS = 1000
"""UTF-16 code units that a prompt may have."""
DATA_URI_BYTES = 5 * 1024 * 1024
_WIDE = ("1280:720", "720:1280")
_STILL = ("1280:720", "720:1280", "1104:832", "960:960", "832:1104", "1584:672")


@dataclass(frozen=True)
class Model:
    """A model: credits for a second, durations, and ratios by each endpoint that takes it."""

    credits: int
    seconds: tuple[int, ...]
    ratios: dict[str, tuple[str, ...]]
    needs_text: bool = True


MODELS = {
    "gen4.5": Model(12, tuple(range(2, 11)), {"text_to_video": _WIDE, "image_to_video": _STILL}),
    "gen4_turbo": Model(5, tuple(range(2, 11)), {"image_to_video": _STILL}, needs_text=False),
    "veo3.1": Model(40, (4, 6, 8), dict.fromkeys(("text_to_video", "image_to_video"), (*_WIDE, "1080:1920"))),
    "veo3.1_fast": Model(15, (4, 6, 8), dict.fromkeys(("text_to_video", "image_to_video"), (*_WIDE, "1080:1920"))),
}


@dataclass(frozen=True)
class Issue:
    """What is wrong with one field of a request."""

    field: str
    message: str

    def view(self) -> dict[str, Any]:
        return {"code": "custom", "message": self.message, "path": [self.field]}


def issues_with(endpoint: str, body: Any) -> list[Issue]:
    """All that the vendor would refuse in a request to `text_to_video` or `image_to_video`."""
    if not isinstance(body, dict):
        return [Issue("", "Expected an object")]
    model = MODELS.get(body.get("model", ""))
    if model is None or endpoint not in model.ratios:
        return [Issue("model", f"Invalid model for this endpoint: {body.get('model')!r}")]
    found = []
    if body.get("ratio") not in model.ratios[endpoint]:
        found.append(Issue("ratio", f"Expected one of {', '.join(model.ratios[endpoint])}"))
    if "duration" in body and body["duration"] not in model.seconds:
        found.append(Issue("duration", f"Expected one of {', '.join(map(str, model.seconds))}"))
    if "duration" not in body and body["model"] == "gen4.5":
        found.append(Issue("duration", "Required"))
    text = body.get("promptText")
    if text is None and (model.needs_text or endpoint == "text_to_video"):
        found.append(Issue("promptText", "Required"))
    if text is not None and not 0 < len(str(text).encode("utf-16-le")) // 2 <= TEXT_UNITS:
        found.append(Issue("promptText", f"Expected 1 to {TEXT_UNITS} UTF-16 code units"))
    if endpoint == "image_to_video":
        found += _picture_issues(body.get("promptImage"))
    return found


def seconds_of(body: dict[str, Any]) -> int:
    """The clip's length; models that do not ask for one make ten seconds, or their longest."""
    return int(body.get("duration") or MODELS[body["model"]].seconds[-1])


def credits_of(body: dict[str, Any]) -> int:
    """What the task is estimated to cost."""
    return MODELS[body["model"]].credits * seconds_of(body)


def picture_of(body: dict[str, Any]) -> str:
    """The address or data of the first picture; empty where there is none."""
    image = body.get("promptImage") or ""
    if isinstance(image, list):
        image = image[0].get("uri", "") if image else ""
    return str(image)


def _picture_issues(image: Any) -> list[Issue]:
    if isinstance(image, list):
        return [issue for one in image for issue in _picture_issues(one.get("uri"))] or (
            [] if image else [Issue("promptImage", "Required")]
        )
    if not isinstance(image, str) or not image:
        return [Issue("promptImage", "Required")]
    if image.startswith("data:"):
        return _data_issues(image)
    if image.startswith("runway://"):
        return []
    address = urlsplit(image)
    if address.scheme != "https":
        return [Issue("promptImage", "Only HTTPS URLs are allowed.")]
    if re.fullmatch(r"[\d.]+|\[.*\]", address.netloc):
        return [Issue("promptImage", "URLs must be hosted on a domain.")]
    return []


def _data_issues(image: str) -> list[Issue]:
    if len(image) > DATA_URI_BYTES:
        return [Issue("promptImage", "The data URI is too large; the limit is 5 MB.")]
    kind = re.match(r"data:image/(?:png|jpeg|jpg|webp);base64,", image)
    if not kind:
        return [Issue("promptImage", "Unsupported asset type.")]
    try:
        base64.b64decode(image[kind.end() :], validate=True)
    except binascii.Error:
        return [Issue("promptImage", "Invalid data URI.")]
    return []
