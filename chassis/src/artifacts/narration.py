"""Artifact `scene.<n>.narration`: when each word is spoken. The sound itself is `scene.<n>.speech` (FLAC, mono)."""

from artifacts.model import Model


class Word(Model):
    """A word as it is written in the sentence (split at white space), with its time in the scene."""

    text: str
    start: float
    end: float
    """Seconds from the start of the scene."""
    sentence: int
    """Index of its sentence in the brief, from 0."""


class Narration(Model):
    """Times of every word of the scene; the scene lasts `duration` seconds, pauses at both ends included."""

    scene: int
    duration: float
    sample_rate: int
    engine: str = ""
    """Who speaks, as the credits name it."""
    voice: str
    language: str
    words: list[Word]
    note: str = ""
    """A sentence for the user where another engine speaks than was wished for, or times are estimated."""
