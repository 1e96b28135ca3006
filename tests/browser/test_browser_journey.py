"""What a newcomer does, from the address that `hiddenhill up` prints to a video that is gone."""

import collections
import re
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(200)]
FILM = 90_000
"""Milliseconds that a video of the sample may take."""
ENDED = "() => document.getElementById('job').dataset.state === 'done'"
H264 = """() => document.createElement("video").canPlayType('video/mp4; codecs="avc1.640028, mp4a.40.2"')"""
LOADED = f"() => document.getElementById('player').readyState >= 1 || !({H264})()"
LISTEN = """
window.titles = [];
document.addEventListener("DOMContentLoaded", () => {
  const title = document.querySelector("title");
  new MutationObserver(() => window.titles.push(title.textContent)).observe(title, { childList: true });
});
"""


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_newcomer_makes_watches_edits_shares_and_deletes_a_video(visit, sample, size):
    somebody = visit(f"newcomer-{size}", size).register()
    page = somebody.page
    page.add_init_script(LISTEN)
    (somebody.drop if size == "desk" else somebody.give)(sample)
    expect(page.locator("#chosen")).to_contain_text("nightingale.pdf")
    somebody.shot("chosen")
    requests = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - Playwright marks what it calls
    job_id = somebody.make()
    page.locator("#stages li").first.wait_for()
    somebody.shot("begun")
    page.wait_for_function("() => document.querySelectorAll('#scenes canvas').length > 0", timeout=FILM)
    assert page.locator("#job").get_attribute("data-state") == "running", "scenes appear while others are drawn"
    somebody.shot("scenes-appear")
    page.wait_for_function(ENDED, timeout=FILM)
    somebody.shot("done", whole=True)
    listens_and_asks_for_nothing_else(somebody, job_id, requests)
    plays(somebody)
    shows_where_a_sentence_comes_from(somebody, job_id)
    makes_one_scene_again(somebody, job_id, "What is said" if size == "phone" else "Headline")
    downloads(somebody, job_id)
    shares(somebody)
    deletes(somebody, job_id)
    assert not somebody.wrong
    if somebody.unplayed:
        pytest.skip("All but the playing was seen: this Chromium plays no H.264.")


def listens_and_asks_for_nothing_else(somebody, job_id, requests):
    """One stream; what it named at most once; a scene's film once for the screen and once for the scene's picture."""
    told = [request for request in requests if request.url.startswith(f"{somebody.up.url}/api/")]
    told = [request for request in told if request.method == "GET"]
    events = [urlsplit(request.url).path for request in told if request.url.endswith("/events")]
    assert events == [f"/api/v1/jobs/{job_id}/events"]
    named = {row["url"]: row["artifact"] for row in somebody.job(job_id)["artifacts"]}
    asked = collections.Counter()
    for request in told:
        place = urlsplit(request.url)
        if place.path in events:
            assert request.resource_type == "eventsource"
            continue
        assert f"{place.path}?{place.query}" in named, request.url
        is_film = request.resource_type == "media"
        asked[request.url, request.headers.get("range", "") if is_film else "", is_film] += 1
    assert not {wish: times for wish, times in asked.items() if times > (2 if wish[2] else 1)}
    numbers = [
        int(found[1]) for title in somebody.page.evaluate("window.titles") if (found := re.match(r"(\d+) %", title))
    ]
    assert len(set(numbers)) >= 5, numbers
    assert numbers == sorted(numbers), f"progress goes forward: {numbers}"


def plays(somebody):
    page, video = somebody.page, somebody.page.locator("#player")
    expect(video).to_be_visible()
    page.wait_for_function(LOADED)
    if not page.evaluate(H264):
        somebody.unplayed = True
        return
    assert video.evaluate("(video) => [video.videoWidth, video.videoHeight]") == [1080, 1920]
    video.focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => document.getElementById('player').currentTime > 1")
    page.wait_for_function("() => document.querySelector('#scenes .said')")
    somebody.shot("playing")
    page.keyboard.press("Space")
    assert video.evaluate("(video) => video.error") is None


