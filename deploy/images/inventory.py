"""Prints what an environment holds as a CycloneDX 1.6 bill of materials: name, version, licence and hash source.

Usage: python inventory.py NAME
"""

from __future__ import annotations

import json
import sys
import uuid
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions


def bill(name: str) -> dict[str, object]:
    """The bill of materials of the environment that this runs in, for the component of that name."""
    found = sorted({d.name.lower(): d for d in distributions()}.values(), key=lambda d: d.name.lower())
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "component": {"type": "application", "name": name, "bom-ref": name},
        },
        "components": [_component(distribution) for distribution in found],
    }


def _component(distribution: Distribution) -> dict[str, object]:
    name, version = distribution.name, distribution.version
    licence = distribution.metadata.get("License-Expression") or _classified(distribution)
    component: dict[str, object] = {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}",
        "bom-ref": f"{name}@{version}",
    }
    return component | ({"licenses": [{"license": {"name": licence}}]} if licence else {})


def _classified(distribution: Distribution) -> str:
    """The licence as the trove classifiers or the free field name it."""
    classifiers = distribution.metadata.get_all("Classifier") or []
    named = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License :: ")]
    return ", ".join(named) or (distribution.metadata.get("License") or "").partition("\n")[0][:80]


if __name__ == "__main__":
    print(json.dumps(bill(sys.argv[1]), indent=1))
