"""The sample paper says nothing that its table does not say, and its files say what the text says."""

import csv
import importlib
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "samples" / "nightingale"
NUMBER_WORDS = r"\b(one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|half|twice|third|dozen)\b"


@pytest.fixture(scope="module")
def sample():
    """The sample's own modules `text` and `facts`."""
    sys.path.insert(0, str(SAMPLE))
    try:
        yield {name: importlib.import_module(name) for name in ("text", "facts")}
    finally:
        sys.path.remove(str(SAMPLE))
        for name in ("text", "facts"):
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def article():
    return ET.parse(SAMPLE / "nightingale.xml").getroot()


def words_of(element):
    return " ".join("".join(element.itertext()).split())


def prose(article):
    return [words_of(paragraph) for paragraph in article.iter("p")]


def source():
    return (SAMPLE / "paper.md").read_text().partition("## References")[0]


def test_every_number_in_the_text_is_a_name_for_a_computation():
    text = re.sub(r"\{[\w.]+\}", "", source())
    text = re.sub(r"\b(January|February|March|April|September|November|December)\s18\d\d\b", "", text)
    text = re.sub(
        r"\[[\d,]+\]|\b(Table|Figure) \d\b|\bper 1000\b|\bCC0\b|\bspring of 1855\b|^#+ ", "", text, flags=re.MULTILINE
    )
    assert re.findall(r"\S*\d\S*", text) == []


def test_what_the_text_says_in_words_is_true_of_the_table(sample):
    table = sample["facts"].read_table()
    text = source()
    for phrase, holds in sample["facts"].CLAIMS.items():
        assert phrase in text, f"the text no longer says {phrase!r}"
        assert holds(table), f"the table does not say {phrase!r}"


def test_every_number_word_belongs_to_a_checked_claim_or_counts_the_paper_s_own_parts(sample):
    text = source()
    for phrase in sample["facts"].CLAIMS:
        text = re.sub(re.escape(phrase), "", text, flags=re.IGNORECASE)
    own = (
        "through one drawing",
        "three classes",
        "form the third",
        "separates the two years",
        "the two winters",
        "the third",
        "One year later",
        "if one month lasted",
        "comparison of two years",
    )
    for phrase in own:
        text = re.sub(re.escape(phrase), "", text, flags=re.IGNORECASE)
    assert re.findall(NUMBER_WORDS, text, flags=re.IGNORECASE) == []


def test_the_printed_rates_follow_from_deaths_and_strength():
    with (SAMPLE / "mortality.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["month"] for line in lines] == [f"{1854 + n // 12}-{n % 12 + 1:02}" for n in range(3, 27)]
    for line in lines:
        for cause in ("zymotic", "wounds", "other"):
            rate = int(line[cause]) * 12 * 1000 / int(line["army"])
            assert rate == pytest.approx(float(line[f"{cause}_rate"]), abs=0.0501), (line["month"], cause)


def test_the_numbers_of_the_xml_are_those_computed_here_from_the_table(article):
    """Arithmetic of the test's own, so that a slip in the sample's is found."""
    with (SAMPLE / "mortality.csv").open(newline="") as file:
        lines = [{name: value for name, value in line.items()} for line in csv.DictReader(file)]  # noqa: C416

    def total(part, cause):
        return sum(int(line[cause]) for line in part)

    def rate(part, cause):
        return f"{total(part, cause) * 12000 / total(part, 'army'):.1f}"

    first, second = lines[:12], lines[12:]
    everyone = sum(total(lines, cause) for cause in ("zymotic", "wounds", "other"))
    text = " ".join(prose(article))
    for sentence in (
        f"Of {everyone:,} soldiers who died, {total(lines, 'zymotic'):,} (",
        f"({total(lines, 'zymotic') / everyone:.1%}) died of zymotic disease",
        f"and {total(lines, 'wounds'):,} ({total(lines, 'wounds') / everyone:.1%}) died of wounds.",
        "In January 1855 alone, 2,761 men died of zymotic disease, 83 of wounds and 324 of other causes.",
        f"from {rate(first, 'zymotic')} per 1000 men in the first year to {rate(second, 'zymotic')} in the second",
        f"from {rate(first, 'wounds')} per 1000 men in the first year to {rate(second, 'wounds')} in the second",
        f"about {2761 / 31:.0f} men every day",
        f"For each soldier who died of wounds in January 1855, {2761 / 83:.0f} died of zymotic disease.",
        f"would have been gone in {32393 / (2761 + 83 + 324):.1f} months",
        f"zymotic disease killed {1725 + 2761 + 2120:,} men",
        f"it killed {91 + 42 + 24} men",
    ):
        assert sentence in text


def test_the_committed_xml_says_what_the_text_says(sample, article):
    text = sample["text"].read_text()
    expected = [words for _, words in text.abstract] + text.summary
    expected += [block for section in text.sections for block in section.blocks if isinstance(block, str)]
    said = prose(article)
    assert [words for words in expected if words not in said] == []
    assert words_of(article.find(".//article-title")) == text.title
    rows = [[words_of(cell) for cell in row] for row in article.iter("tr")]
    tables = [each for section in text.sections for each in section.blocks if isinstance(each, sample["text"].Table)]
    assert rows == [list(row) for table in tables for row in (table.header, *table.rows)]


def test_the_table_of_the_paper_is_the_table_of_the_data(article):
    with (SAMPLE / "mortality.csv").open(newline="") as file:
        counts = [[int(line[name]) for name in ("army", "zymotic", "wounds", "other")] for line in csv.DictReader(file)]
    printed = [[words_of(cell) for cell in row] for row in article.find(".//table-wrap[@id='table1']//tbody")]
    assert [[int(cell.replace(",", "")) for cell in row[1:5]] for row in printed] == counts


def test_the_files_are_small_enough_to_live_in_the_repository():
    sizes = {file.suffix: file.stat().st_size for file in SAMPLE.glob("nightingale.*")}
    assert set(sizes) == {".xml", ".pdf", ".docx"}
    assert sum(sizes.values()) < 400_000
