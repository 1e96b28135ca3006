"""Every fault, as runwayml meets it, and what it costs."""

import http.client
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
import runwayml


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, runwayml.BadRequestError),
        (401, runwayml.AuthenticationError),
        (402, runwayml.APIStatusError),
        (403, runwayml.PermissionDeniedError),
        (404, runwayml.NotFoundError),
        (429, runwayml.RateLimitError),
        (500, runwayml.InternalServerError),
        (502, runwayml.InternalServerError),
        (503, runwayml.InternalServerError),
    ],
)
def test_a_status_comes_in_the_vendors_form_and_costs_nothing(runway_standin, runway, status, kind, film):
    runway_standin.fault("status", status=status, retry_after=3)
    with pytest.raises(kind) as refused:
        film(runway)
    assert refused.value.status_code == status
    assert isinstance(refused.value.body["error"], str)
    assert refused.value.response.headers["retry-after"] == "3"
    assert runway_standin.costs()["credits"] == 0
    assert runway_standin.get("tasks") == []


@pytest.mark.parametrize(
    ("code", "charged"),
    [
        ("SAFETY.INPUT.TEXT", 24),
        ("SAFETY.INPUT.IMAGE", 24),
        ("SAFETY.OUTPUT.VIDEO", 0),
        ("INTERNAL.BAD_OUTPUT.CODE01", 0),
        ("INTERNAL", 0),
        ("ASSET.INVALID", 0),
        ("INPUT_PREPROCESSING.INTERNAL", 0),
        ("THIRD_PARTY.UNAVAILABLE", 0),
    ],
)
def test_a_task_fails_with_its_code_and_credits_go_back_by_it(runway_standin, runway, code, charged, film, wait):
    runway_standin.fault("fail", code=code)
    seen, view = wait(runway, film(runway))
    assert seen[-1] == "FAILED"
    assert (view.failure_code, view.cost.credits) == (code, charged)
    assert view.failure
    assert runway_standin.costs()["credits"] == charged
    assert runway.organization.retrieve().credit_balance == 100_000 - charged


def test_whether_a_failure_is_charged_can_be_scripted(runway_standin, runway, film, wait):
    runway_standin.fault("fail", code="SAFETY.INPUT.TEXT", charged=False)
    assert wait(runway, film(runway))[1].cost.credits == 0


def test_a_task_is_throttled_for_a_while(runway_standin, runway, film, wait):
    runway_standin.fault("throttle", seconds=0.3)
    begun = time.monotonic()
    seen, _ = wait(runway, film(runway))
    order = ["THROTTLED", "PENDING", "RUNNING", "SUCCEEDED"]  # who looks late misses what is short
    assert seen == [status for status in order if status in seen]
    assert {seen[0], seen[-1]} == {"THROTTLED", "SUCCEEDED"}
    assert time.monotonic() - begun > 0.5


def test_a_task_may_be_cancelled_by_someone_else(runway_standin, runway, film, wait):
    runway_standin.fault("cancel")
    assert wait(runway, film(runway))[0][-1] == "CANCELLED"


def test_a_task_may_run_forever(runway_standin, runway, film, wait):
    runway_standin.fault("stuck")
    with pytest.raises(AssertionError, match="RUNNING"):
        wait(runway, film(runway), seconds=0.6)


def test_a_task_may_be_lost(runway_standin, runway, film):
    runway_standin.fault("vanish", seconds=0.2)
    made = film(runway)
    assert runway.tasks.retrieve(made.id).status == "PENDING"
    time.sleep(0.2)
    with pytest.raises(runwayml.NotFoundError):
        runway.tasks.retrieve(made.id)
    assert runway_standin.costs()["credits"] == 24


def test_an_expired_address_is_refused_and_a_fresh_one_holds(runway_standin, runway, film, wait, fetched):
    runway_standin.fault("expire", operation="text_to_video")
    made = film(runway)
    expired = wait(runway, made)[1].output[0]
    with pytest.raises(urllib.error.HTTPError, match="401"):
        fetched(expired)
    assert fetched(runway.tasks.retrieve(made.id).output[0])[4:8] == b"ftyp"


def test_addresses_expire_by_setting(runway_standin, runway, film, wait, fetched):
    runway_standin.put("settings", {"url_seconds": 0.3})
    address = wait(runway, film(runway))[1].output[0]
    assert fetched(address)
    time.sleep(0.3)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        fetched(address)


def test_a_film_may_be_cut_off_on_the_way(runway_standin, runway, film, wait, fetched):
    runway_standin.fault("cut", operation="output")
    address = wait(runway, film(runway))[1].output[0]
    with pytest.raises(http.client.IncompleteRead):
        fetched(address)
    assert fetched(address)[4:8] == b"ftyp"


@pytest.mark.parametrize(("kind", "tasks"), [("reset", 0), ("hang", 0), ("lost", 1), ("late", 1), ("cut", 1)])
def test_a_creation_without_an_answer_may_have_made_a_task(runway_standin, produce, kind, tasks, film):
    runway_standin.fault(kind, seconds=5)
    with pytest.raises(runwayml.APIConnectionError):
        film(produce(runway_standin.url, timeout=0.4))
    deadline = time.monotonic() + 5
    while runway_standin.requests()[0]["open"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(runway_standin.get("tasks")) == tasks
    assert runway_standin.costs()["credits"] == 24 * tasks
    assert runway_standin.costs()["received"] == 0


def test_the_sdks_own_retry_of_a_creation_pays_twice(runway_standin, runway, film):
    runway_standin.fault("lost")
    film(runway.with_options(max_retries=1))
    costs = runway_standin.costs()
    assert (costs["credits"], costs["paid"], costs["received"], costs["paid_again"]) == (48, 2, 1, [])
    assert len(costs["by_digest"]) == 1


@pytest.mark.parametrize("kind", ["truncated", "garbage"])
def test_an_answer_that_is_no_json_is_paid_but_not_received(runway_standin, runway, kind, film):
    runway_standin.fault(kind)
    with pytest.raises((runwayml.APIError, ValueError)):
        film(runway)
    costs = runway_standin.costs()
    assert (costs["paid"], costs["received"]) == (1, 0)


def test_a_poll_may_fail_without_harm_to_the_task(runway_standin, runway, film, wait):
    runway_standin.fault("status", operation="tasks.get", status=502)
    made = film(runway)
    with pytest.raises(runwayml.InternalServerError):
        runway.tasks.retrieve(made.id)
    assert wait(runway, made)[1].status == "SUCCEEDED"


def test_64_tasks_fly_at_once_and_the_65th_waits(runway_standin, runway, film):
    runway_standin.put("settings", {"running": 2})
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: film(runway, f"Film {number}"), range(65)))
    time.sleep(0.2)
    states = [task["status"] for task in sorted(runway_standin.get("tasks"), key=lambda task: task["exchange"])]
    assert (states.count("RUNNING"), states.count("THROTTLED")) == (64, 1)
    assert runway_standin.costs()["credits"] == 24 * len(made)
