"""Administration: over REST and as pages, and for administrators alone."""

import os
import re
import subprocess
import sys

import pytest
from chassis.errors import Defect, SourceError

from chassis import events

pytestmark = [pytest.mark.stack]

PAGES = ("", "/users", "/codes", "/jobs", "/failures", "/health")


@pytest.fixture
def admin(newcomer, running):
    """A person whom the machine's own user has made an administrator."""
    person = newcomer().settle()
    user_id = person.me().json()["id"]
    answer = running.http.patch(f"{running.api}/admin/users/{user_id}", json={"role": "admin"})
    assert answer.json()["role"] == "admin"
    return person


def failing(running, owner, job_id, error):
    def job():
        return owner.http.get(f"/api/v1/jobs/{job_id}").json()

    running.until(lambda: len(job()["artifacts"]) == 3)
    failed = events.failed(job_id, "fetch", None, error, 1)
    running.on_bus(lambda bus: bus.announce([failed]))
    running.until(lambda: job()["state"] == "failed")


def submitted(person):
    header = {"X-CSRFToken": person.token()}
    body = {"reference": "10.1000/182", "options": {"seconds": 30}}
    return person.http.post("/api/v1/jobs", json=body, headers=header).json()["id"]


def test_nobody_else_finds_administration(newcomer, running):
    ada = newcomer().settle()
    paths = {rule for rule in running.http.get(f"{running.url}/api/openapi.json").json()["paths"] if "/admin/" in rule}
    assert len(paths) >= 9
    for path in paths:
        for method in ("GET", "POST", "PATCH", "DELETE"):
            answer = ada.http.request(method, re.sub("{[^}]*}", "x", path), headers={"X-CSRFToken": ada.token()})
            assert answer.status_code in (404, 405), (method, path)
    for page in PAGES:
        assert ada.http.get(f"/admin{page}").status_code == 404
        assert newcomer().http.get(f"/admin{page}").status_code == 302


def test_pages_of_administration_are_there(admin, running):
    job_id = submitted(admin)
    failing(running, admin, job_id, SourceError("source.odd", "This paper is <odd>.", "for the operator"))
    for page in PAGES:
        answer = admin.http.get(f"/admin{page}")
        assert answer.status_code == 200, answer.text
    assert "This paper is &lt;odd&gt;." in admin.http.get("/admin/failures").text
    assert admin.email in admin.http.get("/admin/users", params={"text": admin.email, "blocked": ""}).text
    assert "does not answer" not in admin.http.get("/admin/health").text


def test_user_is_found_blocked_and_let_in_again(admin, newcomer, running):
    ada = newcomer().settle()
    found = admin.http.get("/api/v1/admin/users", params={"text": ada.email[:-4].upper()}).json()["users"]
    assert [row["email"] for row in found] == [ada.email]
    user_id = found[0]["id"]
    assert admin.post(f"/admin/users/{user_id}/block", blocked="yes").status_code == 303
    assert ada.me().status_code == 401
    refused = ada.log_in()
    assert (refused.status_code, "This account is blocked" in refused.text) == (403, True)
    assert "This account is blocked" not in ada.log_in(password="this is not it").text
    before = len(ada.mails())
    ada.post("/forgot", email=ada.email)
    assert len(ada.mails()) == before
    assert "blocked" in admin.http.get(f"/admin/users/{user_id}").text
    assert admin.post(f"/admin/users/{user_id}/block", blocked="no").status_code == 303
    assert ada.log_in().status_code == 303
    acts = admin.http.get("/api/v1/admin/audit", params={"action": "user."}).json()["acts"]
    mine = [(act["action"], act["actor_id"]) for act in acts if act["user_id"] == user_id]
    assert mine == [("user.unblock", admin.me().json()["id"]), ("user.block", admin.me().json()["id"])]


def test_users_come_in_pages_without_gaps(admin, newcomer):
    people = [newcomer().settle() for _ in range(3)]
    seen, cursor = [], None
    while True:
        query = {"limit": 2, "text": "person-"} | ({"cursor": cursor} if cursor else {})
        page = admin.http.get("/api/v1/admin/users", params=query).json()
        seen += [row["email"] for row in page["users"]]
        cursor = page["next"]
        if not cursor:
            break
    assert len(seen) == len(set(seen))
    assert {person.email for person in people} <= set(seen)
    assert seen[:3] == [person.email for person in reversed(people)]


def test_administrators_do_not_shut_themselves_out(admin, running):
    me = admin.me().json()["id"]
    header = {"X-CSRFToken": admin.token()}
    for user_id, change in ((me, {"blocked": True}), (me, {"role": "user"}), ("local", {"blocked": True})):
        refused = admin.http.patch(f"/api/v1/admin/users/{user_id}", json=change, headers=header)
        assert (refused.status_code, refused.json()["code"]) == (422, "usage.own-account")
    assert admin.http.patch("/api/v1/admin/users/nobody", json={"role": "user"}, headers=header).status_code == 404


