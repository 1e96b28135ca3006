"""Versions of the project, each a tree of files with an environment of its own."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FROM = "HIDDENHILL_UPGRADE_FROM"
"""Names the commit that is upgraded from; without it, that of the last tag."""

NEW_STAGE = "seal"
"""The stage that `advance` adds."""


@dataclass(frozen=True)
class Version:
    """An installed version: its name and the Python that runs its services."""

    name: str
    tree: Path

    @property
    def python(self) -> str:
        return str(self.tree / ".venv/bin/python")


def released() -> str:
    """The commit of the release before this one; empty: there is none here."""
    wanted = os.environ.get(FROM) or _git("describe", "--tags", "--abbrev=0").strip()
    return _git("rev-parse", "--verify", "--quiet", f"{wanted}^{{commit}}").strip() if wanted else ""


def export(commit: str, tree: Path) -> None:
    """Write a commit's files; without one, the files of the working tree as they are."""
    tree.mkdir(parents=True)
    if commit:
        packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    else:
        listed = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").rstrip("\0").split("\0")
        with io.BytesIO() as buffer:
            with tarfile.open(fileobj=buffer, mode="w") as archive:
                for name in filter(lambda name: (ROOT / name).is_file(), listed):
                    archive.add(ROOT / name, name)
            packed = buffer.getvalue()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(tree, filter="data")


def install(name: str, tree: Path) -> Version:
    """Give a tree an environment with what its own lock names."""
    command = [ROOT / ".venv/bin/uv", "sync", "--quiet", "--all-packages", "--no-default-groups"]
    env = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    ran = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return Version(name, tree)


def advance(tree: Path) -> None:
    """Make of a tree the version after it: all that a release may change while the one before it still runs.

    Each stage has another version, and each consumer another configuration; events have a field, a cause and a kind
    that are new, artifacts and rules a field, the schema a column and a table that are written and read, and there is
    a stage more.
    """
    for path, pattern, new in _EDITS:
        found = sorted(tree.glob(path))
        assert found, f"no {path}: tell `advance` where it is now"
        for file in found:
            text, count = re.subn(pattern, new, file.read_text(), flags=re.MULTILINE)
            assert count, f"{file} has no {pattern}: tell `advance` what it looks like now"
            file.write_text(text)
    migrations = tree / "services/gateway/src/gateway/migrations"
    last = max(path.stem for path in migrations.glob("*.sql"))
    (migrations / "9000-next.sql").write_text(f"-- depends: {last}\n{_MIGRATION}")
    subprocess.run([sys.executable, tree / "proto/generate.py"], check=True)


def _git(*command: str) -> str:
    ran = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return ran.stdout if ran.returncode == 0 else ""


_PROTO, _EVENTS, _STAGE = (
    "proto/hiddenhill/v1/events.proto",
    "chassis/src/chassis/events.py",
    "chassis/src/chassis/stage.py",
)
_FOLD, _CAPTIONER = "services/gateway/src/gateway/ledger/fold.py", "services/captioner/src/captioner/stage.py"
_NOTED = """message Noted {
  string job_id = 1;
  string note = 2;
  google.protobuf.Timestamp announced_at = 3;
}
"""
_ANNOUNCED = """def noted(job_id: str, stage: str) -> Outgoing:
    body = Noted(job_id=job_id, note=stage, announced_at=now())
    return Outgoing(f"job.{job_id}.noted.{stage}", body.SerializeToString())


def ready("""
_SEAL = """def _seal(folder) -> None:
    folder.write("seal", b"sealed", "text/plain")


def service() ->"""
_STAMP = f'Stage(name="{NEW_STAGE}", title="Seal", version="1", needs=("video",), makes=("seal",), run=_seal)'
_EDITS = (
    (_PROTO, r"^  CAUSE_RESTORED = 5;$", r"\g<0>\n  CAUSE_NEXT = 6;"),
    (_PROTO, r"^message Ready \{$", _NOTED + r"\n\g<0>\n  string next = 99;"),
    (_EVENTS, r'"costs": Costs,$', r'\g<0>\n    "noted": Noted,'),
    (_EVENTS, r"\bProgress, Ready$", r"Noted, \g<0>"),
    (
        _EVENTS,
        r'cause=f"CAUSE_\{cause.upper\(\)\}",',
        r'cause="CAUSE_NEXT" if cause == "made" else f"CAUSE_{cause.upper()}",',
    ),
    (_EVENTS, r"^def ready\(", _ANNOUNCED),
    (
        "chassis/src/chassis/runner.py",
        r"^            for m in made\n        \]$",
        r"\g<0>\n        batch.append(events.noted(work.job_id, self.stage.name))",
    ),
    ("chassis/src/chassis/bus.py", r"max_ack_pending=10_000", "max_ack_pending=9_000"),
    (_STAGE, r"^    firm: tuple\[str, \.\.\.\]$", r'\g<0>\n    next: str = "next"'),
    ("chassis/src/artifacts/model.py", r'extra="ignore"\)$', r'\g<0>\n    from_next: str = "next"'),
    ("services/*/src/*/stage.py", r'\b(version|VERSION)( ?= ?)"(\d+)"', r'\1\2"\3-next"'),
    (_FOLD, r"^UPDATE states SET seq = ", "UPDATE states SET next = 'next', seq = "),
    (_CAPTIONER, r"^def service\(\) ->", _SEAL),
    (_CAPTIONER, r"\(caption, assemble\)", "(caption, assemble, " + _STAMP + ")"),
)
_MIGRATION = """
ALTER TABLE states ADD COLUMN next text NOT NULL DEFAULT '';
CREATE TABLE nexts (job_id text PRIMARY KEY, next text NOT NULL);
"""
