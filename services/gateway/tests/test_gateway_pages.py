"""The pages that people use, as a browser without JavaScript gets them."""

import re
from importlib import resources
from pathlib import Path

import httpx
import pytest
from chassis.errors import Defect, Transient, UsageError
from flask import Flask
from gateway.pages import errors, frame
from gateway.pages.listed import _AT_ONCE

STATIC = Path(str(resources.files("gateway.pages"))) / "static"
NASTY = '<script>alert("1")</script> & "hills"'
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def owner(running):
    """A browser of the local user's."""
    with running.client(base_url=running.url) as client:
        client.headers.update(HTML)
        yield client


@pytest.fixture(scope="module")
def stranger(running):
    with httpx.Client(base_url=running.url, headers=HTML) as client:
        yield client


@pytest.fixture(scope="module")
def film(running):
    """A job whose video is made, of a paper with a nasty title."""
    job_id = running.submit("10.1000/nasty")
    first = {row["artifact"]: row["digest"] for row in running.begun(job_id)["artifacts"]}
    paper = running.made(job_id, {"paper": {"title": NASTY}}, {"source": first["source"]})
    sentence = {"text": "Ten <b>died</b>.", "evidence": [{"id": "p1", "text": "Ten <i>of them</i> died."}], "words": []}
    scene = {"scene": 1, "start": 0, "end": 2, "role": "hook", "headline": "<h1>Ten", "visual": "title"}
    own = sentence | {"edited": True, "own": True}
    transcript = {
        "paper": {"title": NASTY, "authors": ["A. <u>Hill"], "doi": '10.1/"><script>'},
        "duration": 2,
        "scenes": [scene | {"sentences": [sentence, own], "footage": "Runway <1>"}],
        "credits": "Hill (1858)",
    }
    running.made(job_id, {"video": "0123456789", "thumbnail": "t", "vtt": "v", "transcript": transcript}, paper)
    running.until(lambda: "transcript" in {row["artifact"] for row in running.job(job_id)["artifacts"]})
    running.until(lambda: running.job(job_id)["title"])
    return job_id


def test_visitor_reads_what_this_is_and_logs_in_for_the_rest(stranger):
    landing = stranger.get("/")
    assert landing.status_code == 200
    assert 'href="/register"' in landing.text
    assert 'id="new"' not in landing.text
    for path in ("/videos", "/jobs/01aaaaaaaaaaaaaaaaaaaaaaaa"):
        answer = stranger.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/login?next="), path


def test_owner_sees_home_videos_and_video_with_the_title_as_text(owner, film):
    for path in ("/", "/videos", f"/jobs/{film}"):
        page = owner.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text, path
        assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; &#34;hills&#34;" in page.text, path
        assert page.headers["Cache-Control"] == "private, no-cache", path


def test_video_of_another_is_as_if_it_were_not(newcomer, film):
    person = newcomer().settle()
    answer = person.http.get(f"/jobs/{film}")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "hills" not in answer.text
    assert film not in person.http.get("/videos").text


def test_plain_form_starts_a_job_with_its_options(newcomer):
    person = newcomer().settle()
    wish = {
        "reference": " 10.1000/182 ",
        "seconds": "90",
        "language": "de",
        "audience": "expert",
        "tone": "serious",
        "pitch": "f3",
        "theme": "night",
        "music": "on",
    }
    answer = person.post("/new", **wish)
    assert answer.status_code == 303, answer.text
    job = person.http.get(f"/api/v1{answer.headers['Location']}").json()
    assert job["source"] == "10.1000/182"
    options = {"seconds": 90, "language": "de", "voice": "de+f3", "theme": "night", "music": True, "review": False}
    options |= {"audience": "expert", "tone": "serious", "writer": "", "budget": 0, "footage": False, "force": False}
    assert job["options"].items() >= options.items()