def test_own_quota_counts_before_the_settings(admin, newcomer):
    ada = newcomer().settle()
    user_id = ada.me().json()["id"]
    assert admin.post(f"/admin/users/{user_id}/quota", **{"quota-jobs": "1", "quota-minutes": ""}).status_code == 303
    quota = ada.me().json()["quota"]
    assert (quota["jobs"], quota["minutes"]) == (1, 60)
    submitted(ada)
    second = ada.http.get(f"/api/v1/jobs/{submitted(ada)}").json()
    assert second["waits_until"] is not None
    assert ada.me().json()["quota"]["jobs_used"] == 1
    assert admin.post(f"/admin/users/{user_id}/quota", **{"quota-jobs": "-1"}).status_code == 422


def test_access_code_is_made_used_and_withdrawn(admin, newcomer):
    assert admin.post("/codes-that-are-not", note="x").status_code == 404
    made = admin.post("/admin/codes", note="for Bob", uses="2", role="admin", until="2090-01-01")
    assert made.status_code == 303
    rows = admin.http.get("/api/v1/admin/codes").json()["codes"]
    code = next(row for row in rows if row["note"] == "for Bob")
    assert (code["uses_left"], code["role"], code["expires_at"][:10]) == (2, "admin", "2090-01-02")
    bob, eve = newcomer(), newcomer()
    bob.code = eve.code = code["code"]
    assert bob.settle().me().json()["role"] == "admin"
    assert admin.post("/admin/codes/withdraw", code=code["code"]).status_code == 303
    assert eve.register().status_code == 422
    assert admin.post("/admin/codes/withdraw", code="made up").status_code == 404


def test_access_code_runs_out(admin, newcomer):
    header = {"X-CSRFToken": admin.token()}
    for moment in ("2020-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"):
        refused = admin.http.post("/api/v1/admin/codes", json={"expires_at": moment}, headers=header)
        assert refused.status_code == 422


def test_failures_of_everyone_stand_there_until_they_are_replayed(admin, newcomer, running):
    ada = newcomer().settle()
    job_id, other = submitted(ada), submitted(ada)
    failing(running, ada, job_id, Defect("internal.worker-died", "The step broke down each time.", "signal 9"))
    failing(running, ada, other, SourceError("source.odd", "This paper is odd."))
    letters = admin.http.get("/api/v1/admin/failures", params={"code": "internal."}).json()["failures"]
    mine = next(row for row in letters if row["job_id"] == job_id)
    assert (mine["email"], mine["killed_worker"], mine["detail"]) == (ada.email, True, "signal 9")
    assert other not in [row["job_id"] for row in letters]
    jobs = admin.http.get("/api/v1/admin/jobs", params={"state": "failed"}).json()["jobs"]
    assert {job_id, other} <= {row["id"] for row in jobs if row["email"] == ada.email}
    assert admin.http.get(f"/api/v1/jobs/{job_id}").status_code == 404  # its owner's own matter otherwise
    assert admin.post(f"/admin/jobs/{job_id}/retry").status_code == 303

    def gone():
        rows = admin.http.get("/api/v1/admin/failures", params={"limit": 200}).json()["failures"]
        return job_id not in [row["job_id"] for row in rows]

    running.until(gone)
    assert ada.http.get(f"/api/v1/jobs/{job_id}").json()["state"] == "running"
    acts = admin.http.get("/api/v1/admin/audit", params={"action": "job.replay"}).json()["acts"]
    assert (acts[0]["subject"], acts[0]["actor_id"]) == (job_id, admin.me().json()["id"])


def test_health_says_what_waits_and_which_versions_run(admin, running):
    report = admin.http.get("/api/v1/admin/health").json()
    assert report["servers"] == {"bus": True, "database": True, "store": True}
    assert {row["stage"] for row in report["stages"]} == {rule.name for rule in running.rules}
    assert {row["backlog"] for row in report["stages"]} == {0}
    assert report["rows"]["users"] >= 2
    assert set(report["versions"]) == {"gateway", "python", "postgresql", "nats"}


def test_command_makes_a_registered_user_an_administrator(newcomer, running, stack):
    ada, bob = newcomer().settle(), newcomer()
    env = {**os.environ, "HIDDENHILL_GATEWAY": running.url, "HIDDENHILL_TOKEN": stack.token}

    def command(email):
        argv = [sys.executable, "-m", "cli", "admin", email]
        return subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=60)

    assert command(ada.email.upper()).returncode == 0
    assert ada.me().json()["role"] == "admin"
    refused = command(bob.email)
    assert (refused.returncode, "error: usage.user: " in refused.stderr) == (2, True)
    assert command(ada.email[:-1]).returncode == 2
