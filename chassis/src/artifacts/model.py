"""The base of every artifact schema."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value; unknown fields of newer versions are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
