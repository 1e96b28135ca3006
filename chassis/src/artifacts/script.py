"""Artifacts `script` and `scene.<n>.brief`: what is said and what is seen."""

from typing import Annotated, Literal

from pydantic import Field

from artifacts.model import Model
from artifacts.paper import Image, Page

Role = Literal["hook", "question", "method", "results", "caveat", "takeaway", "end"]
ThemeName = Literal["dusk", "dawn", "paper", "night"]
SpeechName = Literal["", "espeak", "gemini", "piper"]
"""Who speaks; empty: the best that is usable within the budget."""


class Evidence(Model):
    """A passage that a sentence rests on, with its text as the paper has it."""

    id: str
    text: str


class Check(Model):
    """One thing that was looked at when a sentence was held against its passages."""

    name: Literal["passages", "numbers", "direction", "entities", "cause", "population", "strength", "similarity"]
    passed: bool
    reason: str = ""
    """What was found, for the reader, such as `12 % is not in the passage`; empty: there was nothing to look at."""


class Verdict(Model):
    """Whether the cited passages support a sentence. `score` is 0 to 1; below the threshold the sentence fails."""

    supported: bool
    score: float
    checks: list[Check]


class Sentence(Model):
    """A sentence as it is captioned; the narrator decides how its symbols are spoken."""

    text: str
    evidence: list[Evidence]
    edited: bool = False
    """True: a person wrote it."""
    own: bool = False
    """True: that person answers for it, whatever the passages say; the video says so."""
    verdict: Verdict | None = None
    """None: not looked at yet, as after an edit."""


class TitleVisual(Model):
    """The hook. The scene's headline is drawn large, `line` under it."""

    kind: Literal["title"] = "title"
    line: str = ""


class Bar(Model):
    """One value that puts a number in proportion."""

    label: str
    value: float
    text: str
    """The value as the paper writes it."""


class NumberVisual(Model):
    """One number, very large, counting up."""

    kind: Literal["number"] = "number"
    text: str
    """As shown when it stands still, such as `2,761` or `−19.5`."""
    value: float
    unit: str = ""
    """`%`, `°C`, `mg/kg`; drawn after the number."""
    label: str
    """What it is the number of, at most 8 words."""
    bars: list[Bar] = []
    """0 or 2 to 4; the first is the number itself."""


class ChartVisual(Model):
    """Bars or a line from one column of the paper's table."""

    kind: Literal["chart"] = "chart"
    form: Literal["bars", "line"] = "bars"
    categories: list[str]
    values: list[float]
    texts: list[str] = []
    """The values as the paper writes them."""
    axis: str = ""
    """What is measured, with unit."""
    highlight: int | None = None
    """Index of the value that is spoken of."""
    source: str = ""
    """Such as `Table 2`."""


class FigureVisual(Model):
    """The paper's own figure."""

    kind: Literal["figure"] = "figure"
    image: Image
    label: str = ""
    licence: str = ""
    caption: str = ""
    panel: str = ""
    """Letter of the panel that is spoken of, or empty."""


class QuoteVisual(Model):
    """The passage of the paper itself, the highlight sweeping with the voice."""

    kind: Literal["quote"] = "quote"
    passage: str
    """Its id."""
    text: str
    """Part of the passage, whole sentences, at most 400 characters."""
    highlight: tuple[int, int]
    """Start and end of the highlight in `text`, in characters."""
    place: str = ""
    """Such as `Results, paragraph 4 · page 3`."""
    page: Page | None = None
    """The real page, where there is one."""
    boxes: list[tuple[float, float, float, float]] = []
    """Lines of the highlight on the page: x0, top, x1, bottom in points."""


class StepsVisual(Model):
    """Two to four numbered cards that arrive one by one."""

    kind: Literal["steps"] = "steps"
    items: list[str]
    sentences: list[int] = []
    """For each item, the index of the sentence that says it."""


class EndVisual(Model):
    """Read it yourself: citation, DOI as QR code, licence, badges."""

    kind: Literal["end"] = "end"
    title: str
    authors: str
    """Such as `F. Nightingale` or `Lee et al.`."""
    year: str = ""
    journal: str = ""
    doi: str = ""
    url: str = ""
    licence: str = ""
    credits: str = ""
    badges: list[str] = []
    labels: list[str] = []
    """Such as `preprint`, `in mice`, `retracted`."""


Visual = Annotated[
    TitleVisual | NumberVisual | ChartVisual | FigureVisual | QuoteVisual | StepsVisual | EndVisual,
    Field(discriminator="kind"),
]


class Footage(Model):
    """A moving picture that the script asks for, to be made by a provider; the visual is shown where none is made."""

    prompt: str = Field(max_length=1000)
    """What is to be seen, in English."""
    seconds: float = Field(gt=0)
    """How long the scene will be, estimated from its words."""
    image: Image | None = None
    """A figure of the paper whose licence allows that it is set moving: the first frame."""
    image_label: str = ""


class Span(Model):
    """Where a scene lies in the whole video, as fractions of its length estimated from the words.

    Everything that moves through the whole video (progress bar, hills, sky) goes by it,
    so scenes that are encoded apart join without a seam, and an edit of one leaves the others as they are.
    """

    start: float = Field(ge=0, le=1)
    end: float = Field(ge=0, le=1)


class Brief(Model):
    """Artifact `scene.<n>.brief`: all that is needed to speak and draw one scene."""

    scene: int = Field(ge=1)
    role: Role
    headline: str
    """At most 7 words."""
    kicker: str = ""
    """A few words above the headline."""
    sentences: list[Sentence]
    visual: Visual
    footage: Footage | None = None
    theme: ThemeName = "dusk"
    span: Span
    source_line: str = ""
    """Such as `Nightingale 1858 · Mortality of the British Army`."""
    horizon: list[float] = []
    """16 to 64 numbers of the paper (or of its digest), 0 to 1, that the hills are drawn from."""
    language: str = "en"
    voice: str = ""
    speech: SpeechName = ""


class Card(Model):
    """The paper in short, for credits and sidecars."""

    title: str
    authors: list[str] = []
    journal: str = ""
    published: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    arxiv: str = ""
    url: str = ""
    licence: str = ""
    language: str = "en"
    notices: list[str] = []


class Dropped(Model):
    """A sentence that was written and is not in the video, for its passages do not support it."""

    text: str
    passages: list[str] = []
    """Their ids."""
    verdicts: list[Verdict] = []
    """Of each try, the last one last."""


class Script(Model):
    """Artifact `script`: the whole, without what is said (the briefs hold that, so an edit of one changes only it)."""

    paper: Card
    scenes: list[int]
    language: str = "en"
    seconds: int = 60
    theme: ThemeName = "dusk"
    music: bool = False
    writer: str = ""
    """Which script writer made it, as the credits name it."""
    dropped: list[Dropped] = []
