"""What stands before accounts: proofs of origin, limits, lock-out, sessions and tokens that end at once."""

import contextlib
import threading

import grpc
import httpx
import pytest
from hiddenhill.v1 import job_service_pb2 as pb
from hiddenhill.v1 import job_service_pb2_grpc as pb_grpc

pytestmark = [pytest.mark.stack]


def test_forms_and_scripts_without_the_page_s_token_are_refused(newcomer):
    ada = newcomer()
    form = {"email": ada.email, "password": ada.password}
    refused = ada.http.post("/login", data=form, headers={"Accept": "application/json"})
    assert refused.status_code == 403
    ada.settle()
    for header in ({}, {"X-CSRFToken": ""}, {"X-CSRFToken": "made-up"}, {"X-CSRFToken": newcomer().token()}):
        refused = ada.http.post("/api/v1/tokens", json={"name": "x"}, headers=header)
        assert (refused.status_code, refused.json()["code"]) == (403, "usage.csrf")
        assert "X-CSRFToken" in refused.json()["detail"]
        assert ada.http.delete("/api/v1/sessions", headers=header).status_code == 403
    made = ada.http.post("/api/v1/tokens", json={"name": "x"}, headers={"X-CSRFToken": ada.token()})
    assert made.status_code == 201
    bearer = {"Authorization": f"Bearer {made.json()['token']}"}
    assert httpx.post(f"{ada.gateway.api}/tokens", json={"name": "y"}, headers=bearer).status_code == 201


def test_bad_authorization_does_not_let_the_cookie_speak(newcomer):
    ada = newcomer().settle()
    for value in ("Bearer made-up", "Basic eDp5", "x", ""):
        refused = ada.http.post("/api/v1/tokens", json={"name": "x"}, headers={"Authorization": value})
        assert refused.status_code == 401


def test_ten_wrong_passwords_lock_the_account_wherever_they_come_from(newcomer):
    ada = newcomer().settle()
    for number in range(10):
        answer = ada.log_in(ada.browser(f"198.51.100.{number}"), password="this is not it")
        assert answer.status_code == 403
    locked = ada.log_in(ada.browser("198.51.100.99"))
    assert locked.status_code == 429
    assert "minutes" in locked.text
    assert 800 < int(locked.headers["retry-after"]) <= 900
    assert ada.me().status_code == 200  # who is in stays in
    ada.post("/forgot", email=ada.email)
    assert ada.post(ada.link("reset"), password="another hill of papers").status_code == 303
    assert ada.log_in(ada.browser(), password="another hill of papers").status_code == 303


def test_ten_wrong_passwords_lock_the_address_whatever_account_they_were_for(newcomer):
    ada, eve = newcomer().settle(), newcomer()
    for number in range(10):
        assert eve.log_in(eve.http, email=f"guess-{number}@example.org").status_code == 403
    assert eve.log_in(eve.browser(), email=ada.email).status_code == 429
    assert ada.log_in(ada.browser()).status_code == 303


def test_right_passwords_do_not_count_against_anybody(newcomer):
    ada = newcomer().settle()
    for number in range(3):
        browser = ada.browser(f"198.51.101.{number}")
        assert [ada.log_in(browser, password="this is not it").status_code for _ in range(5)] == [403] * 5
        assert ada.log_in(browser).status_code == 303


def test_address_may_try_ten_logins_a_minute(newcomer):
    ada = newcomer().settle()  # one of the ten: the confirmation asked for the password
    answers = [ada.log_in(ada.browser()).status_code for _ in range(10)]
    assert answers == [303] * 9 + [429]


def test_address_may_register_ten_times_an_hour_and_send_few_letters(newcomer):
    eve = newcomer()
    emails = [f"{number}-{eve.email}" for number in range(11)]
    answers = []
    for eve.email in emails:
        answers.append(eve.register().status_code)
    assert answers == [303] * 10 + [429]
    assert [eve.post("/forgot", email=emails[0]).status_code for _ in range(6)] == [303] * 5 + [429]


