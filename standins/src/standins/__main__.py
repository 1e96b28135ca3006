"""`python -m standins gemini|runway`: a stand-in as a process of its own; prints its address first."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from typing import Any

from standins.server import Server
from standins.vendor import Vendor


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m standins", description=__doc__)
    parser.add_argument("vendor", choices=["gemini", "runway"])
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--reply", default="", metavar="MODULE:FUNCTION", help="gives Gemini's texts")
    chosen = parser.parse_args()
    server = Server(_vendor(chosen), chosen.port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


def _vendor(chosen: argparse.Namespace) -> Vendor:
    # Each vendor loads its own heavy libraries, so only the chosen one is imported.
    vendor: Any = importlib.import_module(f"standins.{chosen.vendor}.vendor")
    if chosen.vendor == "runway":
        return vendor.Runway()  # type: ignore[no-any-return]
    if not chosen.reply:
        return vendor.Gemini()  # type: ignore[no-any-return]
    module, _, function = chosen.reply.partition(":")
    return vendor.Gemini(reply=getattr(importlib.import_module(module), function))  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
