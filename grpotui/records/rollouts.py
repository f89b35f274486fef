"""What rollouts tell of a model before it is trained: figures over groups of completions. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grpotui.records import keys
from grpotui.records.groups import ZERO_STD_EPSILON, Group, RewardRange
from grpotui.records.intervals import clustered

LEARNABLE = (0.1, 0.9)
"""A prompt can be learnt from when its rewards differ and their mean lies between these shares of the range.

For a reward of right or wrong that share is the pass rate. Outside, most groups are all wrong or all right.
"""
ENOUGH = 4
"""Completions of each prompt below which nothing is said about it: two may agree by chance."""


@dataclass(frozen=True, slots=True)
class PromptRate:
    """What one prompt's completions earned."""

    prompt: str
    task: str
    rewards: tuple[float, ...]
    """Of the completions that have one."""
    completions: int
    truncated: int
    tokens: int

    @classmethod
    def of(cls, group: Group) -> PromptRate:
        """Sum up a group."""
        return cls(
            prompt=group.prompt,
            task=group.task,
            rewards=tuple(group.rewards),
            completions=len(group.completions),
            truncated=sum(completion.truncated for completion in group.completions),
            tokens=sum(completion.tokens for completion in group.completions),
        )

    @property
    def mean(self) -> float | None:
        """Mean reward; None without any."""
        return math.fsum(self.rewards) / len(self.rewards) if self.rewards else None

    @property
    def std(self) -> float | None:
        """Sample standard deviation; None for fewer than two rewards."""
        mean = self.mean
        if mean is None or len(self.rewards) < 2:
            return None
        return math.sqrt(math.fsum((r - mean) ** 2 for r in self.rewards) / (len(self.rewards) - 1))

    @property
    def differs(self) -> bool:
        """True when its rewards do not all agree, so that training learns from it."""
        return bool(self.rewards) and max(self.rewards) - min(self.rewards) >= ZERO_STD_EPSILON

    def rate(self, span: RewardRange | None) -> float | None:
        """Return the mean reward as a share of the range, 0 to 1: the pass rate of a binary reward."""
        return None if span is None or self.mean is None else span.normalise(self.mean)

    def passed(self, span: RewardRange) -> int:
        """Return how many completions have the highest reward there is."""
        return sum(reward >= span.high - ZERO_STD_EPSILON for reward in self.rewards)

    def learnable(self, span: RewardRange | None) -> bool | None:
        """Return whether training can learn from it; None where that cannot be told."""
        rate = self.rate(span)
        if rate is None or len(self.rewards) < ENOUGH:
            return None
        return self.differs and LEARNABLE[0] <= rate <= LEARNABLE[1]


def figures(prompts: Sequence[PromptRate], span: RewardRange | None) -> dict[str, float]:
    """Return the figures of :mod:`grpotui.records.keys` under ``rollouts/`` over whole groups of prompts.

    What cannot be told is left out: no interval from one prompt, no pass rate without a declared range.
    """
    n = sum(prompt.completions for prompt in prompts)
    if not n:
        return {}
    found: dict[str, float] = {
        keys.ROLLOUTS_N: n,
        keys.ROLLOUTS_PROMPTS: len(prompts),
        keys.ROLLOUTS_TRUNCATED: sum(prompt.truncated for prompt in prompts) / n,
        keys.ROLLOUTS_LENGTH: sum(prompt.tokens for prompt in prompts) / n,
    }
    scored = [prompt for prompt in prompts if prompt.rewards]
    if not scored:
        return found
    rewards = [reward for prompt in scored for reward in prompt.rewards]
    found[keys.ROLLOUTS_REWARD] = math.fsum(rewards) / len(rewards)
    if reach := clustered([prompt.rewards for prompt in scored], span):
        found[keys.ROLLOUTS_REWARD_LOW], found[keys.ROLLOUTS_REWARD_HIGH] = reach
    found[keys.ROLLOUTS_NONZERO] = sum(abs(r) >= ZERO_STD_EPSILON for r in rewards) / len(rewards)
    found[keys.ROLLOUTS_NO_SIGNAL] = sum(not prompt.differs for prompt in scored) / len(scored)
    if spreads := [std for prompt in scored if (std := prompt.std) is not None]:
        found[keys.ROLLOUTS_WITHIN_STD] = math.fsum(spreads) / len(spreads)
    if span is not None:
        found[keys.ROLLOUTS_PASS_RATE] = sum(prompt.passed(span) for prompt in scored) / len(rewards)
        if told := [known for p in scored if (known := p.learnable(span)) is not None]:
            found[keys.ROLLOUTS_LEARNABLE] = sum(told) / len(told)
    return found


def by_task(prompts: Iterable[PromptRate], span: RewardRange | None) -> dict[str, float]:
    """Return the figures of each task, as ``rollouts/reward/arithmetic``; none where there is one task."""
    parts: dict[str, list[PromptRate]] = {}
    for prompt in prompts:
        parts.setdefault(prompt.task, []).append(prompt)
    if len(parts) < 2:
        return {}
    return {
        f"{key}/{task}": v for task, held in sorted(parts.items()) for key, v in figures(held, span).items()
    }
