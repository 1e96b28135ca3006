"""A whole job with both providers: what it makes, what it costs, and that it never costs more than it may."""

import json

import httpx
import pytest
from chassis.testing import until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]
BOTH = {"seconds": 60, "writer": "gemini", "speech": "gemini", "footage": True}


def _estimate(shop, options):
    """The estimate, once the gateway has heard of who makes films."""
    url, headers = f"{shop.stack.gateway_url}/api/v1/estimate", {"Authorization": f"Bearer {shop.stack.token}"}

    def told():
        found = httpx.post(url, json=options, headers=headers).json()
        return None if found["notes"] else found

    return until(told)


def test_job_with_both_providers_makes_six_clips_and_a_video_for_what_was_estimated(shop):
    options = BOTH | {"budget": 10}
    estimate = _estimate(shop, options)
    job_id = shop.submit(**options)
    job = shop.ended(job_id)
    assert job["state"] == "done", job["failures"]
    names = {each["artifact"] for each in job["artifacts"]}
    assert len([name for name in names if name.endswith(".clip")]) == 6
    assert "video" in names
    transcript = json.loads(shop.artifact(job_id, "transcript").content)
    assert "Gemini" in transcript["credits"]
    assert "Runway" in transcript["credits"]
    sentences = [sentence for scene in transcript["scenes"] for sentence in scene["sentences"]]
    assert all(sentence["verdict"]["supported"] for sentence in sentences)
    counted = shop.counted()
    assert job["costs"]["dollars"] == pytest.approx(counted, rel=0.001)
    assert estimate["dollars"] == pytest.approx(counted, rel=0.05)
    assert shop.paid_again() == 0


def test_equal_job_pays_nothing_again(shop):
    options = {"seconds": 20, "writer": "gemini", "speech": "gemini", "footage": True, "budget": 5, "tone": "serious"}
    first = shop.ended(shop.submit(**options))
    counted = shop.counted()
    second = shop.ended(shop.submit(**options))
    assert (first["state"], second["state"]) == ("done", "done")
    assert counted > 0
    assert shop.counted() == counted
    assert second["costs"]["dollars"] == 0
    assert {call["state"] for call in second["costs"]["calls"]} == {"known"}


def test_budget_that_is_too_small_for_films_is_never_exceeded_and_the_video_says_what_it_lacks(shop):
    options = {"seconds": 20, "writer": "gemini", "speech": "gemini", "footage": True, "tone": "lively"}
    job_id = shop.submit(**options, budget=0.8)  # one film costs 0.60
    job = shop.ended(job_id)
    assert job["state"] == "done", job["failures"]
    assert shop.counted() <= 0.8
    assert sum(shop.tasks().values()) == 1
    said = [scene["footage"] for scene in json.loads(shop.artifact(job_id, "transcript").content)["scenes"]]
    assert any("budget" in words for words in said)


def test_job_whose_script_the_budget_does_not_allow_stops_before_the_call_and_goes_on_when_it_is_raised(shop):
    options = {"seconds": 20, "writer": "gemini", "speech": "gemini", "audience": "expert"}
    job_id = shop.submit(**options, budget=0.0001)
    job = shop.ended(job_id)
    assert (job["state"], job["failures"][0]["code"]) == ("failed", "budget.spent")
    assert "raise the budget" in job["failures"][0]["message"]
    assert shop.counted() == 0
    url = f"{shop.stack.gateway_url}/api/v1/jobs/{job_id}/budget"
    answer = httpx.post(url, json={"dollars": 1}, headers={"Authorization": f"Bearer {shop.stack.token}"})
    answer.raise_for_status()
    assert _until(shop, job_id, "done")["state"] == "done"
    assert 0 < shop.counted() <= 1


def _until(shop, job_id, state):
    """The job, once the change that set it going has been taken up."""
    for _ in range(5):
        job = shop.ended(job_id)
        if job["state"] == state:
            break
    return job
