"""What a video would cost, who can be paid, and users' own keys."""

import asyncio
import json
import os
import subprocess
import sys

import grpc
import httpx
import psycopg
import pytest
from chassis.bus import NatsBus
from chassis.providers import Provider
from hiddenhill.v1 import job_service_pb2 as pb
from hiddenhill.v1 import job_service_pb2_grpc as pb_grpc

from chassis import keys

pytestmark = [pytest.mark.stack]
TOKENS = {"input": 1.0, "output": 10.0}
PROVIDERS = (
    Provider("gemini", "Gemini", "script", "writer-1", True, prices=TOKENS),
    Provider("gemini", "Gemini", "speech", "speaker-1", True, prices=TOKENS),
    Provider("runway", "Runway", "footage", "films-1", False, "no key", {"second": 0.1}, {"seconds": 5.0}),
)
WISH = {"seconds": 60, "footage": True, "budget": 2.0, "writer": "extractive", "speech": "espeak"}
KEY = "sk-mine-and-nobody-elses-9xQ4"
SECRET = "the first secret of the operator"
OLDER = "an older secret of the operator"


@pytest.fixture(scope="module")
def told(running):
    """Have workers told of providers; then every gateway knows them soon."""
    running.on_bus(lambda bus: bus.publish_providers(PROVIDERS))
    running.until(lambda: len(httpx.get(f"{running.api}/providers").json()["providers"]) == 3)


@pytest.fixture(scope="module")
def vault(running, stack, settings, tmp_path_factory, told):
    """A gateway that keeps keys, and its log."""
    log = tmp_path_factory.mktemp("log") / "gateway.log"
    env = {"HIDDENHILL_KEYS_SECRET": SECRET, "HIDDENHILL_MONEY_A_DAY": "3", "HIDDENHILL_TRUSTED_PROXIES": "1"}
    gateway = type(running)(stack, settings, log, **env)
    gateway.wait()
    gateway.until(lambda: gateway.http.get(f"{gateway.api}/providers").json()["providers"])
    gateway.log = log
    yield gateway
    gateway.end()


@pytest.fixture
def keeping(vault):
    """The same; keys are removed after the test."""
    yield vault
    for key in vault.http.get(f"{vault.api}/account/keys").json()["keys"]:
        vault.http.delete(f"{vault.api}/account/keys/{key['provider']}").raise_for_status()


@pytest.fixture
def service(keeping):
    """Calls a method as the local user."""
    with grpc.insecure_channel(keeping.rpc) as channel:
        grpc.channel_ready_future(channel).result(20)
        stub = pb_grpc.JobServiceStub(channel)
        yield lambda name, **fields: getattr(stub, name)(
            getattr(pb, f"{name}Request")(**fields), metadata=keeping.rpc_login, timeout=10
        )


def asked(settings, job_id, provider):
    """The key that a worker gets on the bus."""

    async def ask():
        bus = await NatsBus.connect(settings, "test-worker")
        try:
            return await bus.key(job_id, provider)
        finally:
            await bus.client.close()

    return asyncio.run(ask())


