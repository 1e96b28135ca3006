# ruff: noqa: E501 - documents and addresses are written out
"""Word documents are read by what their styles mean, tracked changes settled."""

import io
import zipfile
from pathlib import Path

import pytest
from chassis.errors import SourceError
from fetcher.docx import read_docx
from PIL import Image

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
STYLES = """<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Titel"/></w:style>
<w:style w:type="paragraph" w:styleId="H"><w:name w:val="Überschrift 1"/></w:style>
<w:style w:type="paragraph" w:styleId="O"><w:name w:val="Kapitel"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="O2"><w:name w:val="Eigenes"/><w:basedOn w:val="O"/></w:style>
<w:style w:type="paragraph" w:styleId="C"><w:name w:val="Beschriftung"/></w:style>"""


def p(text: str, style: str = "", *, raw: str = "", properties: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r>{properties}<w:t>{text}</w:t></w:r>{raw}</w:p>"


def write(path: Path, body: str, *, namespace: str = W, extra: dict[str, bytes] | None = None, links: str = "") -> Path:
    parts = {
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships><Relationship Id="s" Type="{R}/styles" Target="styles.xml"/>{links}</Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{namespace}">{STYLES}</w:styles>',
        "word/document.xml": f'<w:document xmlns:w="{namespace}" xmlns:r="{R}" xmlns:m="{M}"><w:body>{body}</w:body></w:document>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def read(tmp_path):
    def reader(body: str, **options):
        out = tmp_path / "out"
        out.mkdir()
        return read_docx(write(tmp_path / "paper.docx", body, **options), out)

    return reader


FRONT = p("Über Bienen", "T") + p("Marie Curie, Ada Lovelace and Alan Turing") + p("University of Paris")


def test_title_authors_abstract_and_sections_are_told_apart(read):
    body = (
        FRONT
        + p("Abstract")
        + p("We saw bees.")
        + p("Methoden", "H")
        + p("We looked.")
        + p("Eigenes Kapitel", "O2")
        + p("More.")
    )
    paper = read(body + p("References") + p("Curie 1903."))
    assert paper.title == "Über Bienen"
    assert paper.authors == ["Marie Curie", "Ada Lovelace", "Alan Turing"]
    assert paper.abstract == "We saw bees."
    assert [(section.title, section.level, section.kind) for section in paper.sections] == [
        ("Methoden", 1, "methods"),
        ("Eigenes Kapitel", 1, "other"),
    ]
    assert [passage.id for passage in paper.passages][-2:] == ["s1.1", "s2.1"]
    assert paper.references == 1


def test_unstyled_title_is_the_most_prominent_line(read):
    large = '<w:rPr><w:b/><w:sz w:val="40"/></w:rPr>'
    paper = read(
        p("Technical report 12") + p("How bees see the world", properties=large) + p("Marie Curie") + p("Text " * 50)
    )
    assert paper.title == "How bees see the world"
    assert paper.authors == ["Marie Curie"]


def test_insertions_stay_and_deletions_go(read):
    raw = "<w:ins><w:r><w:t> new</w:t></w:r></w:ins><w:del><w:r><w:delText> old</w:delText></w:r></w:del>"
    assert read(FRONT + p("Text", raw=raw)).passages[-1].text == "Text new"


def test_equations_and_raised_text_are_readable(read):
    equation = (
        "<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"
    )
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>−3</w:t></w:r>'
    assert (
        read(FRONT + p("10", raw=raised + "<w:r><w:t> and </w:t></w:r>" + equation)).passages[-1].text == "10⁻³ and x²"
    )


def test_table_with_merged_cells_takes_the_caption_above_it(read):
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"

    rows = [
        cell("Bees", '<w:gridSpan w:val="2"/>'),
        cell("a", '<w:vMerge w:val="restart"/>') + cell("1"),
        cell("", "<w:vMerge/>") + cell("2"),
    ]
    table = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    found = read(FRONT + p("Table 1. Counts of bees", "C") + table).tables[0]
    assert (found.label, found.caption) == ("Table 1", "Counts of bees")
    assert (found.header, found.rows) == ([["Bees", "Bees"]], [["a", "1"], ["a", "2"]])


def test_picture_takes_the_caption_below_it(read, tmp_path):
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20)).save(buffer, "JPEG")
    drawing = '<w:r><w:drawing><a:blip xmlns:a="urn:a" r:embed="p1"/></w:drawing></w:r>'
    links = f'<Relationship Id="p1" Type="{R}/image" Target="media/image1.jpeg"/>'
    paper = read(
        FRONT + p("", raw=drawing) + p("Figure 1: A bee.", "C"),
        links=links,
        extra={"word/media/image1.jpeg": buffer.getvalue()},
    )
    figure = paper.figures[0]
    assert (figure.label, figure.caption, figure.image.media_type) == ("Figure 1", "A bee.", "image/jpeg")
    assert (tmp_path / "out" / "figure.1.jpg").is_file()


