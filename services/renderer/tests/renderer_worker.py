"""A worker that films one scene with blobs and costs in files: started by tests, to be killed.

python renderer_worker.py FOLDER URL
"""

import sys
from pathlib import Path

from chassis.folder import JobFolder
from chassis.limits import LocalLimits
from chassis.local import artifacts_in
from chassis.purse import Purse
from hiddenhill.v1.events_pb2 import Costs
from renderer.stage import service
from vendors.settings import RunwaySettings


class FileBlobs:
    """The bytes by key that the purse asks for, each in a file, whole or not at all."""

    def __init__(self, root):
        self.root = root
        root.mkdir(exist_ok=True)

    def put_bytes(self, key, data):
        path = self.root / key.replace("/", "_")
        beside = path.with_suffix(".part")
        beside.write_bytes(data)
        beside.replace(path)

    def get_bytes(self, key):
        try:
            return (self.root / key.replace("/", "_")).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None


def main():
    folder, url = Path(sys.argv[1]), sys.argv[2]
    blobs, kept = FileBlobs(folder / "blobs"), folder / "costs.bin"

    def keep(change):
        costs = Costs(budget=5)
        costs.MergeFromString(kept.read_bytes() if kept.exists() else b"")
        change(costs)
        kept.write_bytes(costs.SerializeToString())

    taker = LocalLimits().taker("job1")
    purse = Purse(blobs, keep, "clip", 1, taker)
    settings = RunwaySettings(api_key="key_worker", url=url, clip_seconds=2, poll_seconds=0.1, leave=0)
    job = JobFolder(folder, artifacts_in(folder), scene=1, taker=taker, purse=purse)
    service(settings).stages[0].work(job)


if __name__ == "__main__":
    main()
