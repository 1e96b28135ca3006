"""Generate the Python code of the protos into chassis; with --check, only say whether it is up to date."""

from __future__ import annotations

import filecmp
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent
TARGET = ROOT.parent / "chassis" / "src"


def generate(target: Path) -> None:
    """Write the modules below `target`."""
    protos = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.proto"))
    include = str(files("grpc_tools") / "_proto")
    out = [f"--{kind}_out={target}" for kind in ("python", "pyi", "grpc_python")]
    code = protoc.main(["protoc", f"-I{ROOT}", f"-I{include}", *out, *protos])
    if code:
        raise SystemExit(code)


def main() -> int:
    """Generate or check."""
    if "--check" not in sys.argv:
        generate(TARGET)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch))
        fresh = sorted(path.relative_to(scratch) for path in Path(scratch).rglob("*.py*"))
        stale = [path for path in fresh if not _same(Path(scratch) / path, TARGET / path)]
    for path in stale:
        print(f"{path} is not what the protos say: run `make proto`", file=sys.stderr)  # noqa: T201
    return 1 if stale else 0


def _same(left: Path, right: Path) -> bool:
    return right.exists() and filecmp.cmp(left, right, shallow=False)


if __name__ == "__main__":
    sys.exit(main())
