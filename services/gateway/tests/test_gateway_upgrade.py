"""What the gateway does while two versions run: migrating beside work, and reading what only the newer one says."""

import asyncio
import shutil
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import psycopg
import pytest
from chassis.bus import NatsBus
from chassis.stage import Rule
from cli.stack import Stack
from gateway import database
from gateway.ledger.costs import calls_of
from gateway.ledger.hub import Circle, Hub
from gateway.ledger.rulebook import Rulebook
from hiddenhill.v1.events_pb2 import Call, Costs

RULE = Rule("film", "Film", "1", "renderer", ("script",), ("film",), False, ("film",))


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("home"), services=()) as servers:
        database.migrate(servers.postgres_url)
        yield servers


@pytest.fixture
def pool(servers):
    with database.open_pool(servers.postgres_url) as pool:
        yield pool


@pytest.fixture
def next_schema(tmp_path, monkeypatch):
    """Migrations with one more, that needs a table for itself."""
    migrations = tmp_path / "migrations"
    shutil.copytree(database._MIGRATIONS, migrations)
    (migrations / "9000-next.sql").write_text("ALTER TABLE jobs ADD COLUMN next text NOT NULL DEFAULT '';")
    monkeypatch.setattr(database, "_MIGRATIONS", migrations)
    monkeypatch.setattr(database, "_PAUSE", 0.1)


def somebody_waits(servers):
    """Whether somebody waits for a lock."""
    with psycopg.connect(servers.postgres_url) as connection:
        return connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND relation IS NOT NULL").fetchone()


@pytest.mark.stack
def test_migration_gives_way_where_a_table_is_in_use_and_goes_through_later(servers, next_schema):
    with psycopg.connect(servers.postgres_url) as busy, psycopg.connect(servers.postgres_url, autocommit=True) as other:
        busy.execute("SELECT count(*) FROM jobs")  # and the transaction stays open
        blocked = []

        def read():
            while not somebody_waits(servers):
                time.sleep(0.02)  # from now on the migration waits for the table, and we wait behind it
            began = time.monotonic()
            other.execute("SELECT count(*) FROM jobs")
            blocked.append(time.monotonic() - began)

        reader = threading.Thread(target=read)
        reader.start()
        with pytest.raises(psycopg.OperationalError):
            database.migrate(servers.postgres_url)
        reader.join()
        assert 0.1 < blocked[0] < database._LOCK_SECONDS + 1
        busy.rollback()
    database.migrate(servers.postgres_url)
    with psycopg.connect(servers.postgres_url) as connection:
        assert connection.execute("SELECT next FROM jobs").fetchall() == []


@pytest.mark.stack
def test_version_before_a_migration_starts_on_the_schema_after_it(servers, next_schema, monkeypatch):
    database.migrate(servers.postgres_url)
    monkeypatch.undo()
    assert not list(database._MIGRATIONS.glob("9*"))
    database.migrate(servers.postgres_url)


def test_state_of_a_call_that_is_not_known_yet_counts_as_open():
    costs = Costs(job_id="job1", calls=[Call(key="a", state=77), Call(key="b", state="CALL_STATE_PAID")])
    assert [call["state"] for call in calls_of(costs)] == ["open", "paid"]


async def _ask(offers):
    while True:
        await offers.next()


async def _until(bus, workers):
    for _ in range(200):
        if await bus.workers("film") == workers:
            return
        await asyncio.sleep(0.05)


def _forget(servers, stage):
    command = [sys.executable, "-m", "gateway", "forget", stage]
    env = servers.environment() | {"PATH": "/usr/bin:/bin"}
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.stack
async def test_stage_is_forgotten_once_nobody_works_for_it(servers, pool):
    settings = servers.settings
    bus = await NatsBus.connect(settings, "test")
    try:
        offers = await bus.offers(RULE, ack_wait=15, max_attempts=8)
        book = Rulebook(bus, pool)
        await book.refresh()
        assert book.rules == (RULE,)
        asking = asyncio.create_task(_ask(offers))
        await _until(bus, 1)
        code, told = await asyncio.to_thread(_forget, servers, "film")
        assert (code, "end it first" in told) == (2, True)
        asking.cancel()
        await asyncio.wait([asking])
        await _until(bus, 0)
        code, told = await asyncio.to_thread(_forget, servers, "film")
        assert (code, "film is forgotten" in told) == (0, True)
        assert await bus.rules() == []
        await book.refresh()
        assert book.rules == (), "the database has forgotten it too"
        code, told = await asyncio.to_thread(_forget, servers, "film")
        assert (code, "no stage is called film" in told) == (2, True)
    finally:
        await bus.close()


async def test_jobs_that_are_watched_are_looked_at_again_once_this_process_has_read_other_rules(monkeypatch):
    monkeypatch.setattr("gateway.ledger.hub._RULES", 0.05)
    rulebook = SimpleNamespace(rules=(RULE,))
    watching = Hub(None, rulebook, "", 60.0, lambda _: None)
    watching.jobs["job1"] = Circle()
    rereading = asyncio.create_task(watching._reread())
    try:
        await asyncio.sleep(0.2)
        assert not watching._news.is_set()
        rulebook.rules = ()
        await asyncio.wait_for(watching._news.wait(), 5)
        assert list(watching._changed) == ["job1"]
    finally:
        rereading.cancel()
