"""What Gemini's answers and refusals mean, as its own SDK meets them."""

import time
from dataclasses import replace

import pytest
from chassis.errors import Fatal, RateLimited, Transient
from google.genai import types
from vendors.settings import GeminiSettings

from vendors import gemini

KEY = "AIza-the-operators"
OWN = "AIza-the-users"
ENGLISH = "Say in a calm voice:\nSoap killed most of the bacteria."


@pytest.fixture
def settings(gemini_standin):
    return GeminiSettings(api_key=KEY, url=gemini_standin.url, seconds=2.0)


def ask(settings, key="", **more):
    with gemini.client(settings, key) as client:
        return client.models.generate_content(model=settings.text_model, contents="Say something.", **more)


def meant(settings, kind, key=""):
    """The error that a question ends with; no key is in it."""
    with pytest.raises(kind) as raised:
        ask(settings, key)
    error = raised.value
    shown = f"{error} {vars(error)} {error.__cause__}"
    assert KEY not in shown
    assert OWN not in shown
    assert type(error) is kind
    return error


@pytest.mark.parametrize(("stated", "seconds"), [(None, 15), (7, 7), (0, 0), ("soon", 15), ("9" * 400, 86_400)])
def test_429_is_a_pause_as_long_as_the_vendor_says(gemini_standin, settings, stated, seconds):
    gemini_standin.fault("status", status=429, retry_after=stated)
    error = meant(settings, RateLimited)
    assert (error.code, error.retry_after, error.waits_for) == ("rate-limited.gemini", seconds, "Gemini")


def test_pause_may_be_stated_as_a_date(gemini_standin, settings):
    hour = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 60))
    gemini_standin.fault("status", status=429, retry_after=hour)
    assert meant(settings, RateLimited).retry_after == pytest.approx(60, abs=3)


def test_pause_is_found_in_the_body_where_no_header_says_it(gemini_standin, settings, monkeypatch):
    refuse = gemini_standin.vendor.refuse
    plain = {"Content-Type": "application/json"}
    monkeypatch.setattr(gemini_standin.vendor, "refuse", lambda *asked: replace(refuse(*asked), headers=plain))
    gemini_standin.fault("status", status=429, retry_after=37)
    assert meant(settings, RateLimited).retry_after == 37


@pytest.mark.parametrize("stated", [None, 9])
@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_fault_of_the_vendor_is_tried_again_when_it_says(gemini_standin, settings, status, stated):
    gemini_standin.fault("status", status=status, retry_after=stated)
    error = meant(settings, Transient)
    assert (error.code, error.retry_after) == ("unavailable.gemini", stated)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "provider.gemini.invalid_argument"),
        (401, "provider.gemini.key"),
        (402, "provider.gemini.failed_precondition"),
        (403, "provider.gemini.key"),
        (404, "provider.gemini.model"),
    ],
)
def test_refusal_is_final_and_names_its_kind(gemini_standin, settings, status, code):
    gemini_standin.fault("status", status=status, message=f"I do not like {KEY}, I want another key than {KEY}!")
    error = meant(settings, Fatal)
    assert error.code == code
    assert "I do not like ***" in error.detail


def test_key_that_the_vendor_does_not_know_is_called_so(gemini_standin, settings):
    gemini_standin.put("settings", {"refused_keys": [OWN]})
    assert meant(settings, Fatal, OWN).code == "provider.gemini.key"
    assert ask(settings).text


@pytest.mark.parametrize("kind", ["reset", "lost", "cut", "truncated", "garbage"])
def test_answer_that_broke_off_may_have_been_paid(gemini_standin, settings, kind):
    gemini_standin.fault(kind)
    meant(settings, ConnectionError)
    assert len(gemini_standin.requests()) == 1


@pytest.mark.parametrize("kind", ["hang", "late"])
def test_answer_that_does_not_come_in_time_may_have_been_paid(gemini_standin, settings, kind):
    gemini_standin.fault(kind, seconds=5)
    meant(settings.model_copy(update={"seconds": 0.3}), TimeoutError)


