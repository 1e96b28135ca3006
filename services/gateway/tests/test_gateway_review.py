"""A script that is looked at before it is spoken: edits are held against the paper, then a person approves."""

import json

import grpc
import pytest
from chassis.blobs import key_of
from chassis.errors import Fatal
from chassis.manifest import Run, decide
from chassis.stage import Rule
from hiddenhill.v1 import job_service_pb2 as pb
from hiddenhill.v1 import job_service_pb2_grpc as pb_grpc

from chassis import events

pytestmark = [pytest.mark.stack]
BRIEF, VERDICTS, NARRATION = "scene.*.brief", "scene.*.verdicts", "scene.*.narration"
FOOTAGE, CLIP = "scene.*.footage", "scene.*.clip"
CHECK = Rule("check", "Checking", "1", "scripter", (BRIEF, "paper"), (VERDICTS,), True, (VERDICTS,))
NARRATE = Rule("narrate", "Speaking", "1", "narrator", (BRIEF, VERDICTS, "approval"), (NARRATION,), True, (NARRATION,))
FILM = Rule("clip", "Filming", "1", "filmer", (BRIEF, VERDICTS, "approval"), (FOOTAGE, CLIP), True, (FOOTAGE,))


@pytest.fixture(scope="module")
def checking(running):
    """A gateway that knows of the stage `check` and of those that wait for it."""

    async def publish(bus):
        for rule in (CHECK, NARRATE, FILM):
            await bus._publish_rule(rule)

    running.on_bus(publish)
    probe = running.submit()
    running.until(lambda: {"check", "clip"} <= {stage["name"] for stage in running.job(probe)["stages"]})
    return running


class Review:
    """A job whose script is there, in the hands of a test that plays the stages."""

    def __init__(self, gateway, *, review=True):
        self.gateway = gateway
        wish = {"reference": "10.1000/182", "options": {"review": review}}
        self.id = gateway.http.post(f"{gateway.api}/jobs", json=wish).raise_for_status().json()["id"]
        self.url = f"{gateway.api}/jobs/{self.id}"
        rows = gateway.until(lambda: len(found := gateway.job(self.id)["artifacts"]) >= 2 and found)
        first = {row["artifact"]: row["digest"] for row in rows}
        self.paper = gateway.made(self.id, {"paper": {"title": "On Hills"}}, {"source": first["source"]})
        inputs = self.paper | {"options": first["options"]}
        script = {"script": {}, "scene.1.brief": brief(1), "scene.2.brief": brief(2)}
        gateway.made(self.id, script, inputs, scenes=(1, 2))
        gateway.until(lambda: len(gateway.job(self.id)["artifacts"]) >= 6)

    def manifest(self):
        return self.gateway.on_bus(lambda bus: bus.manifest(self.id))

    def brief(self, scene):
        return json.loads(self.gateway.blobs.get_bytes(key_of(self.manifest().entries[f"scene.{scene}.brief"].digest)))

    def check(self, scene):
        """Play `check`: all that is said in the scene may be said."""
        inputs = {name: self.manifest().entries[name].digest for name in (f"scene.{scene}.brief", "paper")}
        said = {"scene": scene, "verdicts": [], "of": inputs[f"scene.{scene}.brief"]}
        self.gateway.made(self.id, {f"scene.{scene}.verdicts": said}, inputs)

    def object_to(self, scene):
        """Play `check`: something that is said in the scene is not in the paper."""
        error = Fatal("usage.unsupported", "The passages do not say that twelve died.")
        failed = events.failed(self.id, "check", scene, error, 1)
        self.gateway.on_bus(lambda bus: bus.announce([failed]))

    def edit(self, scene, **change):
        before = self.manifest().seq(f"scene.{scene}.brief")
        answer = self.gateway.http.patch(f"{self.url}/scenes/{scene}", json=change)
        assert answer.status_code == 202, answer.text
        self.gateway.until(lambda: self.manifest().seq(f"scene.{scene}.brief") > before)

    def state(self, wanted):
        return self.gateway.state(self.id, wanted)

    def runs(self, rule, scene):
        """How many of all events set the stage going for a scene."""
        manifest = self.manifest()
        seqs = [entry.seq for entry in manifest.entries.values()]
        return sum(isinstance(decide(rule, manifest, scene, seq), Run) for seq in seqs)


