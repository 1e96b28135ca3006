"""What lies beside the video: subtitles, the transcript with its evidence, and the credits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from artifacts.captions import Captions, Cue
from artifacts.narration import Narration
from artifacts.script import Brief, Card, Script
from artifacts.transcript import SpokenScene, SpokenSentence, SpokenWord, Transcript


def shifted(captions: Mapping[int, Captions], starts: Mapping[int, float]) -> list[Cue]:
    """All cues of the video, in video time."""
    return [
        Cue(start=cue.start + starts[scene], end=cue.end + starts[scene], lines=cue.lines)
        for scene in starts
        for cue in captions[scene].cues
    ]


def srt(cues: Sequence[Cue]) -> str:
    """Cues as SubRip."""
    blocks = [
        "\n".join(
            [str(number), f"{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}", *map(_arrowless, cue.lines), ""]
        )
        for number, cue in enumerate(cues, 1)
    ]
    return "\n".join(blocks)


def vtt(cues: Sequence[Cue]) -> str:
    """Cues as WebVTT; the paper's text is data, so what would be markup is escaped."""
    blocks = [
        f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n" + "\n".join(map(_escaped, cue.lines)) + "\n"
        for cue in cues
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def _arrowless(line: str) -> str:
    """SubRip has no escapes: only what would be read as a time is replaced."""
    return line.replace("-->", "→")


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, mark: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{mark}{rest % 1000:03}"


def transcript(
    script: Script,
    briefs: Mapping[int, Brief],
    narrations: Mapping[int, Narration],
    starts: Mapping[int, float],
    ends: Mapping[int, float],
) -> Transcript:
    """Every scene, sentence and word with its time in the video, every sentence with its evidence."""
    scenes = [_scene(briefs[n], narrations[n], starts[n], ends[n]) for n in starts]
    return Transcript(
        paper=script.paper,
        duration=round(max(ends.values()), 3),
        scenes=scenes,
        credits=credits_of(script, briefs, narrations),
    )


def _scene(brief: Brief, narration: Narration, start: float, end: float) -> SpokenScene:
    spoken = {
        sentence: [SpokenWord(text=w.text, start=round(w.start + start, 3), end=round(w.end + start, 3)) for w in words]
        for sentence, words in groupby(narration.words, key=lambda word: word.sentence)
    }
    return SpokenScene(
        scene=brief.scene,
        start=round(start, 3),
        end=round(end, 3),
        role=brief.role,
        headline=brief.headline,
        visual=brief.visual.kind,
        sentences=[
            SpokenSentence(
                text=s.text, evidence=s.evidence, words=spoken.get(i, []), edited=s.edited, verdict=s.verdict
            )
            for i, s in enumerate(brief.sentences)
        ],
    )


def credits_of(script: Script, briefs: Mapping[int, Brief], narrations: Mapping[int, Narration]) -> str:
    """Citation, licence, figures and voice, a line each."""
    lines = [citation(script.paper)]
    if script.paper.licence:
        lines.append(f"Licence of the paper: {script.paper.licence}")
    for brief in briefs.values():
        if brief.visual.kind == "figure":
            shown = brief.visual
            lines.append(f"{shown.label or 'Figure'} of the paper, {shown.licence or script.paper.licence}")
    lines += sorted({f"Voice: {narration.engine} ({narration.voice})" for narration in narrations.values()})
    lines += script.paper.notices
    return "\n".join(line for line in lines if line)


def citation(paper: Card) -> str:
    """The paper as a reader would look for it."""
    authors = ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else "")
    place = (paper.doi and f"https://doi.org/{paper.doi}") or paper.url
    parts = [authors, f"({paper.published[:4]})" if paper.published else "", paper.title.rstrip(".") + "."]
    return " ".join(filter(None, [*parts, paper.journal and f"{paper.journal}.", place]))
