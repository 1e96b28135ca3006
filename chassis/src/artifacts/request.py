"""What the user asked for: artifacts `source` (when it is a reference) and `options`."""

from typing import Literal

from pydantic import Field

from artifacts.model import Model
from artifacts.script import SpeechName


class Reference(Model):
    """Artifact `source` when no file was given: an identifier or address to fetch the paper from."""

    reference: str = Field(min_length=1, max_length=2000)


class Options(Model):
    """Artifact `options`: how the video is to be."""

    seconds: int = Field(60, ge=20, le=180)
    language: str = Field("en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    voice: str = Field("", max_length=64)
    """Empty: the narrator's default for the language."""
    theme: Literal["", "dusk", "dawn", "paper", "night"] = ""
    """Empty: chosen by the paper's subject."""
    music: bool = False
    audience: Literal["child", "general", "student", "expert"] = "general"
    tone: Literal["calm", "lively", "serious"] = "calm"
    writer: Literal["", "extractive", "gemini"] = ""
    """Who writes the script; empty: the best that is usable within the budget."""
    speech: SpeechName = ""
    footage: bool = False
    """Have moving pictures made where the script asks for them."""
    budget: float = Field(0, ge=0, le=1000)
    """Dollars that the job may cost; 0: nothing is paid for."""
    force: bool = False
    """Make the video of a paper that was retracted all the same; it is labelled so."""
    review: bool = False
    """Wait with voice and pictures until a person has approved the script."""


class Approval(Model):
    """Artifact `approval`: the script may be spoken and drawn. Announced at submit, unless a review is wished for."""

    approved: bool = True
