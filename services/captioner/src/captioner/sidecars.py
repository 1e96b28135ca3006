"""What lies beside the video: subtitles, the transcript with its evidence, and the credits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from artifacts.captions import Captions, Cue
from artifacts.footage import SceneFootage
from artifacts.narration import Narration
from artifacts.script import Brief, Card, Script
from artifacts.transcript import SpokenScene, SpokenSentence, SpokenWord, Transcript
from artifacts.verdicts import Verdicts


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


@dataclass(frozen=True)
class Told:
    """One scene, by all that was made of it."""

    brief: Brief
    narration: Narration
    verdicts: Verdicts
    footage: SceneFootage


def transcript(
    script: Script, told: Mapping[int, Told], starts: Mapping[int, float], ends: Mapping[int, float]
) -> Transcript:
    """Every scene, sentence and word with its time in the video, every sentence with its evidence and its verdict."""
    return Transcript(
        paper=script.paper,
        duration=round(max(ends.values()), 3),
        scenes=[_scene(told[n], starts[n], ends[n]) for n in starts],
        dropped=script.dropped,
        credits=credits_of(script, told.values()),
    )


def _scene(told: Told, start: float, end: float) -> SpokenScene:
    brief, made = told.brief, told.footage
    spoken = {
        sentence: [SpokenWord(text=w.text, start=round(w.start + start, 3), end=round(w.end + start, 3)) for w in words]
        for sentence, words in groupby(told.narration.words, key=lambda word: word.sentence)
    }
    judged = zip_longest(brief.sentences, told.verdicts.verdicts[: len(brief.sentences)])
    return SpokenScene(
        scene=brief.scene,
        start=round(start, 3),
        end=round(end, 3),
        role=brief.role,
        headline=brief.headline,
        visual=brief.visual.kind,
        footage=made.clip.engine if made.clip else made.reason,
        sentences=[
            SpokenSentence(
                text=s.text,
                evidence=s.evidence,
                words=spoken.get(i, []),
                edited=s.edited,
                own=s.own,
                verdict=verdict or s.verdict,
            )
            for i, (s, verdict) in enumerate(judged)
        ],
    )


def credits_of(script: Script, told: Collection[Told]) -> str:
    """Citation, licence, figures, films and voice, and what the paper does not vouch for, a line each."""
    lines = [citation(script.paper)]
    if script.paper.licence:
        lines.append(f"Licence of the paper: {script.paper.licence}")
    for each in told:
        shown, clip = each.brief.visual, each.footage.clip
        moved = clip.from_figure if clip else ""
        licence = (shown.licence if shown.kind == "figure" else "") or script.paper.licence
        if moved:
            lines.append(f"Animated from {moved}" + (f", {licence}" if licence else ""))
        elif shown.kind == "figure":
            lines.append(f"{shown.label or 'Figure'} of the paper, {licence}")
    lines += sorted({f"Moving pictures: {each.footage.clip.engine} (generated)" for each in told if each.footage.clip})
    lines += sorted({f"Voice: {each.narration.engine} ({each.narration.voice})" for each in told})
    own = sum(sentence.own for each in told for sentence in each.brief.sentences)
    if own:
        lines.append(f"Sentences in the editor's own words: {own}")
    lines += script.paper.notices
    return "\n".join(line for line in lines if line)


def citation(paper: Card) -> str:
    """The paper as a reader would look for it."""
    authors = ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else "")
    place = (paper.doi and f"https://doi.org/{paper.doi}") or paper.url
    parts = [authors, f"({paper.published[:4]})" if paper.published else "", paper.title.rstrip(".") + "."]
    return " ".join(filter(None, [*parts, paper.journal and f"{paper.journal}.", place]))
