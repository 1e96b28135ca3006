"""Odd requests to accounts and administration get documented answers: what the OpenAPI document says, and no other."""

import re

import httpx
import pytest

pytestmark = [pytest.mark.stack]

BODIES = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"[" * 100_000,
    b"\xff\xfe",
    b'{"name": "\\u0000", "note": "\\u0000"}',
    b'{"name": "\\ud800", "note": "\\ud800"}',
    b'{"name": "x", "expires_at": "0001-01-01T00:00:00+14:00"}',
    b'{"name": "x", "expires_at": "9999-12-31T23:59:59-14:00"}',
    b'{"name": "x", "expires_at": 1e300}',
    b'{"uses": 1e300, "role": "king"}',
    b'{"uses": 999999999999999999999999}',
    b'{"quota": {"jobs": 1e300, "minutes": NaN, "money": Infinity}}',
    b'{"role": null, "blocked": null, "quota": null}',
)
QUERIES = (
    "cursor=-1",
    "cursor=99999999999999999999999",
    "cursor=%00",
    "limit=0",
    "limit=x",
    "text=%00",
    "text=%25%5F%5C",
    "text=%ED%A0%80",
    "blocked=maybe",
    "code=%00",
    "action=%00",
    "state=odd",
    "since=99999-01-01",
)
IDS = ("x", "%00", "..%2f", "a" * 300, "%ED%A0%80", "\N{SNOWMAN}", "local", "' OR 1=1 --")


@pytest.fixture(scope="module")
def document(running):
    return running.http.get(f"{running.url}/api/openapi.json").json()["paths"]


def ours(document):
    for path, operations in document.items():
        if re.match(r"/api/v1/(admin|me|tokens|sessions)(/|$)", path):
            for method, operation in operations.items():
                yield method.upper(), path, {int(status) for status in operation["responses"]}


def odd(method, path):
    """Odd ways to ask for this path."""
    plain = re.sub("{[^}]*}", "nobody", path)
    if method in ("POST", "PATCH"):
        for body in BODIES:
            yield plain, {"content": body, "headers": {"Content-Type": "application/json"}}
        yield plain, {"content": b"{}", "headers": {"Content-Type": "text/plain"}}
    if method == "GET":
        for query in QUERIES:
            yield f"{plain}?{query}", {}
    if "{" in path:
        for name in IDS:
            yield re.sub("{[^}]*}", name, path), {}


def test_odd_bodies_queries_and_ids_are_refused_as_documented(document, running):
    wrong = []
    with httpx.Client(headers=running.login, verify=False, timeout=20) as program:
        for method, path, known in ours(document):
            for asked, more in odd(method, path):
                answer = program.request(method, running.url + asked, **more)
                kind = answer.headers.get("content-type")
                if answer.status_code not in known | {405} or (answer.is_error and kind != "application/problem+json"):
                    wrong.append((method, asked, str(more)[:120], answer.status_code, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("path", ["/login", "/register", "/forgot", "/verify/x", "/reset/x"])
def test_odd_forms_get_a_page_and_no_failure(newcomer, path):
    ada = newcomer()
    for value in ("\x00", "x" * 5000, "\N{SNOWMAN}@\N{SNOWMAN}", "a@[127.0.0.1]", "a\nb@example.org", "ａ@example.org"):
        form = dict.fromkeys(("email", "password", "code", "name"), value)
        answer = ada.post(path, **form)
        assert answer.status_code in (403, 404, 422), answer.text
        assert answer.headers["content-type"].startswith("text/html")


def test_form_of_a_visitor_is_bounded(newcomer):
    ada = newcomer()
    assert ada.post("/login", email="x" * 1_000_000, password="x").status_code == 413
