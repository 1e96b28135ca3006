"""PDFs written here, page by page, in the styles papers come in."""

import textwrap
from pathlib import Path

import pytest
from fetcher.pdf import read_pdf
from fetcher.pdf.ocr import lines_of

from chassis import SourceError

SENTENCES = (
    "The hill was hidden behind a wall of fog for most of the year, and nobody had measured it. "
    "We walked around it with a calibrated barometer and wrote down the pressure at every bend of the path. "
    "The measured height was larger than the older maps had suggested, by about twelve metres in total. "
    "Such a difference cannot be explained by the weather alone, because the readings were repeated on dry days. "
)
HEADING, BODY = ("F2", 12.0), ("F1", 10.0)


def wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False)


def front(pdf) -> float:
    pdf.text(120, 90, "The Height of the Hidden Hill", "F2", 18)
    pdf.text(150, 112, "and How It Was Found", "F2", 18)
    x = 130.0
    for name, mark in (("Ada Lovelace,", "1"), ("Gerald K. Brown,", "2,*"), ("and Chloe van der Berg", "1")):
        pdf.text(x, 140, name, size=12)
        x += 6.0 * len(name)
        pdf.text(x - 4, 136, mark, size=7)
        x += 12
    pdf.text(100, 160, "1 Institute of Hills, University of Somewhere, Germany", size=9)
    pdf.text(250, 190, "Abstract", "F2", 12)
    return pdf.column(90, 208, wrapped("Hills are hard to see. " + SENTENCES, 92)) + 20


def two_columns(pdf, tmp_path: Path) -> Path:
    y = front(pdf)
    pdf.text(60, y, "1 Introduction", *HEADING)
    left = wrapped("LEFTSTART " + SENTENCES * 2 + "A para-", 48)
    left[-1] = left[-1].removesuffix("-") + "-" if left[-1].endswith("-") else left[-1] + " para-"
    pdf.column(60, y + 18, left)
    right = ["graph goes on in the next column and it ends there.", *wrapped("RIGHTSTART " + SENTENCES, 48)]
    pdf.column(310, y, right)
    pdf.turn()
    pdf.text(60, 60, "2 Methods", *HEADING)
    pdf.column(60, 78, wrapped(SENTENCES * 2, 48))
    pdf.box(310, 60, 220, 140)
    pdf.column(310, 218, wrapped("Figure 1. The hill in the fog, seen from the valley below.", 48), size=9)
    pdf.column(310, 260, wrapped(SENTENCES, 48))
    pdf.text(310, 520, "References", *HEADING)
    for number in range(1, 6):
        pdf.text(310, 524 + 14 * number, f"[{number}] A. Author. A work on hills. 20{10 + number}.")
    return pdf.write(tmp_path / "two.pdf")


def test_title_authors_and_abstract_stand_above_two_columns(pdf, tmp_path):
    paper = read_pdf(two_columns(pdf, tmp_path), tmp_path)
    assert paper.title == "The Height of the Hidden Hill and How It Was Found"
    assert paper.authors == ["Ada Lovelace", "Gerald K. Brown", "Chloe van der Berg"]
    assert paper.abstract.startswith("Hills are hard to see.")
    assert paper.abstract.endswith("on dry days.")


def test_the_left_column_is_read_before_the_right_one_and_torn_words_are_joined(pdf, tmp_path):
    paper = read_pdf(two_columns(pdf, tmp_path), tmp_path)
    text = " ".join(passage.text for passage in paper.passages)
    assert text.index("LEFTSTART") < text.index("RIGHTSTART")
    assert "paragraph goes on in the next column" in text
    assert "para-" not in text


def test_sections_have_kinds_and_references_are_counted_and_not_spoken(pdf, tmp_path):
    paper = read_pdf(two_columns(pdf, tmp_path), tmp_path)
    assert [(section.title, section.kind) for section in paper.sections] == [
        ("1 Introduction", "introduction"),
        ("2 Methods", "methods"),
    ]
    assert paper.references == 5
    assert not any("A work on hills" in passage.text for passage in paper.passages)


def test_every_passage_has_a_box_for_each_line_on_its_page(pdf, tmp_path):
    paper = read_pdf(two_columns(pdf, tmp_path), tmp_path)
    for passage in paper.passages:
        page = paper.pages[passage.page - 1]
        assert passage.boxes
        assert all(
            0 <= box.x0 < box.x1 <= page.width and 0 <= box.top < box.bottom <= page.height for box in passage.boxes
        )
    first = next(passage for passage in paper.passages if passage.text.startswith("LEFTSTART"))
    assert all(box.x1 < 310 for box in first.boxes[:3])


def test_a_figure_is_cut_out_of_the_page_above_its_caption(pdf, tmp_path):
    paper = read_pdf(two_columns(pdf, tmp_path), tmp_path)
    (figure,) = paper.figures
    assert (figure.label, figure.page) == ("Figure 1", 2)
    assert figure.caption.startswith("The hill in the fog")
    assert abs(figure.image.width / figure.image.height - 220 / 140) < 0.2
    assert (tmp_path / "figure.1.png").exists()
    assert paper.pages[0].image.media_type == "image/jpeg"


