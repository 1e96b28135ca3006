"""Where the pictures of a PDF's figures are found."""

from pathlib import Path

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
