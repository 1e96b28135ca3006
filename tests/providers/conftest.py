"""A stack whose services buy from stand-ins of Gemini and Runway, which count every call and every cent."""

from __future__ import annotations

from pathlib import Path

import pytest
from standins.running import process
from standins.studio import studio

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "nightingale" / "nightingale.xml"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The shop of all tests of a module."""
    home, env = tmp_path_factory.mktemp("shop"), {"HIDDENHILL_ACK_WAIT": "3"}
    with (
        process("gemini") as gemini,
        process("runway") as runway,
        studio(home, SAMPLE, gemini, runway, env) as opened,
    ):
        yield opened


@pytest.fixture
def shop(running):
    """The shop with nothing counted yet and nothing broken."""
    running.mend()
    yield running
    running.mend()
