# ruff: noqa: E501 - documents and addresses are written out
"""JATS articles are read as they print: title, people, licence, abstract, sections, figures and tables."""

import base64
import io

import pytest
from chassis.errors import SourceError
from fetcher.jats import read_jats
from PIL import Image

FRONT = """
<front><journal-meta><journal-title-group><journal-title>Journal of Tests</journal-title></journal-title-group></journal-meta>
<article-meta>
<article-id pub-id-type="pmid">123</article-id><article-id pub-id-type="pmc">456</article-id>
<article-id pub-id-type="doi">10.1234/test</article-id>
<article-categories><subj-group subj-group-type="heading"><subject>Ecology</subject></subj-group></article-categories>
{title}{people}
<pub-date pub-type="collection"><year>2015</year></pub-date>
<pub-date pub-type="epub"><day>7</day><month>Sep</month><year>2014</year></pub-date>
<permissions>{licence}</permissions>{extra}{abstract}
<kwd-group><kwd>bees</kwd></kwd-group></article-meta></front>"""
TITLE = (
    "<title-group><article-title>Bees like <italic>Nicotiana</italic> at 10<sup>5</sup> m"
    '<xref ref-type="fn" rid="f"><sup>*</sup></xref></article-title><subtitle>a field study</subtitle></title-group>'
)
PEOPLE = """<contrib-group>
<contrib contrib-type="author"><name><surname>Curie</surname><given-names>Marie</given-names></name><xref ref-type="aff">1</xref></contrib>
<contrib contrib-type="author"><name><surname>King</surname><given-names>M L</given-names><suffix>Jr</suffix></name></contrib>
<contrib contrib-type="author"><name name-style="western"><surname>Li</surname><given-names>Liang</given-names></name>
 <name name-style="eastern"><surname>李</surname><given-names>亮</given-names></name></contrib>
<contrib contrib-type="author"><collab>for the Bee Group<contrib-group><contrib contrib-type="author"><name><surname>Member</surname>
 <given-names>A</given-names></name></contrib></contrib-group></collab></contrib>
<contrib contrib-type="author"><string-name name-style="eastern"><surname>山田</surname><given-names>太郎</given-names></string-name></contrib>
<contrib contrib-type="editor"><name><surname>Editor</surname><given-names>Ed</given-names></name></contrib></contrib-group>"""
LICENCE = (
    '<license xlink:href="http://creativecommons.org/licenses/by/4.0/"><license-p>Open access.</license-p></license>'
)
ABSTRACT = """<abstract abstract-type="graphical"><p>A picture.</p></abstract>
<abstract><sec><title>Background:</title><p>Bees fly<xref ref-type="bibr" rid="r1">[1]</xref>.</p></sec>
<sec><title>Results</title><p>They like CO<sub>2</sub> at 5&#x000a0;m<sup>2</sup>.</p></sec></abstract>
<abstract abstract-type="plain-language-summary"><title>Plain language summary</title><p>Bees are nice.</p></abstract>
<trans-abstract xml:lang="fr"><p>Les abeilles.</p></trans-abstract>"""
BODY = '<body><sec sec-type="intro"><title>1. Introduction</title><p>Bees are insects.</p></sec></body>'


def article(
    *,
    title=TITLE,
    people=PEOPLE,
    licence=LICENCE,
    extra="",
    abstract=ABSTRACT,
    body=BODY,
    kind="research-article",
    back="",
):
    front = FRONT.format(title=title, people=people, licence=licence, extra=extra, abstract=abstract)
    return (
        f'<article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML" '
        f'article-type="{kind}" xml:lang="en">{front}{body}{back}</article>'
    )


@pytest.fixture
def read(tmp_path):
    def reader(text: str | bytes):
        file = tmp_path / "paper.xml"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        return read_jats(file, out)

    return reader


def refusal(read, text: str) -> str:
    with pytest.raises(SourceError) as raised:
        read(text)
    return raised.value.code


def test_title_joins_its_subtitle_and_drops_markup_and_footnote_marks(read):
    assert read(article()).title == "Bees like Nicotiana at 10⁵ m: a field study"


def test_authors_are_the_articles_own_in_order(read):
    assert read(article()).authors == ["Marie Curie", "M L King Jr", "Liang Li", "Bee Group", "山田太郎"]


def test_reviewers_of_sub_articles_are_no_authors(read):
    review = f'<sub-article article-type="reviewer-report"><front-stub>{PEOPLE}</front-stub><body><p>Good.</p></body></sub-article>'
    paper = read(article(back=review))
    assert len(paper.authors) == 5
    assert not any("Good" in passage.text for passage in paper.passages)


def test_day_of_first_publication_wins_over_the_collections_year(read):
    assert read(article()).published == "2014-09-07"


def test_identifiers_are_canonical(read):
    paper = read(article())
    assert (paper.doi, paper.pmid, paper.pmcid) == ("10.1234/test", "123", "PMC456")


