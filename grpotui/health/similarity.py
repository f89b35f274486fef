"""How alike completions are: Jaccard similarity of their word sets, with integers as bit sets."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from grpotui.records import Completion, Group

MAX_COMPLETIONS = 64
MAX_PER_GROUP = 8
MAX_CHARACTERS = 16_000
"""Of one completion that are looked at: bounds the time, and is beyond what GRPO runs write."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """Mean Jaccard similarity of pairs, 0 to 1; None where there is no pair."""

    cross: float | None
    """Between answers to different prompts."""
    within: float | None
    """Between answers of one group."""
    median_words: float | None
    """Words of the median completion."""


def measure(groups: Sequence[Group]) -> Similarity:
    """Compare a fixed choice of the completions of ``groups`` with each other."""
    chosen = choose(groups)
    if not chosen:
        return Similarity(None, None, None)
    words = [completion.text[:MAX_CHARACTERS].lower().split() for _, completion in chosen]
    masks = _bit_sets(words)
    sizes = [mask.bit_count() for mask in masks]
    prompts = [groups[place].prompt for place, _ in chosen]
    totals = {True: 0.0, False: 0.0}
    pairs = {True: 0, False: 0}
    for i, (place, _) in enumerate(chosen):
        mask, size, prompt = masks[i], sizes[i], prompts[i]
        for j in range(i):
            within = chosen[j][0] == place
            if not within and prompts[j] == prompt:
                continue
            shared = (mask & masks[j]).bit_count()
            union = size + sizes[j] - shared
            totals[within] += shared / union if union else 1.0
            pairs[within] += 1
    return Similarity(
        cross=totals[False] / pairs[False] if pairs[False] else None,
        within=totals[True] / pairs[True] if pairs[True] else None,
        median_words=statistics.median(map(len, words)),
    )


def choose(groups: Sequence[Group]) -> list[tuple[int, Completion]]:
    """Return at most MAX_COMPLETIONS completions with the place of their group, the same ones every time.

    They are spread over all groups: the first completion of each, then the second, up to MAX_PER_GROUP.
    """
    filled = [i for i, group in enumerate(groups) if group.completions]
    if len(filled) > MAX_COMPLETIONS:
        filled = [filled[i * len(filled) // MAX_COMPLETIONS] for i in range(MAX_COMPLETIONS)]
    chosen: list[tuple[int, Completion]] = []
    for turn in range(MAX_PER_GROUP):
        for i in filled:
            if turn < len(groups[i].completions) and len(chosen) < MAX_COMPLETIONS:
                chosen.append((i, groups[i].completions[turn]))
    return chosen


def _bit_sets(words: Sequence[Sequence[str]]) -> list[int]:
    """Return each text's set of words as the bits of an integer."""
    numbers: dict[str, int] = {}
    sets = [{numbers.setdefault(word, len(numbers)) for word in text} for text in words]
    masks = []
    for present in sets:
        bits = bytearray(len(numbers) // 8 + 1)
        for number in present:
            bits[number >> 3] |= 1 << (number & 7)
        masks.append(int.from_bytes(bits, "little"))
    return masks