def rows(stack, query):
    with psycopg.connect(stack.postgres_url, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def test_anybody_sees_what_can_be_paid_for_and_why_not(running, told):
    found = httpx.get(f"{running.api}/providers").json()
    assert found["keeps_keys"] is False
    by_work = {each["does"]: each for each in found["providers"]}
    assert (by_work["script"]["model"], by_work["script"]["usable"], by_work["script"]["own"]) == (
        "writer-1",
        True,
        False,
    )
    assert (by_work["footage"]["usable"], by_work["footage"]["reason"]) == (False, "no key")
    assert by_work["footage"]["prices"] == {"second": 0.1}


def test_anybody_is_told_what_a_wish_would_cost(running, told):
    wish = {"seconds": 60, "budget": 0.01}
    found = httpx.post(f"{running.api}/estimate", json=wish).raise_for_status().json()
    assert [(line["does"], line["provider"], line["own"]) for line in found["lines"]] == [
        ("script", "gemini", False),
        ("speech", "gemini", False),
    ]
    assert found["dollars"] == pytest.approx(sum(line["dollars"] for line in found["lines"]))
    assert (found["enough"], found["short_by"]) == (False, pytest.approx(found["needed"] - 0.01))
    assert found["needed"] > found["dollars"]
    assert found["day"] is None
    refused = httpx.post(f"{running.api}/estimate", json={"writer": "shakespeare"})
    assert (refused.status_code, refused.json()["code"]) == (422, "usage.invalid")


def test_estimate_says_what_the_day_has_left_and_counts_what_runs(keeping):
    free = keeping.http.post(f"{keeping.api}/estimate", json={}).json()
    assert (free["lines"], free["enough"]) == ([], True)
    job = keeping.http.post(f"{keeping.api}/jobs", json={"reference": "10.1000/182", "options": {"budget": 2.0}}).json()
    found = keeping.http.post(f"{keeping.api}/estimate", json=WISH).json()
    assert found["day"]["money"] == 3.0
    assert found["day"]["money_left"] == pytest.approx(free["day"]["money_left"] - 2.0)
    assert any("no key" in note for note in found["notes"])
    assert any("wait for another" in note for note in found["notes"])
    keeping.http.delete(f"{keeping.api}/jobs/{job['id']}")


def test_both_interfaces_say_the_same(keeping, service):
    rest = keeping.http.post(f"{keeping.api}/estimate", json=WISH).json()
    found = service("EstimateJob", options=pb.JobOptions(**WISH))
    assert (found.dollars, found.enough, list(found.notes)) == (rest["dollars"], rest["enough"], rest["notes"])
    assert found.day.money_left == rest["day"]["money_left"]
    listed = keeping.http.get(f"{keeping.api}/providers").json()
    answer = service("ListProviders")
    assert answer.keeps_keys is listed["keeps_keys"] is True
    assert [(p.name, p.does, p.usable, dict(p.prices)) for p in answer.providers] == [
        (p["name"], p["does"], p["usable"], p["prices"]) for p in listed["providers"]
    ]


def test_own_key_makes_a_provider_usable_and_is_never_shown_again(keeping, service, stack, settings):
    kept = keeping.http.put(f"{keeping.api}/account/keys/runway", json={"key": KEY})
    assert (kept.status_code, kept.json()["provider"], kept.json()["hint"]) == (200, "runway", "9xQ4")
    assert [(key.provider, key.hint) for key in service("ListProviderKeys").keys] == [("runway", "9xQ4")]
    line = keeping.http.post(f"{keeping.api}/estimate", json=WISH).json()["lines"][0]
    assert (line["does"], line["own"], line["dollars"]) == ("footage", True, pytest.approx(6 * 5 * 0.1))
    assert all(each["own"] is False for each in httpx.get(f"{keeping.api}/providers").json()["providers"])

    job_id = keeping.submit()
    assert keys.open_sealed(SECRET, asked(settings, job_id, "runway")) == KEY
    assert asked(settings, job_id, "gemini") == ""
    assert asked(settings, "nobodys-job", "runway") == ""

    ways = ("account/keys", "me", "me/audit", "providers", "jobs", f"jobs/{job_id}")
    shown = "".join(keeping.http.get(f"{keeping.api}/{way}").raise_for_status().text for way in ways)
    tables = json.dumps(rows(stack, "SELECT provider_keys::text FROM provider_keys"), default=str)
    audit = json.dumps(rows(stack, "SELECT audit::text FROM audit"), default=str)
    assert "provider-key.set" in audit
    log = keeping.log.read_text()
    assert KEY not in shown + tables + audit + log
    assert KEY[:12] not in shown + tables + audit + log


def test_key_is_removed_and_then_nobody_has_it(keeping, service, settings):
    service("SetProviderKey", provider="gemini", key=KEY)
    job_id = keeping.submit()
    assert asked(settings, job_id, "gemini")
    service("DeleteProviderKey", provider="gemini")
    assert asked(settings, job_id, "gemini") == ""
    again = keeping.http.delete(f"{keeping.api}/account/keys/gemini")
    assert (again.status_code, again.json()["code"]) == (404, "usage.not-found")


@pytest.mark.parametrize(
    ("provider", "key", "status"), [("nobody", KEY, 404), ("gemini", "short", 422), ("gemini", f"{KEY} {KEY}", 422)]
)
def test_key_of_no_use_is_refused_without_being_repeated(keeping, provider, key, status):
    refused = keeping.http.put(f"{keeping.api}/account/keys/{provider}", json={"key": key})
    assert refused.status_code == status
    assert key not in refused.text


def test_gateway_without_a_secret_keeps_no_keys(running, told):
    refused = running.http.put(f"{running.api}/account/keys/gemini", json={"key": KEY})
    assert (refused.status_code, refused.json()["code"]) == (422, "usage.keys")
    assert running.http.get(f"{running.api}/account/keys").json() == {"keys": [], "kept": False}


def test_keys_sealed_with_an_older_secret_are_sealed_anew_when_they_are_read(keeping, stack, settings):
    keeping.http.put(f"{keeping.api}/account/keys/runway", json={"key": KEY}).raise_for_status()
    with psycopg.connect(stack.postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE provider_keys SET sealed = %s", (keys.seal(OLDER, KEY),))
    from gateway.accounts.keyring import Keyring  # noqa: PLC0415 - the process' own part, asked without the process
    from gateway.database import open_pool  # noqa: PLC0415 - as above
    from pydantic import SecretStr  # noqa: PLC0415 - as above

    job_id = keeping.submit()
    with open_pool(stack.postgres_url) as database:
        keyring = Keyring(database, SecretStr(f"{SECRET}, {OLDER}"))
        given = asyncio.run(keyring.find(job_id, "runway"))
    assert keys.open_sealed(SECRET, given) == KEY
    [(kept,)] = rows(stack, "SELECT sealed FROM provider_keys")
    assert kept == given


def test_all_keys_are_sealed_anew_at_once_so_that_the_older_secret_may_go(keeping, stack):
    def reseal(secrets):
        argv = [sys.executable, "-m", "gateway", "reseal"]
        env = {**os.environ, **stack.environment(), "HIDDENHILL_KEYS_SECRET": secrets}
        return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, check=False)

    former = f"{OLDER} which is long"
    for provider in ("runway", "gemini"):
        keeping.http.put(f"{keeping.api}/account/keys/{provider}", json={"key": KEY}).raise_for_status()
    with psycopg.connect(stack.postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE provider_keys SET sealed = %s WHERE provider = 'runway'", (keys.seal(former, KEY),))
    lost = reseal(SECRET)
    assert (lost.returncode, lost.stdout) == (
        1,
        "keys sealed with the first secret: 1; sealed with none of the secrets: 1\n",
    )
    ended = reseal(f"{SECRET}, {former}")
    assert (ended.returncode, ended.stdout) == (
        0,
        "keys sealed with the first secret: 2; sealed with none of the secrets: 0\n",
    )
    assert {keys.open_sealed(SECRET, sealed) for (sealed,) in rows(stack, "SELECT sealed FROM provider_keys")} == {KEY}
    assert KEY not in ended.stdout + ended.stderr + lost.stdout + lost.stderr


def test_keys_go_with_the_account(keeping, newcomer, stack):
    person = newcomer(keeping).settle()
    headers = {"X-CSRFToken": person.token()}
    person.http.put("/api/v1/account/keys/runway", json={"key": KEY}, headers=headers).raise_for_status()
    assert len(rows(stack, "SELECT 1 FROM provider_keys")) == 1
    gone = person.post("/account/delete", **{"delete-password": person.password, "delete-sure": "y"})
    assert gone.status_code == 303
    assert rows(stack, "SELECT 1 FROM provider_keys") == []
