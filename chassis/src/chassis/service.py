"""The command line of every service.

`python -m <service>` works for its stages; `run FOLDER` runs them on local files.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from chassis import local
from chassis.errors import Error, SourceError, UsageError
from chassis.stage import Service


def main(service: Service, argv: list[str] | None = None) -> int:
    """Entry point of a service's `__main__`; returns the exit code (0 done, 2 usage, 3 unusable source, 4 failed)."""
    args = _parser(service).parse_args(argv)
    if args.command == "describe":
        print(json.dumps([rule.__dict__ for rule in service.rules()], indent=1))  # noqa: T201 - its output
        return 0
    try:
        if args.command == "run":
            return _run(service, args)
        from chassis.worker import serve  # noqa: PLC0415 - NATS, S3 and gRPC are not loaded to run on a folder

        return asyncio.run(serve(service))
    except Error as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - its output
        return 3 if isinstance(error, SourceError) else 2 if isinstance(error, UsageError) else 4


def _parser(service: Service) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {service.name}", description=main.__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="work for jobs until stopped (the default)")
    commands.add_parser("describe", help="print the stages as JSON")
    run = commands.add_parser("run", help="run a stage on the artifacts in a folder, without servers")
    run.add_argument("folder", type=Path)
    run.add_argument("--stage", choices=[stage.name for stage in service.stages], default=None)
    run.add_argument("--scene", type=int, default=None)
    return parser


def _run(service: Service, args: argparse.Namespace) -> int:
    stages = [stage for stage in service.stages if args.stage in (None, stage.name)]
    for stage in stages:
        for made in local.run_stage(stage, args.folder, args.scene):
            print(made.path)  # noqa: T201 - its output
    return 0
