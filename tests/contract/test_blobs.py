"""What stages and the gateway may rely on, from the store in memory as from S3."""

import uuid

import pytest
from chassis.blobs import S3Blobs, key_of, put_once
from chassis.errors import Transient
from chassis.folder import digest_of
from chassis.settings import ChassisSettings


@pytest.fixture
def key():
    """A key that nobody used before."""
    return f"sha256/{uuid.uuid4().hex * 2}"


def test_what_was_put_is_got(blobs, key, tmp_path):
    blobs.put_bytes(key, b"hills")
    blobs.get(key, tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == blobs.get_bytes(key) == b"hills"
    assert blobs.size(key) == 5


def test_a_file_of_some_megabytes_is_put_and_got_whole(blobs, key, tmp_path):
    content = bytes(range(256)) * 24_000
    (tmp_path / "put").write_bytes(content)
    blobs.put(key, tmp_path / "put")
    blobs.get(key, tmp_path / "got")
    assert blobs.size(key) == len(content)
    assert (tmp_path / "got").read_bytes() == content


def test_nothing_is_something(blobs, key, tmp_path):
    blobs.put_bytes(key, b"")
    blobs.get(key, tmp_path / "got")
    assert (blobs.size(key), blobs.get_bytes(key), (tmp_path / "got").read_bytes()) == (0, b"", b"")


@pytest.mark.parametrize(
    ("start", "length", "part"),
    [(0, 3, b"012"), (4, 2, b"45"), (4, 0, b"456789"), (8, 9, b"89"), (9, 1, b"9"), (0, 10, b"0123456789")],
)
def test_a_range_is_read(blobs, key, start, length, part):
    blobs.put_bytes(key, b"0123456789")
    assert blobs.get_bytes(key, start, length) == part


@pytest.mark.parametrize(("start", "length"), [(10, 1), (99, 0), (99, 5)])
def test_a_range_beyond_the_end_is_a_key_error(blobs, key, start, length):
    blobs.put_bytes(key, b"0123456789")
    with pytest.raises(KeyError):
        blobs.get_bytes(key, start, length)


def test_a_store_that_is_away_is_transient(tmp_path):
    settings = ChassisSettings(s3_endpoint="127.0.0.1:1", s3_access_key="someone", s3_secret_key="something")
    away = S3Blobs(settings)
    away._client._http.connection_pool_kw["retries"] = False
    for act in (lambda: away.size("key"), lambda: away.get_bytes("key"), lambda: away.put_bytes("key", b"x")):
        with pytest.raises(Transient):
            act()


def test_a_missing_key_is_a_key_error_and_leaves_no_file(blobs, key, tmp_path):
    with pytest.raises(KeyError):
        blobs.get(key, tmp_path / "got")
    with pytest.raises(KeyError):
        blobs.get_bytes(key)
    with pytest.raises(KeyError):
        blobs.get_bytes(key, 3, 2)
    assert blobs.size(key) is None
    assert not list(tmp_path.iterdir())


def test_what_is_put_again_counts(blobs, key):
    blobs.put_bytes(key, b"stump")
    blobs.put_bytes(key, b"longer than that")
    assert (blobs.get_bytes(key), blobs.size(key)) == (b"longer than that", 16)
    blobs.put_bytes(key, b"short")
    assert (blobs.get_bytes(key), blobs.size(key)) == (b"short", 5)


def test_a_folder_of_keys_is_no_key(blobs, key):
    blobs.put_bytes(f"{key}/answer", b"x")
    assert blobs.size(key) is None
    assert blobs.size(f"{key}/answer") == 1
    with pytest.raises(KeyError):
        blobs.get_bytes(key)


def test_a_stump_of_an_artifact_is_put_again_and_a_whole_one_is_not(blobs, tmp_path):
    whole = tmp_path / "whole"
    whole.write_bytes(uuid.uuid4().bytes)
    digest = digest_of(whole)
    blobs.put_bytes(key_of(digest), whole.read_bytes()[:7])
    put_once(blobs, digest, whole)
    assert blobs.get_bytes(key_of(digest)) == whole.read_bytes()
    blobs.put_bytes(key_of(digest), same_length := bytes(16))
    put_once(blobs, digest, whole)
    assert blobs.get_bytes(key_of(digest)) == same_length


def test_keys_are_listed_by_how_they_begin_in_order_and_whole(blobs, key):
    for name in ("b", "a", "deeper/c"):
        blobs.put_bytes(f"{key}/{name}", b"x")
    blobs.put_bytes(f"{key}-beside", b"x")
    assert blobs.keys(f"{key}/") == [f"{key}/a", f"{key}/b", f"{key}/deeper/c"]
    blobs.remove(f"{key}/a")
    assert blobs.keys(f"{key}/") == [f"{key}/b", f"{key}/deeper/c"]


def test_more_keys_are_listed_than_a_server_answers_at_once(blobs, key):
    for number in range(1005):
        blobs.put_bytes(f"{key}/{number:04}", b"x")
    assert len(blobs.keys(f"{key}/")) == 1005


def test_no_keys_begin_so(blobs, key):
    assert blobs.keys(f"{key}/") == []


@pytest.mark.parametrize("hostile", ["", "../secret", "A" * 64, "g" * 64, "a" * 63, "a" * 63 + "/"])
def test_what_is_no_digest_has_no_key(hostile):
    with pytest.raises(KeyError):
        key_of(hostile)
