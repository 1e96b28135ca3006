"""What is no paper is refused for the reason that is true, before anything is paid for."""

import zipfile
from xml.sax.saxutils import escape

import pytest
from chassis.errors import SourceError
from fetcher.reading import read

NOVEL = (
    "The old house stood quiet at the end of the lane, and nobody had opened its door since the spring. "
    "Marta put her hand on the gate and thought of her mother, who had never liked the garden. "
    "She walked slowly up the path while the rain ran down her coat and into her shoes. "
    "There was a light in the kitchen now, and somebody was singing softly behind the curtain. "
)
INVOICE = ["Hidden Hill Ltd", "12 Fog Lane, Somewhere", "Invoice number 2024-117", "Please pay within 30 days"]
INVOICE += [f"{count} x barometer, model {count}00, {count * 85}.00 EUR" for count in range(1, 12)]
DOCX = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(path, paragraphs):
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{DOCX}"><w:body>{body}</w:body></w:document>')
    return path


def refusal(path, out):
    with pytest.raises(SourceError) as caught:
        read(path, out)
    assert len(caught.value.message) > 40
    return caught.value.code


def test_pages_of_a_novel_are_refused_as_no_paper(pdf, tmp_path):
    pdf.text(200, 80, "The House on the Hill", "F2", 20)
    pdf.text(250, 120, "Chapter Two", "F2", 14)
    pdf.column(60, 150, [line.strip() for line in (NOVEL * 4).replace(". ", ".\n").splitlines()])
    assert refusal(pdf.write(tmp_path / "novel.pdf"), tmp_path) == "source.not-a-paper"


def test_a_novel_as_a_document_is_refused_as_no_paper(tmp_path):
    path = docx(tmp_path / "novel.docx", ["The House on the Hill", "Chapter Two", *[NOVEL] * 4])
    assert refusal(path, tmp_path) == "source.not-a-paper"


def test_an_invoice_is_refused_as_no_paper(pdf, tmp_path):
    pdf.column(60, 80, INVOICE, leading=16)
    assert refusal(pdf.write(tmp_path / "invoice.pdf"), tmp_path) == "source.not-a-paper"
    assert refusal(docx(tmp_path / "invoice.docx", INVOICE), tmp_path) == "source.too-short"


def test_a_deck_of_slides_is_refused_as_no_paper(pdf, tmp_path):
    pdf.width, pdf.height = 960, 540
    for number in range(8):
        pdf.text(60, 90, f"Quarterly plans, part {number + 1}", "F2", 32)
        for index, words in enumerate(("More customers", "Fewer meetings", "Better coffee for all teams")):
            pdf.text(90, 180 + 50 * index, f"- {words}", size=24)
        pdf.turn()
    assert refusal(pdf.write(tmp_path / "slides.pdf"), tmp_path) == "source.not-a-paper"


def test_a_logo_does_not_make_a_page_a_scan(pdf, tmp_path):
    pdf.text(60, 60, "Thank you for your visit")
    pdf.box(60, 80, 60, 60)
    assert refusal(pdf.write(tmp_path / "thanks.pdf"), tmp_path) == "source.not-a-paper"


@pytest.mark.parametrize(
    "text",
    [
        '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>7</ID></Invoice>',
        '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title></channel></rss>',
        '<svg xmlns="http://www.w3.org/2000/svg"><text>Hill</text></svg>',
    ],
)
def test_xml_of_another_kind_is_refused_by_name(tmp_path, text):
    path = tmp_path / "file.xml"
    path.write_text(text)
    assert refusal(path, tmp_path) == "source.not-jats"


def test_an_essay_that_cites_is_taken(tmp_path):
    path = docx(tmp_path / "essay.docx", ["On Quiet Hills", *[NOVEL] * 3, "As Silva et al. showed, hills are quiet."])
    assert read(path, tmp_path).paper.title == "On Quiet Hills"
