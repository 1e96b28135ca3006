"""Somebody looks at how a video's time was spent, at a desk and on a phone, by day and by night."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(300)]


def test_timeline_is_on_the_page_of_the_video_and_fits_every_window(visit, sample, faults):
    somebody = visit("timeline").register()
    page = somebody.page
    somebody.give(sample)
    job_id = somebody.make()
    somebody.until(lambda: somebody.job(job_id)["state"] == "done", 110)
    page.wait_for_timeout(2500)  # spans are kept a second or two after they ended
    page.get_by_text("Timeline", exact=True).click()
    expect(page.locator("#timing")).to_contain_text("Critical path: Read → Write")
    for size, width, height in (("desk", 1440, 900), ("tablet", 820, 1100), ("phone", 390, 844)):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            page.locator("#timeline").scroll_into_view_if_needed()
            assert page.locator("#timeline svg.timeline:visible").count() == 1
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, size
            somebody.shot(f"{size}-{scheme}", whole=True)
            assert not faults(page)
    page.goto(f"/jobs/{job_id}/timeline")
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    drawn = page.locator("svg.timeline:visible")
    assert "Critical path" in drawn.locator("desc").text_content()
    assert drawn.locator("rect.run").count() >= 10
    for size, width, height in (("own-desk", 1280, 800), ("own-phone", 390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        somebody.shot(size, whole=True)
        assert not faults(page)
    assert not somebody.wrong
