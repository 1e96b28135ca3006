"""What a job may cost, what it has cost, and what a day allows."""

from hiddenhill.v1.events_pb2 import CallState, Costs

from chassis import events


def submit(gateway, budget):
    wish = {"reference": "10.1000/182", "options": {"budget": budget}}
    return gateway.http.post(f"{gateway.api}/jobs", json=wish)


def test_budgets_of_a_day_are_set_aside_until_jobs_end_and_what_is_over_waits(start):
    gateway = start(HIDDENHILL_MONEY_A_DAY="3")
    gateway.wait()
    refused = submit(gateway, 3.5)
    assert (refused.status_code, refused.json()["code"]) == (422, "usage.budget")
    first = submit(gateway, 2).json()
    assert (first["costs"], first["waits_until"]) == ({"budget": 2.0, "dollars": 0, "calls": []}, None)
    waiting = submit(gateway, 2).json()
    assert waiting["waits_until"]
    assert "$3.00 of this day" in waiting["waits_for"]
    assert submit(gateway, 1).json()["waits_until"] is None
    assert gateway.http.get(f"{gateway.api}/me").json()["quota"]["money_used"] == 3.0
    assert gateway.on_bus(lambda bus: bus.costs(first["id"]))[0].budget == 2.0


def test_a_job_shows_what_it_has_paid_and_for_what(running):
    job_id = running.submit()
    costs = Costs(job_id=job_id, budget=1.0)
    paid, cut_off = CallState.CALL_STATE_PAID, CallState.CALL_STATE_OPEN
    costs.calls.add(key="a", provider="gemini", model="m", stage="script", state=paid, estimate=0.02, dollars=0.01)
    costs.calls.add(
        key="b", provider="runway", model="n", stage="clip", scene=2, state=cut_off, estimate=0.25, cut_off=1
    )
    running.on_bus(lambda bus: bus.announce([events.costs(costs)]))
    shown = running.until(lambda: (found := running.job(job_id)["costs"])["calls"] and found)
    assert shown["dollars"] == 0.26
    assert [(c["provider"], c["scene"], c["state"], c["cut_off"]) for c in shown["calls"]] == [
        ("gemini", None, "paid", 0),
        ("runway", 2, "open", 1),
    ]
    assert "key" not in shown["calls"][0]
