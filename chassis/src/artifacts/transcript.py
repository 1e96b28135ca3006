"""Artifact `transcript`: what is said when, and the passages it rests on. The command writes it as FILE.json."""

from artifacts.model import Model
from artifacts.script import Card, Dropped, Evidence, Verdict


class SpokenWord(Model):
    """A word with its time in the video, in seconds."""

    text: str
    start: float
    end: float


class SpokenSentence(Model):
    """A sentence, the passages it rests on, and its words."""

    text: str
    evidence: list[Evidence]
    words: list[SpokenWord]
    edited: bool = False
    own: bool = False
    """The editor answers for it; its verdict may be that the passages do not support it."""
    verdict: Verdict | None = None


class SpokenScene(Model):
    """A scene with its place in the video, in seconds."""

    scene: int
    start: float
    end: float
    role: str
    headline: str
    visual: str
    """Its kind, such as `chart`."""
    footage: str = ""
    """Who made the moving picture, or why there is none though one was asked for; empty: none was."""
    sentences: list[SpokenSentence]


class Transcript(Model):
    """The whole video in words."""

    paper: Card
    duration: float
    scenes: list[SpokenScene]
    dropped: list[Dropped] = []
    """Sentences that were written and not said."""
    credits: str = ""
    """Citation, licence, and what made the sound and the pictures; one line each."""
