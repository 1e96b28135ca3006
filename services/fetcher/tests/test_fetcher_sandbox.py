"""Hostile files cost at most their limits, and never the worker."""

import os
import time
import zipfile
from pathlib import Path

import pytest
from chassis.errors import Abandoned, SourceError
from fetcher.sandbox import read_apart
from fetcher.settings import Settings

PARAGRAPH = "<p>" + "Bees visit flowers in the meadow and carry pollen home. " * 20 + "</p>"
FRONT = "<front><article-meta><title-group><article-title>Bees</article-title></title-group></article-meta></front>"


@pytest.fixture
def folder(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    return out


def refusal(source, folder, **limits) -> SourceError:
    with pytest.raises(SourceError) as raised:
        read_apart(source, folder, Settings(**limits))
    return raised.value


def test_paper_comes_back_whole_from_its_own_process(tmp_path, folder):
    source = tmp_path / "a"
    source.write_text(f"<article>{FRONT}<body>{PARAGRAPH}</body></article>")
    start = time.monotonic()
    reading = read_apart(source, folder, Settings())
    assert time.monotonic() - start < 2
    assert (reading.paper.title, reading.paper.source) == ("Bees", "jats")
    assert list(folder.iterdir()) == []


def test_error_comes_back_with_its_code(tmp_path, folder):
    source = tmp_path / "a"
    source.write_bytes(b"")
    assert refusal(source, folder).code == "source.empty"


def test_file_that_needs_too_much_memory_is_refused(tmp_path, folder):
    source = tmp_path / "a"
    source.write_text(f"<article>{FRONT}<body>" + "<p><b/></p>" * 2_500_000 + "</body></article>")
    error = refusal(source, folder, reading_memory_mb=300)
    assert error.code in ("source.too-complex", "source.xml-too-complex")


def test_file_that_takes_too_long_is_refused_in_time(tmp_path, folder):
    source = tmp_path / "a"
    rows = "<tr>" + '<td rowspan="2000" colspan="200">x</td>' * 40 + "</tr>"
    source.write_text(
        f"<article>{FRONT}<body>{PARAGRAPH}"
        + f"<table-wrap><table>{rows * 400}</table></table-wrap>" * 40
        + "</body></article>"
    )
    start = time.monotonic()
    assert refusal(source, folder, reading_seconds=1.5).code == "source.too-slow"
    assert time.monotonic() - start < 3.5


def test_deep_nesting_is_refused(tmp_path, folder):
    source = tmp_path / "a"
    source.write_text(f"<article>{FRONT}<body>" + "<sec>" * 100_000 + "</sec>" * 100_000 + "</body></article>")
    assert refusal(source, folder).code.startswith("source.")


def test_deep_equations_are_refused_or_read(tmp_path, folder):
    depth = 240
    source = tmp_path / "a"
    deep = "<mrow>" * depth + "<mi>x</mi>" + "</mrow>" * depth
    source.write_text(
        f"<article>{FRONT}<body>{PARAGRAPH}<p><inline-formula><math>{deep}</math></inline-formula></p></body></article>"
    )
    assert read_apart(source, folder, Settings()).paper.passages[-1].text == "x"


def test_zip_bomb_is_refused(tmp_path, folder):
    source = tmp_path / "a"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" + b"a" * 100_000_000)
    assert refusal(source, folder).code == "source.zip-bomb"


def test_secrets_of_the_worker_are_not_passed_on(tmp_path, folder, monkeypatch):
    monkeypatch.setenv("HIDDENHILL_S3_SECRET_KEY", "do not tell")
    source = tmp_path / "a"
    source.write_text(f"<article>{FRONT}<body>" + PARAGRAPH * 20_000 + "</body></article>")
    seen = []
    before = set(_children())

    def look() -> None:
        seen.extend(Path(f"/proc/{pid}/environ").read_bytes() for pid in set(_children()) - before)
        raise Abandoned("enough")

    with pytest.raises(Abandoned):
        read_apart(source, folder, Settings(), look)
    assert seen
    assert not any(b"do not tell" in environment for environment in seen)


def test_abandoned_reading_leaves_no_process(tmp_path, folder):
    source = tmp_path / "a"
    source.write_text(f"<article>{FRONT}<body>" + PARAGRAPH * 20_000 + "</body></article>")

    def stop() -> None:
        raise Abandoned("cancelled")

    before = set(_children())  # other tests of this process may have servers running
    with pytest.raises(Abandoned):
        read_apart(source, folder, Settings(), stop)
    assert set(_children()) <= before


def _children() -> list[str]:
    processes = [path.name for path in Path("/proc").iterdir() if path.name.isdecimal()]
    return [pid for pid in processes if _parent(pid) == os.getpid()]


def _parent(pid: str) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.mark.parametrize(
    ("body", "code"),
    [("<p>Only a few words.</p>", "source.too-short"), ("", "source.too-short")],
)
def test_too_little_text_is_no_paper(tmp_path, folder, body, code):
    source = tmp_path / "a"
    source.write_text(f"<article>{FRONT}<body>{body}</body></article>")
    assert refusal(source, folder).code == code
