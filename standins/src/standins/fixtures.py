"""pytest fixtures; the entry point in pyproject.toml makes them known wherever the package is installed.

Everything heavy is imported by the fixtures themselves, for pytest loads this module in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from standins.gemini.vendor import Gemini
    from standins.running import Control, Threaded
    from standins.runway.vendor import Runway

Spawn = Callable[..., "Control"]


@pytest.fixture
def gemini_standin() -> Iterator[Threaded[Gemini]]:
    """Gemini in threads of this process, with `vendor.reply` to give the texts."""
    from standins.gemini.vendor import Gemini  # noqa: PLC0415
    from standins.running import threaded  # noqa: PLC0415

    with threaded(Gemini()) as running:
        yield running


@pytest.fixture
def runway_standin() -> Iterator[Threaded[Runway]]:
    """Runway in threads of this process; its tasks take tenths of seconds."""
    from standins.running import threaded  # noqa: PLC0415
    from standins.runway.vendor import Runway  # noqa: PLC0415

    with threaded(Runway()) as running:
        yield running


@pytest.fixture
def standin_process() -> Iterator[Spawn]:
    """Starts stand-ins as processes: `standin_process("runway", "--reply", "module:function")`."""
    from standins.running import process  # noqa: PLC0415

    with ExitStack() as running:
        yield lambda name, *arguments: running.enter_context(process(name, *arguments))
