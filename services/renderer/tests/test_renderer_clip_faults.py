"""Whatever goes wrong at Runway ends in the right way, and nothing is paid twice."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from artifacts.script import Footage
from chassis.errors import Abandoned, Fatal, RateLimited, Transient
from PIL import Image
from renderer.providers import outputs

PRICE = 0.24
"""Of two seconds of gen4.5."""
WORKER = Path(__file__).with_name("renderer_worker.py")


def creations(vendor):
    return vendor.requests("text_to_video") + vendor.requests("image_to_video")


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("throttle", {"seconds": 0.4}),
        ("expire", {"operation": "text_to_video"}),
        ("drip", {"operation": "output", "seconds": 0.6}),
        ("cut", {"operation": "output"}),
        ("reset", {"operation": "output"}),
        ("truncated", {"operation": "output"}),
        ("garbage", {"operation": "output"}),
        ("status", {"operation": "output", "status": 503}),
        ("reset", {"operation": "tasks.get"}),
        ("garbage", {"operation": "tasks.get"}),
        ("status", {"operation": "tasks.get", "status": 502}),
        ("status", {"operation": "tasks.get", "status": 429, "retry_after": 0.2}),
    ],
)
def test_what_goes_wrong_on_the_way_is_borne_without_paying_again(studio, runway_standin, kind, more):
    runway_standin.fault(kind, **more)
    assert studio.film().clip
    assert runway_standin.get("faults")[0]["struck"] == 1
    assert len(creations(runway_standin)) == 1
    assert studio.calls == [("PAID", PRICE, 0)]


@pytest.mark.parametrize(
    ("code", "tasks", "state", "dollars"),
    [
        ("SAFETY.INPUT.TEXT", 1, "PAID", PRICE),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", 1, "PAID", PRICE),
        ("INTERNAL.BAD_OUTPUT.CODE01", 3, "REFUSED", 0),
        ("INPUT_PREPROCESSING.INTERNAL", 3, "REFUSED", 0),
        ("THIRD_PARTY.UNAVAILABLE", 3, "REFUSED", 0),
        ("ASSET.INVALID", 1, "REFUSED", 0),
    ],
)
def test_a_film_that_fails_for_good_leaves_a_reason_and_its_true_cost(
    studio, runway_standin, code, tasks, state, dollars
):
    runway_standin.fault("fail", code=code, times=0)
    made = studio.film()
    assert (made.wanted, made.clip, made.code) == (True, None, f"provider.runway.{code.lower()}")
    assert made.reason.endswith(".")
    assert len(creations(runway_standin)) == tasks
    assert studio.calls == [(state, dollars, 0)]
    assert runway_standin.costs()["usd"] == pytest.approx(dollars)


def test_a_refusal_that_was_paid_for_is_not_asked_for_again(studio, runway_standin):
    runway_standin.fault("fail", code="SAFETY.INPUT.TEXT", times=0)
    assert studio.film() == studio.film()
    assert len(creations(runway_standin)) == 1


def test_a_film_held_back_is_asked_for_once_more_in_softer_words(studio, runway_standin):
    runway_standin.fault("fail", code="SAFETY.OUTPUT.VIDEO")
    made = studio.film()
    first, second = (each["body"]["promptText"] for each in creations(runway_standin))
    assert made.clip.prompt == second != first
    assert first in second
    assert sorted(studio.calls) == [("PAID", PRICE, 0), ("REFUSED", 0, 0)]


def test_a_figure_that_the_vendor_does_not_take_is_left_out(studio, runway_standin):
    path = studio.folder / "figure.2.png"
    Image.new("RGB", (900, 300)).save(path)
    runway_standin.fault("fail", code="ASSET.INVALID", operation="image_to_video", times=0)
    made = studio.film(studio.figure(path))
    assert (made.clip.engine, made.clip.from_figure) == ("Runway gen4.5", "")
    assert [each["operation"] for each in creations(runway_standin)] == ["text_to_video", "image_to_video"]


def test_a_lost_task_is_made_anew_once(studio, runway_standin):
    runway_standin.fault("vanish", operation="text_to_video")
    assert studio.film().clip
    assert studio.calls == [("PAID", 2 * PRICE, 0)]
    runway_standin.reset()
    runway_standin.fault("vanish", operation="text_to_video", times=0)
    made = studio.film(Footage(prompt="Another film.", seconds=3))
    assert (made.clip, made.code) == (None, "provider.runway.vanished")
    assert len(creations(runway_standin)) == 2


def test_a_film_that_never_comes_is_cancelled(studio, runway_standin):
    studio.set(task_seconds=0.5)
    runway_standin.fault("stuck")
    made = studio.film()
    assert (made.clip, made.code) == (None, "provider.runway.stuck")
    (task,) = runway_standin.get("tasks")
    assert (task["status"], task["deleted"]) == ("CANCELLED", True)
    assert studio.calls == [("REFUSED", PRICE, 0)]


def test_a_film_that_someone_cancelled_at_the_vendor_is_not_waited_for(studio, runway_standin):
    runway_standin.fault("cancel")
    made = studio.film()
    assert (made.clip, made.code) == (None, "provider.runway.cancelled")
    assert studio.calls == [("REFUSED", PRICE, 0)]


def test_an_address_that_never_holds_is_given_up(studio, runway_standin):
    runway_standin.fault("expire", operation="output", times=0)
    made = studio.film()
    assert (made.clip, made.code) == (None, "provider.runway.output")
    assert len(runway_standin.requests("output")) == 3
    assert studio.calls == [("REFUSED", PRICE, 0)]


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimited), (500, Transient), (503, Transient)])
def test_a_vendor_that_is_busy_is_asked_again_later(studio, runway_standin, status, kind):
    runway_standin.fault("status", status=status, retry_after=7)
    with pytest.raises(kind) as raised:
        studio.film()
    assert raised.value.retry_after == 7
    assert studio.calls == [("REFUSED", 0, 0)]
    assert studio.film().clip


@pytest.mark.parametrize("kind", ["lost", "reset", "truncated", "garbage"])
def test_a_creation_whose_end_nobody_saw_counts_as_paid(studio, runway_standin, kind):
    runway_standin.fault(kind, operation="text_to_video")
    with pytest.raises((ConnectionError, TimeoutError)):
        studio.film()
    assert studio.film().clip
    assert studio.calls == [("PAID", 2 * PRICE, 1)]
    assert runway_standin.costs()["paid_again"] == []


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [(401, "", "key"), (400, "You do not have enough credits", "credits"), (400, "no such ratio", "400")],
)
def test_a_refused_request_leaves_a_reason_and_costs_nothing(studio, runway_standin, status, message, code):
    runway_standin.fault("status", status=status, message=message, times=0)
    made = studio.film()
    assert (made.clip, made.code) == (None, f"provider.runway.{code}")
    assert studio.calls == [("REFUSED", 0, 0)]


def test_the_users_own_key_is_used_and_shown_nowhere(studio, runway_standin, caplog):
    studio.set(api_key="")
    studio.key = "key_of_a_user_who_pays_himself"
    runway_standin.fault("status", operation="tasks.get", status=500, message=studio.key)
    assert studio.film().clip
    assert studio.key not in caplog.text + "".join(p.read_text("latin-1") for p in studio.folder.glob("*.json"))


@pytest.mark.parametrize(("budget", "leave"), [(0.2, 0), (0.26, 0.05)])
def test_a_film_beyond_the_budget_is_not_asked_for(studio, runway_standin, budget, leave):
    studio.set(leave=leave)
    studio.costs.budget = budget
    made = studio.film()
    assert (made.clip, made.code) == (None, "budget.spent")
    assert creations(runway_standin) == []


@pytest.mark.parametrize(
    ("reason", "pending", "deleted", "state", "dollars"),
    [
        ("cancelled", 30, True, "REFUSED", 0),
        ("cancelled", 0, True, "REFUSED", PRICE),
        ("overtaken by an edit", 30, True, "REFUSED", 0),
        ("overtaken by an edit", 0, False, "OPEN", 0),
        ("shutdown", 30, False, "OPEN", 0),
        ("shutdown", 0, False, "OPEN", 0),
    ],
)
def test_a_run_that_is_stopped_leaves_what_is_right(studio, runway_standin, reason, pending, deleted, state, dollars):
    runway_standin.put("settings", {"pending": pending, "running": 30})
    begun = time.monotonic()

    def stopped(fraction, note):
        if note.startswith("queued" if pending else "filming") and time.monotonic() > begun + 0.3:
            raise Abandoned(reason)

    studio.report = stopped
    with pytest.raises(Abandoned, match=reason):
        studio.film()
    (task,) = runway_standin.get("tasks")
    assert task["deleted"] == deleted
    assert studio.calls == [(state, dollars, 0)]
    assert runway_standin.costs()["usd"] == pytest.approx(0 if deleted and pending else PRICE)


def test_who_takes_over_resumes_the_task(studio, runway_standin):
    runway_standin.put("settings", {"running": 0.6})
    studio.report = lambda fraction, note: (_ for _ in ()).throw(Abandoned("shutdown"))
    with pytest.raises(Abandoned):
        studio.film()
    studio.report = None
    assert studio.film().clip
    assert len(creations(runway_standin)) == 1
    assert studio.calls == [("PAID", PRICE, 0)]


def test_where_the_vendor_cannot_be_reached_the_run_is_begun_again_later(studio):
    studio.settings = studio.settings.model_copy(update={"url": "http://127.0.0.1:9"})
    with pytest.raises(Transient):
        studio.film()
    assert studio.calls == [("REFUSED", 0, 0)]


def test_errors_are_sentences_that_say_what_to_do(studio, runway_standin):
    for code in ("SAFETY.INPUT.TEXT", "INTERNAL", "WHATEVER.NEW"):
        runway_standin.fault("fail", code=code, times=0)
        reason = studio.film(Footage(prompt=f"{code} at dawn", seconds=2)).reason
        assert reason.startswith("There is no moving picture here: ")
        runway_standin.mend()


def worker(studio, url):
    return subprocess.Popen([sys.executable, WORKER, studio.folder, url])


def soon(look, seconds=15):
    until = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_killed_worker_pays_nothing_twice_for_the_next_one_resumes_its_task(studio, standin_process):
    vendor = standin_process("runway")
    studio.film(None)
    (studio.folder / "scene.1.footage.json").unlink()
    brief = studio.folder / "scene.1.brief.json"
    brief.write_text(brief.read_text().replace('"footage":null', '"footage":{"prompt":"Fog at dawn.","seconds":3}'))
    vendor.put("settings", {"running": 3})
    with worker(studio, vendor.url) as first:
        soon(lambda: vendor.requests("tasks.get"))
        first.send_signal(signal.SIGKILL)
    assert first.returncode == -signal.SIGKILL
    looks = len(vendor.requests("tasks.get"))
    with worker(studio, vendor.url) as second:
        assert second.wait(30) == 0
    assert studio.clip.stat().st_size > 1000
    assert len(vendor.requests("text_to_video")) == 1
    assert len({each["path"] for each in vendor.requests("tasks.get")}) == 1
    assert len(vendor.requests("tasks.get")) > looks
    assert vendor.costs()["usd"] == pytest.approx(PRICE)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/film.mp4",
        "https://127.0.0.1/film.mp4",
        "https://[::ffff:10.0.0.1]/film.mp4",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https:///film.mp4",
        "https://host:99999/film.mp4",
        "",
    ],
)
def test_no_address_of_ours_is_asked_for_a_film_of_the_vendors(studio, address):
    far = studio.settings.model_copy(update={"url": ""})
    with pytest.raises(Fatal):
        outputs.film(address, far, lambda: None)


def test_a_film_that_lies_somewhere_else_is_not_followed_there(studio, runway_standin):
    runway_standin.fault("status", operation="output", status=302, times=0)
    assert studio.film().code == "provider.runway.output"


def test_a_film_larger_than_any_is_not_taken(studio, monkeypatch):
    monkeypatch.setattr(outputs, "MOST_BYTES", 1000)
    assert studio.film().code == "provider.runway.output"
    assert studio.calls == [("REFUSED", PRICE, 0)]


def test_a_film_that_drips_for_too_long_is_fetched_again_later(studio, runway_standin, monkeypatch):
    monkeypatch.setattr(outputs, "MOST_SECONDS", 0.1)
    runway_standin.fault("drip", operation="output", seconds=1, times=0)
    with pytest.raises(Transient):
        studio.film()
    runway_standin.mend()
    monkeypatch.undo()
    assert studio.film().clip
    assert len(creations(runway_standin)) == 1
