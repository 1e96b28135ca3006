"""Artifact `scene.<n>.captions`: laid-out cues, for the sidecar files and for burning in."""

from artifacts.model import Model


class Cue(Model):
    """A sidecar cue: at most two lines of at most 42 characters."""

    start: float
    end: float
    """Seconds from the start of the scene."""
    lines: list[str]


class BurnedWord(Model):
    """A word of a burned-in caption and when it is the active one."""

    text: str
    start: float
    end: float


class BurnedCaption(Model):
    """What is burned in at one time: at most two lines that fit 835 px in 66 px Inter 800."""

    start: float
    end: float
    lines: list[list[BurnedWord]]


class Captions(Model):
    """Both kinds of captions of one scene; `duration` is the scene's, in seconds."""

    scene: int
    duration: float
    cues: list[Cue]
    burned: list[BurnedCaption]
