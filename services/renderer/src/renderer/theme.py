"""The four themes, and the canvas they are painted on."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT, FPS = 1080, 1920, 30
LEFT, RIGHT = 84, 880
"""The content column, in pixels."""
COLUMN = RIGHT - LEFT
TOP, BOTTOM = 300, 1180
"""The content band."""
CAPTION_CENTRE, CAPTION_TOP, CAPTION_BOTTOM = 482, 1236, 1440

Colour = tuple[int, int, int]


def rgb(code: str) -> Colour:
    """Colour of a hexadecimal code."""
    return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)


@dataclass(frozen=True)
class Theme:
    """Colours of a video: sky from top to bottom, hills from back to front, ink, soft ink, accent."""

    sky: tuple[Colour, ...]
    hills: tuple[Colour, ...]
    ink: Colour
    soft: Colour
    accent: Colour
    card: tuple[int, int, int, int]
    pill_ink: Colour
    second: Colour
    """Of values that are not spoken of."""

    @property
    def light(self) -> bool:
        return sum(self.ink) < 384

    @property
    def glare(self) -> bool:
        """Whether the sky behind the captions is nearly as bright as they are."""
        return not self.light and sum(self.sky[2]) > 384


def _theme(sky: str, hills: str, ink: str, soft: str, accent: str, **more: str) -> Theme:
    dark = "card" not in more
    back = tuple(rgb(code) for code in sky.split())
    return Theme(
        sky=back,
        hills=tuple(rgb(code) for code in hills.split()),
        ink=rgb(ink),
        soft=rgb(soft),
        accent=rgb(accent),
        card=(*rgb(more.get("glass", "0E0C22")), 158) if dark else (*rgb(more["card"]), 209),
        pill_ink=rgb(more.get("pill", "1B1638")),
        second=rgb(more.get("second", "B9A8EE")),
    )


OVER_FILM = {
    "paper": _theme(
        *("241B14 33261B 4A3626", "E3BE91 CC9468 8C5A44", "FFFFFF", "F3E9DA", "F6B98A"),
        glass="1A120C",
        pill="33180F",
        second="D9B79A",
    )
}
"""What a light theme becomes over a film: dark ink would need so much white that nothing of the film were left."""
THEMES = {
    "dusk": _theme("14163A 2B2560 6B3A78 E07A5F", "4B2E66 34235A 1E1A44", "FFFFFF", "D9D2F0", "FFC857"),
    "dawn": _theme(
        *("0B3C49 146C6A 69B578 F4D58D", "2E7A63 1C5A55 0E3B42", "FFFFFF", "DDF0E6", "FFE08A"),
        glass="06262E",
        pill="0B2E2B",
        second="9CC9B4",
    ),
    "paper": _theme(
        *("FBF6EA F6ECD7 F0D9B8", "E3BE91 CC9468 8C5A44", "23202B", "5B5560", "B4412F"),
        card="FFFFFF",
        pill="FFFFFF",
        second="C9A78C",
    ),
    "night": _theme(
        *("070B1A 0E1C3F 1B3A6B 3E7CB1", "17305A 10224A 0A1530", "FFFFFF", "CFE0F2", "7CF0C8"),
        glass="040814",
        pill="06231C",
        second="7FA3D1",
    ),
}
