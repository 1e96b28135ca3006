"""Scripts of real papers, read as a picky reader would: clean, whole, grounded, of the right length, never twice."""

import functools
import itertools
import re
from pathlib import Path

import pytest
from artifacts.paper import Paper
from artifacts.request import Options
from artifacts.script import Brief, Script
from chassis.local import run_stage
from fetcher.sandbox import read_apart
from fetcher.settings import Settings
from scripter import pacing
from scripter.phrases import phrases_for
from scripter.stage import service

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
PAPERS = (
    "jats/10.1007_s00265-015-1952-7.xml",
    "jats/10.1038_s41598-021-97128-3.xml",
    "jats/10.1093_beheco_ary157.xml",
    "jats/10.1155_2014_247835.xml",
    "jats/10.12688_f1000research.19931.1.xml",
    "jats/10.1371_journal.pbio.0020188.xml",
    "jats/10.1371_journal.pmed.1001418.xml",
    "jats/10.1371_journal.pone.0010685.xml",
    "jats/10.1590_0102-469839012.xml",
    "jats/10.1590_1518-8345.7320.4434.xml",
    "jats/10.3847_1538-4357_ace721.xml",
    "jats/10.7554_eLife.00007.xml",
    "jats/10.7554_eLife.06003.xml",
    "jats/10.7554_eLife.90747.xml",
    "jats/10.7717_peerj.727.xml",
    "pdf/mdpi_metabo4040932.pdf",
)
"""Many fields; a letter, a commentary, a meta-analysis; Portuguese; with abstract and without; XML and PDF."""

pytestmark = pytest.mark.corpus

DEBRIS = {
    "citation": r"\[\s*\d|\(\s*\d+(?:\s*[,–-]\s*\d+)*\s*\)|\([^()]*\b(?:19|20)\d\d[a-z]?\)|\bibid\b|\bop\. cit",
    "et al.": r"\bet\s+al\b",
    "superscript": r"(?<![mM])[a-zà-ÿ]{2,}[¹²³⁴-⁹](?![⁺⁻])|[.,;][¹²³⁰-⁹]",
    "figure": r"\b(?:figs?|figures?|figuras?|tables?|tabelas?|abb|abbildung)\b\.?\s*S?\d",
    "pointer": r"\b(?:see|described|mentioned|discussed|shown|listed) (?:above|below|in (?:the )?(?:table|fig|sect))|"
    r"\bas (?:shown|seen|illustrated) (?:in|by) (?:the )?(?:table|fig)|[,;] (?:above|below)[.,]",
    "nothing in brackets": r"\(\s*\)|\[\s*\]",
    "spaces": r"\s{2,}|\s[.,;:](?:\s|$)",
    "address": r"https?:|www\.|\bdoi\b",
    "cut off": r"[^.!?。！？…\"”’»)]$|\b(?:the|a|an|of|and|or|by|with|in|to|than|is)[/.]*$",
    "formula": r"[=∑∫∂√{}\\]",
}
OPENS = re.compile(r"[\"“‘«¿¡]?(?:[^\W\d_a-zà-ÿ]|\d|[a-z]{1,3}[A-Z0-9-])")
LEANS = re.compile(
    r"(?:this|these|those|they|it|he|she|its|their|his|her|such)\b(?! (?:study|paper|article|work|review|trial|"
    r"research|analysis|survey|report|cohort|meta-analysis|experience)\b| (?:is|was|has been|may be|remains|seems)\b)",
    re.IGNORECASE,
)


@functools.cache
def paper_of(name: str, scratch: Path) -> Paper:
    """The paper as the fetcher reads it, once."""
    if not (CORPUS / name).is_file():
        pytest.skip("the corpus is not here")
    folder = scratch / name.replace("/", "-")
    folder.mkdir()
    return read_apart(CORPUS / name, folder, Settings()).paper


def script_of(paper: Paper, folder: Path, seconds: int = 60) -> tuple[Script, list[Brief]]:
    folder.mkdir(exist_ok=True)
    (folder / "paper.json").write_text(paper.model_dump_json())
    (folder / "options.json").write_text(Options(seconds=seconds).model_dump_json())
    run_stage(service().stages[0], folder)
    script = Script.model_validate_json((folder / "script.json").read_bytes())
    return script, [Brief.model_validate_json((folder / f"scene.{n}.brief.json").read_bytes()) for n in script.scenes]


def seconds_of(briefs: list[Brief]) -> float:
    return sum(pacing.scene_seconds([sentence.text for sentence in brief.sentences]) for brief in briefs)


