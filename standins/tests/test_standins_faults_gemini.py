"""Every fault, as google-genai meets it, and what it costs."""

import json
import select
import socket
import time

import httpx2
import pytest
from google.genai import types
from google.genai.errors import APIError, ClientError, ServerError, UnknownApiResponseError
from standins.faults import Fault

MODEL = "gemini-3.8-flash"


def ask(client, text="Say something.", **more):
    return client.models.generate_content(model=MODEL, contents=text, **more)


@pytest.mark.parametrize("retry_after", [None, 7, "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_429_comes_with_and_without_a_time_to_wait(gemini_standin, gemini, retry_after):
    gemini_standin.fault("status", status=429, retry_after=retry_after)
    with pytest.raises(ClientError) as refused:
        ask(gemini)
    error = refused.value
    assert (error.code, error.status) == (429, "RESOURCE_EXHAUSTED")
    assert error.response.headers.get("retry-after") == (None if retry_after is None else f"{retry_after}")
    delays = [one["retryDelay"] for one in error.details["error"]["details"] if "retryDelay" in one]
    assert delays == (["7s"] if retry_after == 7 else [])
    assert ask(gemini).text
    assert [one["paid"] for one in gemini_standin.requests()] == [False, True]


@pytest.mark.parametrize(
    ("status", "kind", "name"),
    [
        (400, ClientError, "INVALID_ARGUMENT"),
        (401, ClientError, "UNAUTHENTICATED"),
        (402, ClientError, "FAILED_PRECONDITION"),
        (403, ClientError, "PERMISSION_DENIED"),
        (404, ClientError, "NOT_FOUND"),
        (500, ServerError, "INTERNAL"),
        (502, ServerError, "UNAVAILABLE"),
        (503, ServerError, "UNAVAILABLE"),
        (504, ServerError, "DEADLINE_EXCEEDED"),
    ],
)
def test_a_status_comes_in_the_vendors_form_and_costs_nothing(gemini_standin, gemini, status, kind, name):
    gemini_standin.fault("status", status=status)
    with pytest.raises(kind) as refused:
        ask(gemini)
    assert (refused.value.code, refused.value.status) == (status, name)
    assert gemini_standin.costs()["usd"] == 0


def test_the_sdks_retries_are_seen_and_counted_one_by_one(gemini_standin, connect):
    gemini_standin.fault("status", status=503, times=2)
    retries = types.HttpRetryOptions(attempts=3, initial_delay=0.01, max_delay=0.02)
    assert ask(connect(gemini_standin.url, retry_options=retries)).text
    assert [one["status"] for one in gemini_standin.requests()] == [503, 503, 200]
    costs = gemini_standin.costs()
    assert (costs["calls"], costs["paid"], costs["paid_again"]) == (3, 1, [])


@pytest.mark.parametrize(
    ("kind", "seconds", "status", "paid"),
    [
        ("reset", 0, 0, False),
        ("hang", 5, 0, False),
        ("lost", 0, 200, True),
        ("late", 3, 200, True),
        ("cut", 0, 200, True),
    ],
)
def test_connections_break_and_the_vendor_charges_what_it_had_done(
    gemini_standin, connect, kind, seconds, status, paid
):
    gemini_standin.fault(kind, seconds=seconds)
    with pytest.raises((httpx2.TransportError, ServerError)):
        ask(connect(gemini_standin.url, timeout=400))
    deadline = time.monotonic() + 8
    while gemini_standin.requests()[0]["open"] and time.monotonic() < deadline:
        time.sleep(0.05)
    one = gemini_standin.requests()[0]
    assert (one["status"], one["paid"], one["answered"], one["fault"]) == (status, paid, False, kind)


def test_an_answer_that_drips_arrives_in_the_end(gemini_standin, gemini):
    gemini_standin.fault("drip", seconds=0.6)
    begun = time.monotonic()
    assert ask(gemini).text
    assert time.monotonic() - begun > 0.5
    assert gemini_standin.requests()[0]["answered"]


@pytest.mark.parametrize("kind", ["truncated", "garbage"])
def test_an_answer_that_is_no_json_is_paid_but_not_received(gemini_standin, gemini, kind):
    gemini_standin.fault(kind)
    with pytest.raises((UnknownApiResponseError, ValueError)):
        ask(gemini)
    costs = gemini_standin.costs()
    assert (costs["paid"], costs["received"]) == (1, 0)


@pytest.mark.parametrize("reason", ["SAFETY", "RECITATION", "MAX_TOKENS", "OTHER", "PROHIBITED_CONTENT"])
def test_a_finish_reason_is_given_and_paid(gemini_standin, gemini, prompt, script_config, reason):
    gemini_standin.fault("finish", reason=reason)
    answer = ask(gemini, prompt, config=script_config)
    assert answer.candidates[0].finish_reason == types.FinishReason[reason]
    if reason == "MAX_TOKENS":
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer.text)
    else:
        assert not answer.text
    assert gemini_standin.costs()["received"] == 1


@pytest.mark.parametrize("reason", ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT"])
def test_a_blocked_prompt_has_no_candidate(gemini_standin, gemini, reason):
    gemini_standin.fault("block", reason=reason)
    answer = ask(gemini)
    assert answer.prompt_feedback.block_reason == types.BlockedReason[reason]
    assert not answer.candidates


def test_an_answer_may_be_empty_for_no_reason(gemini_standin, gemini):
    gemini_standin.fault("empty")
    assert not ask(gemini).candidates


def test_json_may_be_broken_although_the_model_stopped_well(gemini_standin, gemini, prompt, script_config):
    gemini_standin.fault("broken")
    answer = ask(gemini, prompt, config=script_config)
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_faults_strike_by_number_by_body_and_by_predicate(gemini_standin, gemini):
    gemini_standin.fault("status", operation="generateContent", numbers=[2, 4], status=500)
    gemini_standin.fault("status", body="soap", status=403)
    gemini_standin.strike(Fault(kind="status", status=404, when=lambda request: request.number == 6))
    outcomes = []
    for text in ["one", "two", "soap", "four", "five", "six", "soap"]:
        try:
            ask(gemini, text)
            outcomes.append(200)
        except APIError as error:
            outcomes.append(error.code)
    assert outcomes == [200, 500, 403, 500, 200, 404, 200]
    assert [one["struck"] for one in gemini_standin.get("faults")] == [2, 1, 1]


def test_speech_that_is_cut_off_is_half_and_says_so(gemini_standin, gemini):
    gemini_standin.fault("finish", reason="MAX_TOKENS")
    config = types.GenerateContentConfig(response_modalities=["AUDIO"])
    answer = gemini.models.generate_content(model="gemini-3.8-flash-tts", contents="Soap kills.", config=config)
    assert answer.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS
    half = len(answer.candidates[0].content.parts[0].inline_data.data)
    config = types.GenerateContentConfig(response_modalities=["AUDIO"])
    whole = gemini.models.generate_content(model="gemini-3.8-flash-tts", contents="Soap kills.", config=config)
    assert half == pytest.approx(len(whole.candidates[0].content.parts[0].inline_data.data) / 2, abs=2)


def test_what_was_received_and_is_asked_again_is_shown_as_paid_again(gemini_standin, gemini):
    ask(gemini)
    assert gemini_standin.costs()["paid_again"] == []
    ask(gemini)
    ask(gemini, "Something else.")
    costs = gemini_standin.costs()
    assert costs["paid_again"] == [2]
    assert sorted(one["paid"] for one in costs["by_digest"].values()) == [1, 2]


def test_a_lost_answer_may_be_asked_for_again(gemini_standin, gemini):
    gemini_standin.fault("lost")
    with pytest.raises(httpx2.TransportError):
        ask(gemini)
    ask(gemini)
    costs = gemini_standin.costs()
    assert (costs["paid"], costs["received"], costs["paid_again"]) == (2, 1, [])


def test_mending_and_forgetting(gemini_standin, gemini):
    gemini_standin.fault("status", times=0)
    with pytest.raises(ServerError):
        ask(gemini)
    gemini_standin.mend()
    assert ask(gemini).text
    gemini_standin.reset()
    assert gemini_standin.requests() == []
    assert gemini_standin.costs()["calls"] == 0


def test_a_client_that_dies_with_the_answer_unread_did_not_receive_it(gemini_standin):
    body = json.dumps({"contents": [{"parts": [{"text": "Hello"}]}]})
    lines = [f"POST /v1beta/models/{MODEL}:generateContent HTTP/1.1", "Host: here", "x-goog-api-key: key"]
    lines += [f"Content-Length: {len(body)}", "", body]
    with socket.create_connection(("127.0.0.1", int(gemini_standin.url.rsplit(":", 1)[1]))) as client:
        client.sendall("\r\n".join(lines).encode())
        select.select([client], [], [], 5)
        assert gemini_standin.requests()[0]["answered"]
    deadline = time.monotonic() + 5
    while gemini_standin.requests()[0]["answered"] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (gemini_standin.costs()["paid"], gemini_standin.costs()["received"]) == (1, 0)
