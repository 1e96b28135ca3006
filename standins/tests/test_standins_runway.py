"""What runwayml sees of the stand-in when nothing goes wrong."""

import base64
import io
import time

import av
import pytest
import runwayml
from standins.runway.clips import colour_of

PIXEL = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


def test_a_task_is_pending_then_running_then_there_and_its_film_is_as_asked(runway, film, wait, fetched):
    made = film(runway, duration=3)
    assert made.estimated_cost.credits == 36
    seen, view = wait(runway, made)
    assert seen == [status for status in ("PENDING", "RUNNING", "SUCCEEDED") if status in seen]
    assert seen[-1] == "SUCCEEDED"
    assert view.cost.credits == 36
    with av.open(io.BytesIO(fetched(view.output[0]))) as film_file:
        video = film_file.streams.video[0]
        assert (video.width, video.height, video.codec_context.name) == (720, 1280, "h264")
        assert film_file.duration / av.time_base == pytest.approx(3, abs=0.1)
        last = list(film_file.decode(video=0))[-1].to_ndarray(format="rgb24")
    assert last[10, 10].tolist() == pytest.approx(colour_of("Hands under water"), abs=12)


def test_progress_grows_while_a_task_runs(runway_standin, runway, film, wait):
    runway_standin.put("settings", {"running": 0.6})
    made = film(runway)
    wait(runway, made, until=("RUNNING",))
    early = runway.tasks.retrieve(made.id).progress
    time.sleep(0.2)
    assert 0 < early < runway.tasks.retrieve(made.id).progress < 1


def test_the_sdks_own_waiter_gets_the_output(runway, monkeypatch, film):
    monkeypatch.setattr("runwayml.lib.polling.POLL_TIME", 0.1)
    monkeypatch.setattr("runwayml.lib.polling.POLL_JITTER", 0.05)
    assert film(runway).wait_for_task_output().output[0].startswith("http://127.0.0.1:")


def test_a_picture_moves_at_the_price_of_its_model(runway_standin, runway):
    made = runway.image_to_video.create(model="gen4_turbo", prompt_image=PIXEL, ratio="720:1280", duration=5)
    assert made.estimated_cost.credits == 25
    costs = runway_standin.costs()
    assert (costs["credits"], costs["usd"], costs["paid"]) == (25, 0.25, 1)


def test_more_tasks_than_slots_are_throttled_and_run_later(runway_standin, runway, film, wait):
    runway_standin.put("settings", {"concurrency": 1, "running": 0.3})
    first, second = film(runway), film(runway, "Second")
    wait(runway, first, until=("RUNNING",))
    assert runway.tasks.retrieve(second.id).status == "THROTTLED"
    assert wait(runway, first)[1].status == "SUCCEEDED"
    seen, view = wait(runway, second)
    assert seen[-2:] == ["RUNNING", "SUCCEEDED"]
    assert view.cost.credits == 24


def test_a_task_that_waits_is_cancelled_for_nothing(runway_standin, runway, film):
    runway_standin.put("settings", {"pending": 5})
    made = film(runway)
    runway.tasks.delete(made.id)
    with pytest.raises(runwayml.NotFoundError):
        runway.tasks.retrieve(made.id)
    assert runway_standin.costs()["credits"] == 0
    assert runway_standin.get("tasks")[0]["status"] == "CANCELLED"


def test_a_task_that_runs_is_paid_although_it_is_cancelled(runway_standin, runway, film, wait):
    runway_standin.put("settings", {"running": 5})
    made = film(runway)
    wait(runway, made, until=("RUNNING",))
    runway.tasks.delete(made.id)
    assert runway_standin.costs()["credits"] == 24


def test_the_organization_counts_its_credits(runway_standin, runway, film):
    runway_standin.put("settings", {"credits": 1000})
    film(runway)
    organization = runway.organization.retrieve()
    assert organization.credit_balance == 976
    assert organization.usage.models["gen4.5"].daily_generations == 1
    spent = runway.organization.retrieve_usage().results[-1].used_credits
    assert [(one.model, one.amount) for one in spent] == [("gen4.5", 24)]


def test_an_empty_purse_refuses_the_task(runway_standin, runway, film):
    runway_standin.put("settings", {"credits": 30})
    film(runway)
    with pytest.raises(runwayml.BadRequestError, match="not have enough credits"):
        film(runway, "Another")
    assert runway_standin.costs()["credits"] == 24


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"duration": 11}, "duration"),
        ({"ratio": "1080:1920"}, "ratio"),
        ({"model": "gen4_turbo"}, "model"),
        ({"prompt_text": "x" * 1001}, "promptText"),
        ({"prompt_text": "\N{MICROSCOPE}" * 501}, "promptText"),
        ({"prompt_text": ""}, "promptText"),
    ],
)
def test_a_wrong_field_is_named(runway_standin, runway, asked, field, film):
    with pytest.raises(runwayml.BadRequestError) as refused:
        film(runway, **asked)
    assert [issue["path"] for issue in refused.value.body["issues"]] == [[field]]
    assert runway_standin.costs()["paid"] == 0


@pytest.mark.parametrize(
    "picture",
    ["http://example.org/a.png", "https://10.1.2.3/a.png", "data:image/gif;base64,AAAA", "data:image/png;base64,!"],
)
def test_a_picture_that_the_vendor_would_not_take_is_refused(runway, picture):
    with pytest.raises(runwayml.BadRequestError, match="promptImage"):
        runway.image_to_video.create(model="gen4_turbo", prompt_image=picture, ratio="720:1280", duration=5)


def test_key_and_version_are_checked(runway_standin, produce, film):
    with pytest.raises(runwayml.AuthenticationError):
        film(produce(runway_standin.url, key="wrong"))
    with pytest.raises(runwayml.BadRequestError, match="X-Runway-Version"):
        film(produce(runway_standin.url, default_headers={"X-Runway-Version": "2023-01-01"}))
    assert [one["paid"] for one in runway_standin.requests()] == [False, False]
