"""What a video is likely to cost before it is made: arithmetic on the wish and on what providers say of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from artifacts.request import Options
from chassis.providers import Provider, Work

SECONDS_A_CLIP = 10
"""Seconds of video for which one moving picture is asked for."""
PASSAGE_TOKENS = 8_000
"""Passages of the paper that a script writer is shown, and what it is told to do with them."""
SCRIPT_TOKENS = 40
"""Tokens of a script for a second of video: what is said, what is shown, and the passages it rests on."""
THOUGHT_TOKENS = 2_000
"""Tokens of thought before a script; they are paid as output."""
TRIES = 1.5
"""Calls for a script on average: sentences that their passages do not support are written again."""
WORDS_A_SECOND = 2.5
TEXT_TOKENS_A_WORD = 1.4
LONGEST_ANSWER = 8_192
"""Tokens that a script writer may answer with: so many are set aside before it is asked."""
SOUND_TOKENS = 25
"""Tokens of a second of speech."""
_MILLION = 1e6


@dataclass(frozen=True)
class Line:
    """What one provider does for the video, in words, and what it costs in dollars."""

    provider: str
    title: str
    does: Work
    what: str
    dollars: float


@dataclass(frozen=True)
class Estimate:
    """What a video is likely to cost in dollars; `notes` are sentences for the user.

    `needed` is what the budget should be: before a call is made, the most that it can cost is set aside.
    """

    lines: list[Line]
    dollars: float
    notes: list[str]
    needed: float = 0.0


def clips_for(seconds: float) -> int:
    """How many moving pictures a video of so many seconds asks for, where it is to have some."""
    return max(1, round(seconds / SECONDS_A_CLIP))


def estimate(options: Options, providers: Iterable[Provider]) -> Estimate:
    """What the wish is likely to cost with these providers.

    A provider counts as usable where its `usable` says so: who asks for a user with a key of his own sets it.
    """
    known = list(providers)
    lines: list[Line] = []
    notes: list[str] = []
    spare = 0.0
    wishes: tuple[tuple[Work, str], ...] = (("script", options.writer), ("speech", options.speech))
    for does, wish in wishes:
        found = _chosen(known, does, wish)
        if found is not None and (wish or options.budget > 0):
            lines.append(_line(options, found))
            spare += _spare(found, lines[-1])
        elif wish in _PAID:
            notes.append(_missing(known, does, wish))
    if options.footage:
        found = _chosen(known, "footage", "")
        if found is None:
            notes.append(_missing(known, "footage", ""))
        else:
            lines.append(_line(options, found))
            spare += _spare(found, lines[-1])
    dollars = round(sum(line.dollars for line in lines), 4)
    return Estimate(lines, dollars, notes, round(dollars + spare, 4))


_PAID = frozenset({"gemini"})
"""Wishes that name a provider; others are done on our own machines."""
_TASKS: dict[Work, str] = {"script": "The script", "speech": "The voice", "footage": "Moving pictures"}


def _chosen(providers: Iterable[Provider], does: Work, wish: str) -> Provider | None:
    """The provider that would do it; None: none, or it is done without one."""
    fitting = (each for each in providers if each.usable and each.does == does and wish in ("", each.name))
    return next(fitting, None)


def _missing(providers: Iterable[Provider], does: Work, wish: str) -> str:
    """Why what is wished for cannot be had."""
    named = next((each for each in providers if each.does == does and wish in ("", each.name)), None)
    why = f"{named.title} cannot be used here: {named.reason}" if named else "nothing here can make it"
    return f"{_TASKS[does]}: {why}."


def _line(options: Options, provider: Provider) -> Line:
    seconds, prices = options.seconds, provider.prices
    words = seconds * WORDS_A_SECOND
    if provider.does == "footage":
        clips, length = clips_for(seconds), provider.facts.get("seconds", 5.0)
        what = f"{clips} films of {length:g} seconds" if clips > 1 else f"1 film of {length:g} seconds"
        dollars = clips * length * prices.get("second", 0.0)
    elif provider.does == "speech":
        tokens_in, tokens_out = words * TEXT_TOKENS_A_WORD, float(seconds * SOUND_TOKENS)
        what, dollars = f"{seconds} seconds of speech", _tokens(prices, tokens_in, tokens_out)
    else:
        tokens_in, tokens_out = PASSAGE_TOKENS * TRIES, (THOUGHT_TOKENS + seconds * SCRIPT_TOKENS) * TRIES
        what, dollars = f"a script of about {round(words)} words", _tokens(prices, tokens_in, tokens_out)
    return Line(provider.name, provider.title, provider.does, what, round(dollars, 4))


def _spare(provider: Provider, line: Line) -> float:
    """Dollars beyond those of the line that must be left when its last call is made."""
    if provider.does == "footage":
        return provider.facts.get("leave", 0.0)
    return line.dollars if provider.does == "speech" else _tokens(provider.prices, PASSAGE_TOKENS, LONGEST_ANSWER)


def _tokens(prices: dict[str, float], tokens_in: float, tokens_out: float) -> float:
    return (tokens_in * prices.get("input", 0.0) + tokens_out * prices.get("output", 0.0)) / _MILLION
