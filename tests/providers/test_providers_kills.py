"""kill -9 while money is spent: jobs end, and nothing that was received is paid for again."""

import random
import time

import pytest

pytestmark = [pytest.mark.drill, pytest.mark.stack, pytest.mark.timeout(900)]
KILLS = 20
MOST = 4
"""Kills of one job."""
VICTIMS = ("scripter", "narrator", "renderer")
OPTIONS = {"seconds": 20, "writer": "gemini", "speech": "gemini", "footage": True, "budget": 20}
SEED = 1858


def test_job_killed_twenty_times_ends_and_pays_nothing_twice(shop):
    chance = random.Random(SEED)
    shop.gemini.put("settings", {"latency": 0.3})
    shop.runway.put("settings", {"latency": 0.2, "running": 2.0})
    kills, jobs = [], []
    for audience in ("child", "general", "student", "expert"):
        for tone in ("calm", "lively", "serious"):
            if len(kills) >= KILLS:
                break
            jobs.append(shop.submit(**OPTIONS, audience=audience, tone=tone))
            kills += _killed(shop, jobs[-1], chance, min(MOST, KILLS - len(kills)))
    ended = [shop.ended(job_id) for job_id in jobs]
    assert [job["state"] for job in ended] == ["done"] * len(jobs), [job["failures"] for job in ended]
    assert len(kills) == KILLS
    calls = [call for job in ended for call in job["costs"]["calls"]]
    cut_off = sum(call["cut_off"] for call in calls)
    assert shop.paid_again() <= cut_off <= KILLS
    resumed = [count for count in shop.tasks().values() if count > 1]
    assert sum(count - 1 for count in resumed) <= sum(c["cut_off"] for c in calls if c["provider"] == "runway")
    spent = sum(job["costs"]["dollars"] for job in ended)
    assert shop.counted() <= spent + 0.001  # what was cut off counts as paid, whether it was or not


def _killed(shop, job_id, chance, most):
    """Kill services at random moments until the job ends; returns who was killed."""
    kills = []
    while len(kills) < most:
        time.sleep(chance.uniform(0.3, 2.5))
        if shop.client.job(job_id)["state"] in ("done", "failed"):
            break
        victim = chance.choice(VICTIMS)
        try:
            shop.stack.kill(victim)
        except Exception:  # noqa: BLE001 - it is just being started again
            continue
        kills.append(victim)
    return kills
