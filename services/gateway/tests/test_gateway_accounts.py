"""The life of an account, as a person with a browser has it."""

import re
from pathlib import Path

import gateway
import httpx
import pytest
from gateway.pages.acts import WORDS

pytestmark = [pytest.mark.stack]


def wrong(answer):
    """The sentences that a page says are wrong."""
    return re.findall(r'<div class="notice bad" role="alert">(.*?)</div>', answer.text, re.DOTALL)


def test_newcomer_registers_confirms_by_the_mail_page_and_is_in(newcomer):
    ada = newcomer()
    page = ada.http.get("/register", params={"code": ada.code})
    assert f'value="{ada.code}"' in page.text
    sent = ada.register()
    assert sent.status_code == 303
    assert "Look into your mail" in ada.http.get(sent.headers["location"]).text
    link = ada.link("verify")
    assert ada.me().status_code == 401
    assert ada.email in ada.http.get(link).text
    assert "The e-mail address or the password is wrong" in ada.post(link, password="not the password").text
    assert ada.confirm().status_code == 303
    me = ada.me().json()
    assert (me["email"], me["name"], me["verified"], me["role"]) == (ada.email, "Ada", True, "user")
    assert me["statistics"] == {"videos": 0, "minutes": 0, "running": 0, "failed": 0}
    assert me["quota"]["jobs_used"] == 0
    assert ada.http.get(link).status_code == 404  # it served once


def test_account_page_shows_who_it_is(newcomer):
    ada = newcomer().settle()
    page = ada.http.get("/account")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert ada.email in page.text
    assert "(this one)" in page.text
    saved = ada.post("/account/profile", **{"profile-name": "Ada <b>L</b>"})
    assert saved.status_code == 303
    assert "Ada &lt;b&gt;L&lt;/b&gt;" in ada.http.get("/account").text
    assert ada.me().json()["name"] == "Ada <b>L</b>"


def test_unverified_user_may_look_but_not_submit_and_has_the_mail_sent_again(newcomer):
    ada = newcomer()
    ada.register()
    assert ada.log_in().status_code == 303
    assert ada.me().json()["verified"] is False
    header = {"X-CSRFToken": ada.token()}
    refused = ada.http.post("/api/v1/jobs", json={"reference": "10.1000/182"}, headers=header)
    assert (refused.status_code, refused.json()["code"]) == (403, "usage.unverified")
    token = ada.http.post("/api/v1/tokens", json={"name": "mine"}, headers=header)
    assert token.json()["code"] == "usage.unverified"
    assert "Send the mail again" in ada.http.get("/account").text
    first = ada.link("verify")
    assert ada.post("/account/confirmation").status_code == 303
    assert len(ada.mails()) == 2
    assert ada.http.get(first).status_code == 404
    assert ada.post(ada.link("verify")).status_code == 303  # logged in: no password is asked
    assert ada.me().json()["verified"] is True


def test_known_address_gets_the_same_answer_and_its_owner_a_mail(newcomer):
    ada, eve = newcomer().settle(), newcomer()
    fresh = eve.register()
    eve.email = ada.email
    known = eve.register()
    assert (known.status_code, known.headers["location"]) == (fresh.status_code, fresh.headers["location"])
    assert "You have an account already" in ada.mails()[0]
    assert eve.log_in().status_code == 303, "the password is still Ada's, and the same"
    pages = [eve.post("/forgot", email=email) for email in (ada.email, "nobody-at-all@example.org")]
    assert pages[0].status_code == pages[1].status_code == 303
    assert pages[0].headers["location"] == pages[1].headers["location"]


def test_unconfirmed_account_of_somebody_else_cannot_be_confirmed_without_its_password(newcomer):
    eve, ada = newcomer(), newcomer()
    eve.email, eve.password = ada.email, "a password of Eve's"
    eve.register()
    ada.register()
    assert ada.confirm().status_code == 403
    ada.post("/forgot", email=ada.email)
    assert ada.post(ada.link("reset"), password=ada.password).status_code == 303
    assert ada.log_in().status_code == 303
    assert ada.me().json()["verified"] is True
    assert eve.log_in().status_code == 403


