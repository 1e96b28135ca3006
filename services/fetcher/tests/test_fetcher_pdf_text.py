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


def test_a_heading_that_runs_into_its_paragraph_opens_a_section(pdf, tmp_path):
    start(pdf)
    y = 120.0
    for heading, title in (("Methods", "Study area."), ("Results", "Height of the hill:")):
        pdf.text(60, y, heading, "F2", 12)
        pdf.text(60, y + 20, title, "F2", 10)
        pdf.text(
            60 + 5.4 * len(title), y + 20, "Fog lay there for the whole of the winter, and the path was as white as"
        )
        y = pdf.prose(60, y + 32) + 20
    pdf.text(60, y, "Theorem 1.", "F2", 10)
    pdf.text(120, y, "Every hill of some height has a top from which a valley can be seen when")
    pdf.prose(60, y + 12)
    paper = read_pdf(pdf.write(tmp_path / "r.pdf"), tmp_path)
    assert [(section.title, section.level, section.kind) for section in paper.sections] == [
        ("Methods", 1, "methods"),
        ("Study area", 2, "methods"),
        ("Results", 1, "results"),
        ("Height of the hill", 2, "results"),
    ]
    assert paper.passages[0].text.startswith("Fog lay there for")
    assert paper.passages[-1].text.startswith("Theorem 1. Every hill of")


def test_a_line_that_begins_with_the_name_of_a_table_goes_on_with_its_sentence(pdf, tmp_path):
    start(pdf)
    pdf.text(60, 120, "Results", "F2", 12)
    lines = ["All of the heights that we measured with the barometer are presented, by month, in"]
    lines += ["Table 2. They fell in winter and rose again when the fog went away from the valley."]
    pdf.prose(60, pdf.column(60, 140, lines), 82, 2)
    paper = read_pdf(pdf.write(tmp_path / "t.pdf"), tmp_path)
    assert paper.tables == []
    assert "by month, in Table 2. They fell in winter" in paper.passages[0].text


def test_a_bold_abstract_of_two_paragraphs_is_read_whole(pdf, tmp_path):
    start(pdf)
    y = 120.0
    lines = ["Hills are hard to see in fog, and so are the people on them who look for a way down.", ""]
    lines += ["We measured the height of all hidden hills with a barometer and found them higher", "than known."]
    for line in lines:
        pdf.text(60, y, line, "F2", 10)
        y += 12
    pdf.text(60, y + 20, "Introduction", "F2", 12)
    pdf.prose(60, y + 40, times=3)
    paper = read_pdf(pdf.write(tmp_path / "b.pdf"), tmp_path)
    assert [passage.text[:8] for passage in paper.passages if passage.kind == "abstract"] == ["Hills ar", "We measu"]


def test_a_heading_right_below_another_is_a_heading_of_its_own(pdf, tmp_path):
    start(pdf)
    pdf.text(60, 120, "Materials and methods", "F2", 12)
    pdf.text(60, 134, "Study site", "F2", 11.5)
    pdf.prose(60, 150, times=3)
    paper = read_pdf(pdf.write(tmp_path / "n.pdf"), tmp_path)
    assert [section.title for section in paper.sections] == ["Materials and methods", "Study site"]
