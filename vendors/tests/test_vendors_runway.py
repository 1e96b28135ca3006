"""What Runway's answers and refusals mean, as its own SDK meets them."""

import time

import pytest
from chassis.errors import Fatal, RateLimited, Transient
from standins.exchange import Answer
from vendors.settings import RunwaySettings

from vendors import runway

KEY, OWN = "key_of-the-operator", "key_of-the-user"


@pytest.fixture
def settings(runway_standin):
    return RunwaySettings(api_key=KEY, url=runway_standin.url, seconds=2.0)


def create(settings, key="", **more):
    asked = {"model": settings.text_model, "prompt_text": "Hands under water", "ratio": "720:1280", "duration": 2}
    with runway.client(settings, key) as client:
        return client.text_to_video.create(**asked | more).id


def meant(settings, kind, key=""):
    """The error that a creation ends with; no key is in it."""
    with pytest.raises(kind) as raised:
        create(settings, key)
    error = raised.value
    shown = f"{error} {vars(error)} {error.__cause__}"
    assert KEY not in shown
    assert OWN not in shown
    assert type(error) is kind
    return error


@pytest.mark.parametrize(("stated", "seconds"), [(None, 30), (7, 7), (0, 0), ("soon", 30), ("9" * 400, 86_400)])
def test_429_is_a_pause_as_long_as_the_vendor_says(runway_standin, settings, stated, seconds):
    runway_standin.fault("status", status=429, retry_after=stated)
    error = meant(settings, RateLimited)
    assert (error.code, error.retry_after, error.waits_for) == ("rate-limited.runway", seconds, "Runway")


def test_pause_may_be_stated_as_a_date(runway_standin, settings):
    hour = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 60))
    runway_standin.fault("status", status=429, retry_after=hour)
    assert meant(settings, RateLimited).retry_after == pytest.approx(60, abs=3)


@pytest.mark.parametrize("stated", [None, 9])
@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_fault_of_the_vendor_is_tried_again_when_it_says_and_created_once(runway_standin, settings, status, stated):
    runway_standin.fault("status", status=status, retry_after=stated)
    error = meant(settings, Transient)
    assert (error.code, error.retry_after) == ("unavailable.runway", stated)
    assert len(runway_standin.requests()) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "provider.runway.400"),
        (401, "provider.runway.key"),
        (402, "provider.runway.credits"),
        (403, "provider.runway.key"),
        (404, "provider.runway.404"),
        (422, "provider.runway.422"),
    ],
)
def test_refusal_is_final_and_names_its_kind(runway_standin, settings, status, code):
    runway_standin.fault("status", status=status, message=f"I do not like {KEY}!")
    error = meant(settings, Fatal)
    assert error.code == code
    assert "I do not like ***!" in error.detail


def test_account_without_credits_is_called_so(runway_standin, settings):
    runway_standin.put("settings", {"credits": 1})
    error = meant(settings, Fatal)
    assert error.code == "provider.runway.credits"
    assert "no credits left" in error.message


@pytest.mark.parametrize("kind", ["reset", "lost", "cut", "truncated", "garbage"])
def test_creation_that_broke_off_may_have_been_paid_and_is_not_repeated(runway_standin, settings, kind):
    runway_standin.fault(kind)
    meant(settings, ConnectionError)
    assert len(runway_standin.requests()) == 1


@pytest.mark.parametrize(("kind", "body"), [("text/html", b"<html>"), ("application/json", b"[]")])
def test_answer_that_is_not_one_may_have_been_paid(runway_standin, settings, monkeypatch, kind, body):
    monkeypatch.setattr(runway_standin.vendor, "answer", lambda *_: Answer(200, body, {"Content-Type": kind}))
    meant(settings, ConnectionError)


@pytest.mark.parametrize("kind", ["hang", "late"])
def test_creation_that_is_not_answered_in_time_may_have_been_paid(runway_standin, settings, kind):
    runway_standin.fault(kind, seconds=5)
    meant(settings.model_copy(update={"seconds": 0.3}), TimeoutError)
    assert len(runway_standin.requests()) == 1


def test_server_that_is_not_there_was_not_paid(settings):
    error = meant(settings.model_copy(update={"url": "http://127.0.0.1:9"}), Transient)
    assert error.code == "unavailable.runway"


def test_film_costs_what_the_settings_say(runway_standin, settings):
    create(settings, duration=5)
    assert runway_standin.costs()["usd"] == pytest.approx(5 * settings.text_price)
    picture = "data:image/png;base64," + "A" * 100
    with runway.client(settings) as client:
        asked = {"model": settings.image_model, "prompt_image": picture, "prompt_text": "Hands", "ratio": "720:1280"}
        client.image_to_video.create(**asked, duration=5)
    assert runway_standin.costs()["usd"] == pytest.approx(5 * (settings.text_price + settings.image_price))


def test_users_own_key_is_sent_in_the_place_of_the_operators(runway_standin, settings, monkeypatch):
    monkeypatch.setenv("RUNWAYML_API_SECRET", "key_of-the-environment")
    monkeypatch.setenv("RUNWAYML_BASE_URL", "http://127.0.0.1:9")
    for key in ("", OWN):
        create(settings, key)
    assert len({one["key"] for one in runway_standin.requests()}) == 2


@pytest.mark.parametrize(("key", "said"), [("", "no key"), ("käy", "is none"), ("a\nb", "is none"), (" ", "no key")])
def test_key_that_cannot_be_sent_is_refused_before_a_call(runway_standin, settings, monkeypatch, key, said):
    monkeypatch.setenv("RUNWAYML_API_SECRET", "key_of-the-environment")
    with pytest.raises(Fatal, match=said) as raised:
        create(settings.model_copy(update={"api_key": RunwaySettings(api_key=key).api_key}))
    assert raised.value.code == "provider.runway.key"
    assert runway_standin.requests() == []


def test_limit_is_of_the_keys_owner_and_holds_the_films_in_the_making():
    settings = RunwaySettings(requests_a_minute=30, at_once=4)
    shared = runway.limit(settings)
    assert (shared.name, shared.every, shared.burst, shared.at_once) == ("runway", 2, 4, 4)
    assert runway.limit(settings, OWN).name == runway.limit(settings, OWN).name != shared.name


def test_provider_without_a_key_says_what_to_do():
    told = runway.provider(RunwaySettings())
    assert (told.usable, told.does, told.facts["seconds"]) == (False, "footage", 5)
    assert "HIDDENHILL_RUNWAY_API_KEY" in told.reason
    assert runway.provider(RunwaySettings(api_key=KEY)).usable
