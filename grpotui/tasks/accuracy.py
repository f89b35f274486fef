"""What counts as right, and how sure a share of right answers is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grpotui.records import ZERO_STD_EPSILON
from grpotui.tasks.model import Example, Reward

Z95 = 1.959964
"""Standard deviations of a normal distribution that hold 95 % of it."""


@dataclass(frozen=True, slots=True)
class Share:
    """``right`` of ``n`` answers, with the 95 % interval of Wilson (1927). ``n`` is at least 1."""

    right: int
    n: int

    @property
    def value(self) -> float:
        """The share itself, 0 to 1."""
        return self.right / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Lowest and highest true share that the count still fits to: never a point, as with 10 of 10."""
        share, weight = self.value, Z95**2 / self.n
        middle = (share + weight / 2) / (1 + weight)
        half = Z95 * math.sqrt(share * (1 - share) / self.n + weight / (4 * self.n)) / (1 + weight)
        return max(0.0, middle - half), min(1.0, middle + half)


def is_right(rewards: Sequence[Reward], scores: Mapping[str, float | None], example: Example) -> bool:
    """True when every reward that compares with the example's answer gives its highest value.

    Where it has no answer, or no reward looks at it, every reward that has a positive weight must be at its
    highest, and every one with a negative weight at its lowest. Rewards of other tasks do not count; one
    whose range is not known can never say that an answer is right. ``scores`` are unweighted.
    """
    meant = [reward for reward in rewards if not reward.tasks or example.task in reward.tasks]
    looking = [reward for reward in meant if reward.needs_answer] if example.answer is not None else []
    judged = looking or [reward for reward in meant if reward.weight]
    return bool(judged) and all(_is_best(reward, scores.get(reward.name)) for reward in judged)


def tells_right(rewards: Sequence[Reward]) -> bool:
    """False when no answer can ever be called right: of no reward that counts the highest value is known."""
    return any(reward.range is not None and (reward.weight or reward.needs_answer) for reward in rewards)


def _is_best(reward: Reward, score: float | None) -> bool:
    if score is None or reward.range is None:
        return False
    best = reward.range.low if reward.weight < 0 and not reward.needs_answer else reward.range.high
    return abs(score - best) < ZERO_STD_EPSILON
