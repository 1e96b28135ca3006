"""The project's own sample paper, in the three formats: each gives the same paper."""

from pathlib import Path

import pytest
from fetcher.reading import read

SAMPLE = Path(__file__).parents[3] / "samples" / "nightingale"


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    return {
        kind: read(SAMPLE / f"nightingale.{kind}", tmp_path_factory.mktemp(kind)).paper
        for kind in ("xml", "pdf", "docx")
    }


def facts(paper):
    texts = {passage.id: passage.text for passage in paper.passages}
    return {
        "title": paper.title,
        "authors": paper.authors,
        "licence": paper.licence,
        "language": paper.language,
        "subjects": paper.subjects,
        "abstract": paper.abstract,
        "parts": [(part.heading, part.text) for part in paper.abstract_parts],
        "summary": paper.summary,
        "sections": [(section.title, section.level, section.kind) for section in paper.sections],
        "figures": [(figure.label, figure.caption, texts[figure.passage]) for figure in paper.figures],
        "pictures": [figure.image is not None for figure in paper.figures],
        "tables": [(table.label, table.caption, texts[table.passage]) for table in paper.tables],
        "cells": [(table.header, table.rows) for table in paper.tables],
        "references": paper.references,
    }


FIELDS = ("title", "authors", "licence", "language", "subjects", "abstract", "parts", "summary", "sections", "figures")
FIELDS += ("pictures", "tables", "cells", "references")


@pytest.mark.parametrize("kind", ["pdf", "docx"])
@pytest.mark.parametrize("field", FIELDS)
def test_the_sample_reads_the_same_in_every_format(papers, kind, field):
    assert facts(papers[kind])[field] == facts(papers["xml"])[field]


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_the_sample_has_the_same_passages_in_every_format(papers, kind):
    def order(paper):
        return [
            (passage.id, passage.kind, passage.section)
            for passage in paper.passages
            if passage.kind not in ("caption", "table")  # a page puts them where there is room
        ]

    assert order(papers[kind]) == order(papers["xml"])
    assert {p.id: p.text for p in papers[kind].passages} == {p.id: p.text for p in papers["xml"].passages}


def test_the_sample_in_xml_is_what_its_writer_wrote(papers):
    paper = papers["xml"]
    assert paper.authors == ["Hidden Hill contributors"]
    assert [part.heading for part in paper.abstract_parts] == ["Background", "Methods", "Results", "Conclusions"]
    assert paper.summary.startswith("Most British soldiers who died in the Crimean War")
    assert len(paper.tables[0].rows) == 24
    assert (paper.licence, paper.published) == ("CC0-1.0", "2026-11-21")


def test_the_printed_sample_tells_its_day_and_its_series(papers):
    assert (papers["pdf"].published, papers["pdf"].journal) == (papers["xml"].published, papers["xml"].journal)