def unclean(text: str) -> list[str]:
    """What a reader would stumble over in a sentence."""
    found = [name for name, pattern in DEBRIS.items() if re.search(pattern, text, re.IGNORECASE)]
    if not OPENS.match(text):
        found.append("does not begin like a sentence")
    pairs = (("(", ")"), ("[", "]"), ("“", "”"), ("«", "»"))
    found += [f"unbalanced {a}" for a, b in pairs if text.count(a) != text.count(b)]
    return found + (["unbalanced quotes"] if text.count('"') % 2 else [])


def ungrounded(brief: Brief, paper: Paper) -> list[str]:
    """Evidence that is not the paper's, and numbers that are not in it."""
    passages = {passage.id: passage.text for passage in paper.passages}
    found = []
    for sentence in brief.sentences:
        cited = " ".join(item.text for item in sentence.evidence)
        found += [item.id for item in sentence.evidence if passages.get(item.id) != item.text]
        numbers = re.findall(r"\d+(?:[.,·]\d+)*", sentence.text)
        found += [n for n in numbers if not re.search(rf"(?<![\d]){re.escape(n)}(?!\d)", cited)]
    return found


def bad_headline(brief: Brief) -> list[str]:
    """Why a headline says nothing, or was cut in the wrong place."""
    headline, phrases = brief.headline, phrases_for(brief.language)
    words = headline.split()
    last = words[-1].lower().strip("?!") if words else ""
    found = {
        "length": not 1 <= len(words) <= 7,
        "says nothing": headline in phrases.kickers.values(),
        "ends on a small word": last in phrases.function_words and not headline.endswith("?"),
        "ends on a sign": bool(re.search(r"[.,;:–—-]$", headline)),
        "opens small": bool(re.match(r"[a-zà-ÿ]{4,}(?:\s|$)", headline)),
    }
    return [name for name, wrong in found.items() if wrong]


def same(one: str, other: str) -> bool:
    a, b = (set(re.findall(r"[^\W\d_]{4,}", text.lower())) for text in (one, other))
    return len(a & b) > 0.75 * min(len(a), len(b)) if a and b else False


def faults(paper: Paper, briefs: list[Brief]) -> list[str]:
    """Everything that is wrong with a script."""
    found = []
    for brief in briefs:
        place = f"scene {brief.scene}"
        for sentence in brief.sentences:
            found += [f"{place}: {fault}: {sentence.text}" for fault in unclean(sentence.text)]
        found += [f"{place}: not in the paper: {fault}" for fault in ungrounded(brief, paper)]
        found += [f"{place}: headline {fault}: {brief.headline}" for fault in bad_headline(brief)]
        first = brief.sentences[0].text
        if brief.scene == 1 and LEANS.match(first):
            found.append(f"{place}: hook leans on nothing: {first}")
        if brief.scene > 1 and brief.visual.kind == "title" and not brief.visual.line:
            found.append(f"{place}: an empty title card")
    said = [sentence.text for brief in briefs for sentence in brief.sentences]
    found += [f"said twice: {a} / {b}" for a, b in itertools.combinations(said, 2) if same(a, b)]
    shown = [brief.headline for brief in briefs[:-1]]
    return found + [f"headline twice: {headline}" for headline in set(shown) if shown.count(headline) > 1]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("papers")


@pytest.mark.parametrize("name", PAPERS)
def test_script_of_a_real_paper_is_clean_grounded_and_says_nothing_twice(name, scratch, tmp_path):
    paper = paper_of(name, scratch)
    _, briefs = script_of(paper, tmp_path)
    assert faults(paper, briefs) == []
    assert 5 <= len(briefs) <= 9
    assert 50 <= seconds_of(briefs) <= 65


@pytest.mark.parametrize("name", PAPERS[::4])
@pytest.mark.parametrize("seconds", [30, 90])
def test_script_lasts_as_long_as_was_asked_for(name, seconds, scratch, tmp_path):
    _, briefs = script_of(paper_of(name, scratch), tmp_path, seconds)
    assert 0.8 * seconds <= seconds_of(briefs) <= 1.1 * seconds


@pytest.mark.parametrize("name", PAPERS)
def test_script_ends_with_the_citation_and_its_licence(name, scratch, tmp_path):
    paper = paper_of(name, scratch)
    _, briefs = script_of(paper, tmp_path, 30)
    card = briefs[-1].visual
    assert card.kind == "end"
    assert (card.title, card.doi, card.licence, card.journal) == (paper.title, paper.doi, paper.licence, paper.journal)
    assert card.year == paper.published[:4]
    assert bool(card.authors) == bool(paper.authors)
