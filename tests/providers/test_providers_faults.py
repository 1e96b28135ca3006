"""Whatever the vendors do wrong, a job ends as it should: retried, waiting with an hour, fallen back, or refused."""

import json
import time

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
WRITTEN = {"writer": "gemini", "budget": 5, "review": True}
WRITES = {"operation": "generateContent", "model": "gemini-3.8-flash"}
SPEAKS = {"operation": "generateContent", "model": "gemini-3.8-flash-tts"}


def _script_of(shop, seconds):
    """A job that writes a script; each test asks for a length of its own, for an equal script would be known."""
    return _ended(shop, shop.submit(**WRITTEN, seconds=seconds))


def _ended(shop, job_id, *, seconds=90):
    """The job when it waits for review or has ended, and the longest wait that it told of."""
    told, deadline = [], time.monotonic() + seconds
    while time.monotonic() < deadline:
        job = shop.client.job(job_id)
        told += [job["waits_for"]] if job["waits_for"] and job["waits_until"] else []
        if job["state"] in ("review", "done", "failed"):
            return job, told
        time.sleep(0.1)
    raise AssertionError(job)


def _script(shop, job_id):
    return shop.artifact(job_id, "script").json()


def _calls(job):
    return [call for call in job["costs"]["calls"] if call["stage"] == "script"]


def test_pause_that_gemini_asks_for_is_waited_out_and_told(shop):
    shop.gemini.fault("status", status=429, retry_after=8, **WRITES)
    job, told = _script_of(shop, 20)
    assert job["state"] == "review"
    assert any("Gemini" in words for words in told), told
    assert _script(shop, job["id"])["writer"] == "gemini"


def test_pause_without_a_time_is_waited_out_too(shop):
    shop.gemini.fault("status", status=429, **WRITES)
    job, told = _script_of(shop, 21)
    assert (job["state"], bool(told)) == ("review", True)


@pytest.mark.parametrize(("status", "seconds"), [(500, 22), (503, 23)])
def test_failing_server_is_asked_again(shop, status, seconds):
    shop.gemini.fault("status", status=status, times=2, **WRITES)
    job, _ = _script_of(shop, seconds)
    assert (job["state"], _script(shop, job["id"])["writer"]) == ("review", "gemini")
    assert shop.paid_again() == 0


@pytest.mark.parametrize(
    ("kind", "seconds"), [("reset", 24), ("lost", 25), ("cut", 26), ("truncated", 27), ("garbage", 28)]
)
def test_answer_that_was_lost_on_its_way_is_asked_for_once_more_and_shown(shop, kind, seconds):
    shop.gemini.fault(kind, **WRITES)
    job, _ = _script_of(shop, seconds)
    assert (job["state"], _script(shop, job["id"])["writer"]) == ("review", "gemini")
    assert sum(call["cut_off"] for call in _calls(job)) == 1
    assert shop.paid_again() == 0


@pytest.mark.parametrize(("reason", "seconds"), [("SAFETY", 34), ("RECITATION", 35), ("MAX_TOKENS", 36)])
def test_model_that_never_writes_leaves_the_script_to_the_paper_and_says_so(shop, reason, seconds):
    shop.gemini.fault("finish", reason=reason, times=0, **WRITES)
    job, _ = _script_of(shop, seconds)
    assert job["state"] == "review"
    script = _script(shop, job["id"])
    assert script["writer"] == "extractive"
    assert any("Gemini" in notice for notice in script["paper"]["notices"])
    assert job["costs"]["dollars"] == pytest.approx(shop.counted(), abs=1e-5)


def test_text_that_breaks_off_is_paid_and_another_asked_for(shop):
    shop.gemini.fault("broken", **WRITES)
    job, _ = _script_of(shop, 31)
    assert (job["state"], _script(shop, job["id"])["writer"]) == ("review", "gemini")
    assert job["costs"]["dollars"] == pytest.approx(shop.counted(), abs=1e-5)


def test_refused_key_is_said_to_who_wanted_gemini(shop):
    shop.gemini.fault("status", status=403, times=0, **WRITES)
    job, _ = _script_of(shop, 32)
    assert (job["state"], job["failures"][0]["code"]) == ("failed", "provider.gemini.key")
    assert "key" in job["failures"][0]["message"]


def test_slow_bytes_arrive(shop):
    shop.gemini.fault("drip", seconds=3, **WRITES)
    job, _ = _script_of(shop, 33)
    assert (job["state"], _script(shop, job["id"])["writer"]) == ("review", "gemini")


def test_scenes_that_gemini_will_not_speak_are_spoken_here_and_the_credits_say_so(shop):
    shop.gemini.fault("finish", reason="SAFETY", times=0, **SPEAKS)
    job, _ = _ended(shop, shop.submit(seconds=20, writer="extractive", speech="gemini", budget=2))
    assert job["state"] == "done", job["failures"]
    told = shop.artifact(job["id"], "credits").text
    assert "Voice: eSpeak" in told
    assert "Voice: Gemini" not in told
    assert job["costs"]["dollars"] == pytest.approx(shop.counted(), abs=1e-5)


def test_pause_that_the_voice_asks_for_is_waited_out(shop):
    shop.gemini.fault("status", status=429, retry_after=2, times=2, **SPEAKS)
    job, _ = _ended(shop, shop.submit(seconds=30, writer="extractive", speech="gemini", budget=2))
    assert job["state"] == "done", job["failures"]
    assert "Voice: Gemini" in shop.artifact(job["id"], "credits").text
    assert job["costs"]["dollars"] == pytest.approx(shop.counted(), abs=1e-5)


FILMS = {
    "late, slow and expired": [
        ("throttle", {"seconds": 1.5}),
        ("expire", {}),
        ("drip", {"operation": "output", "seconds": 2}),
    ],
    "refused output, broken inside": [
        ("fail", {"code": "SAFETY.OUTPUT.VIDEO"}),
        ("fail", {"code": "INTERNAL.BAD_OUTPUT.CODE01"}),
    ],
    "refused input": [("fail", {"code": "SAFETY.INPUT.TEXT", "times": 0})],
    "cancelled there": [("cancel", {})],
    "no credits": [("status", {"status": 402, "times": 0, "operation": "text_to_video"})],
}
FALLS_BACK = {"refused input", "cancelled there", "no credits"}


@pytest.mark.drill
def test_films_that_go_wrong_come_in_the_end_or_leave_the_scene_to_local_pictures(shop):
    """One job for each fault, one after the other, on one theme each: equal films would be known already."""
    for number, (name, faults) in enumerate(FILMS.items()):
        shop.mend()
        for kind, more in faults:
            shop.runway.fault(kind, **more)
        options = {"seconds": 20, "writer": "gemini", "footage": True, "budget": 5, "speech": "espeak"}
        job, _ = _ended(shop, shop.submit(**options, theme=_theme(number), tone=_tone(number)))
        assert job["state"] == "done", (name, job["failures"])
        scenes = json.loads(shop.artifact(job["id"], "transcript").content)["scenes"]
        said = [scene["footage"] for scene in scenes if scene["footage"]]
        lacking = [words for words in said if words != "Runway gen4.5"]
        assert bool(lacking) == (name in FALLS_BACK), (name, said)
        assert len(said) >= 2, (name, said)
        assert shop.paid_again() == 0
        assert job["costs"]["dollars"] == pytest.approx(shop.counted(), abs=1e-5), name


def _theme(number):
    return ("dusk", "dawn", "paper", "night")[number % 4]


def _tone(number):
    return ("calm", "lively", "serious")[number // 4]
