"""Paid providers: which there are, what a video is likely to cost, and users' own keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from artifacts.request import Options
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field, field_validator

from gateway.api.account import as_json
from gateway.api.models import COMMON, SECURED
from gateway.context import caller, changes_nothing, gateway, public, visitor

api = APIBlueprint(
    "paying",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="Paying", description="What videos cost, and who is paid for what.")],
    abp_security=SECURED,
    abp_responses=COMMON,
)
_ANYBODY: list[dict[str, list[str]]] = [{}, *SECURED]
Work = Literal["script", "speech", "footage"]


class Provider(BaseModel):
    """One thing that a vendor does for videos."""

    name: str
    title: str
    does: Work
    model: str
    usable: bool
    reason: str = Field(description="Why it is not usable, with what to do.")
    own: bool = Field(description="Whether with a key of your own.")
    prices: dict[str, float] = Field(
        description="Dollars by unit: `input` and `output` for a million tokens, `second` for a second of footage."
    )
    facts: dict[str, float] = Field(description="Numbers besides, such as the `seconds` of one film.")


class ProviderList(BaseModel):
    """All that can be paid for."""

    providers: list[Provider]
    keeps_keys: bool = Field(description="Whether users' own keys are kept here.")


class EstimateWish(Options):
    """How the video is to be: the options of a job."""

    model_config = ConfigDict(strict=True, extra="forbid")

    @field_validator("seconds", mode="before")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        """JSON knows one kind of numbers."""
        return int(value) if isinstance(value, float) and value.is_integer() else value


class EstimateLine(BaseModel):
    """What one provider does for the video."""

    provider: str
    title: str
    does: Work
    what: str = Field(description="In words, such as `6 films of 5 seconds`.")
    dollars: float
    own: bool = Field(description="With a key of your own.")


class DayMoney(BaseModel):
    """Dollars that your jobs may cost in a day of UTC."""

    money: float
    money_used: float = Field(description="Spent, or set aside for jobs under way.")
    money_left: float
    resets_at: datetime


class Estimate(BaseModel):
    """What the video is likely to cost, in dollars."""

    lines: list[EstimateLine]
    dollars: float
    notes: list[str] = Field(description="Sentences: what cannot be had, and why.")
    needed: float = Field(
        description="What the budget should be: before a call is made, the most that it can cost is set aside."
    )
    budget: float
    enough: bool
    short_by: float = Field(description="What the budget lacks of what is needed.")
    day: DayMoney | None = Field(description="null: you are not logged in.")


class ProviderKey(BaseModel):
    """A key of your own, but for itself."""

    provider: str
    hint: str = Field(description="Its last four characters.")
    created_at: datetime


class ProviderKeyList(BaseModel):
    """Your own keys of providers."""

    keys: list[ProviderKey]
    kept: bool = Field(description="Whether any are kept here.")


class ProviderKeyWish(BaseModel):
    """A key to be kept."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    key: str = Field(min_length=12, max_length=500, pattern=r"^[!-~]+$", repr=False)


class ProviderPath(BaseModel):
    """Whose."""

    provider: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")


@api.get("/providers", responses={200: ProviderList}, security=_ANYBODY)
@public
def list_providers() -> Response:
    """Paid providers: what can be used, and what it costs."""
    return as_json(ProviderList.model_validate(gateway().pricing.providers(visitor())))


@api.post("/estimate", responses={200: Estimate}, security=_ANYBODY)
@public
@changes_nothing
def estimate(body: EstimateWish) -> Response:
    """What a job with these options is likely to cost, and whether its budget and your day have so much."""
    return as_json(Estimate.model_validate(gateway().pricing.estimate(visitor(), body)))


@api.get("/account/keys", responses={200: ProviderKeyList})
def list_keys() -> Response:
    """Of which providers keys of your own are kept."""
    keyring = gateway().pricing.keyring
    return as_json(ProviderKeyList.model_validate({"keys": keyring.listed(caller()), "kept": keyring.keeps}))


@api.put("/account/keys/<provider>", responses={200: ProviderKey})
def keep_key(path: ProviderPath, body: ProviderKeyWish) -> Response:
    """Keep a key of your own; your jobs call the provider with it. It is never shown again."""
    pricing = gateway().pricing
    return as_json(ProviderKey.model_validate(pricing.keep_key(caller(), path.provider, body.key)))


@api.delete("/account/keys/<provider>", responses={204: None})
def remove_key(path: ProviderPath) -> Response:
    """Forget a key of your own; calls that are made from now on are made without it."""
    gateway().pricing.keyring.remove(caller(), path.provider)
    return Response(status=204)
