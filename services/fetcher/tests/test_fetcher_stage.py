# ruff: noqa: E501 - documents and addresses are written out
"""The stage as the runner sees it."""

import base64
import io
import json
import subprocess
import sys

import pytest
from artifacts.paper import Paper
from chassis.errors import SourceError
from chassis.folder import digest_of
from fetcher.stage import service
from PIL import Image

from chassis import local

STAGE = service().stages[0]


def article() -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "gold").save(buffer, "PNG")
    picture = base64.b64encode(buffer.getvalue()).decode()
    words = "Bees visit flowers in the meadow and carry pollen home. " * 20
    return (
        "<article><front><article-meta><title-group><article-title>Bees</article-title></title-group></article-meta></front>"
        f'<body><p>{words}</p><fig id="f"><caption><p>A bee.</p></caption><graphic href="data:image/png;base64,{picture}"/></fig></body></article>'
    )


def test_stage_declares_what_it_needs_and_makes():
    assert (STAGE.name, STAGE.needs, STAGE.makes) == ("fetch", ("source",), ("paper", "figure.*", "page.*"))
    assert not STAGE.per_scene
    assert STAGE.firm == ("paper",)


@pytest.mark.parametrize("suffix", [".xml", ".bin", ".pdf"])
def test_upload_becomes_paper_and_pictures_whatever_its_suffix(tmp_path, suffix):
    (tmp_path / f"source{suffix}").write_text(article())
    made = {made.artifact: made for made in local.run_stage(STAGE, tmp_path)}
    assert set(made) == {"paper", "figure.1"}
    paper = Paper.model_validate_json(made["paper"].path.read_bytes())
    image = paper.figures[0].image
    assert image is not None
    assert image.digest == made["figure.1"].digest == digest_of(tmp_path / "figure.1.png")


def test_same_file_gives_the_same_paper(tmp_path):
    (tmp_path / "source.xml").write_text(article())
    first = {made.artifact: made.digest for made in local.run_stage(STAGE, tmp_path)}
    assert first == {made.artifact: made.digest for made in local.run_stage(STAGE, tmp_path)}


def test_reference_is_looked_up_and_not_read(tmp_path):
    (tmp_path / "source.json").write_text(json.dumps({"reference": "what is this"}))
    with pytest.raises(SourceError) as raised:
        local.run_stage(STAGE, tmp_path)
    assert raised.value.code == "source.unknown-reference"


def test_file_over_the_limit_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setenv("HIDDENHILL_FETCHER_MAX_BYTES", "1000")
    (tmp_path / "source.xml").write_text(article())
    with pytest.raises(SourceError) as raised:
        local.run_stage(STAGE, tmp_path)
    assert raised.value.code == "source.too-large"


def test_declaring_the_stage_loads_nothing_heavy():
    code = "import sys, fetcher.stage; fetcher.stage.service(); print([m for m in ('lxml', 'httpx', 'PIL', 'pydantic_settings') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
