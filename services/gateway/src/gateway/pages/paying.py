"""What pages say of paid providers: what each does, whether it can be used and why not, and the caller's own keys."""

from __future__ import annotations

from typing import Any, cast

from flask_wtf import FlaskForm
from wtforms import SelectField

from gateway.accounts.callers import Caller
from gateway.jobs.pricing import Pricing

DOES = {"script": "Script", "speech": "Voice", "footage": "Moving pictures"}


def of_caller(pricing: Pricing, caller: Caller, form: FlaskForm) -> dict[str, Any]:
    """What the account's page shows; the form's choices are filled in."""
    told = pricing.providers(caller)
    titles = {each["name"]: each["title"] for each in told["providers"]}
    cast("SelectField", form["provider"]).choices = list(titles.items())
    return {
        "providers": [row(each) for each in told["providers"]],
        "titles": titles,
        "keeps_keys": told["keeps_keys"],
        "keys": pricing.keyring.listed(caller),
    }


def row(provider: dict[str, Any]) -> dict[str, Any]:
    """A provider with what it does and what it costs in words."""
    prices = provider["prices"]
    price = (
        f"${prices['second']:.2f} a second"
        if "second" in prices
        else f"${prices.get('input', 0):.2f} in, ${prices.get('output', 0):.2f} out, per million tokens"
    )
    return provider | {"work": DOES.get(provider["does"], provider["does"]), "price": price}
