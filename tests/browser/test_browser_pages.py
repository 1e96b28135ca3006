"""The pages beside the main road: the review of a script, the keyboard, my videos, and what axe says of them all."""

import re
from urllib.parse import urlsplit

import httpx
import pytest
from chassis.testing import until
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]
FILM = 90_000
"""Milliseconds that a video of the sample may take."""


def state(page, wanted, patience=FILM):
    page.wait_for_function(
        "(wanted) => document.getElementById('job').dataset.state === wanted", arg=wanted, timeout=patience
    )


def test_script_is_reviewed_before_anything_is_drawn_and_the_grid_shows_how_it_goes_on(visit, sample):
    somebody = visit("reviewer").register()
    page = somebody.page
    somebody.give(sample)
    job_id = somebody.make(review=True)
    state(page, "review")
    expect(page.get_by_text("The script is ready for you.")).to_be_visible()
    somebody.shot("review")
    row = page.locator("#scenes .scene").first
    row.get_by_role("button", name="Edit scene").click()
    row.get_by_label("What is said").fill("Dirt killed more soldiers than the enemy.")
    row.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Edited by you")
    state(page, "failed", 30_000)
    expect(row).to_contain_text("is not supported by the paper")
    somebody.shot("unsupported")
    row.get_by_role("button", name="Keep it as my own words").click()
    state(page, "review", 30_000)
    expect(row).to_contain_text("Your own words")
    made = {each["artifact"] for each in somebody.job(job_id)["artifacts"]}
    assert not any(name.endswith((".narration", ".segment")) for name in made), "nothing is spoken or drawn yet"

    grid = somebody.context.new_page()
    asked = []
    grid.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright marks what it calls
    grid.goto("/videos")
    tile = grid.locator(f"[data-job='{job_id}']")
    expect(tile).to_have_attribute("data-state", "review")
    page.get_by_role("button", name="Make the video").click()
    expect(tile).to_have_attribute("data-state", "running")
    expect(tile.locator("[data-part=bar]")).to_be_visible()
    somebody.shot("grid-running", grid)
    expect(tile).to_have_attribute("data-state", "done", timeout=FILM)
    expect(tile.locator("img")).to_be_visible()
    expect(tile.get_by_role("link", name="Download")).to_be_visible()
    somebody.shot("grid-done", grid)
    paths = [urlsplit(request.url).path for request in asked if "/api/" in request.url]
    assert paths == ["/api/v1/events", f"/api/v1/jobs/{job_id}/artifacts/thumbnail"], "no request but the stream's"
    state(page, "done")
    url = next(each["url"] for each in somebody.job(job_id)["artifacts"] if each["artifact"] == "transcript")
    said = somebody.context.request.get(url).json()["scenes"][0]["sentences"]
    assert [sentence["text"] for sentence in said] == ["Dirt killed more soldiers than the enemy."]
    expect(row).to_contain_text("Your own words")
    somebody.shot("approved-and-done")


