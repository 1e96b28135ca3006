"""The decision run or leave, alone and played with random interleavings, redeliveries, crashes and edits."""

import random
from collections import Counter

import pytest
from chassis.manifest import Entry, Leave, Manifest, Run, Wait, decide, finished, frontier
from chassis.names import matches, of_scene, scene_of
from chassis.stage import Rule


def rule(name, needs, makes):
    per_scene = all(made.startswith("scene.*.") for made in makes)
    firm = tuple(made for made in makes if "*" not in made or made.startswith("scene.*."))
    return Rule(name, name, "1", name, tuple(needs), tuple(makes), per_scene, firm)


RULES = [
    rule("fetch", ["source"], ["paper", "figure.*"]),
    rule("script", ["paper", "options"], ["script", "scene.*.brief"]),
    rule("narrate", ["scene.*.brief"], ["scene.*.narration", "scene.*.speech"]),
    rule("caption", ["scene.*.narration"], ["scene.*.captions"]),
    rule("render", ["scene.*.brief", "scene.*.narration", "scene.*.captions"], ["scene.*.segment"]),
    rule("assemble", ["script", "scene.*.brief", "scene.*.segment", "scene.*.speech"], ["video"]),
]
BY_NAME = {each.name: each for each in RULES}


def entry(artifact, seq, digest, inputs=None, scenes=()):
    return Entry(artifact, seq, digest, inputs=inputs or {}, scenes=scenes)


def manifest(*entries, cancelled=0):
    return Manifest({each.artifact: each for each in entries}, cancelled)


def test_a_stage_runs_when_its_needs_are_there_and_its_outputs_are_not():
    assert decide(BY_NAME["fetch"], manifest(entry("source", 1, "s")), None, 1) == Run({"source": "s"})


def test_a_redelivered_event_whose_work_is_done_is_left():
    made = manifest(entry("source", 1, "s"), entry("paper", 2, "p", {"source": "s"}))
    assert decide(BY_NAME["fetch"], made, None, 1) == Leave("done")


def test_only_the_newest_need_triggers_a_fan_in():
    ready = manifest(entry("paper", 3, "p"), entry("options", 1, "o"))
    assert isinstance(decide(BY_NAME["script"], ready, None, 1), Leave)
    assert isinstance(decide(BY_NAME["script"], ready, None, 3), Run)


def test_an_output_is_stale_when_an_input_far_above_changed():
    edited = manifest(
        entry("source", 9, "new"),
        entry("paper", 2, "p", {"source": "old"}),
        entry("options", 3, "o"),
    )
    assert not edited.fresh("paper")
    assert decide(BY_NAME["script"], edited, None, 3) == Leave("needs are missing or stale")


def test_a_manifest_older_than_the_message_is_read_again():
    assert isinstance(decide(BY_NAME["fetch"], manifest(entry("source", 1, "s")), None, 2), Wait)


def test_a_cancelled_job_is_left_until_the_user_takes_it_up_again():
    stopped = manifest(entry("source", 1, "s"), cancelled=2)
    assert decide(BY_NAME["fetch"], stopped, None, 1) == Leave("cancelled")
    kicked = Manifest({"source": Entry("source", 3, "s", cause="kicked")}, 2)
    assert isinstance(decide(BY_NAME["fetch"], kicked, None, 3), Run)


def test_scenes_of_an_older_longer_script_are_not_looked_at():
    shorter = manifest(
        entry("script", 5, "new", scenes=(1,)),
        entry("scene.1.brief", 6, "b1"),
        entry("scene.2.brief", 3, "b2"),
    )
    assert isinstance(decide(BY_NAME["narrate"], shorter, 1, 6), Run)
    assert decide(BY_NAME["narrate"], shorter, 2, 3) == Leave("no such scene")


def test_the_frontier_names_the_newest_need_of_what_can_run():
    ready = manifest(entry("source", 1, "s"), entry("paper", 2, "p", {"source": "s"}), entry("options", 3, "o"))
    assert [(each.name, need) for each, _, need in frontier(RULES, ready)] == [("script", "options")]


