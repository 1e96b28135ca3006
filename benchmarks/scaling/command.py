"""The command: play bursts and draw the picture, or say what the chart's values are.

Times are a cluster's; this machine lives through them faster by `--factor`.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.scaling import rule as rules
from benchmarks.scaling.autoscaler import SYNC
from benchmarks.scaling.load import Burst
from benchmarks.scaling.picture import picture
from benchmarks.scaling.rule import ROOT, Rule
from benchmarks.scaling.simulation import Scenario, play
from benchmarks.scaling.tally import delays, faults, tally
from benchmarks.scaling.words import effects, measured, put, sentence

PICTURE, PAGE = ROOT / "docs" / "scaling.svg", ROOT / "docs" / "scaling.md"


def main(argv: list[str] | None = None) -> int:
    """Returns the exit code: 1 where a promise was broken."""
    args = _parser().parse_args(argv)
    if args.command == "chart":
        return _chart(check=args.check)
    rule = rules.of_manifests(args.manifests.read_text()) if args.manifests else rules.kept()
    if args.command == "model":
        print(effects(full(rule)), end="")
        return 0
    return _play(quick(rule) if args.quick else full(rule), args)


def full(rule: Rule) -> Scenario:
    """Forty jobs at once, a trickle, and forty again while pods still go. It takes three to five minutes."""
    bursts = (Burst("first", 60, 40), Burst("second", 1260, 40))
    between = Burst("between", 560, 8, over=660, long=(150.0, 200.0))
    return Scenario(rule, bursts, between, kill_at=240, factor=10)


def quick(rule: Rule) -> Scenario:
    """The same in small, in half a minute: 8 pods that go sooner, with a grace that ends before scenes do."""
    changed = {"pods_most": 8, "grace": 20.0, "down": rule.down.model_copy(update={"window": 30.0})}
    bursts = (Burst("first", 15, 6, 6, over=15), Burst("second", 420, 6, 6, over=15))
    between = Burst("between", 270, 3, 4, over=80, long=(50.0, 60.0))
    return Scenario(rule.model_copy(update=changed), bursts, between, kill_at=100, factor=30)


def _play(scenario: Scenario, args: argparse.Namespace) -> int:
    scenario = replace(scenario, factor=args.factor or scenario.factor)
    began = time.monotonic()
    seen = play(scenario, args.patience)
    told = tally(seen)
    print(measured(seen, told))
    print(f"{seen.samples[-1].at:.0f} s of a cluster in {time.monotonic() - began:.0f} s, {seen.events} events")
    print(f"The autoscaler looked {seen.late:.1f} s too late at most.")
    if args.picture:
        args.picture.write_text(picture(seen, sentence(seen, told)))
    if args.page:
        put(args.page, "measured", measured(seen, told))
        put(args.page, "effects", effects(scenario))
    if seen.late >= SYNC:
        print("So this machine was too busy to say anything of times.")
    broken = faults(seen, told) + delays(seen, told, 2.0 if args.quick else 1.25)
    for fault in broken:
        print(f"broken: {fault}")
    return 1 if broken else 0


def _chart(*, check: bool) -> int:
    made = rules.of_chart()
    if check:
        print("" if made == rules.kept() else f"{rules.KEPT} is not what the chart says: run it without --check.")
        return int(made != rules.kept())
    rules.KEPT.write_text(made.model_dump_json(indent=1) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.set_defaults(quick=False, factor=0.0, patience=1200.0, picture=PICTURE, page=PAGE, manifests=None)
    commands = parser.add_subparsers(dest="command")
    for name, text in (("play", "play it on a real server (the default)"), ("model", "what other values would do")):
        command = commands.add_parser(name, help=text)
        command.add_argument("--manifests", type=Path, help="what `helm template` made with your values")
        if name == "play":
            command.add_argument("--quick", action="store_true", help=quick.__doc__)
            command.add_argument("--factor", type=float, help="seconds of a cluster in one of this machine")
            command.add_argument("--patience", type=float, help="seconds after which it is given up")
            command.add_argument("--picture", type=Path, help="where to draw it")
            command.add_argument("--page", type=Path, help="whose tables to write anew")
            command.set_defaults(picture=None, page=None, factor=0.0, patience=1200.0)
    chart = commands.add_parser("chart", help="write down what the chart tells KEDA; needs helm")
    chart.add_argument("--check", action="store_true", help="only say whether it is still so")
    return parser