def test_keyboard_alone_gets_from_home_to_a_video_in_the_making(visit, sample):
    somebody = visit("keyboard").register()
    page = somebody.page
    page.on("filechooser", lambda window: window.set_files(sample))  # early: Chromium is told without being waited for
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tab_to(page, page.locator("#reference"))
    tab_to(page, page.locator("#file"))
    page.keyboard.press("Enter")
    expect(page.locator("#chosen")).to_be_visible()
    page.locator("#file").focus()  # a real window of files gives the focus back
    tab_to(page, page.get_by_role("button", name="Make video"))
    tab_to(page, page.get_by_label("Review script first"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/jobs/[^/]+$"))
    state(page, "review")
    tab_to(page, page.locator("#approve"))
    somebody.shot("approve-has-the-focus")
    tab_to(page, page.locator("#scenes .sentence").nth(1))
    page.keyboard.press("Enter")
    expect(page.locator("#origin blockquote").first).to_be_visible()
    somebody.shot("passage")
    tab_to(page, page.locator("#scenes").get_by_role("button", name="Edit scene").nth(1))
    page.keyboard.press("Enter")
    expect(page.locator("#scenes textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#scenes").get_by_role("button", name="Edit scene").nth(1)).to_be_focused()
    page.keyboard.press("Shift+Tab")


def tab_to(page, target):
    """Press Tab until it has the focus; wherever the focus is on the way, one can see it."""
    for _ in range(40):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
                const style = getComputedStyle(document.activeElement);
                const around = document.activeElement.parentElement;
                const outer = getComputedStyle(around);
                const wider = getComputedStyle(around.parentElement ?? around);
                return [style, outer, wider].some((one) => one.outlineStyle !== "none" || one.boxShadow !== "none");
            }"""
        )
        assert seen or page.evaluate("document.activeElement === document.body"), page.evaluate(
            "document.activeElement.outerHTML"
        )
        if target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {target}")


def test_file_that_is_no_paper_says_why_and_what_to_do_everywhere(visit, tmp_path):
    somebody = visit("unlucky", "phone").register()
    page = somebody.page
    empty = tmp_path / "notes.pdf"
    empty.write_bytes(b"just some words")
    somebody.give(empty)
    page.get_by_role("button", name="Make video").click()
    expect(page.locator("#wrong")).to_contain_text("This is no PDF, DOCX or XML file")
    somebody.shot("refused")
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing that a reader understands\n%%EOF")
    somebody.give(broken)
    job_id = somebody.make()
    state(page, "failed", 30_000)
    reason = page.locator("#problem-text")
    expect(reason).to_be_visible()
    said = reason.inner_text()
    expect(page.get_by_role("link", name="Use another file")).to_be_visible()
    somebody.shot("failed")
    page.goto("/videos?text=broken&state=failed")
    tile = page.locator(f"[data-job='{job_id}']")
    expect(tile.locator("[data-part=status]")).to_contain_text(said.split(". ")[0][:40])
    somebody.shot("failed-in-the-grid")
    tile.get_by_role("button", name="Retry").click()
    expect(tile).to_have_attribute("data-state", re.compile("queued|running|failed"))
    tile.get_by_role("button", name="Delete").click()
    page.locator("#sure").get_by_role("button", name="Delete").click()
    expect(tile).to_have_count(0)
    page.goto("/videos?text=broken")
    expect(page.get_by_text("No video matches.")).to_be_visible()


@pytest.fixture(scope="module")
def shown(up, sample):
    """Videos of the machine's own user in each state: {state: id}, and a public link."""
    client = httpx.Client(base_url=f"{up.url}/api/v1", headers={"Authorization": f"Bearer {up.token}"}, timeout=30)
    with client, sample.open("rb") as paper:
        whole = paper.read()
        wishes = {
            "done": (whole, '{"seconds": 20}'),
            "review": (whole, '{"seconds": 20, "review": true}'),
            "failed": (b"%PDF-1.7\nbroken\n%%EOF", "{}"),
        }
        jobs = {}
        for wanted, (data, options) in wishes.items():
            form = {"files": {"file": ("nightingale.pdf", data)}, "data": {"options": options}}
            jobs[wanted] = client.post("/jobs", **form).raise_for_status().json()["id"]
        for wanted, job_id in jobs.items():
            until(lambda at=job_id, so=wanted: client.get(f"/jobs/{at}").json()["state"] == so, 90)
        share = client.put(f"/jobs/{jobs['done']}/share").raise_for_status().json()["share"]
    return jobs | {"share": share}


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_axe_finds_nothing_serious_for_visitors(visit, faults, shown, size):
    somebody = visit(f"axe-visitor-{size}", size)
    paths = ["/", "/register", "/login", "/forgot", "/sent", "/sent?about=forgot", "/mail", "/api/openapi"]
    look_at(somebody, faults, [*paths, "/verify/nothing", "/nowhere", f"/s/{shown['share']}", "/s/taken-back-long-ago"])


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_axe_finds_nothing_serious_for_users_and_administrators(visit, up, faults, shown, size):
    somebody = visit(f"axe-{size}", size, extra_http_headers={"Authorization": f"Bearer {up.token}"})
    jobs = [f"/jobs/{shown[each]}" for each in ("done", "review", "failed")]
    me = httpx.get(f"{up.url}/api/v1/me", headers={"Authorization": f"Bearer {up.token}"}).json()["id"]
    admin = [f"/admin{rest}" for rest in ("", "/users", f"/users/{me}", "/codes", "/jobs", "/failures", "/health")]
    look_at(somebody, faults, ["/", "/videos", "/videos?text=nothing-of-this-name", *jobs, "/account", *admin])


def look_at(somebody, faults, paths):
    """Let axe look at each page in light and in dark, with its dialogs."""
    page, found = somebody.page, []
    for path in paths:
        page.goto(path)
        if page.locator("#job").count():
            page.locator("#scenes .scene:visible, #problem-text:visible").first.wait_for()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(200)  # colours change slowly
            found += [f"{scheme}: {fault}" for fault in faults(page)]
            if scheme == "dark":
                somebody.shot(re.sub(r"\W+", "-", path.replace("/", "-", 1))[:30].strip("-") or "home", whole=True)
    assert not found, "\n\n".join(found)
