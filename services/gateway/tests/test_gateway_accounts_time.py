"""What runs out: links, sessions, tokens, lock-outs, counters; time is moved in the database."""

import psycopg
import pytest
from gateway.accounts.counters import Counters
from gateway.accounts.janitor import Janitor
from gateway.accounts.limits import waiting
from gateway.database import open_pool

pytestmark = [pytest.mark.stack]


@pytest.fixture
def later(stack):
    """Let a table's rows run out: they expired a second ago."""

    def run_out(table, **where):
        column, value = next(iter(where.items())) if where else ("true", True)
        with psycopg.connect(stack.postgres_url) as connection:
            query = f"UPDATE {table} SET expires_at = now() - interval '1 second' WHERE {column} = %s"
            assert connection.execute(query, (value,)).rowcount

    return run_out


@pytest.fixture
def database(running, stack):
    with open_pool(stack.postgres_url) as pool:
        yield pool


def test_links_run_out(newcomer, later):
    ada = newcomer()
    ada.register()
    link = ada.link("verify")
    assert ada.http.get(link).status_code == 200
    later("proofs", email=ada.email)
    late = ada.http.get(link)
    assert (late.status_code, "too old or was used before" in late.text) == (404, True)
    assert ada.confirm().status_code == 404


def test_session_runs_out_and_so_does_a_token(newcomer, later):
    ada = newcomer().settle()
    header = {"X-CSRFToken": ada.token()}
    wish = {"name": "x", "expires_at": "2099-01-01T00:00:00Z"}
    assert ada.http.post("/api/v1/tokens", json=wish, headers=header).status_code == 422  # more than ten years
    made = ada.http.post("/api/v1/tokens", json={"name": "x"}, headers=header).json()
    bearer = {"Authorization": f"Bearer {made['token']}"}
    user_id = ada.me().json()["id"]
    assert ada.http.get("/api/v1/me", headers=bearer).status_code == 200
    later("tokens", user_id=user_id)
    assert ada.http.get("/api/v1/me", headers=bearer).status_code == 401
    assert ada.http.get("/api/v1/tokens").json()["tokens"] == []
    later("sessions", user_id=user_id)
    assert ada.me().status_code == 401


def test_lock_out_ends(newcomer, later):
    ada = newcomer().settle()
    for number in range(10):
        ada.log_in(ada.browser(f"198.51.105.{number}"), password="this is not it")
    assert ada.log_in(ada.browser("198.51.105.99")).status_code == 429
    later("counters")
    assert ada.log_in(ada.browser("198.51.105.99")).status_code == 303


def test_janitor_removes_what_has_run_out_and_nothing_else(newcomer, database, later):
    ada, bob = newcomer().settle(), newcomer().settle()
    later("sessions", user_id=ada.me().json()["id"])
    Janitor(database, 30).sweep()
    assert bob.me().status_code == 200
    with database.connection() as connection:
        left = connection.execute("SELECT count(*) AS rows FROM sessions WHERE expires_at < now()").fetchone()
    assert left == {"rows": 0}


def test_counters_count_within_their_window_and_begin_again_after_it(database, later):
    counters = Counters(database=database)
    assert [counters.incr("a window", 60) for _ in range(3)] == [1, 2, 3]
    again = Counters(database=database)
    assert again.incr("another", 60) == 1
    assert again.get("a window") == 3
    assert 50 < again.get_expiry("a window") - again.get_expiry("another") + 60 <= 60.5
    later("counters", key="a window")
    counters.incr("another", 60)
    assert counters.get("a window") == 0
    assert counters.incr("a window", 60, amount=5) == 5
    counters.clear("a window")
    assert counters.get("a window") == 0


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "a second"), (89, "89 seconds"), (91, "2 minutes")])
def test_waiting_is_said_in_words(seconds, text):
    assert waiting(seconds) == text
