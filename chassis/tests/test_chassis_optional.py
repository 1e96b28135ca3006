"""Outputs that may be missing all the same: with them and without them, the stage is done."""

import pytest
from chassis.errors import Defect
from chassis.manifest import Leave, decide, done, finished, frontier
from chassis.stage import Stage, rule_of
from chassis.testing import MemoryBlobs, MemoryBus, make_ready, work_off

JOB = "job1"


class Job:
    """A job whose scripter gives verdicts for papers that say so."""

    def __init__(self):
        self.bus, self.blobs, self.runs = MemoryBus(), MemoryBlobs(), 0
        makes = ("script", "verdicts", "scene.*.note")
        self.stage = Stage(
            name="script", title="Write", version="1", needs=("paper",), makes=makes, optional=makes[1:], run=self.run
        )

    def run(self, folder):
        self.runs += 1
        paper = folder.path("paper").read_bytes()
        folder.write("script", paper.upper())
        if b"judge" in paper:
            folder.write("verdicts", b"{}")
            folder.write("scene.2.note", b"{}")

    async def work(self, paper, cause="submitted"):
        await make_ready(self.bus, self.blobs, JOB, {"paper": paper}, cause=cause)
        await work_off(self.stage, self.bus, self.blobs)
        return await self.bus.manifest(JOB)


@pytest.mark.parametrize(("paper", "made"), [(b"plain", set()), (b"judge me", {"verdicts", "scene.2.note"})])
async def test_stage_is_done_with_its_optional_outputs_and_without_them(paper, made):
    job = Job()
    manifest = await job.work(paper)
    assert set(manifest.entries) == {"paper", "script"} | made
    assert all(manifest.fresh(name) for name in manifest.entries)
    rule = rule_of(job.stage, "scripter")
    assert decide(rule, manifest, None, manifest.seq("paper")) == Leave("done")
    assert (finished([rule], manifest), frontier([rule], manifest)) == (True, [])
    await job.work(paper, cause="kicked")
    assert job.runs == 1


async def test_optional_output_of_an_older_input_is_stale_and_keeps_nothing_from_being_done():
    job = Job()
    await job.work(b"judge me")
    manifest = await job.work(b"plain", cause="edited")
    assert (job.runs, manifest.fresh("script"), manifest.fresh("verdicts")) == (2, True, False)
    assert finished([rule_of(job.stage, "scripter")], manifest)
    manifest = await job.work(b"judge me", cause="edited")
    assert (job.runs, manifest.fresh("verdicts")) == (3, True)


async def test_output_that_is_not_optional_is_still_missed():
    job = Job()
    manifest = await job.work(b"plain")
    assert done(job.stage, manifest, None, manifest.entries["script"].inputs)
    assert rule_of(job.stage, "scripter").firm == ("script",)


@pytest.mark.parametrize(
    ("makes", "optional"), [(("script",), ("verdicts",)), (("script",), ("script",)), (("figure.*",), ())]
)
def test_stage_by_which_nobody_could_tell_that_it_is_done_is_refused(makes, optional):
    with pytest.raises(Defect):
        Stage(name="x", title="X", version="1", needs=("paper",), makes=makes, optional=optional, run=print)
