"""When the alerts about providers fire: their expressions, worked out for calls that ended so and so often."""

import re
from pathlib import Path

import pytest
import yaml
from chassis.errors import Fatal, RateLimited, Transient

from chassis import metrics

pytestmark = pytest.mark.chart

RULES = Path(__file__).parents[2] / "deploy/helm/hiddenhill/files/rules/hiddenhill.yaml"
ALERTS = {rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]}
ENDINGS = {
    "done": None,
    "limited": RateLimited("a", "b", retry_after=1),
    "refused": Fatal("a", "b"),
    "failed": Transient("a", "b"),
    "lost": ConnectionError(),
}
"""By the outcome that is counted, what leaves the call."""


def value(node, quarters):
    """The value of an expression for one model, None where it has none.

    Args:
        node: as promql_parser reads it: sums of increases and of rates, numbers, `/`, comparisons, `and`.
        quarters: for each of the last quarters of an hour, the newest first, how often calls ended in each outcome.
    """
    import promql_parser as pp  # noqa: PLC0415 - `make chart` installs it

    if isinstance(node, pp.NumberLiteral):
        return node.val
    if isinstance(node, pp.ParenExpr):
        return value(node.expr, quarters)
    if isinstance(node, pp.AggregateExpr):
        assert str(node.op) == "sum"
        return value(node.expr, quarters)
    if isinstance(node, pp.Call):
        assert node.func.name == "increase"
        [window] = node.args
        counted = quarters[: round(window.range.total_seconds() / 900)]
        ended = [(name, number) for quarter in counted for name, number in quarter.items()]
        return sum(number for name, number in ended if chosen(window.vector_selector.matchers.matchers, name))
    left, right = value(node.lhs, quarters), value(node.rhs, quarters)
    holds = {"/": lambda: right, ">": lambda: left > right, ">=": lambda: left >= right, "and": lambda: True}
    if left is None or right is None or not holds[str(node.op)]():
        return None
    return left / right if str(node.op) == "/" else left


def chosen(matchers, outcome):
    """Whether they choose a series with this outcome."""
    fits = {"=": lambda v: v == outcome, "!=": lambda v: v != outcome, "=~": lambda v: bool(re.fullmatch(v, outcome))}
    assert {each.name for each in matchers} <= {"outcome"}
    return all(
        fits[{"Equal": "=", "NotEqual": "!=", "Re": "=~"}[str(each.op).rpartition(".")[2]]](each.value)
        for each in matchers
    )


def fires(alert, *quarters):
    import promql_parser  # noqa: PLC0415 - as above

    return value(promql_parser.parse(ALERTS[alert]["expr"]), quarters) is not None


def test_outcomes_are_those_that_calls_are_counted_by():
    assert {metrics._ending(error) if error else metrics.DONE for error in ENDINGS.values()} == set(ENDINGS)
    named = set(
        re.findall(
            r'outcome(?:=|!=|=~)"([^"]+)"', "".join(each["expr"] for name, each in ALERTS.items() if "Provider" in name)
        )
    )
    assert {each for names in named for each in names.split("|")} <= set(ENDINGS)


@pytest.mark.parametrize(
    ("refusing", "limited", "quarters"),
    [
        (False, False, [{"done": 100}]),
        (False, False, [{"done": 100, "failed": 20, "limited": 5}]),
        (True, False, [{"done": 10, "failed": 40}]),
        (True, False, [{"refused": 6}]),
        (True, False, [{"lost": 3, "failed": 3}]),
        (True, False, [{"failed": 1}, {"failed": 1}, {"failed": 5}]),  # its circuit is open: one look a while
        (False, False, [{"failed": 1}]),
        (False, True, [{"limited": 90, "done": 10}]),
        (False, False, [{"done": 5}, {"failed": 5}]),
        (True, True, [{"limited": 50, "failed": 50}]),
        (False, False, [{}]),
    ],
)
def test_alert_fires_where_calls_fail_and_another_where_they_are_too_many(refusing, limited, quarters):
    assert fires("HiddenHillProviderRefusing", *quarters) is refusing
    assert fires("HiddenHillProviderLimited", *quarters) is limited
