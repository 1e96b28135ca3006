"""What a model is asked to answer with; its JSON schema goes with the question."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["hook", "question", "method", "results", "caveat", "takeaway", "end"]


class Reply(BaseModel):
    """Unknown fields of an answer are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Said(Reply):
    """A sentence to be spoken."""

    text: str = Field(description="One plain sentence.")
    passages: list[str] = Field(description="Ids of the passages that it rests on, one to three.")


class Scene(Reply):
    """A scene."""

    role: Role
    headline: str = Field(description="At most seven words, without a full stop.")
    kicker: str = Field(description="One to three words above the headline, or empty.")
    sentences: list[Said]


class FilmedScene(Scene):
    """A scene that may have a moving picture."""

    footage: str = Field(description="In English, what a short film of the scene shows; empty in the last scene.")


class ScriptReply(Reply):
    """A whole script."""

    scenes: list[Scene]


class FilmedReply(Reply):
    """A whole script with moving pictures."""

    scenes: list[FilmedScene]


class Rewritten(Reply):
    """Sentences of one scene that were written again, in the order in which they were given."""

    number: int = Field(description="The scene's number.")
    sentences: list[Said]


class RewriteReply(Reply):
    """Sentences that were written again."""

    scenes: list[Rewritten]


class Rendered(Reply):
    """A line and its translation."""

    number: int
    text: str = Field(description="The translation of the line with this number.")


class RenderReply(Reply):
    """Lines that were translated."""

    lines: list[Rendered]
