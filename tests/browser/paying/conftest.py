"""A real gateway whose stages are played by the test: jobs with verdicts, costs and failures at will."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from artifacts.footage import SceneFootage
from artifacts.paper import Paper
from artifacts.script import Brief, Script
from artifacts.transcript import Transcript
from chassis.blobs import S3Blobs, key_of
from chassis.events import Blob
from chassis.providers import Provider
from chassis.stage import Rule
from chassis.testing import on_bus, until
from cli.stack import Stack
from hiddenhill.v1.events_pb2 import CallState, Costs, Progress
from standins.runway.clips import clip

from chassis import events

BRIEF = "scene.*.brief"
RULES = (
    Rule("fetch", "Read", "1", "fetcher", ("source",), ("paper",), False, ("paper",)),
    Rule("script", "Write", "1", "scripter", ("paper", "options"), ("script", BRIEF), False, ("script", BRIEF)),
    Rule("narrate", "Speak", "1", "narrator", (BRIEF, "approval"), ("scene.*.segment",), True, ("scene.*.segment",)),
    Rule(
        "assemble",
        "Finish",
        "1",
        "captioner",
        ("script", "scene.*.segment"),
        ("video", "transcript"),
        False,
        ("video",),
    ),
)
TOKENS = {"input": 0.5, "output": 3.0}
TOLD = (
    Provider("gemini", "Gemini", "script", "gemini-3.8-flash", True, "", TOKENS),
    Provider("gemini", "Gemini", "speech", "gemini-3.8-flash-tts", True, "", {"input": 0.5, "output": 10.0}),
    Provider("runway", "Runway", "footage", "gen4.5", False, "no key; set HIDDENHILL_RUNWAY_API_KEY", {"second": 0.12}),
)
PASSAGES = {
    "abs.1": "The deaths in the hospitals at Scutari and Koulali in January 1855 amounted to 3,168, of which 2,761 were"
    " from zymotic disease, 83 from wounds, and 324 from all other causes.",
    "s2.1": "After the sanitary works were begun the mortality fell from 42 per cent to 2 per cent.",
}
CHECKS = ("passages", "numbers", "direction", "entities", "cause", "population", "strength", "similarity")
SUPPORTED = {"supported": True, "score": 0.91, "checks": [{"name": name, "passed": True} for name in CHECKS]}
WHY = "12 % is not in the passage"
REFUSED = {"supported": False, "score": 0.1, "checks": [{"name": "numbers", "passed": False, "reason": WHY}]}
TITLE = "Mortality of the British Army in the East"
CARD = {"title": TITLE, "authors": ["F. Nightingale"], "published": "1858", "licence": "CC0-1.0"}
DROPPED = [
    {"text": "Nurses saved twelve per cent.", "passages": ["s2.1"], "verdicts": [REFUSED, REFUSED]},
    {"text": "The war was lost by dirt.", "passages": ["abs.1"], "verdicts": []},
]
FILM = {"digest": "0" * 64, "width": 720, "height": 1280, "seconds": 5, "engine": "Runway gen4.5", "prompt": "Dawn"}
ASKED = {"prompt": "A hospital ward at dawn", "seconds": 5}


def sentence(text, passage, verdict=SUPPORTED, **more):
    evidence = [{"id": passage, "text": PASSAGES[passage]}]
    return {"text": text, "evidence": evidence, "verdict": verdict, **more}


SAID = {
    1: [sentence("In January 1855 disease killed 2,761 men.", "abs.1")],
    2: [
        sentence("Then the drains were cleaned.", "s2.1"),
        sentence("It was about time.", "s2.1", REFUSED, edited=True, own=True),
    ],
    3: [sentence("Mortality fell from 42 per cent to 2.", "s2.1", edited=True)],
}


def brief(number):
    more = {"footage": ASKED} if number > 1 else {}
    facts = {
        "scene": number,
        "role": "results",
        "headline": ("Disease, not the enemy", "Clean water, at last", "From 42 to 2")[number - 1],
        "sentences": SAID[number],
        "visual": {"kind": "title"},
        "span": {"start": 0, "end": 1},
        **more,
    }
    return Brief.model_validate(facts)


def transcript():
    scenes = []
    for number, sentences in SAID.items():
        start, spoken = 2.0 * number - 2, []
        for each in sentences:
            words = each["text"].split()
            times = [start + 2 * place / len(words) for place in range(len(words) + 1)]
            timed = [{"text": word, "start": times[i], "end": times[i + 1]} for i, word in enumerate(words)]
            spoken.append(each | {"words": timed})
        facts = {"scene": number, "start": start, "end": start + 2, "role": "results", "visual": "title"}
        scenes.append(facts | {"headline": brief(number).headline, "sentences": spoken})
    whole = {"paper": CARD, "duration": 6, "scenes": scenes, "dropped": DROPPED}
    return Transcript.model_validate(whole | {"credits": "Nightingale (1858). CC0 1.0."})


class Played:
    """A stack without workers, and what they would have said."""

    def __init__(self, stack):
        self.stack, self.url = stack, stack.gateway_url
        self.settings = stack.settings
        self.blobs = S3Blobs(self.settings)
        self.http = httpx.Client(base_url=f"{self.url}/api/v1", headers=self.login, timeout=20)

    @property
    def login(self):
        return {"Authorization": f"Bearer {self.stack.token}"}

    def on_bus(self, act):
        with ThreadPoolExecutor(1) as apart:  # the browser's driver has a loop of its own in this thread
            return apart.submit(on_bus, self.settings, act).result()

    def announce(self, *batch):
        self.on_bus(lambda bus: bus.announce(list(batch)))

    def tell(self):
        async def publish(bus):
            for rule in RULES:
                await bus._publish_rule(rule)
            await bus.publish_providers(TOLD)

        self.on_bus(publish)

    def submit(self, **options):
        wish = {"reference": "10.1000/182", "options": options}
        return self.http.post("/jobs", json=wish).raise_for_status().json()["id"]

    def known(self, job_id):
        return {row["artifact"]: row["digest"] for row in self.http.get(f"/jobs/{job_id}").json()["artifacts"]}

    def until_made(self, job_id, *names):
        return until(lambda: (have := self.known(job_id)).keys() >= set(names) and have)

    def made(self, job_id, values, needs, scenes=()):
        """Announce artifacts as a stage would, once what they need is there."""
        inputs = until(
            lambda: (have := self.known(job_id)).keys() >= set(needs) and {name: have[name] for name in needs}
        )
        batch = []
        for name, value in values.items():
            data = value if isinstance(value, bytes) else value.model_dump_json().encode()
            kind = "video/mp4" if isinstance(value, bytes) else "application/json"
            blob = Blob(name, hashlib.sha256(data).hexdigest(), len(data), kind)
            self.blobs.put_bytes(key_of(blob.digest), data)
            batch.append(events.ready(job_id, blob, cause="made", inputs=inputs, stage="x", scenes=scenes))
        self.announce(*batch)

    def write(self, job_id):
        passages = [{"id": name, "text": text} for name, text in PASSAGES.items()]
        self.made(job_id, {"paper": Paper.model_validate({**CARD, "passages": passages})}, ("source",))
        script = {"script": Script.model_validate({"paper": CARD, "scenes": [1, 2, 3], "dropped": DROPPED})}
        briefs = {f"scene.{number}.brief": brief(number) for number in SAID}
        self.made(job_id, script | briefs, ("paper", "options"), scenes=(1, 2, 3))

    def fail(self, job_id, stage, scene, error):
        self.announce(events.failed(job_id, stage, scene, error, 1))

    def wait(self, job_id, seconds):
        """Have a worker say that it waits for a provider."""
        told = Progress(job_id=job_id, stage="narrate", scene=1, waits_for="Gemini")
        told.waits_until.FromDatetime(datetime.now(UTC) + timedelta(seconds=seconds))
        subject = f"progress.{job_id}.narrate.1"
        self.on_bus(lambda bus: bus.client.publish(subject, told.SerializeToString()))

    def pay(self, job_id):
        costs, paid = Costs(job_id=job_id, budget=1.0), CallState.CALL_STATE_PAID
        film = {"provider": "runway", "model": "gen4.5", "stage": "narrate"}
        costs.calls.add(key="a", provider="gemini", model="gemini-3.8-flash", stage="script", state=paid, dollars=0.014)
        costs.calls.add(key="b", **film, scene=2, state=paid, dollars=0.6, cut_off=1)
        costs.calls.add(key="c", **film, scene=3, state=CallState.CALL_STATE_KNOWN)
        self.announce(events.costs(costs))
        until(lambda: self.http.get(f"/jobs/{job_id}").json()["costs"]["calls"])

    def finish(self, job_id):
        film = clip("dawn", 6, 270, 480)
        why = {"wanted": True, "code": "budget.spent", "reason": "the budget was used up before its turn."}
        made = {"scene": 2, "wanted": True, "clip": FILM}
        for number in SAID:
            footage = {1: {"scene": 1}, 2: made, 3: {"scene": 3} | why}[number]
            values = {f"scene.{number}.footage": SceneFootage.model_validate(footage), f"scene.{number}.segment": film}
            self.made(job_id, values, (f"scene.{number}.brief", "approval"))
        segments = tuple(f"scene.{number}.segment" for number in SAID)
        self.made(job_id, {"video": film, "transcript": transcript()}, ("script", *segments))


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    env = {"HIDDENHILL_MONEY_A_DAY": "20", "HIDDENHILL_REQUESTS_A_MINUTE": "6000"}
    with Stack(tmp_path_factory.mktemp("home"), services=("gateway",), env=env) as stack:
        found = Played(stack)
        found.tell()
        until(lambda: len(found.http.get("/providers").json()["providers"]) == len(TOLD))
        yield found
        found.http.close()


@pytest.fixture(params=["phone", "wide"])
def somebody(request, visit, played):
    """The machine's own user, at two sizes."""
    name = f"{request.param}-{request.node.originalname.removeprefix('test_')[:24]}"
    found = visit(name, request.param, at=played, extra_http_headers=played.login)
    found.page.emulate_media(reduced_motion="reduce")
    return found


@pytest.fixture
def shoot(somebody, faults):
    """Take a picture in light and in dark; axe finds nothing serious in it, and nothing is wider than the window."""

    def take(step):
        found = []
        for scheme in ("light", "dark"):
            somebody.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            somebody.page.wait_for_timeout(200)  # colours change slowly
            somebody.shot(f"{step}-{scheme}", whole=True)
            found += [f"{scheme}: {fault}" for fault in faults(somebody.page)]
        assert not found, "\n\n".join(found)
        assert somebody.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    return take
