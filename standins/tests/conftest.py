"""The vendors' own SDKs, pointed at the stand-ins."""

import time
import urllib.request

import pytest
from google import genai
from google.genai import types
from runwayml import RunwayML

PASSAGES = {
    "abs.1": "Soap killed 92% of the bacteria on hands within 20 seconds. Cold water alone removed 14% of them.",
    "s1.1": "However, we measured hands of 48 nurses in two wards (Li et al. 2010). The nurses washed six times a day.",
    "s2.3": "Alcohol rub killed 97% of the bacteria but not the spores. Spores need 60 seconds of scrubbing with soap.",
}


@pytest.fixture
def prompt():
    offered = "\n".join(f'<passage id="{key}">{text}</passage>' for key, text in PASSAGES.items())
    return f"Write a script of 60 seconds in 4 scenes for a general audience.\n\n<paper>\n{offered}\n</paper>"


@pytest.fixture
def connect():
    """Makes a client of google-genai for a stand-in."""
    made = []

    def client(url, key="key", timeout=10_000, **more):
        options = types.HttpOptions(base_url=url, timeout=timeout, **more)
        made.append(genai.Client(api_key=key, http_options=options))
        return made[-1]

    yield client
    for one in made:
        one.close()


@pytest.fixture
def gemini(gemini_standin, connect):
    return connect(gemini_standin.url)


@pytest.fixture
def produce():
    """Makes a client of runwayml for a stand-in, without retries of its own."""
    made = []

    def client(url, key="key_0123", **more):
        made.append(RunwayML(api_key=key, base_url=url, max_retries=0, **{"timeout": 10} | more))
        return made[-1]

    yield client
    for one in made:
        one.close()


@pytest.fixture
def runway(runway_standin, produce):
    return produce(runway_standin.url)


@pytest.fixture
def film():
    """Asks for a film of two seconds, or as the arguments say."""

    def create(client, text="Hands under water", **more):
        asked = {"model": "gen4.5", "prompt_text": text, "ratio": "720:1280", "duration": 2} | more
        return client.text_to_video.create(**asked)

    return create


@pytest.fixture
def wait():
    """Polls faster than the SDK's own waiter; gives the statuses that were seen, and the last view."""

    def poll(client, task, until=("SUCCEEDED", "FAILED", "CANCELLED"), seconds=5.0):
        seen, deadline = [], time.monotonic() + seconds
        while time.monotonic() < deadline:
            view = client.tasks.retrieve(task.id)
            if view.status not in seen[-1:]:
                seen.append(view.status)
            if view.status in until:
                return seen, view
            time.sleep(0.02)
        raise AssertionError(seen)

    return poll


@pytest.fixture
def fetched():
    """Gets the bytes behind an address."""

    def get(url):
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.read()

    return get


SCRIPT = {
    "type": "object",
    "required": ["title", "scenes"],
    "properties": {
        "title": {"type": "string", "maxLength": 60},
        "scenes": {
            "type": "array",
            "minItems": 2,
            "maxItems": 8,
            "items": {
                "type": "object",
                "required": ["role", "headline", "sentences"],
                "properties": {
                    "role": {"enum": ["hook", "question", "method", "results", "caveat", "takeaway"]},
                    "headline": {"type": "string"},
                    "sentences": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["text", "passages"],
                            "properties": {
                                "text": {"type": "string"},
                                "passages": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                            },
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture
def script_config():
    return types.GenerateContentConfig(response_mime_type="application/json", response_json_schema=SCRIPT)