def test_main_abstract_keeps_parts_and_citations(read):
    paper = read(article())
    assert paper.abstract == "Bees fly[1].\nThey like CO₂ at 5 m²."
    assert [(part.heading, part.text) for part in paper.abstract_parts] == [
        ("Background", "Bees fly[1]."),
        ("Results", "They like CO₂ at 5 m²."),
    ]
    assert paper.summary == "Bees are nice."
    assert [passage.id for passage in paper.passages] == ["abs.1", "abs.2", "sum.1", "s1.1"]


@pytest.mark.parametrize(
    ("kind", "extra", "expected"),
    [
        ("research-article", "", []),
        ("retraction", "", ["retraction"]),
        ("correction", '<related-article related-article-type="corrected-article"/>', ["correction"]),
        ("research-article", '<related-article related-article-type="retraction-forward"/>', ["retracted"]),
        ("research-article", '<related-article related-article-type="correction-forward"/>', ["corrected"]),
        ("editorial", "", ["editorial"]),
        ("review-article", "", ["review"]),
        ("article-commentary", "", ["commentary"]),
        ("preprint", "", ["preprint"]),
    ],
)
def test_standing_of_the_paper_becomes_a_notice(read, kind, extra, expected):
    assert [notice.kind for notice in read(article(kind=kind, extra=extra)).notices] == expected


def test_nested_sections_know_their_level_and_inherit_their_kind(read):
    body = """<body><sec><title>Materiais e métodos</title><p>One.</p><sec><title>Bees</title><p>Two.</p></sec></sec>
    <sec><title>Ergebnisse</title><list><list-item><p>Three.</p></list-item></list></sec></body>"""
    paper = read(article(body=body))
    assert [(section.id, section.level, section.kind) for section in paper.sections] == [
        ("s1", 1, "methods"),
        ("s2", 2, "methods"),
        ("s3", 1, "results"),
    ]
    assert [(p.id, p.text) for p in paper.passages if p.kind == "body"] == [
        ("s1.1", "One."),
        ("s2.1", "Two."),
        ("s3.1", "Three."),
    ]


def test_merged_cells_repeat_their_text(read):
    body = """<body><p>See.</p><table-wrap id="t"><label>Table 1.</label><caption><title>Nests</title><p>Per year.</p></caption><table>
    <thead><tr><th rowspan="2">Site</th><th colspan="2">Year</th></tr><tr><th>1</th><th>2</th></tr></thead>
    <tbody><tr><td>A</td><td>−3.5</td><td>10<sup>6</sup></td></tr></tbody></table></table-wrap></body>"""
    table = read(article(body=body)).tables[0]
    assert (table.label, table.caption, table.passage) == ("Table 1", "Nests. Per year.", "tab.1")
    assert table.header == [["Site", "Year", "Year"], ["Site", "1", "2"]]
    assert table.rows == [["A", "−3.5", "10⁶"]]


def test_figure_in_a_paragraph_comes_after_it_with_its_own_licence(read):
    body = """<body><p>Look <fig id="f1"><label>Figure 1</label><caption><p>A bee.</p></caption><permissions><license
    xlink:href="https://creativecommons.org/licenses/by-nc-nd/4.0/"/></permissions><graphic xlink:href="f1.tif"/></fig> here.</p></body>"""
    paper = read(article(body=body))
    assert [p.text for p in paper.passages if p.section == "" and p.kind in ("body", "caption")] == [
        "Look here.",
        "A bee.",
    ]
    assert (paper.figures[0].licence, paper.figures[0].image) == ("CC-BY-NC-ND-4.0", None)


def picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, kind)
    return buffer.getvalue()


def test_embedded_picture_is_checked_and_put_beside_the_paper(read, tmp_path):
    data = base64.b64encode(picture("PNG")).decode()
    body = f'<body><fig id="f1"><caption><p>Red.</p></caption><graphic xlink:href="data:image/png;base64,{data}"/></fig></body>'
    image = read(article(body=body)).figures[0].image
    assert image is not None
    assert (image.artifact, image.media_type, image.width, image.height) == ("figure.1", "image/png", 40, 30)
    assert (tmp_path / "out" / "figure.1.png").read_bytes() == picture("PNG")


