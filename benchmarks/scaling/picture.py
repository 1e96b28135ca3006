"""A run as a picture: queue, pods and scenes drawn over time. SVG with a style of its own, light or dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.scaling.simulation import Seen
from benchmarks.scaling.tally import waiting_at

WIDTH, LEFT, RIGHT = 420, 44, 14
"""Drawn for a phone; a desk shows it larger."""
_TOP, _HEIGHT, _APART = 58, 112, 62
_STYLE = """
svg{font:13px system-ui,sans-serif;background:#fff}
text{fill:#1c1a26}.soft{fill:#5d596a}.head{font-weight:600}.grid{stroke:#e8e4dc}.axis{stroke:#8d8894}
path{fill:none;stroke-width:2;stroke-linejoin:round}
.a{stroke:#8d8894;stroke-dasharray:5 3}.b{stroke:#5b3fd6}.fill{fill:#5b3fd6;fill-opacity:.16;stroke:none}
.mark{stroke:#9b2c2c;stroke-width:1.5;stroke-dasharray:2 3}.marked{fill:#9b2c2c}
@media(prefers-color-scheme:dark){svg{background:#13111b}text{fill:#f1eff7}.soft{fill:#a5a0b5}.grid{stroke:#2c2836}
.axis{stroke:#8d8894}.a{stroke:#a5a0b5}.b{stroke:#a08cff}.fill{fill:#a08cff}.mark{stroke:#ff9a92}.marked{fill:#ff9a92}}
"""

Line = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """Two lines over the same time: `a` is drawn thin and broken, `b` full, with its area where `filled`."""

    title: str
    a: tuple[str, Line]
    b: tuple[str, Line]
    stepped: bool = False
    filled: bool = True


def picture(seen: Seen, words: str) -> str:
    """The picture; `words` say it to those who do not see it."""
    end = seen.samples[-1].at
    panels = _panels(seen)
    bottom = _TOP + len(panels) * (_HEIGHT + _APART) - _APART
    height = bottom + 46
    inside = [f'<text class="head" x="8" y="20">{escape(_heading(seen))}</text>']
    inside += [f'<text class="soft" x="{WIDTH - RIGHT}" y="{height - 8}" text-anchor="end">minutes</text>']
    tops = [_TOP + number * (_HEIGHT + _APART) for number in range(len(panels))]
    inside += _times(end, tops)
    for panel, top in zip(panels, tops, strict=True):
        inside += _panel(panel, top, end)
    inside += _mark(seen, end, tops[1])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" aria-labelledby="scaling-title scaling-words">'
        f'<title id="scaling-title">Pods under load</title>'
        f'<desc id="scaling-words">{escape(words)}</desc><style>{_STYLE}</style>'
    )
    return "".join([head, *inside, "</svg>\n"])


def _heading(seen: Seen) -> str:
    bursts, rule = seen.scenario.bursts, seen.scenario.rule
    return f"Bursts of {bursts[0].jobs * bursts[0].scenes} scenes, {rule.pods_least} to {rule.pods_most} pods"


def _panels(seen: Seen) -> list[Panel]:
    samples = seen.samples
    drawn = sorted(min(times) for times in seen.segments.values())
    ready = [each.ready for each in seen.scenes]
    return [
        Panel(
            "Queue",
            ("messages KEDA sees", [(s.at, s.lag.total) for s in samples]),
            ("scenes left", [(s.at, waiting_at(seen, s.at)) for s in samples]),
        ),
        Panel(
            "Pods",
            ("wanted", [(s.at, s.wanted) for s in samples]),
            ("running", [(s.at, s.running) for s in samples]),
            stepped=True,
        ),
        Panel(
            "Scenes",
            ("ready", [(s.at, sum(each <= s.at for each in ready)) for s in samples]),
            ("drawn", [(s.at, sum(each <= s.at for each in drawn)) for s in samples]),
        ),
    ]


def _panel(panel: Panel, top: int, end: float) -> Iterator[str]:
    most = _round(max(value for _, line in (panel.a, panel.b) for _, value in line))
    base = top + _HEIGHT
    yield f'<text class="head" x="8" y="{top - 12}">{panel.title}</text>'
    x = 84
    for name, text in (("a", panel.a[0]), ("b", panel.b[0])):
        yield f'<path class="{name}" d="M{x} {top - 16}h22"/><text x="{x + 27}" y="{top - 12}">{escape(text)}</text>'
        x += 42 + round(7.6 * len(text))
    for share in (0, 0.5, 1):
        y = base - share * _HEIGHT
        kind = "grid" if share else "axis"
        yield f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.0f}" y2="{y:.0f}"/>'
        yield f'<text class="soft" x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{share * most:.0f}</text>'
    places = [[(_x(at, end), base - value / most * _HEIGHT) for at, value in line] for _, line in (panel.a, panel.b)]
    whole = _path(places[1], stepped=panel.stepped)
    if panel.filled:
        yield f'<path class="fill" d="{whole}V{base}H{places[1][0][0]:.1f}Z"/>'
    yield f'<path class="b" d="{whole}"/><path class="a" d="{_path(places[0], stepped=panel.stepped)}"/>'


def _path(places: Sequence[tuple[float, float]], *, stepped: bool) -> str:
    """A line through places, of which those are left out that change nothing."""
    said = f"M{places[0][0]:.1f} {places[0][1]:.1f}"
    for before, (x, y), after in zip(places, places[1:], [*places[2:], None], strict=False):
        if after is not None and before[1] == y == after[1]:
            continue
        said += f"H{x:.1f}V{y:.1f}" if stepped else f"L{x:.1f} {y:.1f}"
    return said


def _times(end: float, tops: Sequence[int]) -> Iterator[str]:
    step = next(minutes for minutes in (1, 2, 5, 10, 15, 30, 60, 120) if end / 60 / minutes <= 8)
    bottom = tops[-1] + _HEIGHT
    for minute in range(0, int(end // 60) + 1, step):
        x = _x(minute * 60, end)
        for top in tops if minute else ():
            yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{top + _HEIGHT}"/>'
        yield f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 5}"/>'
        yield f'<text class="soft" x="{x:.1f}" y="{bottom + 19}" text-anchor="middle">{minute}</text>'


def _mark(seen: Seen, end: float, top: int) -> Iterator[str]:
    """Where a pod was killed, in the panel at `top`."""
    killed = next((pod.ended for pod in seen.pods if pod.name == seen.killed), None)
    if killed is not None:
        x, base = _x(killed, end), top + _HEIGHT
        yield f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{base + 6}"/>'
        yield f'<text class="marked" x="{max(x, 90):.1f}" y="{base + 19}" text-anchor="middle">one pod is killed</text>'


def _x(at: float, end: float) -> float:
    return LEFT + at / end * (WIDTH - LEFT - RIGHT)


def _round(most: float) -> int:
    """A top of the scale that is easily halved."""
    steps = (2, 4, 8, 10, 20, 32, 40, 60, 80, 100, 120, 160, 200, 300, 400, 500, 600, 800, 1000, 1200, 1600, 2000, 3000)
    return next((step for step in steps if most <= step), round(most * 1.1))
