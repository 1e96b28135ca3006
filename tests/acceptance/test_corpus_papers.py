"""Every paper of the corpus is read right, or refused for the right reason, in time.

The expected outcomes were read from the documents as printed. `outcome` is `paper` or the code of the error;
an empty author or abstract says that the document has none, an empty title that only the outcome is certain, an empty
number of figures or tables that nobody counted them.
"""

import csv
import re
import shutil
import time
import unicodedata
from pathlib import Path

import pytest
from artifacts.paper import Paper
from chassis.errors import Error
from fetcher.sandbox import read_apart
from fetcher.settings import Settings

HERE = Path(__file__).parent
CORPUS = HERE.parents[2] / "shared" / "corpus"
TABLE = HERE / "corpus_outcomes.tsv"
LONGEST = 20.0


def outcomes() -> list[dict[str, str]]:
    """One row for each file."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def plain(text: str) -> str:
    """Text as compared: raised and lowered figures like others, one space between words."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


@pytest.mark.corpus
@pytest.mark.parametrize("row", outcomes(), ids=lambda row: row["path"])
def test_corpus_paper_is_read_right_or_refused_for_the_right_reason(row, tmp_path):
    file = CORPUS / row["path"]
    if not file.is_file():
        pytest.skip("the corpus is not here")
    if row["outcome"] == "source.no-text" and shutil.which("tesseract"):
        pytest.skip("with tesseract a scan may be readable")
    start = time.monotonic()
    outcome, paper = read(file, tmp_path)
    assert time.monotonic() - start < LONGEST
    assert outcome == row["outcome"]
    if paper is None or not row["title"]:
        return
    assert plain(paper.title) == plain(row["title"])
    assert plain(paper.authors[0] if paper.authors else "") == plain(row["first_author"])
    assert len(paper.authors) == int(row["authors"])
    assert plain(paper.abstract).startswith(plain(row["abstract"]))
    assert bool(paper.abstract) == bool(row["abstract"])
    for kind, found in (("figures", paper.figures), ("tables", paper.tables)):
        assert len(found) == int(row[kind] or len(found))
    assert len({passage.id for passage in paper.passages}) == len(paper.passages)


def read(file: Path, folder: Path) -> tuple[str, Paper | None]:
    try:
        return "paper", read_apart(file, folder, Settings()).paper
    except Error as error:
        return error.code, None


@pytest.mark.corpus
def test_every_readable_file_of_the_corpus_has_an_expected_outcome():
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    known = {row["path"] for row in outcomes()}
    files = [
        file for folder in ("jats", "docx", "pdf") for file in (CORPUS / folder).iterdir() if file.suffix != ".jsonl"
    ]
    assert {file.relative_to(CORPUS).as_posix() for file in files} <= known