def test_strict_documents_read_alike(read):
    assert read(FRONT + p("Text."), namespace=STRICT).title == "Über Bienen"


def test_sentence_about_a_table_is_no_caption(read):
    assert read(FRONT + p("Table 2 shows the bees.")).passages[-1].kind == "body"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("../../evil.txt", b"x", "source.zip-path"), ("word/big.xml", b"\0" * 60_000_000, "source.zip-bomb")],
)
def test_hostile_archive_is_refused(tmp_path, name, content, code):
    file = write(tmp_path / "paper.docx", FRONT, extra={name: content})
    with pytest.raises(SourceError) as raised:
        read_docx(file, tmp_path)
    assert raised.value.code == code


def test_entities_in_a_document_are_refused(tmp_path):
    file = tmp_path / "paper.docx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "word/document.xml", '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><d><body>&x;</body></d>'
        )
    with pytest.raises(SourceError) as raised:
        read_docx(file, tmp_path)
    assert raised.value.code == "source.xml-entities"


def test_language_is_told_by_the_text(read):
    assert read(FRONT + p("Die Bienen fliegen auf die Blumen und sind mit dem Wetter zufrieden. " * 5)).language == "de"


def test_paragraphs_whose_mark_was_deleted_are_one(read):
    deleted = '<w:p><w:pPr><w:rPr><w:del w:id="3"/></w:rPr></w:pPr><w:r><w:t>First half </w:t></w:r></w:p>'
    texts = [passage.text for passage in read(FRONT + deleted + p("and second half.") + p("Next.")).passages]
    assert texts == ["First half and second half.", "Next."]


def test_rows_that_were_deleted_are_gone(read):
    def row(text: str, properties: str = "") -> str:
        return f"<w:tr><w:trPr>{properties}</w:trPr><w:tc>{p(text)}</w:tc><w:tc>{p('1')}</w:tc></w:tr>"

    paper = read(FRONT + "<w:tbl>" + row("a") + row("gone", '<w:del w:id="1"/>') + row("b") + row("c") + "</w:tbl>")
    assert [cells[0] for cells in paper.tables[0].rows] == ["b", "c"]


def test_notes_comments_macros_and_pictures_of_formulas_leave_no_trace(read):
    raw = '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:commentReference w:id="0"/></w:r>'
    raw += '<w:r><w:object><imagedata id="x"/><OLEObject ProgID="Equation.3"/></w:object></w:r>'
    note = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="2">{p("NOTE")}</w:footnote></w:footnotes>'.encode()
    paper = read(FRONT + p("Text.", raw=raw), extra={"word/footnotes.xml": note, "word/vbaProject.bin": b"x"})
    assert [passage.text for passage in paper.passages] == ["Text."]
    assert paper.figures == []


def test_text_boxes_are_read_once(read):
    box = f"<txbxContent>{p('Boxed.')}</txbxContent>"
    raw = f'<w:r><AlternateContent><Choice Requires="wps">{box}</Choice><Fallback>{box}</Fallback></AlternateContent></w:r>'
    assert [passage.text for passage in read(FRONT + p("Beside.", raw=raw)).passages] == ["Beside.", "Boxed."]


def test_abstract_in_parts_ends_at_the_introduction_although_all_headings_look_alike(read):
    bold = "<w:rPr><w:b/></w:rPr>"
    heads = ("Abstract", "Background", "Methods", "Results", "Introduction", "Methods")
    body = "".join(p(head, properties=bold) + (p(f"About {head}.") if head != "Abstract" else "") for head in heads)
    paper = read(FRONT + body)
    assert [part.heading for part in paper.abstract_parts] == ["Background", "Methods", "Results"]
    assert [section.title for section in paper.sections] == ["Introduction", "Methods"]


def test_labels_that_run_in_the_abstract_are_its_parts(read):
    paper = read(
        FRONT + p("Abstract") + p("Background: Bees fly. Results: They like it.") + p("Introduction") + p("Text.")
    )
    assert [(part.heading, part.text) for part in paper.abstract_parts] == [
        ("Background", "Bees fly."),
        ("Results", "They like it."),
    ]


def test_addresses_are_no_text_and_numbered_capitals_are_headings(read):
    numbered = (
        '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>MATERIALS AND METHODS</w:t></w:r></w:p>'
    )
    front = FRONT + p("1 Institute of Hills, University of Fog") + p("*Correspondence: marie@hills.org")
    paper = read(front + numbered + p("We looked."))
    assert [(section.title, section.kind) for section in paper.sections] == [("MATERIALS AND METHODS", "methods")]
    assert [passage.text for passage in paper.passages] == ["We looked."]
