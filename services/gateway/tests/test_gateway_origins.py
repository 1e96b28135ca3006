"""Pages of other sites: refused, but for those whose origin the operator has allowed, and then without cookies."""

import httpx

PAGE = "https://lab.example"


def test_pages_of_an_allowed_origin_may_use_the_api_with_a_token(start):
    gateway = start(HIDDENHILL_ALLOWED_ORIGINS=PAGE)
    gateway.wait()
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answer = httpx.options(f"{gateway.api}/jobs", headers=asked)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, PAGE)
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in answer.headers
    listed = gateway.http.get(f"{gateway.api}/jobs", headers={"Origin": PAGE})
    assert (listed.status_code, listed.headers["access-control-allow-origin"]) == (200, PAGE)
    assert httpx.get(f"{gateway.api}/jobs", headers={"Origin": PAGE}).status_code == 401
    with gateway.http.stream("GET", f"{gateway.api}/events", headers={"Origin": PAGE}) as events:
        assert (events.status_code, events.headers["access-control-allow-origin"]) == (200, PAGE)
    with httpx.stream("GET", f"{gateway.api}/events", headers={"Origin": PAGE}) as events:
        assert (events.status_code, events.headers["access-control-allow-origin"]) == (401, PAGE)


def test_no_other_page_may_even_ask(running):
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
    answer = httpx.options(f"{running.api}/jobs", headers=asked)
    assert (answer.status_code, answer.json()["code"]) == (403, "usage.origin")
    assert "access-control-allow-origin" not in answer.headers
