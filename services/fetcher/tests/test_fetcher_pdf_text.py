"""Running text of PDFs: torn words, and where an abstract ends."""

from fetcher.pdf import read_pdf


def start(pdf) -> None:
    pdf.text(60, 60, "Slow Growth of Quiet Hills in the Fog", "F2", 18)
    pdf.text(60, 90, "Jane Doe, John Smith", size=12)


def test_hyphens_of_words_stay_and_those_of_lines_go(pdf, tmp_path):
    start(pdf)
    pdf.text(60, 120, "Introduction", "F2", 12)
    lines = [
        "The role of T-",
        "cells in long-term growth was meas-",
        "ured by state-of-the-",
        "art systems during COVID-",
    ]
    lines += [
        "19, at 3-",
        "month follow-up; self-",
        "assembled and long-",
        "term layers of the long term were com-",
        "plete.",
    ]
    pdf.prose(60, pdf.column(60, 140, lines), times=2)
    text = read_pdf(pdf.write(tmp_path / "h.pdf"), tmp_path).passages[0].text
    assert text.startswith(
        "The role of T-cells in long-term growth was measured by state-of-the-art systems during COVID-19"
    )
    assert text.endswith("at 3-month follow-up; self-assembled and long-term layers of the long term were complete.")


def test_an_abstract_ends_where_the_text_moves_although_no_heading_follows(pdf, tmp_path):
    start(pdf)
    pdf.text(100, 120, "Abstract", "F2", 12)
    y = pdf.prose(100, 136, 80)
    y = pdf.column(60, y + 20, ["ALPHA the text of the paper begins right here."])
    pdf.prose(60, y, 46, 3)
    paper = read_pdf(pdf.write(tmp_path / "a.pdf"), tmp_path)
    assert len(paper.abstract.split()) < 80
    assert any(passage.text.startswith("ALPHA") for passage in paper.passages if passage.kind == "body")


def test_sections_below_an_abstract_without_parts_are_no_parts_of_it(pdf, tmp_path):
    start(pdf)
    pdf.text(60, 120, "Abstract", "F2", 12)
    y = pdf.prose(60, 136)
    for heading in ("Methods", "Results"):
        pdf.text(60, y + 20, heading, "F2", 12)
        y = pdf.prose(60, y + 36, times=2)
    paper = read_pdf(pdf.write(tmp_path / "s.pdf"), tmp_path)
    assert paper.abstract_parts == []
    assert [(section.title, section.kind) for section in paper.sections] == [
        ("Methods", "methods"),
        ("Results", "results"),
    ]


def test_all_paragraphs_before_the_introduction_are_the_abstract(pdf, tmp_path):
    start(pdf)
    pdf.text(60, 120, "Abstract", "F2", 12)
    y = pdf.prose(60, 136)
    y = pdf.prose(60, y + 14)
    pdf.text(60, y + 20, "1. Introduction", "F2", 12)
    pdf.prose(60, y + 36, times=2)
    paper = read_pdf(pdf.write(tmp_path / "p.pdf"), tmp_path)
    assert len([passage for passage in paper.passages if passage.kind == "abstract"]) == 2
