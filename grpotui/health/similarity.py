"""How alike completions are: Jaccard similarity of their word sets, with integers as bit sets."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grpotui.health.choice import Sample

_ONE = ord("1")
COMMON = 0.5
"""A word that this share of completions has belongs to the frame; the others are what an answer says."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """Mean Jaccard similarity of pairs, 0 to 1; None where there is no pair."""

    cross: float | None = None
    """Between answers to different prompts of one task."""
    within: float | None = None
    """Between answers of one group."""
    dependence: float | None = None
    """Share of the words that are there because of the prompt: those that answers to one prompt share and
    answers to others do not. Near 0 when answers ignore the prompt. After RAGEN-2 (2604.06268)."""
    median_words: float | None = None
    """Words of the median completion."""


def measure(chosen: Sequence[Sample]) -> Similarity:
    """Compare completions with each other; at least one of a pair is of the step itself."""
    if not chosen:
        return Similarity()
    masks, common = _bit_sets([sample.words for sample in chosen])
    said = [mask & ~common for mask in masks]
    part = statistics.fmean(
        own.bit_count() / max(mask.bit_count(), 1) for own, mask in zip(said, masks, strict=True)
    )
    cross, within, others, own = _means(chosen, masks, said)
    return Similarity(
        cross=cross,
        within=within,
        dependence=None if own is None or others is None else (own - others) * part,
        median_words=statistics.median(len(sample.words) for sample in chosen if sample.fresh),
    )


def _means(chosen: Sequence[Sample], whole: Sequence[int], said: Sequence[int]) -> list[float | None]:
    """Return the mean similarity of ``whole`` across and within prompts, then the same of ``said``."""
    sums = [0.0, 0.0, 0.0, 0.0]
    counts = [0, 0]
    sizes, said_sizes = [mask.bit_count() for mask in whole], [mask.bit_count() for mask in said]
    no_frame = sizes == said_sizes
    places, fresh = [one.place for one in chosen], [one.fresh for one in chosen]
    asked = [(one.task, one.prompt) for one in chosen]
    for i, one in enumerate(chosen):
        mask, size, own, own_size = whole[i], sizes[i], said[i], said_sizes[i]
        for j in range(i):
            within = places[j] == one.place
            if not within and (asked[j][1] == one.prompt or asked[j][0] != one.task):
                continue
            if not (one.fresh or fresh[j]):
                continue
            counts[within] += 1
            shared = (mask & whole[j]).bit_count()
            union = size + sizes[j] - shared
            sums[within] += shared / union if union else 1.0
            if no_frame:
                continue
            shared = (own & said[j]).bit_count()
            union = own_size + said_sizes[j] - shared
            sums[2 + within] += shared / union if union else 1.0
    if no_frame:
        sums[2:] = sums[:2]
    return [total / counts[at % 2] if counts[at % 2] else None for at, total in enumerate(sums)]


def _bit_sets(texts: Sequence[Sequence[str]]) -> tuple[list[int], int]:
    """Return each text's set of words as the bits of an integer, and the set of common words."""
    sets = [set(words) for words in texts]
    counts: Counter[str] = Counter()
    for words in sets:
        counts.update(words)
    # Common words first: they are the low bits, and a mask of them is a row of ones.
    numbers = {word: number for number, (word, _) in enumerate(counts.most_common())}
    common = sum(count > 1 and count >= COMMON * len(texts) for count in counts.values())
    masks = []
    last = len(numbers)
    for words in sets:
        digits = bytearray(b"0") * (last + 1)
        for word in words:
            digits[last - numbers[word]] = _ONE
        masks.append(int(digits, 2))
    return masks, (1 << common) - 1
