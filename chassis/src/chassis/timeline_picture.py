"""A timeline as a picture: SVG whose parts have classes, for the page's style sheet or for one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from chassis.timeline import Bar, Lane, Timeline

_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
_NARROW = 520
_ROW, _BAR, _THIN, _TOP, _GAP = 26, 12, 4, 26, 34
"""Height of a row, of bars and of calls, of the scale; and the width of a pause."""
STYLE = """
svg{font:12px system-ui,sans-serif;background:#fff}
text{fill:#1c1a26}.soft,.tick text{fill:#6a6675}.tick line,.pause{stroke:#e8e4dc}
.wait{fill:none;stroke:#8d8894;stroke-dasharray:2 2}.run{fill:#8fb8de}.run.critical{fill:#5b3fd6}.run.bad{fill:#9b2c2c}
.call{fill:#c77700}.call.known{fill:#1f8a5b}.call.bad{fill:#9b2c2c}.act{fill:#6a6675}
@media(prefers-color-scheme:dark){svg{background:#13111b}text{fill:#f1eff7}.soft,.tick text{fill:#a5a0b5}
.tick line,.pause{stroke:#35313f}.run{fill:#48729c}.run.critical{fill:#a08cff}.run.bad{fill:#ff9a92}
.call{fill:#ffb454}.call.known{fill:#5fd0a0}.call.bad{fill:#ff9a92}.act{fill:#a5a0b5}}
"""


def seconds_text(seconds: float) -> str:
    """Such as `0.42 s`, `12.3 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def lane_name(lane: Lane) -> str:
    """Its step, and the scene."""
    return f"{lane.title} {lane.scene}" if lane.scene else lane.title


def told(bar: Bar) -> str:
    """What there is to say of a bar in a line, besides when it was."""
    parts = [bar.label]
    parts += [f"attempt {bar.attempt}"] if bar.attempt > 1 else []
    parts += [bar.outcome] if bar.outcome not in ("", "made") else []
    parts += [bar.error] if bar.error else []
    parts += [f"${bar.dollars:.4f}"] if bar.dollars else []
    parts += [f"{bar.input_tokens} + {bar.output_tokens} tokens"] if bar.output_tokens else []
    return ", ".join(parts)


def summary(timeline: Timeline) -> str:
    """The timeline in a sentence or two."""
    if not timeline.lanes:
        return "Nothing is known of this job's time."
    path = " → ".join(f"{step.title}{f' {step.scene}' if step.scene else ''}" for step in timeline.path)
    took = f"{seconds_text(timeline.seconds)} from the beginning to the last thing done"
    idle = sum(pause.seconds for pause in timeline.pauses)
    took += f", of which {seconds_text(idle)} in pauses" if idle else ""
    return f"{took}. Critical path: {path}." if path else f"{took}."


class Scale:
    """Where a moment is between 0 and `width`; pauses are drawn short, all of the same width."""

    def __init__(self, timeline: Timeline, width: float, gap: float = _GAP) -> None:
        self._pauses = timeline.pauses
        self._gap = min(gap, width / 2 / max(len(timeline.pauses), 1))
        active = timeline.seconds - sum(pause.seconds for pause in timeline.pauses)
        self.a_second = (width - self._gap * len(timeline.pauses)) / max(active, 0.001)

    def at(self, moment: float) -> float:
        shift = 0.0
        for pause in self._pauses:
            inside = min(max(moment - pause.start, 0.0), pause.seconds)
            shift += inside * (self._gap / pause.seconds - self.a_second)
        return moment * self.a_second + shift


def picture(timeline: Timeline, width: int = 760, *, alone: bool = False, name: str = "timeline") -> str:
    """The picture, `width` units wide; `name` begins ids, which are unique within a page.

    As a file, `alone`, it has a style of its own; a page styles it.
    """
    narrow = width < _NARROW
    left, row = (8, _ROW + 14) if narrow else (132, _ROW)
    height = _TOP + row * len(timeline.lanes) + 8
    scale = Scale(timeline, width - left - 12)
    inside = [*_ticks(timeline, scale, left, height, narrow=narrow), *_pauses(timeline, scale, left, height)]
    for number, lane in enumerate(timeline.lanes):
        inside += _lane(lane, scale, left, _TOP + row * number, narrow=narrow)
    space = ' xmlns="http://www.w3.org/2000/svg"' if alone else ""
    size = f' width="{width}" height="{height}"' if alone else ""
    head = (
        f'<svg{space} class="timeline" role="img" viewBox="0 0 {width} {height}"{size}'
        f' aria-labelledby="{name}-title {name}-words">'
        f'<title id="{name}-title">Timeline</title><desc id="{name}-words">{escape(summary(timeline))}</desc>'
    )
    return "".join([head, f"<style>{STYLE}</style>" if alone else "", *inside, "</svg>"])


def page(timeline: Timeline) -> str:
    """The picture in an HTML file."""
    words = escape(summary(timeline))
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    return f"{head}<title>Timeline of {escape(timeline.job_id)}</title><p>{words}</p>{picture(timeline, alone=True)}\n"


def _ticks(timeline: Timeline, scale: Scale, left: int, height: int, *, narrow: bool) -> Iterator[str]:
    apart = 56 if narrow else 70
    step = next((step for step in _STEPS if step * scale.a_second >= apart), _STEPS[-1])
    moment, last = 0.0, -1e9
    while moment <= timeline.seconds and moment / step < 500:
        x = left + scale.at(moment)
        paused = any(pause.start < moment < pause.start + pause.seconds for pause in timeline.pauses)
        if not paused and x - last >= apart * 0.9:
            last = x
            text = _clock(moment, step)
            yield f'<g class="tick"><line x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{height - 4}"/>'
            yield f'<text x="{x:.1f}" y="12" {_anchor(moment)}>{text}</text></g>'
        moment = round(moment + step, 3)


def _anchor(moment: float) -> str:
    return 'text-anchor="middle"' if moment else ""


def _clock(moment: float, step: float) -> str:
    if moment >= 60:
        return f"{int(moment // 60)}:{int(moment % 60):02}"
    return f"{moment:.1f} s" if step < 1 else f"{moment:.0f} s"


def _pauses(timeline: Timeline, scale: Scale, left: int, height: int) -> Iterator[str]:
    for pause in timeline.pauses:
        start, end = left + scale.at(pause.start), left + scale.at(pause.start + pause.seconds)
        for x in (start, end):
            yield f'<line class="pause" stroke-dasharray="3 3" x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{height - 4}"/>'
        text = seconds_text(pause.seconds)
        middle = (start + end) / 2
        yield f'<text class="soft" x="{middle:.1f}" y="{height / 2:.0f}" text-anchor="middle"'
        yield f' transform="rotate(-90 {middle:.1f} {height / 2:.0f})">{text}</text>'


def _lane(lane: Lane, scale: Scale, left: int, top: int, *, narrow: bool) -> Iterator[str]:
    x, y = (left, top + 12) if narrow else (4, top + 14)
    yield f'<text x="{x}" y="{y}">{escape(lane_name(lane))}</text>'
    base = top + (17 if narrow else 4)
    for kind in ("wait", "run", "act", "call"):
        for bar in lane.bars:
            if bar.kind == kind:
                yield _rect(bar, scale, left, base)


def _rect(bar: Bar, scale: Scale, left: int, base: int) -> str:
    start, end = scale.at(bar.start), scale.at(bar.start + bar.seconds)
    y, height = {"call": (base + _BAR + 2, _THIN), "wait": (base + 3, _BAR - 6)}.get(bar.kind, (base, _BAR))
    classes: list[str] = [bar.kind]
    classes += ["critical"] if bar.critical else []
    classes += ["known"] if bar.outcome == "known" else []
    classes += ["bad"] if bar.error else []
    shape = f'x="{left + start:.1f}" y="{y}" width="{max(end - start, 1.5):.1f}" height="{height}" rx="2"'
    words = f"{escape(told(bar))}: {seconds_text(bar.seconds)}"
    return f'<rect class="{" ".join(classes)}" {shape}><title>{words}</title></rect>'