def test_plain_form_takes_a_file(newcomer):
    person = newcomer().settle()
    token = person.token()
    files = {"file": ("a hill.pdf", b"%PDF-1.7 a paper", "application/pdf")}
    answer = person.http.post("/new", data={"csrf_token": token, "review": "on"}, files=files)
    assert answer.status_code == 303, answer.text
    job = person.http.get(f"/api/v1{answer.headers['Location']}").json()
    assert (job["source"], job["options"]["review"]) == ("a hill.pdf", True)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reference": "  "}, "DOI, PMID, arXiv id or link, or choose its file."),
        ({"reference": "10.1/x", "seconds": "many"}, "seconds"),
        ({"reference": "10.1/x", "theme": "neon"}, "theme"),
        ({"reference": "10.1/x", "audience": "cats"}, "audience"),
        ({"reference": "10.1/x", "budget": "a lot"}, "budget"),
        ({"reference": "10.1/x", "budget": "nan"}, "budget"),
    ],
)
def test_plain_form_says_what_is_wrong_and_keeps_what_was_typed(newcomer, fields, sentence):
    person = newcomer().settle()
    answer = person.post("/new", **fields)
    assert answer.status_code == 422
    assert sentence in re.search(r'id="wrong" role="alert">([^<]*)<', answer.text)[1]
    assert f'value="{fields["reference"]}"' in answer.text


def test_form_from_elsewhere_starts_nothing(newcomer):
    person = newcomer().settle()
    answer = person.http.post("/new", data={"reference": "10.1000/182"})
    assert answer.status_code in (400, 403)
    assert 'class="tile"' not in re.sub(
        r"<template.*?</template>", "", person.http.get("/videos").text, flags=re.DOTALL
    )


def test_videos_are_searched_and_filtered(running, owner):
    wanted, other = running.submit("10.1000/glacier"), running.submit("10.1000/desert")
    found = owner.get("/videos", params={"text": "GLACIER"}).text
    assert f'data-job="{wanted}"' in found
    assert f'data-job="{other}"' not in found
    assert 'value="GLACIER"' in found
    assert wanted not in owner.get("/videos", params={"source": "glacier", "state": "failed"}).text
    assert wanted not in owner.get("/videos", params={"source": "glacier", "until": "2020-01-01"}).text
    assert wanted in owner.get("/videos", params={"source": "glacier", "since": "2020-01-01"}).text
    nothing = owner.get("/videos", params={"text": "no such thing"}).text
    assert "No video matches" in nothing


def test_filter_that_makes_no_sense_is_named(owner):
    answer = owner.get("/videos", params={"since": "yesterday"})
    assert answer.status_code == 200
    assert "since: " in answer.text


def test_videos_come_in_pages(running, owner):
    ids = [running.submit(f"10.1000/paged.{number}") for number in range(_AT_ONCE + 1)]
    first = owner.get("/videos", params={"source": "paged"}).text
    assert ids[-1] in first
    assert ids[0] not in first
    older = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    second = owner.get(older).text
    assert ids[0] in second
    assert ids[1] not in second
    assert 'rel="next"' not in second


def test_share_link_shows_the_video_and_nothing_else_until_it_is_taken_back(running, owner, stranger, film):
    share = running.http.put(f"{running.api}/jobs/{film}/share").json()["share"]
    page = stranger.get(f"/s/{share}")
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex"
    for tag in ('property="og:title"', 'property="og:image"', 'property="og:video"', 'name="robots" content="noindex"'):
        assert tag in page.text
    for raw in ("<script>alert", "<b>died", "<i>of them", "<u>Hill", "<h1>Ten", '"><script>'):
        assert raw not in page.text, raw
    assert "Ten &lt;b&gt;died&lt;/b&gt;." in page.text
    assert page.text.count("the editor’s own words") == 1
    assert "Moving picture: Runway &lt;1&gt;" in page.text
    assert film not in page.text
    part = stranger.get(f"/s/{share}/video", headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.text) == (206, "012")
    assert "attachment" in stranger.get(f"/s/{share}/video?download=1").headers["Content-Disposition"]
    assert stranger.get(f"/s/{share}/thumbnail").status_code == 200
    assert stranger.get(f"/s/{share}/vtt").status_code == 200
    for hidden in ("paper", "source", "transcript", "scene.1.brief"):
        assert stranger.get(f"/s/{share}/{hidden}").status_code == 404, hidden
    running.http.delete(f"{running.api}/jobs/{film}/share").raise_for_status()
    for path in ("", "/video", "/thumbnail", "/vtt"):
        gone = stranger.get(f"/s/{share}{path}")
        assert gone.status_code == 404, path
        assert "Ask for a new link" in gone.text
    assert running.http.put(f"{running.api}/jobs/{film}/share").json()["share"] != share


