"""A job of the scripter on a folder, with a purse in memory and Gemini's stand-in to pay."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from artifacts.paper import Figure, Image, Paper, Passage, Section
from artifacts.request import Options
from artifacts.script import Brief, Script
from chassis.folder import JobFolder
from chassis.limits import LocalLimits
from chassis.local import artifacts_in
from chassis.purse import Purse
from chassis.testing import MemoryBlobs
from hiddenhill.v1.events_pb2 import Costs
from scripter.settings import Settings
from scripter.stage import write_script
from vendors.settings import GeminiSettings

KEY = "AIza-a-key-that-nobody-may-ever-see-77"


@dataclass
class Shop:
    """What a worker has: settings, a purse, a folder."""

    folder: Path
    vendor: GeminiSettings
    settings: Settings = field(default_factory=Settings)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    costs: Costs = field(default_factory=Costs)
    key: str = ""
    report: Callable[[float, str], None] | None = None

    def write(self, paper: Paper, **options) -> tuple[Script, list[Brief]]:
        """Run the stage `script`."""
        wish = Options(**{"budget": 1.0, "writer": "gemini", **options})
        if not self.costs.budget:
            self.costs.budget = wish.budget
        (self.folder / "paper.json").write_text(paper.model_dump_json())
        (self.folder / "options.json").write_text(wish.model_dump_json())
        write_script(self.job(), self.settings, self.vendor)
        script = Script.model_validate_json((self.folder / "script.json").read_bytes())
        return script, [self.brief(number) for number in script.scenes]

    def brief(self, number: int) -> Brief:
        return Brief.model_validate_json((self.folder / f"scene.{number}.brief.json").read_bytes())

    def job(self) -> JobFolder:
        taker = LocalLimits().taker("job1")
        purse = Purse(self.blobs, lambda change: change(self.costs), "script", None, taker)
        more = {"taker": taker, "purse": purse, "key": lambda _: self.key, "report": self.report}
        return JobFolder(self.folder, artifacts_in(self.folder), **more)

    @property
    def spent(self) -> float:
        return sum(call.dollars for call in self.costs.calls)


@pytest.fixture
def shop(tmp_path, gemini_standin) -> Shop:
    vendor = GeminiSettings(api_key=KEY, url=gemini_standin.url, seconds=10)
    return Shop(tmp_path, vendor)


ABSTRACT = (
    "Honey bees visit flowers of many kinds, and it was unknown whether warm nights change how they choose. "
    "We followed 240 honey bees from 12 hives in orchards near Lisbon during two summers. "
    "After warm nights the bees visited 35% fewer flowers than after cool nights. "
    "They did not change the kinds of flowers that they visited. "
    "Hives in the shade lost 4 kg less honey than hives in the sun. "
    "The study was limited to one valley, and other bees may behave in other ways. "
    "These results suggest that shade could help honey bees in warm summers."
)
RESULTS = (
    "The number of visits decreased in July and August when the nights were warmer than 20 °C. "
    "Bees from hives in the shade made more visits in the morning than bees from hives in the sun. "
    "No bees were found to leave the orchards during the two summers."
)
METHODS = (
    "We marked each bee with a small dot of paint and counted its visits with cameras at the hives. "
    "The temperature of the night was measured in every orchard at a height of 2 m above the ground."
)


@pytest.fixture
def bees() -> Paper:
    """A small paper that the project wrote."""
    picture = Image(artifact="figure.1", digest="1" * 64, media_type="image/png", width=800, height=600)
    caption = "Visits of honey bees to flowers after warm nights and after cool nights."
    return Paper(
        title="Warm nights keep honey bees from flowers",
        authors=["Ana Prado", "Rui Vale"],
        journal="Notes of the Hill",
        published="2024-05",
        doi="10.0000/bees",
        licence="CC-BY-4.0",
        abstract=ABSTRACT,
        sections=[
            Section(id="s1", title="Methods", kind="methods"),
            Section(id="s2", title="Results", kind="results"),
        ],
        passages=[
            Passage(id="abs.1", text=ABSTRACT, kind="abstract"),
            Passage(id="s1.1", text=METHODS, section="s1"),
            Passage(id="s2.1", text=RESULTS, section="s2"),
            Passage(id="fig.1", text=caption, kind="caption", section="s2"),
        ],
        figures=[Figure(id="fig.1", label="Figure 1", caption=caption, passage="fig.1", image=picture)],
    )


class Model:
    """A model that says what a test wants: scenes, then other sentences for those that failed, and translations.

    Args:
        scenes: `(role, [(text, [ids])], more)`; `more` are other fields of the scene.
        again: what a failed sentence becomes, by its text.
        renderings: what a sentence says in the paper's language.
    """

    def __init__(self, scenes, again=None, renderings=None) -> None:
        self.scenes = scenes
        self.again = again or {}
        self.renderings = renderings or {}
        self.asked = []

    def __call__(self, asked) -> str:
        self.asked.append(asked)
        names = asked.schema["properties"]
        if "lines" in names:
            lines = json.loads(asked.prompt.split("as data:\n", 1)[1])
            rendered = [{"number": each["number"], "text": self.renderings.get(each["line"], "")} for each in lines]
            return json.dumps({"lines": rendered})
        if "number" in str(asked.schema.get("$defs", {}).get("Rewritten", "")):
            rows = json.loads(asked.prompt.split("\n\n")[1])
            return json.dumps(
                {"scenes": [{"number": r["number"], "sentences": self._again(r["sentences"])} for r in rows]}
            )
        return json.dumps({"scenes": [_scene(*scene) for scene in self.scenes]})

    def _again(self, sentences) -> list[dict]:
        return [{"text": self.again.get(s["sentence"], s["sentence"]), "passages": s["passages"]} for s in sentences]


def _scene(role, sentences, more=None) -> dict:
    said = [{"text": text, "passages": ids} for text, ids in sentences]
    return {"role": role, "headline": "", "kicker": "", "footage": "", "sentences": said, **(more or {})}


@pytest.fixture
def model(gemini_standin) -> type[Model]:
    """Makes the stand-in say what a test wants."""

    def make(*args, **kwargs) -> Model:
        gemini_standin.vendor.reply = Model(*args, **kwargs)
        return gemini_standin.vendor.reply

    return make