def brief(scene):
    evidence = [{"id": "p1", "text": "Ten of them died."}]
    said = [{"text": "Ten died.", "evidence": evidence}, {"text": "Two lived.", "evidence": evidence}]
    more = {"role": "hook", "headline": "Ten died", "visual": {"kind": "title"}, "span": {"start": 0, "end": 1}}
    return {"scene": scene, "sentences": said, **more}


def test_review_begins_when_every_scene_has_its_verdicts_and_an_approval_sets_all_scenes_going(checking):
    job = Review(checking)
    job.check(1)
    assert job.state("running")["stages"]
    early = checking.http.post(f"{job.url}/approve")
    assert (early.status_code, early.json()["code"]) == (409, "usage.nothing-to-do")
    job.check(2)
    waiting = job.state("review")
    assert {stage["name"]: stage["state"] for stage in waiting["stages"]}["narrate"] == "waiting"
    assert [job.runs(rule, scene) for rule in (NARRATE, FILM) for scene in (1, 2)] == [0, 0, 0, 0]
    assert checking.http.post(f"{job.url}/approve").json()["state"] == "running"
    checking.until(lambda: "approval" in job.manifest().entries)
    assert [job.runs(rule, scene) for rule in (NARRATE, FILM) for scene in (1, 2)] == [1, 1, 1, 1]
    assert [job.runs(CHECK, scene) for scene in (1, 2)] == [0, 0]
    assert job.state("running")["error"] is None


def test_edit_in_review_is_checked_again_and_objected_to_until_it_is_somebodys_own_words(checking):
    job = Review(checking)
    job.check(1)
    job.check(2)
    job.state("review")
    job.edit(1, text="Ten died. Twelve died on the hill.")
    assert job.runs(CHECK, 1) == 1
    assert job.runs(CHECK, 2) == 0
    job.state("running")
    job.object_to(1)
    failed = job.state("failed")
    assert (failed["error"]["code"], failed["error"]["scene"]) == ("usage.unsupported", 1)
    refused = checking.http.post(f"{job.url}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "usage.nothing-to-do")
    job.edit(1, accept=True)
    said = [(row["text"], row["edited"], row["own"], row["verdict"]) for row in job.brief(1)["sentences"]]
    assert said == [("Ten died.", False, False, None), ("Twelve died on the hill.", True, True, None)]
    job.state("running")
    job.check(1)
    job.state("review")


def test_edit_of_a_job_that_needs_no_approval_is_spoken_once_its_verdicts_are_there(checking):
    job = Review(checking, review=False)
    checking.until(lambda: "approval" in job.manifest().entries)
    job.check(1)
    job.check(2)
    assert job.runs(NARRATE, 1) == 1
    job.edit(1, text="Nine died.", accept=True)
    assert (job.runs(NARRATE, 1), job.runs(CHECK, 1), job.runs(NARRATE, 2)) == (0, 1, 1)
    job.check(1)
    assert (job.runs(NARRATE, 1), job.runs(CHECK, 1)) == (1, 0)
    job.state("running")


def test_edit_over_grpc_takes_somebodys_own_words_alike(checking):
    job = Review(checking)
    request = pb.EditSceneRequest(job_id=job.id, scene=2, text="Nobody died.", accept=True)
    with grpc.insecure_channel(checking.rpc) as channel:
        pb_grpc.JobServiceStub(channel).EditScene(request, metadata=checking.rpc_login, timeout=10)
    checking.until(lambda: job.manifest().entries["scene.2.brief"].cause == "edited")
    assert [(row["text"], row["own"]) for row in job.brief(2)["sentences"]] == [("Nobody died.", True)]


@pytest.mark.parametrize("change", [{}, {"accept": False}, {"accept": "perhaps"}, {"own": True}])
def test_edit_that_changes_nothing_is_refused(checking, change):
    job_id = checking.submit()
    refused = checking.http.patch(f"{checking.api}/jobs/{job_id}/scenes/1", json=change)
    assert (refused.status_code, refused.json()["code"]) == (422, "usage.invalid")
