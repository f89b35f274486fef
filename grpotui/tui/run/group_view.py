"""Groups of one step as they are read: glyphs, spread, identical texts folded, words of the template."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from grpotui.records import Completion, Flat, Group, Mode, RewardRange

GOOD, POOR = 0.9, 0.1
"""Normalised rewards from which a completion counts as good, and up to which as poor."""
FULL, HALF, NONE, CUT, UNKNOWN = "●", "◐", "○", "·", "?"
FLAT_WORDS = {Flat.CEILING: "max", Flat.FLOOR: "min", Flat.OTHER: "flat"}

WORDS_IN_A_ROW = 3
TEMPLATE_SHARE = 0.5
"""Share of a step's completions from which a run of words counts as its template."""
TEMPLATE_LEAST = 4
"""Completions below which nothing is called a template."""
_WORD = re.compile(r"\S+")
OWN_WORDS = 400
"""Words at the beginning of two texts that are compared with each other."""


def glyph(completion: Completion, span: RewardRange | None) -> str:
    """Return one sign for how a completion did."""
    if completion.truncated:
        return CUT
    if completion.reward is None:
        return UNKNOWN
    share = span.normalise(completion.reward) if span else completion.reward
    return FULL if share >= GOOD else NONE if share <= POOR else HALF


def spread(group: Group) -> float | None:
    """Return the standard deviation of a group's rewards, which is what GRPO learns from."""
    rewards = group.rewards
    return statistics.pstdev(rewards) if rewards else None


def mean_reward(group: Group) -> float | None:
    """Return the mean reward of a group."""
    rewards = group.rewards
    return statistics.fmean(rewards) if rewards else None


@dataclass(frozen=True, slots=True, eq=False)
class StepGroups:
    """The groups of one step, and the words that most of its completions share."""

    step: int
    groups: tuple[Group, ...] = ()
    template: frozenset[tuple[str, ...]] = frozenset()
    mode: Mode = Mode.TRAIN


@dataclass(frozen=True, slots=True)
class Fold:
    """Completions of a group that have the same text."""

    text: str
    members: tuple[Completion, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.members)

    @property
    def first(self) -> Completion:
        """The first of them."""
        return self.members[0]

    def opening(self, cells: int) -> str:
        """Return how the text begins, on one line; more than ``cells`` where there is more."""
        return " ".join(self.text[: 8 * cells].split()) or "(empty)"

    @property
    def reward(self) -> float | None:
        """Their mean reward."""
        values = [c.reward for c in self.members if c.reward is not None]
        return statistics.fmean(values) if values else None

    @property
    def advantage(self) -> float | None:
        """Their mean advantage."""
        values = [c.advantage for c in self.members if c.advantage is not None]
        return statistics.fmean(values) if values else None


def prompt_end(group: Group) -> str:
    """Return what tells prompts apart: the end of what was asked, on one line."""
    return " ".join(group.prompt[-400:].split())


class Order(StrEnum):
    """What the texts of a group are sorted by, the most first."""

    COUNT = "count"
    REWARD = "reward"
    LEAST = "lowest reward"
    ADVANTAGE = "advantage"
    TOKENS = "tokens"
    CUT = "cut at the limit"


_LOWEST = float("-inf")
_ORDERS: dict[Order, Callable[[Fold], float]] = {
    Order.COUNT: lambda fold: fold.count,
    Order.REWARD: lambda fold: _LOWEST if fold.reward is None else fold.reward,
    Order.LEAST: lambda fold: _LOWEST if fold.reward is None else -fold.reward,
    Order.ADVANTAGE: lambda fold: _LOWEST if fold.advantage is None else fold.advantage,
    Order.TOKENS: lambda fold: fold.first.tokens,
    Order.CUT: lambda fold: fold.first.truncated,
}


def folded(group: Group, order: Order = Order.COUNT) -> list[Fold]:
    """Return a group's distinct texts, sorted, then by reward, then as they came."""
    found: dict[str, list[Completion]] = {}
    for completion in group.completions:
        found.setdefault(completion.text, []).append(completion)
    folds = [Fold(text, tuple(members)) for text, members in found.items()]
    return sorted(folds, key=lambda fold: (-_ORDERS[order](fold), -_ORDERS[Order.REWARD](fold)))


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
