"""The benchmark's modules, which stand in no installed package."""

import importlib
import sys
from pathlib import Path

import pytest

ROOT = str(Path(__file__).resolve().parents[2])


@pytest.fixture(scope="session")
def scaling():
    """Imports a module of benchmarks.scaling by its name."""
    sys.path.append(ROOT)
    try:
        yield lambda name: importlib.import_module(f"benchmarks.scaling.{name}")
    finally:
        sys.path.remove(ROOT)