@pytest.mark.parametrize("data", ["aGVsbG8=", "%%%", base64.b64encode(picture("PNG")[:60]).decode()])
def test_broken_embedded_picture_costs_only_the_picture(read, data):
    body = f'<body><fig id="f1"><caption><p>Red.</p></caption><graphic xlink:href="data:image/png;base64,{data}"/></fig></body>'
    figure = read(article(body=body)).figures[0]
    assert (figure.caption, figure.image) == ("Red.", None)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (
            "<mml:math><mml:mi>x</mml:mi><mml:mo>=</mml:mo><mml:mfrac><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfrac></mml:math>",
            "x = a/b",
        ),
        (
            "<mml:math><mml:msup><mml:mn>10</mml:mn><mml:mrow><mml:mo>-</mml:mo><mml:mn>3</mml:mn></mml:mrow></mml:msup></mml:math>",
            "10⁻³",
        ),
        (
            "<tex-math>\\documentclass{x}\\begin{document}$$\\alpha \\le \\frac{1}{2}$$\\end{document}</tex-math>",
            "α ≤ 1/2",
        ),
        ("<tex-math>\\begin{document}$\\xymatrix{a &amp; b}$\\end{document}</tex-math>", "[formula]"),
        (
            "<mml:math><mml:mtable><mml:mtr><mml:mtd/></mml:mtr><mml:mtr><mml:mtd/></mml:mtr></mml:mtable></mml:math>",
            "[formula]",
        ),
    ],
)
def test_formulas_become_short_text(read, formula, text):
    body = f"<body><p>Let <inline-formula>{formula}</inline-formula> be.</p></body>"
    assert read(article(body=body)).passages[-1].text == f"Let {text} be."


def test_invisible_characters_go_and_letters_are_composed(read):
    body = "<body><p>Caf\u0065\u0301 co\u00adoperate zero\u200bwidth  and\n more</p></body>"
    assert read(article(body=body)).passages[-1].text == "Café cooperate zerowidth and more"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_every_encoding_reads_alike(read, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + article(people="", body="<body><p>Café.</p></body>")
    text = text.replace("\u2212", "-")
    assert read(text.encode(encoding)).passages[-1].text == "Café."


@pytest.mark.parametrize(
    "wrapper",
    ["<pmc-articleset>{}</pmc-articleset>", "<OAI-PMH><GetRecord><metadata>{}</metadata></GetRecord></OAI-PMH>"],
)
def test_wrapped_articles_are_found(read, wrapper):
    assert read(wrapper.format(article())).doi == "10.1234/test"


def test_named_entities_of_the_absent_dtd_become_their_characters(read):
    text = '<!DOCTYPE article SYSTEM "journal.dtd">' + article(body="<body><p>&alpha;&nbsp;&lt; 5</p></body>")
    assert read(text).passages[-1].text == "α < 5"


def test_external_entity_is_refused(read, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("do not tell")
    text = f'<!DOCTYPE article [<!ENTITY x SYSTEM "{secret.as_uri()}">]>' + article(body="<body><p>&x;</p></body>")
    assert refusal(read, text) == "source.xml-entities"


def test_entity_bomb_is_refused(read):
    levels = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 12))
    text = f'<!DOCTYPE article [<!ENTITY e0 "lol">{levels}]>' + article(body="<body><p>&e11;</p></body>")
    assert refusal(read, text) == "source.xml-entities"


def test_other_xml_is_named_for_what_it_is(read):
    assert refusal(read, "<svg xmlns='http://www.w3.org/2000/svg'/>") == "source.not-jats"
    assert refusal(read, article()[:-40]) == "source.xml-broken"


def test_a_box_gives_the_paragraphs_and_figures_that_its_caption_holds(read):
    box = """<body><sec><title>Results</title><p>Text.</p><boxed-text><label>Box 1.</label><caption><p>A model of bees.
    <fig id="b"><label>Box figure 1.</label><caption><p>The model.</p></caption></fig></p>
    <p>DOI: http://dx.doi.org/10.1234/test.014</p></caption></boxed-text></sec></body>"""
    paper = read(article(body=box))
    assert [passage.text for passage in paper.passages if passage.section == "s1"] == [
        "Text.",
        "A model of bees.",
        "The model.",
    ]
    assert [figure.label for figure in paper.figures] == ["Box figure 1"]


def test_supplementary_material_is_read_where_the_article_prints_it(read):
    printed = """<body><sec><title>Methods</title><p>Text.</p>
    <sec><title>Supplementary material</title><sec><title>Computation</title><p>We multiplied.</p></sec></sec>
    <sec><title>Supplementary information</title><p>Three files are online.</p></sec></sec></body>"""
    paper = read(article(body=printed))
    assert [section.title for section in paper.sections] == ["Methods", "Supplementary material", "Computation"]


def test_raised_numbers_stand_at_their_word_and_lose_the_brackets_between_them(read):
    text = "<p>It is 5 cm <sup>3</sup> wide <sup>4</sup>.<xref ref-type='bibr'><sup>7</sup></xref><sup>),(</sup><sup>8</sup> See [<xref ref-type='fn'>1</xref>] and <sup>23</sup>Na.</p>"
    paper = read(article(body=f"<body><sec><title>Results:</title>{text}</sec></body>"))
    assert paper.passages[-1].text == "It is 5 cm³ wide⁴.⁷,⁸ See and ²³Na."
    assert paper.sections[0].title == "Results"


def test_keywords_in_other_languages_are_left_out(read):
    extra = '<kwd-group xml:lang="es"><kwd>abejas</kwd></kwd-group>'
    assert read(article(extra=extra)).subjects == ["Ecology", "bees"]
