"""Pages that speak of money: what a wish costs, keys of one's own, and a retracted paper made all the same."""

import re
import uuid

import pytest
from chassis.events import Blob
from chassis.providers import Provider
from hiddenhill.v1.events_pb2 import Failed

from chassis import events

TOKENS = {"input": 0.5, "output": 3.0}
TOLD = (
    Provider("gemini", "Gemini", "script", "gemini-3.8-flash", True, "", TOKENS),
    Provider("gemini", "Gemini", "speech", "gemini-3.8-flash-tts", True, "", TOKENS),
    Provider("runway", "Runway", "footage", "gen4.5", False, "no key; set HIDDENHILL_RUNWAY_API_KEY", {"second": 0.12}),
)
KEY = "key_0123456789-secret-wxyz"
SECRET = "a secret that seals keys, long enough"


@pytest.fixture(scope="module")
def rich(stack, settings, tmp_path_factory, running):
    """A gateway that keeps keys, where providers were told of and a day has dollars."""
    from gateway_conftest import Running  # noqa: PLC0415