def test_server_that_is_not_there_was_not_paid(settings):
    error = meant(settings.model_copy(update={"url": "http://127.0.0.1:9"}), Transient)
    assert error.code == "unavailable.gemini"


@pytest.mark.parametrize("reason", ["SAFETY", "RECITATION", "PROHIBITED_CONTENT", "MAX_TOKENS", "SPII"])
def test_finish_that_leaves_nothing_to_use_is_named_and_was_paid(gemini_standin, settings, reason):
    gemini_standin.fault("finish", reason=reason)
    response = ask(settings)
    stopped = gemini.stopped(response)
    assert (stopped.reason, stopped.code) == (reason, f"provider.gemini.{reason.lower()}")
    assert gemini.dollars(response, settings.text_price) == pytest.approx(gemini_standin.costs()["usd"], abs=1e-8)


def test_blocked_prompt_and_empty_answer_are_named(gemini_standin, settings):
    gemini_standin.fault("block", reason="PROHIBITED_CONTENT")
    gemini_standin.fault("empty")
    assert [gemini.stopped(ask(settings)).reason for _ in range(2)] == ["PROHIBITED_CONTENT", "EMPTY"]


def test_word_that_nobody_knows_makes_no_odd_code():
    assert gemini.Stopped("A.B c\n" + "x" * 99).code == "provider.gemini.abc" + "x" * 37


@pytest.mark.parametrize("thoughts", [0, 400])
def test_dollars_are_those_that_the_vendor_charges(gemini_standin, settings, thoughts):
    gemini_standin.put("settings", {"thoughts": thoughts})
    response = ask(settings)
    assert gemini.stopped(response) is None
    charged = gemini_standin.costs()["usd"]
    assert charged > 0
    assert gemini.dollars(response, settings.text_price) == pytest.approx(charged, abs=1e-8)


def test_speech_costs_what_the_vendor_charges(gemini_standin, settings):
    with gemini.client(settings) as client:
        config = types.GenerateContentConfig(response_modalities=["AUDIO"])
        response = client.models.generate_content(model=settings.speech_model, contents=ENGLISH, config=config)
    assert gemini.dollars(response, settings.speech_price) == pytest.approx(gemini_standin.costs()["usd"], abs=1e-8)


def test_users_own_key_is_sent_in_the_place_of_the_operators(gemini_standin, settings, monkeypatch):
    monkeypatch.setenv("GOOGLE_API_KEY", "of-the-environment")
    monkeypatch.setenv("GEMINI_API_KEY", "of-the-environment")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    for key in ("", OWN):
        ask(settings, key)
    keys = [one["key"] for one in gemini_standin.requests()]
    assert len(set(keys)) == 2


@pytest.mark.parametrize(("key", "said"), [("", "no key"), ("käy", "is none"), ("a\nb", "is none"), (" ", "no key")])
def test_key_that_cannot_be_sent_is_refused_before_a_call(gemini_standin, settings, monkeypatch, key, said):
    monkeypatch.setenv("GOOGLE_API_KEY", "of-the-environment")
    with pytest.raises(Fatal, match=said) as raised:
        ask(settings.model_copy(update={"api_key": GeminiSettings(api_key=key).api_key}))
    assert raised.value.code == "provider.gemini.key"
    assert gemini_standin.requests() == []


def test_limit_is_of_the_model_and_of_the_keys_owner():
    settings = GeminiSettings(requests_a_minute=30, at_once=4)
    shared = gemini.limit(settings, "gemini-3.8 flash/tts")
    assert (shared.name, shared.every, shared.burst, shared.at_once) == ("gemini-gemini-3_8_flash_tts", 2, 4, 4)
    own = [gemini.limit(settings, "m", key).name for key in (OWN, OWN, "another")]
    assert own[0] == own[1] != own[2]
    assert OWN not in own[0]


def test_provider_without_a_key_says_what_to_do():
    told = gemini.provider(GeminiSettings(), "speech")
    assert (told.usable, told.does, told.model) == (False, "speech", "gemini-3.8-flash-tts")
    assert "HIDDENHILL_GEMINI_API_KEY" in told.reason
    assert gemini.provider(GeminiSettings(api_key=KEY), "script").usable
