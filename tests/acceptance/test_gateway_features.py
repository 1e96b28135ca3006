"""The table of features names tests that exist; and what no other test shows."""

import re

import httpx
import pytest

pytestmark = [pytest.mark.stack]


@pytest.fixture
def program(gateway_up, person):
    """A program with a token of a new user."""
    login = {"Authorization": f"Bearer {person().token()}"}
    with httpx.Client(base_url=f"{gateway_up.url}/api/v1", headers=login, timeout=20) as client:
        client.user = client.get("/me").json()["id"]
        yield client


def test_every_test_that_the_table_of_features_names_exists(request):
    root = request.config.rootpath
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", (root / "docs/features.md").read_text(), re.MULTILINE)
    proofs = [(feature, proof) for feature, cell in rows for proof in re.findall(r"`([^`]+)`", cell)]
    assert len(proofs) > 60
    for feature, proof in proofs:
        file, _, name = proof.partition("::")
        (path,) = [found for found in root.glob(f"**/tests/**/{file}") if ".venv" not in found.parts]
        assert re.search(rf"^(async )?def {name}\(", path.read_text(), re.MULTILINE), f"{feature}: {proof}"
    bare = [feature for feature, cell in rows if "`" not in cell and not set(cell) <= set("- ") and cell != "Proof"]
    assert not bare, "features without a proof"


def test_large_file_goes_past_the_gateway_and_starts_a_job_once(program, sample):
    where = program.post("/uploads").raise_for_status().json()
    data = sample.read_bytes()
    assert program.post("/jobs", json={"upload": where["upload"]}).status_code == 404, "nothing is there yet"
    httpx.put(where["url"], content=data).raise_for_status()
    job = program.post("/jobs", json={"upload": where["upload"], "name": "nightingale.xml"}).raise_for_status().json()
    assert job["source"] == "nightingale.xml"
    source = program.get(f"/jobs/{job['id']}/artifacts/source?download=1")
    while source.status_code == 404:
        source = program.get(f"/jobs/{job['id']}/artifacts/source?download=1")
    assert source.content == data
    assert "attachment" in source.headers["Content-Disposition"]
    assert program.post("/jobs", json={"upload": where["upload"]}).status_code == 404, "taken"


def test_same_key_starts_one_job_and_no_other_request(program):
    wish, key = {"reference": "10.1000/182"}, {"Idempotency-Key": "once"}
    first, again = (program.post("/jobs", json=wish, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = program.post("/jobs", json={"reference": "10.1000/183"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "usage.conflict")


def test_what_a_client_has_is_not_sent_again(program):
    job = program.post("/jobs", json={"reference": "10.1000/182"}).json()["id"]
    for path in ("/jobs", f"/jobs/{job}"):
        for _ in range(50):
            tag = program.get(path).headers["ETag"]
            if (found := program.get(path, headers={"If-None-Match": tag})).status_code == 304:
                break
        assert (found.status_code, found.content) == (304, b"")


def test_job_over_the_days_quota_waits_and_says_until_when(gateway_up, program):
    admin = {"Authorization": f"Bearer {gateway_up.token}"}
    quota = {"quota": {"jobs": 1, "minutes": 10}}
    httpx.patch(f"{gateway_up.url}/api/v1/admin/users/{program.user}", headers=admin, json=quota).raise_for_status()
    first, second = (program.post("/jobs", json={"reference": f"10.1000/{number}"}) for number in (1, 2))
    assert first.headers["X-Quota-Jobs"] == "0/1"
    assert first.headers["X-Quota-Minutes"] == "9.0/10"
    reset = first.headers["X-Quota-Reset"]
    assert (first.json()["waits_until"], second.json()["state"]) == (None, "queued")
    assert second.json()["waits_until"][:10] == reset[:10]
    assert "1 videos of this day are used up" in second.json()["waits_for"]
    state = program.get("/me").json()["quota"]
    assert (state["jobs_used"], state["jobs"]) == (1, 1)


def test_headers_forbid_what_pages_do_not_need(gateway_up):
    headers = httpx.get(gateway_up.url).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    cookie = httpx.get(f"{gateway_up.url}/login").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
