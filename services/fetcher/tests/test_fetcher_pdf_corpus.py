"""Real PDFs, good and nasty, against what a reader of them noted down."""

import csv
import shutil
import time
from pathlib import Path

import pytest
from chassis.errors import SourceError
from fetcher.reading import read

ROOT = Path(__file__).parents[3]
CORPUS = ROOT.parent / "shared" / "corpus"
OUTCOMES = ROOT / "tests" / "acceptance" / "corpus_outcomes.tsv"
ALL = csv.DictReader(OUTCOMES.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
ROWS = [row for row in ALL if row["path"].startswith("pdf/")]

pytestmark = [pytest.mark.corpus, pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not on this machine")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["path"])
def test_every_file_of_the_corpus_ends_as_noted_and_in_time(row, tmp_path):
    if row["outcome"] == "source.no-text" and shutil.which("tesseract"):
        pytest.skip("with tesseract a scan may be readable")
    started = time.monotonic()
    if row["outcome"] != "paper":
        with pytest.raises(SourceError) as caught:
            read(CORPUS / row["path"], tmp_path)
        assert caught.value.code == row["outcome"]
        assert len(caught.value.message) > 30
        return
    paper = read(CORPUS / row["path"], tmp_path).paper
    assert time.monotonic() - started < 12
    assert paper.title == (row["title"] or paper.title)
    if row["authors"]:
        assert ([*paper.authors, ""][0], len(paper.authors)) == (row["first_author"], int(row["authors"]))
    assert paper.abstract.startswith(row["abstract"])
    assert len(paper.figures) == int(row["figures"] or len(paper.figures))
    assert len(paper.tables) == int(row["tables"] or len(paper.tables))
    assert sum(len(passage.text.split()) for passage in paper.passages) > 900
