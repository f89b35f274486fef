"""Completions that go round in circles, and how far text of a step can be compressed."""

from __future__ import annotations

import statistics
import zlib
from collections import Counter
from collections.abc import Sequence
from operator import eq

from grpotui.health.choice import Sample

MAX_WORDS = 256
LONGEST_LOOP = 3
"""Words: "happy happy", "and so and so", up to three. A sentence said again is a template's affair."""
MIN_UNITS = 6
"""Words, or characters of a text of few words, below which nothing can be called a circle."""
MAX_CHARACTERS = 240
"""Of each completion that are compressed: the same of each, as length changes the ratio (2507.15092)."""


def repetition(chosen: Sequence[Sample]) -> float | None:
    """Return the share of words (0 to 1) that only repeat a loop of up to three words, mean over completions.

    None where there is no completion. "5-5-5-5-" is one word, so texts of few words are read by character.
    """
    return statistics.fmean(looped(sample.text, sample.words) for sample in chosen) if chosen else None


def monotony(chosen: Sequence[Sample]) -> float | None:
    """Return the share of words (0 to 1) that are a completion's most common one, mean over completions.

    None where no completion has MIN_UNITS words. "happy laughed happy slept happy" is no loop, and no better.
    """
    shares = []
    for sample in chosen:
        words = [word for word in sample.words[:MAX_WORDS] if word[0].isalnum() or word[-1].isalnum()]
        if len(words) >= MIN_UNITS:
            shares.append(max(Counter(words).values()) / len(words))
    return statistics.fmean(shares) if shares else None


def looped(text: str, words: Sequence[str]) -> float:
    """Return that share of one completion."""
    units: Sequence[str] = words[:MAX_WORDS]
    if len(units) < MIN_UNITS:
        units = text.strip()[:MAX_WORDS]
    if len(units) < MIN_UNITS:
        return 0.0
    found: set[int] = set()
    for period in range(1, LONGEST_LOOP + 1):
        if sum(map(eq, units, units[period:])) < 2 * period:
            continue
        run = 0
        for place in range(period, len(units)):
            run = run + 1 if units[place] == units[place - period] else 0
            if run >= 2 * period:  # said three times; twice may be emphasis, or a double letter
                found.update(range(place - 2 * period + 1, place + 1))
    return len(found) / (len(units) - 1)


def compression(chosen: Sequence[Sample]) -> float | None:
    """Return how many times smaller zlib makes the beginnings of the completions (2403.00553)."""
    text = "\n".join(sample.text[:MAX_CHARACTERS] for sample in chosen).encode("utf-8", "replace")
    return len(text) / len(zlib.compress(text, 3)) if len(text) >= MAX_CHARACTERS else None
