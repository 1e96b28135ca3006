"""Where the pictures of a PDF's figures are found."""

from pathlib import Path

import pytest
from fetcher.pdf import read_pdf


def manuscript(pdf, path: Path, plates: int) -> Path:
    """Two captions in the text, and pages at the end that hold one unlabelled drawing each."""
    pdf.text(60, 60, "The Height of the Hidden Hill", "F2", 18)
    pdf.text(60, 100, "Introduction", "F2", 12)
    y = pdf.prose(60, 120, times=3)
    for number, words in enumerate(("The hill from the valley.", "The path and its bends."), 1):
        y = pdf.column(60, y + 20, [f"Figure {number}. {words}"])
        y = pdf.prose(60, y + 20)
    for width in range(200, 200 + 60 * plates, 60):
        pdf.turn()
        pdf.box(100, 100, width, 120)
    return pdf.write(path)


def test_pages_that_hold_one_drawing_for_each_figure_are_their_pictures_in_order(pdf, tmp_path):
    paper = read_pdf(manuscript(pdf, tmp_path / "m.pdf", 2), tmp_path)
    assert [figure.caption for figure in paper.figures] == ["The hill from the valley.", "The path and its bends."]
    assert all(
        abs(f.image.width / f.image.height - w / 120) < 0.2 for f, w in zip(paper.figures, (200, 260), strict=True)
    )


def test_more_drawings_than_figures_leave_open_which_is_which(pdf, tmp_path):
    paper = read_pdf(manuscript(pdf, tmp_path / "m.pdf", 3), tmp_path)
    assert [figure.image for figure in paper.figures] == [None, None]


def column_with_picture(pdf, path: Path) -> Path:
    """A magazine's piece: a picture without number, a sentence set again in large type, heads that never repeat."""
    pdf.text(60, 60, "A Life Among the Hills", "F2", 24)
    pdf.prose(60, 110, times=2)
    pdf.turn()
    pdf.text(420, 40, "Quiet lives | A Life Among the Hills", size=8)
    y = pdf.prose(60, 80, times=2)
    y = pdf.column(
        90, y + 20, ["Such a difference", "cannot be explained", "by the weather alone."], leading=22, size=18
    )
    y = pdf.prose(60, y + 20)
    pdf.image(60, y + 10, 300, 200)
    pdf.text(60, y + 224, "The hill as the author saw it from her window.", size=8)
    pdf.prose(60, y + 260)
    return pdf.write(path)


def test_the_small_print_below_a_picture_without_number_is_its_caption(pdf, tmp_path):
    paper = read_pdf(column_with_picture(pdf, tmp_path / "c.pdf"), tmp_path)
    (figure,) = paper.figures
    assert (figure.label, figure.caption) == ("", "The hill as the author saw it from her window.")
    assert figure.image.width / figure.image.height == pytest.approx(300 / 200, rel=0.05)


def test_sentences_set_again_in_large_type_and_heads_are_not_read_twice(pdf, tmp_path):
    paper = read_pdf(column_with_picture(pdf, tmp_path / "c.pdf"), tmp_path)
    text = " ".join(passage.text for passage in paper.passages)
    assert text.count("by the weather alone") == 6
    assert "Quiet lives" not in text
    assert paper.sections == []
