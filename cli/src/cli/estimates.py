"""What a video is likely to cost, said before it is asked for."""

from __future__ import annotations

from typing import Any

import click

from cli.client import Client

_PAID = ("gemini",)
"""Writers and speakers that cost something."""


def told(client: Client, options: dict[str, Any], *, quiet: bool) -> dict[str, Any] | None:
    """The gateway's estimate, said to the person unless `quiet`; None: nothing of the wish can cost anything."""
    paid = options.get("budget") or options.get("footage")
    if not paid and not any(options.get(name) in _PAID for name in ("writer", "speech")):
        return None
    estimate = client.estimate(options)
    if not quiet:
        click.echo("\n".join(lines(estimate)), err=True)
    return estimate


def lines(estimate: dict[str, Any]) -> list[str]:
    """The estimate for people."""
    rows = [f"estimate: {_dollars(estimate['dollars'])}, of a budget of ${estimate['budget']:.2f}"]
    for line in estimate["lines"]:
        own = ", with your own key" if line["own"] else ""
        rows.append(f"  {_dollars(line['dollars'])}  {line['title']}: {line['what']}{own}")
    rows += [f"note: {note}" for note in estimate["notes"]]
    if not estimate["enough"]:
        rows.append(
            f"warning: the budget may be too small by about ${estimate['short_by']:.2f}; --budget says how much"
        )
    return rows


def _dollars(amount: float) -> str:
    """With tenths of cents where cents would say little."""
    return f"${amount:.3f}" if 0 < amount < 0.1 else f"${amount:.2f}"
