"""Pages that speak of money: what a wish costs, keys of one's own, and a retracted paper made all the same."""

import re

import pytest
from chassis.errors import SourceError
from chassis.providers import Provider

from chassis import events

TOKENS = {"input": 0.5, "output": 3.0}
SCRIPT = Provider("gemini", "Gemini", "script", "gemini-3.8-flash", True, "", TOKENS)
SPEECH = Provider("gemini", "Gemini", "speech", "gemini-3.8-flash-tts", True, "", TOKENS)
NO_KEY = "no key; set HIDDENHILL_RUNWAY_API_KEY"
FILMS = Provider("runway", "Runway", "footage", "gen4.5", False, NO_KEY, {"second": 0.12})
KEY = "key_0123456789-secret-wxyz"
PROXY = {"HIDDENHILL_TRUSTED_PROXIES": "1", "HIDDENHILL_KEYS_SECRET": "seals keys and is certainly long enough"}


@pytest.fixture
def begin(start, running):
    """Start a gateway once it knows what providers workers have told of."""
    running.on_bus(lambda bus: bus.publish_providers([SCRIPT, SPEECH, FILMS]))

    def ready(**env):
        gateway = start(**PROXY, **env)
        gateway.wait()
        gateway.until(lambda: len(gateway.http.get(f"{gateway.api}/providers").json()["providers"]) == 3)
        return gateway

    return ready


@pytest.fixture
def rich(begin):
    return begin(HIDDENHILL_MONEY_A_DAY="5")


def test_form_offers_what_can_be_paid_and_says_what_it_costs_without_javascript(rich, newcomer):
    person = newcomer(rich).settle()
    page = person.http.get("/").text
    assert re.search(r'<select id="writer".*?value="gemini".*?</select>', page, re.DOTALL)
    assert 'name="footage"' not in page, "nobody here can make films"
    assert re.search(r"With everything, this video costs about \$0\.\d\d", page)
    assert 'max="5"' in page
    wish = {"writer": "gemini", "speech": "espeak", "budget": "1,5", "tone": "lively"}
    job_id = person.post("/new", reference="10.1000/182", **wish).headers["Location"].rpartition("/")[2]
    job = person.http.get(f"/api/v1/jobs/{job_id}").json()
    assert job["options"].items() >= {"writer": "gemini", "speech": "espeak", "budget": 1.5, "tone": "lively"}.items()
    assert job["costs"]["budget"] == 1.5


def test_form_that_is_refused_keeps_what_was_chosen_in_sight(rich, newcomer):
    person = newcomer(rich).settle()
    answer = person.post("/new", reference="10.1/x", budget="9", speech="gemini", audience="student")
    assert answer.status_code == 422
    assert "may cost $5.00 at most" in re.search(r'id="wrong" role="alert">([^<]*)<', answer.text)[1]
    assert re.search(r'<details class="extra" open>', answer.text)
    assert re.search(r'name="budget"[^>]*value="9"', answer.text)
    for chosen in ("gemini", "student"):
        assert re.search(rf'value="{chosen}"[^>]*\bselected', answer.text)


def test_form_is_plain_where_nothing_can_be_paid(begin, newcomer):
    poor = begin()
    page = newcomer(poor).settle().http.get("/").text
    assert "your day has no dollars" in page
    for name in ("writer", "speech", "budget", "footage"):
        assert f'name="{name}"' not in page
    assert 'id="estimate"' not in page


def test_key_of_ones_own_is_kept_shown_by_its_end_and_forgotten(rich, newcomer):
    person = newcomer(rich).settle()
    page = person.http.get("/account").text
    assert "no key; set HIDDENHILL_RUNWAY_API_KEY" in page
    field = re.search(r'<input[^>]*id="key-key"[^>]*>', page)[0]
    assert 'type="password"' in field
    kept = person.post("/account/keys", **{"key-provider": "runway", "key-key": f" {KEY}\n"})
    assert kept.status_code == 303, kept.text
    page = person.http.get("/account").text
    assert "<code>wxyz</code>" in page
    assert "with your key" in page
    assert KEY not in page
    assert "Key of a provider kept" in page
    assert 'name="footage"' in person.http.get("/").text, "with the key films can be made"
    assert person.post("/account/keys/runway/remove").status_code == 303
    assert "<code>wxyz</code>" not in person.http.get("/account").text
    assert person.post("/account/keys/runway/remove").status_code == 404


def test_key_that_is_none_is_refused_and_not_sent_back(rich, newcomer):
    person = newcomer(rich).settle()
    for provider, key, sentence in (
        ("runway", "", "Paste the key."),
        ("runway", "short", "between 12 and 500"),
        ("runway", "a key with blanks in it", "characters in it that no key has"),
        ("nobody", KEY, "There is no provider nobody."),
    ):
        answer = person.post("/account/keys", **{"key-provider": provider, "key-key": key})
        assert answer.status_code in (404, 422), key
        assert sentence in answer.text
        assert not key or f'value="{key}"' not in answer.text


def test_administrators_see_which_providers_this_hill_can_use(rich):
    page = rich.http.get(f"{rich.url}/admin/health", headers={"Accept": "text/html"}).text
    row = re.search(r"<strong>Moving pictures</strong>.*?</li>", page, re.DOTALL)[0]
    assert NO_KEY in row
    assert "$0.12 a second" in row


def test_retracted_paper_is_made_all_the_same_when_asked(running, newcomer):
    person = newcomer().settle()
    job_id = person.post("/new", reference="10.1000/retracted", seconds="30").headers["Location"].rpartition("/")[2]
    early = person.post(f"/jobs/{job_id}/force")
    assert early.status_code == 409, "nothing was refused yet"
    refusal = SourceError("source.retracted", "This paper was retracted.")
    running.on_bus(lambda bus: bus.announce([events.failed(job_id, "fetch", None, refusal, 1)]))
    running.until(lambda: person.http.get(f"/api/v1/jobs/{job_id}").json()["state"] == "failed")
    again = person.post(f"/jobs/{job_id}/force")
    assert again.status_code == 303, again.text
    job = person.http.get(f"/api/v1{again.headers['Location']}").json()
    assert job["id"] != job_id
    assert (job["source"], job["options"]["force"], job["options"]["seconds"]) == ("10.1000/retracted", True, 30)
    source = {row["artifact"]: row["digest"] for row in person.http.get(f"/api/v1/jobs/{job_id}").json()["artifacts"]}
    forced = running.until(lambda: person.http.get(f"/api/v1/jobs/{job['id']}").json()["artifacts"])
    assert {row["artifact"]: row["digest"] for row in forced}["source"] == source["source"]
    assert newcomer().settle().post(f"/jobs/{job_id}/force").status_code == 404
