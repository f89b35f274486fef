"""Signals of one logged step, from its groups: one line of ``signals.jsonl``."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

from grpotui.health.similarity import measure
from grpotui.records import Flat, Group, RewardRange

SHORT_ANSWER_WORDS = 4
"""Below this many words in the median completion, shared words say nothing: digits and yes/no are alike."""


def compute(step: int, groups: Sequence[Group], span: RewardRange | None) -> dict[str, Any]:
    """Return the signals of ``step``; None where one does not apply.

    - ``groups``: groups with at least two rewards; ``flat`` of them have no spread, at the reward's
      ``ceiling``, its ``floor`` or at some ``other`` value (all of them where ``span`` is unknown).
    - ``completions``: their number; ``unique``: distinct texts per completion, mean over groups.
    - ``jaccard_cross``, ``jaccard_within``: mean similarity of word sets between answers to different
      prompts, and within groups. Over at most 64 completions; takes under 30 ms at 500 words each.
    - ``median_words``: words of the median completion.
    """
    measured = [g for g in groups if len(g.rewards) > 1]
    flat = Counter(where for g in measured if (where := g.flat(span)) is not None)
    alike = measure(groups)
    too_short = alike.median_words is None or alike.median_words < SHORT_ANSWER_WORDS
    return {
        "step": step,
        "groups": len(measured),
        "flat": flat.total(),
        "ceiling": flat[Flat.CEILING],
        "floor": flat[Flat.FLOOR],
        "other": flat[Flat.OTHER],
        "completions": sum(len(g.completions) for g in groups),
        "unique": _rounded(_unique(groups)),
        "jaccard_cross": None if too_short else _rounded(alike.cross),
        "jaccard_within": _rounded(alike.within),
        "median_words": alike.median_words,
    }


def _unique(groups: Sequence[Group]) -> float | None:
    shares = [
        len({c.text.strip() for c in group.completions}) / len(group.completions)
        for group in groups
        if group.completions
    ]
    return statistics.fmean(shares) if shares else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
