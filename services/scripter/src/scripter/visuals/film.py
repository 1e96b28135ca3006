"""What a moving picture is to show: a fixed frame around a description that was looked at."""

# ruff: noqa: E501 - lists of expressions read better unbroken

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from artifacts.script import FigureVisual, Footage

from scripter import pacing, sentences
from scripter.addressing import addresses_a_machine, foreign_matter
from scripter.phrases import phrases_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from artifacts.paper import Paper
    from artifacts.script import Brief, Sentence

MOST_UNITS = 1000
"""UTF-16 units of a prompt."""
_MOST_LETTERS = 320
_STRANGE = 0.3
"""Share of a description's words that neither the scene's passages nor the words of films know."""
_STRANGE_ABROAD = 0.5
"""The same for a paper that is not in English, whose words its descriptions cannot share."""
_LIGHT = {
    "dusk": "soft light after sunset, deep blue and warm amber",
    "dawn": "first light of morning, pale gold and mist",
    "paper": "calm even daylight, warm paper tones",
    "night": "quiet night, dark blue with small warm lights",
}
_FRAME = (
    "Vertical documentary film, one continuous shot, slow steady camera, natural motion, realistic, {light}. "
    "{picture}{description} No text, no letters, no numbers, no logos, no signs, no screens, no recognisable persons, "
    "nothing bloody or frightening, no cuts."
)
_STILL = "The given picture stays as it is; only light and camera move over it. "
_REFUSED = re.compile(
    r"\b(?:text|texts|word|words|letters?|letterings?|captions?|subtitles?|sign|signs|signboards?|billboards?|posters?|banners?|"
    r"placards?|labels?|logos?|brands?|branded|watermarks?|screens?|monitors?|qr|codes?|barcodes?|urls?|links?|websites?|"
    r"says?|saying|reads?|reading|written|writes?|spells?|spelling|typed?|printed|displays?|displaying|quotes?|slogans?|"
    r"celebrit\w+|president|minister|pope|actor|actress|singer|politician\w*|famous|portrait|"
    r"blood\w*|gore|gory|corpses?|dead|death|die|dying|kill\w*|murder\w*|wound\w*|injur\w*|mutilat\w*|decapitat\w*|"
    r"tortur\w*|surger\w*|scalpel\w*|organs?|guts|vomit\w*|weapons?|guns?|knife|knives|rifles?|bomb\w*|explo\w+|shoot\w*|violen\w*|"
    r"nude|naked|nudity|sex\w*|erotic|porn\w*|child|children|baby|babies|infant\w*|"
    r"swastika|nazi\w*|flags?|terror\w*|suicid\w*|drug deal\w*|money|bitcoin\w*|coins?|cash|casino\w*|advert\w*|promo\w*)\b",
    re.IGNORECASE,
)
_FREE = re.compile(r"^(?:CC-BY(?:-SA)?(?:-\d|$)|CC0|CC-0|PUBLIC-DOMAIN|PDM)")


def described(text: str, said: Sequence[Sentence], paper: Paper) -> str:
    """A model's description where it shows what the scene is about and nothing that it must not, else empty."""
    clean = " ".join(text.split()).rstrip(" .")
    words = re.findall(r"[a-z]{3,}", clean.lower())
    if not 4 <= len(words) <= 60 or len(clean) > _MOST_LETTERS or foreign_matter(clean) or _REFUSED.search(clean):
        return ""
    if re.search(r"[\d\"“”„«»:@#*_<>\[\]{}|/\\=]|[^\x00-\x7f‘’–—é-]", clean) or re.search(r"[^.!?] [A-Z]", clean):
        return ""
    known = film_words() | _words_of(said, paper)
    strange = [word for word in words if _stem(word) not in known]
    if any(_stem(word) in _hostile_words(paper) for word in strange):
        return ""
    most = _STRANGE if paper.language.startswith("en") else _STRANGE_ABROAD
    return "" if len(strange) > most * len(words) else clean[:1].upper() + clean[1:] + "."


def filmed(briefs: Sequence[Brief], descriptions: Sequence[str], clips: int) -> list[Brief]:
    """The briefs with footage in as many scenes as there are clips, those that show data last, never in the end scene."""
    able = [place for place, brief in enumerate(briefs) if descriptions[place] and brief.role != "end"]
    shows_data = {place: briefs[place].visual.kind in {"chart", "number", "steps"} for place in able}
    chosen = sorted(able, key=lambda place: (shows_data[place], place))[:clips]
    return [
        brief.model_copy(update={"footage": _footage(brief, descriptions[place])}) if place in chosen else brief
        for place, brief in enumerate(briefs)
    ]


def may_move(licence: str) -> bool:
    """Whether a figure may be handed on and set moving: adaptations for any purpose are allowed.

    Those for no commercial purpose alone are left out, for who runs this and what the vendor is paid for is not known.
    """
    return bool(_FREE.match(licence.upper().replace("_", "-").replace(" ", "-")))


def _footage(brief: Brief, description: str) -> Footage:
    visual = brief.visual
    image = visual.image if isinstance(visual, FigureVisual) and may_move(visual.licence) else None
    frame = _FRAME.format(light=_LIGHT[brief.theme], picture=_STILL if image else "", description=description)
    seconds = pacing.scene_seconds([sentence.text for sentence in brief.sentences])
    label = visual.label if isinstance(visual, FigureVisual) and image else ""
    return Footage(prompt=cut(frame), seconds=round(seconds, 2), image=image, image_label=label)


def cut(prompt: str) -> str:
    """The prompt within what the vendor takes."""
    return prompt.encode("utf-16-le")[: 2 * MOST_UNITS].decode("utf-16-le", "ignore")


@lru_cache(maxsize=1)
def film_words() -> frozenset[str]:
    """Stems of words that describe pictures and give nothing away."""
    text = (resources.files("scripter.visuals") / "film_words.txt").read_text("utf-8")
    return frozenset(_stem(word) for line in text.splitlines() if not line.startswith("#") for word in line.split())


def _words_of(said: Sequence[Sentence], paper: Paper) -> set[str]:
    """Stems of the sentences and of what their passages say without addressing anybody."""
    phrases = phrases_for(paper.language)
    texts = [sentence.text for sentence in said]
    for item in {item.id: item for sentence in said for item in sentence.evidence}.values():
        texts += [span.text for span in sentences.split(item.text, phrases) if not foreign_matter(span.text)]
    return {_stem(word) for text in texts for word in re.findall(r"[a-z]{3,}", text.lower())}


def _hostile_words(paper: Paper) -> frozenset[str]:
    """Stems of sentences that address a machine or the audience: no description takes a word from them alone."""
    phrases = phrases_for(paper.language)
    found: set[str] = set()
    texts = [paper.title, *paper.authors, *paper.subjects, paper.journal, *(passage.text for passage in paper.passages)]
    for text in texts:
        if foreign_matter(text) or addresses_a_machine(text):
            spans = [span.text for span in sentences.split(text, phrases)] or [text]
            found |= {
                _stem(w) for span in spans if foreign_matter(span) for w in re.findall(r"[a-z]{3,}", span.lower())
            }
    return frozenset(found)


def _stem(word: str) -> str:
    return re.sub(r"(?:ies|es|s|ing|ed|ly)$", "", word)[:7] if len(word) > 4 else word