def manuscript(pdf, tmp_path: Path) -> Path:
    number = 0
    for page in range(3):
        if page:
            pdf.turn()
        pdf.text(80, 30, "Running head of the manuscript", size=8)
        pdf.text(290, 820, str(page + 1), size=9)
        lines = wrapped(SENTENCES * 3, 80)
        if page == 0:
            lines = [
                "The Slow Growth of Quiet Hills",
                "Maria Silva and John Stone",
                "Abstract",
                *lines[:9],
                "Introduction",
                *lines,
            ]
        for index, line in enumerate(lines[:30]):
            number += 1
            y = 70 + 24 * index
            pdf.text(40, y, str(number), size=8)
            pdf.text(
                80, y, line, "F2" if line in ("Abstract", "Introduction") or line.startswith("The Slow") else "F1", 12
            )
    return pdf.write(tmp_path / "manuscript.pdf")


def test_line_numbers_running_heads_and_page_numbers_are_taken_out(pdf, tmp_path):
    paper = read_pdf(manuscript(pdf, tmp_path), tmp_path)
    text = " ".join(passage.text for passage in paper.passages)
    assert not any(character.isdigit() for character in text)
    assert "Running head" not in text
    assert paper.title == "The Slow Growth of Quiet Hills"
    assert paper.authors == ["Maria Silva", "John Stone"]


def test_three_columns_are_read_one_after_the_other(pdf, tmp_path):
    pdf.text(60, 60, "A Notice in Three Columns", "F2", 18)
    for index, word in enumerate(("ALPHA", "BETA", "GAMMA")):
        pdf.column(50 + 175 * index, 100, wrapped(f"{word}START " + SENTENCES * 3 + f"{word}END.", 33))
    paper = read_pdf(pdf.write(tmp_path / "three.pdf"), tmp_path)
    text = " ".join(passage.text for passage in paper.passages)
    places = [text.index(word) for word in ("ALPHASTART", "ALPHAEND", "BETASTART", "BETAEND", "GAMMASTART", "GAMMAEND")]
    assert places == sorted(places)


def test_the_stamp_at_the_side_gives_the_arxiv_number_and_a_preprint_notice(pdf, tmp_path):
    y = front(pdf)
    pdf.text(30, 600, "arXiv:2101.01234v2 [cs.CL] 5 Jan 2021", size=20, matrix="0 1 -1 0")
    pdf.text(60, y, "1 Introduction", *HEADING)
    pdf.column(60, y + 18, wrapped(SENTENCES * 3, 95))
    paper = read_pdf(pdf.write(tmp_path / "arxiv.pdf"), tmp_path)
    assert (paper.arxiv, paper.published) == ("2101.01234", "2021-01-05")
    assert [notice.kind for notice in paper.notices] == ["preprint"]


def test_raised_digits_stay_apart_from_the_number_they_belong_to(pdf, tmp_path):
    front(pdf)
    pdf.text(90, 400, "There were 10", size=10)
    pdf.text(146, 396, "5", size=6.5)
    pdf.text(153, 400, "stones in the field, and each of them was weighed by hand twice.", size=10)
    pdf.column(90, 412, wrapped(SENTENCES * 2, 92))
    paper = read_pdf(pdf.write(tmp_path / "raised.pdf"), tmp_path)
    assert any("10⁵ stones" in passage.text for passage in paper.passages)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.4\nrubbish", "source.damaged-pdf"), (b"not a PDF at all", "source.damaged-pdf")],
)
def test_rubbish_is_refused_as_damaged(tmp_path, content, code):
    path = tmp_path / "rubbish.pdf"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read_pdf(path, tmp_path)
    assert caught.value.code == code


def test_a_page_of_a_few_words_is_no_paper(pdf, tmp_path):
    pdf.text(60, 60, "Hello")
    with pytest.raises(SourceError) as caught:
        read_pdf(pdf.write(tmp_path / "short.pdf"), tmp_path)
    assert caught.value.code == "source.not-a-paper"


def test_a_text_layer_that_is_no_language_is_refused(pdf, tmp_path):
    scrambled = SENTENCES.translate(str.maketrans("abcdefghijklmnopqrstuvwxyz", "qwrtzpsdfghjklxcvbnmqwrtzp"))
    pdf.column(60, 100, wrapped(scrambled * 4, 90))
    with pytest.raises(SourceError) as caught:
        read_pdf(pdf.write(tmp_path / "scrambled.pdf"), tmp_path)
    assert caught.value.code == "source.garbled-text"


def test_more_than_two_hundred_pages_are_refused_before_they_are_read(pdf, tmp_path):
    for _ in range(200):
        pdf.turn()
    with pytest.raises(SourceError) as caught:
        read_pdf(pdf.write(tmp_path / "long.pdf"), tmp_path)
    assert caught.value.code == "source.too-many-pages"


def test_words_that_tesseract_recognised_become_lines_in_points():
    head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
    rows = ["4\t1\t1\t1\t1\t0\t100\t50\t90\t20\t-1\t", "5\t1\t1\t1\t1\t1\t100\t50\t40\t20\t96.1\tHidden"]
    rows += ["5\t1\t1\t1\t1\t2\t150\t50\t40\t20\t91.0\tHill", "5\t1\t1\t1\t2\t1\t100\t90\t40\t20\t3.0\t~~"]
    (line,) = lines_of("\n".join([head, *rows]), 1, 2.0)
    assert line.text == "Hidden Hill"
    assert (line.x0, line.x1, line.page) == (50.0, 95.0, 1)
