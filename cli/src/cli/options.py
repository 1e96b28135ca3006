"""The options that commands share."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any, get_args

import click
from artifacts.request import Options

output = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Video file to write; sidecars go beside it.",
)
_BEST = "default: the best that is usable within the budget."


def _of(option: str) -> list[str]:
    """The values that an option of the video may have, but for none."""
    return [value for value in get_args(Options.model_fields[option].annotation) if value]


_VIDEO = (
    click.option("--seconds", type=click.IntRange(20, 180), default=60, show_default=True, help="Length of the video."),
    click.option("--voice", default="", help="Voice of the narrator."),
    click.option("--language", default="en", show_default=True, help="Language of the narration."),
    click.option(
        "--theme", type=click.Choice(["dusk", "dawn", "paper", "night"]), help="Default: by the paper's subject."
    ),
    click.option("--music", is_flag=True, help="Lay a quiet music bed under the voice."),
    click.option("--audience", type=click.Choice(_of("audience")), default="general", show_default=True),
    click.option("--tone", type=click.Choice(_of("tone")), default="calm", show_default=True),
    click.option("--writer", type=click.Choice(_of("writer")), help=f"Who writes the script; {_BEST}"),
    click.option("--speech", type=click.Choice(_of("speech")), help=f"Who speaks; {_BEST}"),
    click.option("--footage", is_flag=True, help="Have moving pictures made where the script asks for them."),
    click.option(
        "--budget",
        type=click.FloatRange(0, 1000),
        default=0,
        help="Dollars that the video may cost; default: nothing is paid for.",
    ),
    click.option("--force", is_flag=True, help="Make the video of a retracted paper all the same; it is labelled."),
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def video(command: Any) -> Any:
    """The options of how a video is to be."""
    for option in reversed(_VIDEO):
        command = option(command)
    return command


def at_gateway(command: Any) -> Any:
    """The options of which gateway is meant, as the argument `address`. A token's file keeps it out of lists."""

    @click.option(
        "--url",
        envvar="HIDDENHILL_GATEWAY",
        default="",
        help="Gateway: http(s)://… or grpc(s)://host:port; default: HIDDENHILL_GATEWAY, or this machine's own.",
    )
    @click.option(
        "--token-file",
        type=click.File("r"),
        help="File with your token (- reads it from standard input); default: the token in HIDDENHILL_TOKEN.",
    )
    @functools.wraps(command)
    def with_address(*args: Any, url: str, token_file: Any, **more: Any) -> Any:
        from cli.gateway import Address  # noqa: PLC0415 - nothing of it is loaded for `paper`

        token = token_file.read().strip() if token_file else os.environ.get("HIDDENHILL_TOKEN", "")
        return command(*args, address=Address(url, token), **more)

    return with_address
