"""Pin every package of the workspace at its newest version: writes `constraint-dependencies` in the root pyproject."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = str(ROOT / ".venv" / "bin" / "uv")
PINS = re.compile(r"^constraint-dependencies = \[.*?^\]", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Unpin, resolve, pin."""
    file = ROOT / "pyproject.toml"
    file.write_text(PINS.sub("constraint-dependencies = [\n]", file.read_text()))
    subprocess.run([UV, "lock", "--quiet", "--upgrade"], cwd=ROOT, check=True)
    resolved = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    pins = sorted(f"{package['name']}=={package['version']}" for package in resolved if "registry" in package["source"])
    listed = "".join(f'  "{pin}",\n' for pin in pins)
    file.write_text(PINS.sub(lambda _: f"constraint-dependencies = [\n{listed}]", file.read_text()))


if __name__ == "__main__":
    main()
