"""A run in words: a table of its figures for docs/scaling.md, and a sentence for those who do not see the picture."""

from __future__ import annotations

from pathlib import Path

from benchmarks.scaling.model import Model, Outcome
from benchmarks.scaling.rule import Policy, Rule
from benchmarks.scaling.simulation import Scenario, Seen
from benchmarks.scaling.tally import Tally


def sentence(seen: Seen, told: Tally) -> str:
    """The picture in words."""
    rule, drains = seen.scenario.rule, told.drains
    pods = f"{rule.pods_least}, {drains[0].peak}, {told.lowest}, {drains[1].peak} and {told.last}"
    took = " and ".join(f"{drain.took:.0f} s" for drain in drains)
    return f"Two bursts of scenes are drawn in {took}; there are {pods} pods in turn."


def measured(seen: Seen, told: Tally) -> str:
    """The figures as a table of Markdown."""
    first, second = told.drains
    expected = modelled(seen.scenario)
    share = told.busy_seconds / told.pod_seconds / seen.scenario.rule.slots
    rows = [
        ("", "first burst", "second burst"),
        ("---", "---:", "---:"),
        ("scenes", f"{first.scenes}", f"{second.scenes}"),
        ("work, one scene after the other", _time(first.work), _time(second.work)),
        ("pods when it came", f"{seen.scenario.rule.pods_least}", f"{told.lowest}"),
        ("at best, with all pods at once", _time(first.ideal), _time(second.ideal)),
        ("**measured**, first scene ready to last one drawn", f"**{_time(first.took)}**", f"**{_time(second.took)}**"),
        ("the model says", _time(expected.drains[0]), _time(expected.drains[1])),
        ("until the first scene was drawn", _time(first.first), _time(second.first)),
        ("longest queue, as KEDA counts", f"{first.longest_queue}", f"{second.longest_queue}"),
        ("scenes not drawn at that moment", f"{first.waiting}", f"{second.waiting}"),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    hours = f"{told.pod_seconds / 3600:.1f} pod-hours, of which {share:.0%} were at work"
    model = f"(model: {expected.pod_seconds / 3600:.1f}, {expected.busy_seconds / expected.pod_seconds:.0%})"
    runs = (
        f"{told.begun} runs for {told.scenes} scenes: {told.drawn} drawn, {told.cut_off} cut off with the pod that was "
        f"killed, {told.given_back} given back by pods whose grace ended. {len(told.lost)} scenes lost, "
        f"{len(told.twice_drawn)} drawn twice, {len(told.twice_announced)} announced twice."
    )
    ended = f"{told.drained} pods were asked to end, {told.busy} of them at work; {len(told.unclean)} did not end well."
    down = f"From the last scene to {told.last} pod: {_time(told.to_least)}."
    return f"{table}\n\n{hours} {model}. {down}\n\n{runs} {ended}\n"


def modelled(scenario: Scenario, rule: Rule | None = None) -> Outcome:
    """What the model makes of a scenario, with another rule where one is given."""
    return Model(rule or scenario.rule, scenario.scenes).play([(burst.name, burst.at) for burst in scenario.bursts])


def effects(scenario: Scenario) -> str:
    """What other values would do, by the model, as a table of Markdown."""
    head = "| | first burst | second burst | pod-hours | at work | given back | times pods were added |"
    rows = [head, "|---|---:|---:|---:|---:|---:|---:|"]
    for what, rule in _others(scenario.rule):
        found = modelled(scenario, rule)
        drains = " | ".join(f"{drain:.0f} s" for drain in found.drains)
        share = found.busy_seconds / found.pod_seconds / rule.slots
        rows.append(
            f"| {what} | {drains} | {found.pod_seconds / 3600:.1f} | {share:.0%} | {found.given_back} | {found.ups} |"
        )
    return "\n".join(rows) + "\n"


def put(page: Path, name: str, text: str) -> None:
    """Replace what stands on a page between `<!-- name -->` and `<!-- /name -->`."""
    before, _, rest = page.read_text().partition(f"<!-- {name} -->\n")
    _, found, after = rest.partition(f"<!-- /{name} -->")
    if not found:
        raise LookupError(f"{page} has no place for {name}")
    page.write_text(f"{before}<!-- {name} -->\n{text}{found}{after}")


def _others(rule: Rule) -> list[tuple[str, Rule]]:
    pods = rule.down.policies[0].value
    found = [("**the chart's values**", rule)]
    found += [(f"`cooldown: {window}`", _down(rule, window, pods)) for window in (0, 60, 300, 600)]
    found += [(f"`scaleDownPods: {count}`", _down(rule, rule.down.window, count)) for count in (1, 2, 4, 32)]
    found.append(("`cooldown: 300`, `scaleDownPods: 2`", _down(rule, 300, 2)))
    found += [(f"`lagThreshold` {lag}", rule.model_copy(update={"lag_threshold": lag})) for lag in (2, 4)]
    hasty = _down(rule, 0, 32)
    for grace in (10, 30, 120):
        text = f"`cooldown: 0`, `scaleDownPods: 32`, `grace: {grace}`"
        found.append((text, hasty.model_copy(update={"grace": float(grace)})))
    found += [(f"`maxReplicas: {most}`", rule.model_copy(update={"pods_most": most})) for most in (16, 64)]
    return found


def _down(rule: Rule, window: float, pods: int) -> Rule:
    policy = Policy(type="Pods", value=pods, seconds=60.0)
    return rule.model_copy(update={"down": rule.down.model_copy(update={"window": window, "policies": (policy,)})})


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
