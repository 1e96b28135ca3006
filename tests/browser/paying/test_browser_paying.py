"""Pages that speak of money and of verdicts, in a real browser on a real gateway."""

import re

import pytest
from chassis.errors import Fatal, SourceError, UsageError
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
WHY = "12 % is not in the passage"


def test_wish_is_priced_as_it_changes_and_goes_into_the_job(somebody, shoot, played):
    page = somebody.page
    page.goto("/")
    expect(page.get_by_label("Who writes")).to_be_hidden()
    shoot("home")
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Audience").select_option("student")
    page.get_by_label("Tone").select_option("lively")
    page.get_by_label("Who writes").select_option("gemini")
    estimate = page.locator("#estimate")
    expect(estimate).to_contain_text("Give it a budget")
    page.get_by_label("Budget, in dollars").fill("0.01")
    expect(estimate).to_contain_text("too small")
    shoot("too-small")
    page.get_by_label("Budget, in dollars").fill("2")
    expect(estimate).to_contain_text(re.compile(r"About \$0\.\d+: script \$0\.\d+, voice \$0\.\d+\.$"))
    expect(page.locator("#price")).to_contain_text("About $0.")
    shoot("priced")
    page.locator("#reference").fill("10.1000/182")
    page.get_by_role("button", name="Make video").click()
    expect(page).to_have_url(re.compile("/jobs/[^/]+$"))
    options = somebody.job(page.url.rpartition("/")[2])["options"]
    assert options.items() >= {"audience": "student", "tone": "lively", "writer": "gemini", "budget": 2.0}.items()
    assert not somebody.wrong


def test_video_shows_each_verdict_what_was_left_out_and_what_it_cost(somebody, shoot, played):
    job_id = played.submit(budget=1.0, footage=True)
    played.write(job_id)
    played.finish(job_id)
    played.pay(job_id)
    page = somebody.page
    page.goto(f"/jobs/{job_id}")
    scenes = page.locator("#scenes .scene")
    expect(scenes).to_have_count(3)
    expect(scenes.nth(0)).to_contain_text("✓ traced to 1 passage · numbers, direction, names checked")
    expect(scenes.nth(1)).to_contain_text("Your own words")
    expect(scenes.nth(1)).to_contain_text("Moving picture by Runway gen4.5")
    expect(scenes.nth(2)).to_contain_text("Edited by you")
    expect(scenes.nth(2)).to_contain_text("No moving picture: the budget was used up before its turn.")
    scenes.nth(0).locator(".sentence").click()
    origin = page.locator("#origin")
    for row in (("Numbers", "all match"), ("Direction", "same"), ("Meaning", "0.91")):
        expect(origin.locator("dl")).to_contain_text(re.compile("".join(row)))
    scenes.nth(1).locator(".sentence").nth(1).click()
    expect(origin.locator("dl")).to_contain_text(WHY)
    page.get_by_text("2 sentences were written and not used").click()
    dropped = page.locator("#dropped")
    expect(dropped).to_contain_text(f"tried 2 times; {WHY}")
    page.get_by_text("$0.61 of $1.00 spent").click()
    costs = page.locator("#costs")
    expect(costs).to_contain_text("cut off, repeated")
    expect(costs).to_contain_text("had been paid for before")
    shoot("verdicts")
    assert not somebody.wrong


def test_unsupported_edit_says_why_at_its_scene_and_may_be_kept(somebody, shoot, played):
    job_id = played.submit()
    played.write(job_id)
    played.until_made(job_id, "scene.2.brief")
    page = somebody.page
    page.goto(f"/jobs/{job_id}")
    row = page.locator("#scene-2")
    row.get_by_role("button", name="Edit scene").click()
    row.get_by_label("What is said").fill("Nurses saved twelve per cent.")
    row.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("not checked yet")
    why = UsageError("usage.unsupported", f"“Nurses saved twelve per cent.”: {WHY}. Change it, or keep it as your own.")
    played.fail(job_id, "narrate", 2, why)
    keep = row.get_by_role("button", name="Keep it as my own words")
    expect(keep).to_be_visible()
    expect(row).to_contain_text(WHY)
    expect(page.locator("#see")).to_be_visible()
    expect(page.locator("#retry")).to_be_hidden()
    shoot("unsupported")
    keep.click()
    expect(row).to_contain_text("Your own words")
    expect(keep).to_be_hidden()
    assert not somebody.wrong


def test_budget_that_is_spent_is_raised_on_the_page(somebody, shoot, played):
    job_id = played.submit(budget=1.0)
    played.write(job_id)
    played.pay(job_id)
    message = "The next call to gemini may cost $0.60, and $0.39 is left of the budget of $1.00; raise it, and retry."
    played.fail(job_id, "narrate", 1, Fatal("budget.spent", message))
    page = somebody.page
    page.goto(f"/jobs/{job_id}")
    field = page.get_by_label("Budget, in dollars")
    expect(field).to_have_value("2")
    shoot("spent")
    field.fill("500")
    page.get_by_role("button", name="Raise it").click()
    expect(page.locator("#wrong")).to_contain_text("set a lower budget")
    field.fill("3")
    page.get_by_role("button", name="Raise it").click()
    expect(field).to_be_hidden()
    somebody.until(lambda: somebody.job(job_id)["costs"]["budget"] == 3.0)


def test_wait_for_a_provider_is_told_with_its_time(somebody, played):
    job_id = played.submit()
    played.write(job_id)
    page = somebody.page
    page.goto(f"/jobs/{job_id}")
    page.locator("#scene-1").wait_for()
    played.wait(job_id, 6)
    expect(page.locator("#now")).to_contain_text(re.compile(r"Waits for Gemini; goes on at \d"))
    somebody.shot("waits")
    expect(page.locator("#now")).not_to_contain_text("Waits", timeout=12_000)


def test_retracted_paper_is_made_all_the_same_by_a_click(somebody, shoot, played):
    job_id = played.submit(seconds=30)
    played.until_made(job_id, "source")
    why = SourceError("source.retracted", "This paper was retracted in 2010; a video of it would spread what is wrong.")
    played.fail(job_id, "fetch", None, why)
    page = somebody.page
    page.goto(f"/jobs/{job_id}")
    button = page.get_by_role("button", name="Make it all the same")
    expect(button).to_be_visible()
    shoot("retracted")
    button.click()
    expect(page).not_to_have_url(re.compile(job_id))
    options = somebody.job(page.url.rpartition("/")[2])["options"]
    assert (options["force"], options["seconds"]) == (True, 30)


def test_own_key_is_kept_and_forgotten_on_the_account_page(somebody, shoot, played):
    page = somebody.page
    page.goto("/account#providers")
    section = page.locator("#providers")
    expect(section).to_contain_text("no key; set HIDDENHILL_RUNWAY_API_KEY")
    section.get_by_label("Provider", exact=True).select_option("runway")
    section.get_by_label("Key", exact=True).fill("key_0123456789-wxyz")
    section.get_by_role("button", name="Keep the key").click()
    expect(page.get_by_text("Your key is kept")).to_be_visible()
    expect(section).to_contain_text("ends in wxyz")
    expect(section).to_contain_text("with your key")
    shoot("key")
    page.goto("/")
    page.get_by_text("More", exact=True).click()
    expect(page.get_by_label("Moving pictures by Runway")).to_be_visible()
    shoot("films")
    page.goto("/account#providers")
    section.get_by_role("button", name="Remove the key for Runway").click()
    expect(page.get_by_text("The key is forgotten.")).to_be_visible()
    page.goto("/admin/health")
    shoot("health")
