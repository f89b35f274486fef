"""The completions of one group as they are read: a glyph for each, identical texts folded."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from grpotui import format as fmt
from grpotui.records import Completion, Group, RewardRange

GOOD, POOR = 0.9, 0.1
"""Normalised rewards from which a completion counts as good, and up to which as poor."""
FULL, HALF, NONE, CUT, UNKNOWN = "●", "◐", "○", "·", "?"
GLYPHS = 16
"""Completions that are drawn one by one; beyond, they are counted."""


def glyph(completion: Completion, span: RewardRange | None) -> str:
    """Return one sign for how a completion did."""
    if completion.truncated:
        return CUT
    if completion.reward is None:
        return UNKNOWN
    share = span.normalise(completion.reward) if span else completion.reward
    return FULL if share >= GOOD else NONE if share <= POOR else HALF


def glyphs(group: Group, span: RewardRange | None) -> str:
    """Return a glyph per completion, or counts when there are many."""
    signs = [glyph(completion, span) for completion in group.completions]
    if len(signs) <= GLYPHS:
        return "".join(signs)
    counts = Counter(signs)
    order = (FULL, HALF, NONE, CUT, UNKNOWN)
    return " ".join(f"{sign}{counts[sign]}" for sign in order if counts[sign])


def mean_reward(group: Group) -> float | None:
    """Return the mean reward of a group."""
    rewards = group.rewards
    return statistics.fmean(rewards) if rewards else None


def score(mean: float | None, count: int, span: RewardRange | None) -> str:
    """Return how ``count`` completions did: ``12/16`` of a reward of two values, else their mean."""
    passed = span.pass_rate(mean) if span is not None else None
    return fmt.figure(mean) if passed is None else f"{round(passed * count)}/{count}"


def prompt_end(group: Group) -> str:
    """Return what tells prompts apart: the end of what was asked, on one line."""
    return " ".join(group.prompt[-400:].split())


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

    def of(self, name: str) -> float:
        """Return what one reward function gave the first of them; the lowest of all where it gave nothing."""
        value = self.first.rewards.get(name)
        return _LOWEST if value is None else value

    @property
    def advantage(self) -> float | None:
        """Their mean advantage."""
        values = [c.advantage for c in self.members if c.advantage is not None]
        return statistics.fmean(values) if values else None


class Order(StrEnum):
    """What the texts of a group are sorted by, the most first."""

    COUNT = "count"
    REWARD = "reward"
    LEAST = "lowest reward"
    ADVANTAGE = "advantage"
    TOKENS = "tokens"
    CUT = "cut at the limit"


_LOWEST = float("-inf")
_ORDERS: dict[str, Callable[[Fold], float]] = {
    Order.COUNT: lambda fold: fold.count,
    Order.REWARD: lambda fold: _LOWEST if fold.reward is None else fold.reward,
    Order.LEAST: lambda fold: _LOWEST if fold.reward is None else -fold.reward,
    Order.ADVANTAGE: lambda fold: _LOWEST if fold.advantage is None else fold.advantage,
    Order.TOKENS: lambda fold: fold.first.tokens,
    Order.CUT: lambda fold: fold.first.truncated,
}


def orders(group: Group | None) -> list[str]:
    """Return what the texts of a group can be sorted by: each Order, and each of several reward functions."""
    names = reward_names(group)
    return [*Order, *(names if len(names) > 1 else ())]


def reward_names(group: Group | None) -> list[str]:
    """Return the reward functions of a group's completions."""
    completions = group.completions if group is not None else ()
    return list(dict.fromkeys(name for one in completions for name in one.rewards))


def folded(group: Group, order: str = Order.COUNT) -> list[Fold]:
    """Return a group's distinct texts, sorted by one of :func:`orders`, then by reward, then as they came."""
    found: dict[str, list[Completion]] = {}
    for completion in group.completions:
        found.setdefault(completion.text, []).append(completion)
    folds = [Fold(text, tuple(members)) for text, members in found.items()]
    first = _ORDERS.get(order) or (lambda fold: fold.of(order))
    return sorted(folds, key=lambda fold: (-first(fold), -_ORDERS[Order.REWARD](fold)))