def test_requests_are_limited_by_user_in_all_replicas_together(newcomer, start):
    first, second = (start(HIDDENHILL_REQUESTS_A_MINUTE="40", HIDDENHILL_TRUSTED_PROXIES="1") for _ in range(2))
    first.wait()
    second.wait()
    ada, bob = newcomer(first), newcomer(first)
    ada.settle()
    bob.settle()
    header = {"X-CSRFToken": ada.token()}
    token = ada.http.post("/api/v1/tokens", json={"name": "x"}, headers=header).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    before = int(httpx.get(f"{first.api}/me", headers=bearer).headers["x-ratelimit-remaining"])
    there = httpx.get(f"{second.api}/me", headers=bearer)
    assert there.headers["x-ratelimit-limit"] == "40"
    assert int(there.headers["x-ratelimit-remaining"]) == before - 1
    with httpx.Client(headers=bearer, verify=False) as program:
        answers = [program.get(f"{(first, second)[turn % 2].api}/me") for turn in range(40)]
    refused = answers[-1]
    assert (refused.status_code, refused.json()["code"]) == (429, "usage.rate")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["content-type"] == "application/problem+json"
    stream = httpx.get(f"{first.api}/events", headers=bearer)
    assert (stream.status_code, stream.json()["code"]) == (429, "usage.rate")
    assert 0 < int(stream.headers["retry-after"]) <= 60
    assert bob.me().status_code == 200


def test_visitors_are_limited_by_address_and_probes_are_not(start):
    gateway = start(HIDDENHILL_REQUESTS_A_MINUTE="20", HIDDENHILL_TRUSTED_PROXIES="1")
    gateway.wait()

    def ask(address, path="/api/v1/me"):
        return program.get(gateway.url + path, headers={"X-Forwarded-For": f"6.6.6.6, {address}"}).status_code

    with httpx.Client(verify=False) as program:
        assert [ask("198.51.102.1") for _ in range(21)] == [401] * 20 + [429]
        assert ask("198.51.102.2") == 401
        assert ask("198.51.102.1", "/healthz") == 200


def test_address_is_the_connection_s_own_where_no_proxy_is_trusted(start):
    gateway = start(HIDDENHILL_REQUESTS_A_MINUTE="20")
    gateway.wait()
    addresses = [{"X-Forwarded-For": f"198.51.103.{number}"} for number in range(21)]
    with httpx.Client(verify=False) as program:
        answers = [program.get(f"{gateway.api}/me", headers=header).status_code for header in addresses]
    assert 429 in answers


def test_sessions_are_listed_and_ended_one_by_one_and_all(newcomer):
    ada = newcomer().settle()
    phone, laptop = ada.browser("198.51.104.1"), ada.browser("198.51.104.2")
    phone.headers["User-Agent"] = "a phone"
    for browser in (phone, laptop):
        ada.log_in(browser)
    header = {"X-CSRFToken": ada.token()}
    rows = ada.http.get("/api/v1/sessions").json()["sessions"]
    assert {row["address"] for row in rows} == {ada.address, "198.51.104.1", "198.51.104.2"}
    assert [row["address"] for row in rows if row["current"]] == [ada.address]
    of_phone = next(row["id"] for row in rows if row["agent"] == "a phone")
    bob = newcomer().settle()
    refused = bob.http.delete(f"/api/v1/sessions/{of_phone}", headers={"X-CSRFToken": bob.token()})
    assert refused.status_code == 404
    assert ada.http.delete(f"/api/v1/sessions/{of_phone}", headers=header).status_code == 204
    assert ada.me(phone).status_code == 401
    assert ada.me(laptop).status_code == 200
    assert ada.post("/account/sessions/end-others").status_code == 303
    assert ada.me(laptop).status_code == 401
    assert ada.me().status_code == 200
    acts = [act["action"] for act in ada.http.get("/api/v1/me/audit").json()["acts"]]
    assert acts[:2] == ["session.end-others", "session.end"]
    assert {"register", "email.verify", "login"} <= set(acts)


def test_token_is_shown_once_and_ends_at_once(newcomer):
    ada = newcomer().settle()
    page = ada.post("/account/tokens", **{"token-name": "a script", "token-days": "30"})
    token = page.text.split('id="new-token">')[1].split("<")[0]
    assert token.startswith("hh_")
    assert token not in ada.http.get("/account").text
    bearer = {"Authorization": f"Bearer {token}"}
    listed = httpx.get(f"{ada.gateway.api}/tokens", headers=bearer).json()["tokens"]
    assert [row["name"] for row in listed] == ["a script"]
    assert listed[0]["used_at"] is not None
    assert ada.post(f"/account/tokens/{listed[0]['id']}/revoke").status_code == 303
    assert httpx.get(f"{ada.gateway.api}/tokens", headers=bearer).status_code == 401
    assert ada.http.get("/api/v1/tokens").json()["tokens"] == []


