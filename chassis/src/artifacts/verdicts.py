"""Artifact `scene.<n>.verdicts`: all sentences of the scene may be said. Nothing is spoken or paid for before it."""

from artifacts.model import Model
from artifacts.script import Verdict


class Verdicts(Model):
    """A verdict on each sentence of the brief, in its order; only a sentence of a person's own may be unsupported."""

    scene: int
    verdicts: list[Verdict]