def shows_where_a_sentence_comes_from(somebody, job_id):
    page = somebody.page
    sentence = page.locator("#scenes .scene").nth(1).locator(".sentence").first
    sentence.click()
    expect(sentence).to_have_attribute("aria-pressed", "true")
    origin = page.locator("#origin")
    expect(origin).to_be_visible()
    quote = origin.locator("blockquote").first.inner_text()
    url = next(row["url"] for row in somebody.job(job_id)["artifacts"] if row["artifact"] == "paper")
    passages = [one["text"] for one in somebody.context.request.get(url).json()["passages"]]
    assert any(quote.strip() in text for text in passages)
    expect(origin.locator("mark").first).not_to_be_empty()
    sheet = origin.locator("details.sheet").first
    if sheet.get_attribute("open") is None:
        sheet.locator("summary").click()
    expect(sheet.locator("img")).to_be_visible()
    assert sheet.locator("svg rect").count() > 0, "the passage is marked on the page"
    sheet.scroll_into_view_if_needed()
    somebody.shot("passage")


def makes_one_scene_again(somebody, job_id, label):
    page = somebody.page
    before = {row["artifact"]: row["seq"] for row in somebody.job(job_id)["artifacts"]}
    row = page.locator("#scenes .scene").nth(1)
    row.get_by_role("button", name="Edit scene").click()
    field = row.get_by_label(label)
    wish = "Clean air and clean water saved them." if label == "What is said" else "Clean air saved them"
    field.fill(wish)
    somebody.shot("editing")
    row.get_by_role("button", name="Save").click()
    if label == "What is said":
        row.get_by_role("button", name="Keep it as my own words").click()
    expect(row).to_have_attribute("data-state", "again")
    assert page.locator("#scenes .scene[data-state=again]").count() == 1
    somebody.shot("made-again")
    page.wait_for_function(ENDED, timeout=FILM)
    expect(row).to_have_attribute("data-state", "ready")
    expect(row).to_contain_text(wish)
    after = {row["artifact"]: row["seq"] for row in somebody.job(job_id)["artifacts"]}
    changed = {name for name, seq in after.items() if seq != before.get(name)}
    number = row.get_attribute("data-scene")
    assert {f"scene.{number}.brief", f"scene.{number}.segment", "video"} <= changed
    assert {name for name in changed if name.startswith("scene.")} <= {
        name for name in after if name.startswith(f"scene.{number}.")
    }
    assert not changed & {"source", "options", "paper", "script"}
    somebody.shot("edited", whole=True)


def downloads(somebody, job_id):
    page = somebody.page
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download", exact=True).click()
    kept = waiting.value
    assert kept.suggested_filename.endswith("video.mp4")
    url = next(row["url"] for row in somebody.job(job_id)["artifacts"] if row["artifact"] == "video")
    assert kept.path().read_bytes() == somebody.context.request.get(url).body()


def shares(somebody):
    page, dialog = somebody.page, somebody.page.locator("#sharing")
    page.get_by_role("button", name="Share").click()
    dialog.get_by_role("button", name="Make a public link").click()
    link = dialog.get_by_label("Public link")
    expect(link).to_be_visible()
    address = link.input_value()
    somebody.shot("shared")
    stranger = somebody.browser.new_context(viewport=page.viewport_size)
    elsewhere = stranger.new_page()
    assert elsewhere.goto(address).status == 200
    elsewhere.wait_for_function(LOADED)
    assert elsewhere.locator("#said .sentence").count() > 3
    expect(elsewhere.get_by_role("link", name="Log in")).to_be_visible()
    somebody.shot("seen-by-a-stranger", elsewhere)
    dialog.get_by_role("button", name="Take it back").click()
    expect(dialog).to_contain_text("The link no longer works.")
    gone = elsewhere.goto(address)
    assert gone.status == 404
    somebody.shot("taken-back", elsewhere)
    assert httpx.get(f"{address}/video").status_code == 404
    stranger.close()
    dialog.get_by_role("button", name="Close").click()


def deletes(somebody, job_id):
    page = somebody.page
    page.locator("summary[aria-label=More]").click()
    page.get_by_role("button", name="Delete …").click()
    somebody.shot("delete")
    page.locator("#deleting").get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile("/videos$"))
    expect(page.locator(f"[data-job='{job_id}']")).to_have_count(0)
    somebody.shot("gone")
    assert somebody.context.request.get(f"/api/v1/jobs/{job_id}").status == 404
    assert somebody.context.request.get(f"/api/v1/jobs/{job_id}/artifacts/video").status == 404
