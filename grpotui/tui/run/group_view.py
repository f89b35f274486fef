"""Groups of one step as they are read: glyphs, spread, identical texts folded, words of the template."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from grpotui.records import Flat, Group, Mode

FLAT_WORDS = {Flat.CEILING: "max", Flat.FLOOR: "min", Flat.OTHER: "flat"}

WORDS_IN_A_ROW = 3
TEMPLATE_SHARE = 0.5
"""Share of a step's completions from which a run of words counts as its template."""
TEMPLATE_LEAST = 4
"""Completions below which nothing is called a template."""
_WORD = re.compile(r"\S+")
OWN_WORDS = 400
"""Words at the beginning of two texts that are compared with each other."""


def spread(group: Group) -> float | None:
    """Return the standard deviation of a group's rewards, which is what GRPO learns from."""
    rewards = group.rewards
    return statistics.pstdev(rewards) if rewards else None


@dataclass(frozen=True, slots=True, eq=False)
class StepGroups:
    """The groups of one step, and the words that most of its completions share."""

    step: int
    groups: tuple[Group, ...] = ()
    template: frozenset[tuple[str, ...]] = frozenset()
    mode: Mode = Mode.TRAIN


def _key(word: str) -> str:
    return word.lower()


def template(groups: Sequence[Group]) -> frozenset[tuple[str, ...]]:
    """Return the runs of words that stand in at least half of a step's completions.

    A step with few completions or with one prompt only has none: alike answers to one prompt are no template.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    completions = [c for group in groups for c in group.completions]
    if len(completions) < TEMPLATE_LEAST or len({group.prompt for group in groups}) < 2:
        return frozenset()
    for completion in completions:
        words = [_key(m.group()) for m in _WORD.finditer(completion.text[:20_000])]
        seen.update({tuple(words[i : i + WORDS_IN_A_ROW]) for i in range(len(words) - WORDS_IN_A_ROW + 1)})
    least = TEMPLATE_SHARE * len(completions)
    return frozenset(run for run, count in seen.items() if count >= least)


def own_spans(text: str, common: str) -> list[tuple[int, int]]:
    """Return where in ``text`` the words stand that ``common``, the commonest text of its group, has not."""
    words = list(_WORD.finditer(text))[:OWN_WORDS]
    others = [m.group() for m in _WORD.finditer(common)][:OWN_WORDS]
    same = SequenceMatcher(None, [m.group() for m in words], others, autojunk=False).get_matching_blocks()
    shared = {place for block in same for place in range(block.a, block.a + block.size)}
    return [(m.start(), m.end()) for place, m in enumerate(words) if place not in shared]


def template_spans(text: str, runs: frozenset[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Return where in ``text`` words of the template stand: (start, end), ascending, not touching."""
    if not runs:
        return []
    words = [(_key(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]
    marked = [False] * len(words)
    for i in range(len(words) - WORDS_IN_A_ROW + 1):
        if tuple(w[0] for w in words[i : i + WORDS_IN_A_ROW]) in runs:
            marked[i : i + WORDS_IN_A_ROW] = [True] * WORDS_IN_A_ROW
    spans: list[tuple[int, int]] = []
    for i, (_, start, end) in enumerate(words):
        if not marked[i]:
            continue
        if i and marked[i - 1] and spans:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans
