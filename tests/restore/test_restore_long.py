"""The same with all services: videos that play, a job cut in the middle of its pictures, and how long it all takes."""

import hashlib
import io
import time

import av
import pytest

pytestmark = [pytest.mark.drill, pytest.mark.stack, pytest.mark.timeout(1800)]
WORKERS = ("fetcher", "scripter", "narrator", "captioner", "renderer")


def test_video_plays_in_the_new_place_and_one_that_was_half_made_is_finished(build_town, tmp_path, capsys):
    took, dump, copy = {}, tmp_path / "dump", tmp_path / "copy"
    with build_town("old", WORKERS) as old:
        old.open()
        finished = old.submit()
        before = {row["artifact"]: row for row in old.state(finished, "done", 600)["artifacts"]}
        half = old.submit(tone="serious", writer="gemini", speech="gemini", budget=3)
        old.until(lambda: any(name.endswith("segment") for name in old.artifacts(half)), 600)
        took["dump"] = timed(lambda: old.dump(dump))
        took["copy"] = timed(lambda: old.copy_store(copy))
    with build_town("new", WORKERS, like=old, HIDDENHILL_RECONCILE_EVERY="1") as new:
        took["load"] = timed(lambda: new.load(dump))
        took["copy back"] = timed(lambda: new.copy_store(copy, back=True))
        took["open"] = timed(new.open)
        video = new.api("GET", f"/jobs/{finished}/artifacts/video").content
        assert hashlib.sha256(video).hexdigest() == before["video"]["digest"]
        with av.open(io.BytesIO(video)) as film:
            assert sum(1 for _ in film.decode(video=0)) > 20 * 20
        took["go on"] = timed(lambda: new.state(half, "done", 600))
        made = new.announced()
        assert set(made.values()) == {1}
        assert (half, "video") in made
        assert not [name for job_id, name in made if job_id == finished]
        assert new.job(half)["costs"]["dollars"] <= 3
    size = sum(path.stat().st_size for path in copy.rglob("*") if path.is_file())
    with capsys.disabled():
        print(f"\n{size} bytes;", {name: round(seconds, 2) for name, seconds in took.items()})  # noqa: T201 - measured


def timed(act):
    """Seconds that it takes."""
    began = time.monotonic()
    act()
    return time.monotonic() - began