def test_share_link_of_a_video_in_the_making_says_so(running, stranger):
    job_id = running.submit("10.1000/unready")
    share = running.http.put(f"{running.api}/jobs/{job_id}/share").json()["share"]
    answer = stranger.get(f"/s/{share}")
    assert answer.status_code == 404
    assert "still being made" in answer.text


def test_static_files_may_be_kept_under_their_version_and_stay_in_their_folder(stranger):
    address = re.search(r'href="(/static/app\.css\?v=[0-9a-f]+)"', stranger.get("/").text)[1]
    kept = stranger.get(address)
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert stranger.get(address, headers={"If-None-Match": kept.headers["ETag"]}).status_code == 304
    assert stranger.get("/static/app.css?v=old").headers["Cache-Control"] == "public, no-cache"
    assert stranger.get("/static/fonts/inter-4.1.woff2").headers["Content-Type"] == "font/woff2"
    for path in ("/static/..%2fframe.py", "/static/%2e%2e/frame.py", "/static/none.css?v=1", "/static/fonts/"):
        assert stranger.get(path).status_code == 404, path


def test_pages_hold_no_inline_code_and_forbid_it(owner, stranger, film):
    for page in [stranger.get("/"), *(owner.get(path) for path in ("/", "/videos", f"/jobs/{film}", "/nowhere"))]:
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
        assert "unsafe" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert "<style" not in page.text
        assert not re.search(r"<[a-z][^>]*\s(style|on[a-z]+)=", page.text)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page.text))
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page.text)


def test_scripts_set_text_only_as_text_and_import_what_is_there():
    for script in STATIC.glob("*.js"):
        code = script.read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", code), script.name
        for module in re.findall(r'from "\./([^"]+)"', code):
            assert (STATIC / module).is_file(), (script.name, module)


def test_people_get_errors_as_pages_and_programs_as_problems(owner, running):
    page = owner.get("/nowhere")
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "Check the address" in page.text
    assert owner.get("/api/v1/nowhere").headers["Content-Type"] == "application/problem+json"
    plain = running.http.get(f"{running.url}/nowhere", headers={"Accept": "application/json"})
    assert plain.headers["Content-Type"] == "application/problem+json"
    wrong = owner.post("/videos")
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["Allow"]


@pytest.mark.parametrize(
    ("error", "status", "said", "unsaid"),
    [
        (Transient("unavailable.store", "The store did not answer."), 503, "The store did not answer.", "fault"),
        (
            Defect("internal.lost", "The bytes are not there.", "secret/key"),
            500,
            "The bytes are not there.",
            "secret/key",
        ),
        (UsageError("usage.unverified", "Confirm your address."), 403, "Confirm your address.", "Traceback"),
        (ValueError("secret in a <b>message"), 500, "That was our fault", "secret"),
    ],
)
def test_error_page_says_what_happened_and_keeps_the_detail_inside(error, status, said, unsaid):
    app = Flask("test", static_folder=None)
    app.secret_key = "not a secret"
    frame.register(app)
    app.register_error_handler(Exception, errors.answer)

    @app.get("/broken")
    def broken():
        raise error

    answer = app.test_client().get("/broken", headers=HTML)
    assert answer.status_code == status
    assert said in answer.text
    assert unsaid not in answer.text
    assert 'href="/"' in answer.text
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert (
        app.test_client().get("/broken", headers={"Accept": "application/json"}).mimetype == "application/problem+json"
    )


def test_search_engines_are_kept_out(stranger):
    assert "Disallow: /" in stranger.get("/robots.txt").text


def test_home_says_when_the_days_videos_are_used_up(start, newcomer):
    gateway = start(HIDDENHILL_JOBS_A_DAY="1", HIDDENHILL_TRUSTED_PROXIES="1")
    gateway.wait()
    person = newcomer(gateway).settle()
    page = person.http.get("/").text
    assert '<span id="price">Free</span> · 1 of 1 left today' in page
    assert not re.search(r'name="(budget|writer|speech|footage)"|dollars', page), "nobody can be paid here"
    assert person.post("/new", reference="10.1000/182").status_code == 303
    assert "Today’s 1 videos are used up" in person.http.get("/").text
    second = person.post("/new", reference="10.1000/183")
    assert person.http.get(f"/api/v1{second.headers['Location']}").json()["waits_until"]
