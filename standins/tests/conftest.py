"""The vendors' own SDKs, pointed at the stand-ins."""

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