class World:
    """A stream, its consumers and workers that may die, be late or come twice."""

    def __init__(self, seed, crash=0.0, again=0.0):
        self.random = random.Random(seed)
        self.crash, self.again = crash, again
        self.entries, self.seq = {}, 0
        self.queues = {each.name: [] for each in RULES}
        self.running, self.counts = [], Counter()

    def announce(self, batch, expected):
        if any(self.manifest.seq(name) != seq for name, seq in expected.items()):
            return False
        for name, (digest, inputs, scenes) in batch.items():
            self.seq += 1
            self.entries[name] = entry(name, self.seq, digest, inputs, scenes)
            for each in RULES:
                if any(matches(need, name) for need in each.needs):
                    self.queues[each.name].append((self.seq, name))
        return True

    @property
    def manifest(self):
        return Manifest(dict(self.entries))

    def take(self):
        name = self.random.choice([name for name, queue in self.queues.items() if queue])
        message = self.random.choice(self.queues[name])
        scene = scene_of(message[1]) if BY_NAME[name].per_scene else None
        now = self.manifest
        decision = decide(BY_NAME[name], now, scene, message[0])
        if isinstance(decision, Run):
            self.running.append((BY_NAME[name], scene, message, decision.inputs, now))
            if self.random.random() < self.again:
                return
        self.queues[name].remove(message)

    def finish(self):
        work = self.running.pop(self.random.randrange(len(self.running)))
        each, scene, message, inputs, then = work
        if self.random.random() < self.crash:
            self.queues[each.name].append(message)
            return
        self.counts[each.name, scene, tuple(sorted(inputs.items()))] += 1
        batch = self.outputs(each, scene, inputs)
        if not self.announce(batch, {name: then.seq(name) for name in batch}):
            now = self.manifest
            if isinstance(decide(each, now, scene, max(now.seq(name) for name in inputs)), Run) and all(
                now.entries[name].digest == digest for name, digest in inputs.items()
            ):
                self.announce(batch, {name: now.seq(name) for name in batch})

    def outputs(self, each, scene, inputs):
        if each.name == "script":
            scenes = tuple(range(1, self.random.randint(2, 4)))
            names = ["script", *(f"scene.{n}.brief" for n in scenes)]
            return {n: (f"{n}{self.random.random()}", inputs, scenes if n == "script" else ()) for n in names}
        names = [of_scene(made, scene) for made in each.firm]
        return {name: (f"{name}({hash(tuple(sorted(inputs.items())))})", inputs, ()) for name in names}

    def edit(self):
        name = self.random.choice([n for n in self.entries if n == "source" or n.endswith(".brief")])
        old = self.entries[name]
        self.announce({name: (f"{name}~{self.random.random()}", dict(old.inputs), ())}, {name: old.seq})

    def play(self, edits):
        self.announce({"source": ("s", {}, ()), "options": ("o", {}, ())}, {})
        kicks = 0
        for _ in range(20_000):
            acts = [self.take] * 3 if any(self.queues.values()) else []
            acts += [self.finish] * 2 if self.running else []
            acts += [self.edit] if edits and len(self.entries) > 3 else []
            if not acts:
                stuck = frontier(RULES, self.manifest)
                if not stuck:
                    return kicks
                kicks += 1
                for _, _, need in stuck:
                    old = self.entries[need]
                    self.announce({need: (old.digest, dict(old.inputs), old.scenes)}, {need: old.seq})
                continue
            act = self.random.choice(acts)
            edits -= act == self.edit
            act()
        raise AssertionError("the job never ended")


@pytest.mark.parametrize("seed", range(60))
def test_without_faults_each_stage_runs_exactly_once_and_the_job_ends_whole(seed):
    world = World(seed)
    assert world.play(edits=0) == 0
    assert set(world.counts.values()) == {1}
    assert finished(RULES, world.manifest)


@pytest.mark.parametrize("seed", range(150))
def test_every_job_ends_whole_whatever_dies_and_whoever_edits(seed):
    world = World(seed, crash=0.1, again=0.1)
    world.play(edits=4)
    assert finished(RULES, world.manifest)
    assert world.manifest.fresh("video")
