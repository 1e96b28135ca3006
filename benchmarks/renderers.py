"""One renderer against two: wall time of the render stage of one job, side by side."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from cli.making import follow
from cli.rest import Rest
from cli.stack import Stack

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "nightingale" / "nightingale.xml"
ROUNDS = 2


def main() -> None:
    """Print the stage's wall time with one and with two renderers, the best of two rounds each."""
    best = {count: min(render_seconds(count) for _ in range(ROUNDS)) for count in (1, 2)}
    print(f"render stage, wall time on {os.cpu_count()} cores: ", end="")
    print(f"one renderer {best[1]:.1f} s, two {best[2]:.1f} s; ratio {best[2] / best[1]:.2f}")


def render_seconds(renderers: int) -> float:
    """Seconds from the first scene that could be rendered to the last one that was, for the sample's minute."""
    replicas = {"renderer": renderers}
    with (
        tempfile.TemporaryDirectory() as home,
        Stack(Path(home), replicas=replicas) as stack,
        Rest(stack.gateway_url, stack.token) as client,
    ):
        job = follow(client, client.submit(SAMPLE, {"seconds": 60})["id"], quiet=True)
    when = {row["artifact"]: datetime.fromisoformat(row["announced_at"]) for row in job["artifacts"]}
    first = min(moment for name, moment in when.items() if name.endswith(".captions"))
    return (max(moment for name, moment in when.items() if name.endswith(".segment")) - first).total_seconds()


if __name__ == "__main__":
    main()