@contextlib.contextmanager
def listening(person, headers=None, browser=None):
    """A stream of all the person's jobs; yields an event that is set when the server has ended it."""
    begun, ended = threading.Event(), threading.Event()

    def listen():
        with (browser or httpx).stream("GET", f"{person.gateway.api}/events", headers=headers, timeout=20) as answer:
            for line in answer.iter_lines():
                if line.startswith("event: snapshot"):
                    begun.set()
        ended.set()

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        assert begun.wait(10)
        yield ended
    finally:
        thread.join(25)


@pytest.mark.parametrize("how", ["block", "session", "token", "password"])
def test_running_stream_ends_when_its_caller_is_turned_out(newcomer, running, start, how):
    ada = newcomer().settle()
    header = {"X-CSRFToken": ada.token()}
    made = ada.http.post("/api/v1/tokens", json={"name": "x"}, headers=header).json()
    phone = ada.browser()
    ada.log_in(phone)
    user_id = ada.me().json()["id"]
    with_token, cookie = (
        {"Authorization": f"Bearer {made['token']}"},
        {"Cookie": f"hiddenhill={phone.cookies['hiddenhill']}"},
    )
    with listening(ada, headers=with_token if how in ("token", "block") else cookie) as ended:
        assert not ended.wait(0.5)
        if how == "block":
            change = running.http.patch(f"{running.api}/admin/users/{user_id}", json={"blocked": True})
            assert change.status_code == 200
        elif how == "token":
            ada.http.delete(f"/api/v1/tokens/{made['id']}", headers=header)
        elif how == "session":
            ada.http.delete("/api/v1/sessions", headers=header)
        else:
            ada.post("/account/password", **{"password-old": ada.password, "password-new": "fresh hills and papers"})
        assert ended.wait(3), "the stream went on"
    assert ada.me(phone).status_code == (200 if how == "token" else 401)


def test_session_survives_a_new_secret_key_as_long_as_the_old_one_is_named(newcomer, stack, start):
    ada = newcomer().settle()
    old = stack.environment()["HIDDENHILL_SECRET_KEY"]
    rotated = start(HIDDENHILL_SECRET_KEY="n" * 40, HIDDENHILL_PREVIOUS_SECRET_KEYS=f'["{old}"]')
    forgotten = start(HIDDENHILL_SECRET_KEY="n" * 40)
    cookies = {"hiddenhill": ada.http.cookies["hiddenhill"]}
    for gateway, status in ((rotated, 200), (forgotten, 401)):
        gateway.wait()
        with httpx.Client(cookies=cookies) as browser:
            assert browser.get(f"{gateway.api}/me").status_code == status


def test_watching_over_grpc_ends_when_the_token_is_revoked(newcomer, running):
    ada = newcomer().settle()
    header = {"X-CSRFToken": ada.token()}
    made = ada.http.post("/api/v1/tokens", json={"name": "x"}, headers=header).json()
    job_id = ada.http.post("/api/v1/jobs", json={"reference": "10.1000/182"}, headers=header).json()["id"]
    with grpc.insecure_channel(running.rpc) as channel:
        login = (("authorization", f"Bearer {made['token']}"),)
        request = pb.WatchJobRequest(job_id=job_id)
        watching = pb_grpc.JobServiceStub(channel).WatchJob(request, metadata=login, timeout=20)
        next(watching)
        ada.http.delete(f"/api/v1/tokens/{made['id']}", headers=header)
        with pytest.raises(grpc.RpcError) as ended:
            list(watching)
    assert ended.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_address_that_is_locked_out_locks_nobody_else_s_account(newcomer):
    ada, eve = newcomer().settle(), newcomer()
    for number in range(10):
        assert eve.log_in(email=f"guess-{number}@example.org").status_code == 403
    for _ in range(12):
        assert eve.log_in(eve.browser(), email=ada.email).status_code == 429
    assert ada.log_in(ada.browser()).status_code == 303