def test_wrong_password_and_unknown_address_read_the_same(newcomer):
    ada = newcomer().settle()
    bob = newcomer()
    answers = [bob.log_in(email=email, password="this is not it") for email in (ada.email, bob.email, "no address")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert {tuple(wrong(answer)) for answer in answers} == {("The e-mail address or the password is wrong.",)}


def test_codes_that_are_unknown_or_used_up_register_nobody(newcomer, running):
    made = running.http.post(f"{running.api}/admin/codes", json={"uses": 1}).json()
    ada, bob = newcomer(), newcomer()
    ada.code = bob.code = made["code"]
    assert ada.register().status_code == 303
    for code in (made["code"], "guessed", "\x00"):
        bob.code = code
        assert bob.register().status_code == 422
    assert not bob.mails()


def test_poor_passwords_and_addresses_are_refused(newcomer):
    ada = newcomer()
    for password in ("short", "aaaaaaaaaaaaaa", "x" * 201):
        ada.password = password
        assert ada.register().status_code == 422
    ada.password, ada.email = "a hill of papers", "ada@@example"
    assert ada.register().status_code == 422
    assert "no e-mail address" in ada.register().text


def test_password_is_reset_once_and_all_sessions_end(newcomer):
    ada = newcomer().settle()
    other = ada.browser("198.51.100.7")
    assert ada.log_in(other).status_code == 303
    ada.post("/forgot", email=ada.email.upper())
    link = ada.link("reset")
    assert ada.http.get(link).status_code == 200
    assert ada.post(link, password="another hill of papers").status_code == 303
    assert ada.post(link, password="a third hill of papers").status_code == 404
    assert "Your password was changed" in ada.mails()[0]
    assert ada.me().status_code == ada.me(other).status_code == 401
    assert ada.log_in().status_code == 403
    assert ada.log_in(password="another hill of papers").status_code == 303


def test_change_of_password_gives_a_new_session_and_ends_the_others(newcomer):
    ada = newcomer().settle()
    other = ada.browser()
    ada.log_in(other)
    before = ada.http.cookies["hiddenhill"]
    form = {"password-old": "it was another", "password-new": "fresh hills and papers"}
    assert ada.post("/account/password", **form).status_code == 403
    form["password-old"] = ada.password
    assert ada.post("/account/password", **form).status_code == 303
    assert ada.me().status_code == 200
    assert ada.me(other).status_code == 401
    ada.http.cookies.clear()
    ada.http.cookies["hiddenhill"] = before
    assert ada.me().status_code == 401


def test_address_changes_once_the_new_one_has_confirmed(newcomer):
    ada, eve = newcomer().settle(), newcomer()
    old, new = ada.email, f"new-{ada.email}"
    form = {"email-email": new, "email-password": "not this"}
    assert ada.post("/account/email", **form).status_code == 403
    form["email-password"] = ada.password
    assert ada.post("/account/email", **form).status_code == 303
    assert ada.me().json()["email"] == old
    ada.email = new
    link = ada.link("verify")
    assert eve.post(link, password="a password of Eve").status_code == 403
    assert ada.post(link).status_code == 303
    assert ada.me().json()["email"] == new
    ada.email = old
    assert "Your e-mail address was changed" in ada.mails()[0]
    assert ada.log_in(eve.http).status_code == 403
    assert ada.log_in(eve.http, email=new).status_code == 303


def test_address_of_somebody_else_is_not_taken_and_not_told(newcomer):
    ada, bob = newcomer().settle(), newcomer().settle()
    form = {"email-email": bob.email, "email-password": ada.password}
    assert ada.post("/account/email", **form).status_code == 303
    assert "You have an account already" in bob.mails()[0]
    assert ada.me().json()["email"] == ada.email


def test_deleted_account_is_gone_with_its_jobs_and_leaves_no_address(newcomer, running):
    ada = newcomer().settle()
    header = {"X-CSRFToken": ada.token()}
    job = ada.http.post("/api/v1/jobs", json={"reference": "10.1000/182"}, headers=header).json()["id"]
    token = ada.http.post("/api/v1/tokens", json={"name": "mine"}, headers=header).json()["token"]
    user_id = ada.me().json()["id"]
    assert ada.post("/account/delete", **{"delete-password": ada.password}).status_code == 422
    form = {"delete-password": ada.password, "delete-sure": "y"}
    assert ada.post("/account/delete", **(form | {"delete-password": "not this"})).status_code == 403
    assert ada.post("/account/delete", **form).status_code == 303
    assert ada.me().status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{running.api}/me", headers=bearer).status_code == 401
    assert ada.log_in().status_code == 403
    acts = running.http.get(f"{running.api}/admin/audit", params={"action": "account.delete"}).json()["acts"]
    mine = next(act for act in acts if act["user_id"] == user_id)
    assert mine["address"] == ""
    jobs = running.http.get(f"{running.api}/admin/jobs", params={"limit": 200}).json()["jobs"]
    assert job not in [row["id"] for row in jobs]
    again = newcomer()
    again.email = ada.email
    assert again.settle().me().json()["id"] != user_id


def test_mails_are_shown_to_nobody_who_comes_through_the_net(newcomer, running):
    ada = newcomer().settle()
    assert ada.http.get("/mail").status_code == 404
    assert httpx.get(f"{running.url}/mail", headers={"X-Real-IP": "127.0.0.1"}).status_code == 404
    assert httpx.get(f"{running.url}/mail").status_code == 200
    assert running.http.get(f"{running.url}/mail", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 200


def test_login_leads_to_own_pages_only(newcomer):
    ada = newcomer().settle()
    for wished, got in (
        ("/account?x=1", "/account?x=1"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/%09/evil.example", "/%09/evil.example"),
        ("/\t/evil.example", "/"),
        ("", "/"),
    ):
        browser = ada.browser()
        form = {"email": ada.email, "password": ada.password, "csrf_token": ada.token(browser)}
        answer = browser.post("/login", params={"next": wished}, data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, got)


def test_visitor_is_sent_to_the_login_and_back(newcomer):
    answer = newcomer().http.get("/account")
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/login?next=/account")


def test_logout_ends_the_session_itself(newcomer):
    ada = newcomer().settle()
    kept = ada.http.cookies["hiddenhill"]
    assert ada.post("/logout").status_code == 303
    ada.http.cookies.clear()
    ada.http.cookies["hiddenhill"] = kept
    assert ada.me().status_code == 401


def test_every_act_in_the_audit_log_has_words():
    source = Path(gateway.__file__).parent
    lines = [line for path in source.rglob("*.py") for line in path.read_text().splitlines()]
    noting = "".join(line for line in lines if "note(" in line or "_write(" in line)
    acts = set(re.findall(r'(?<!\[)"([a-z]+(?:\.[a-z-]+)?)"', noting))
    assert len(acts) > 20
    assert acts <= set(WORDS)
