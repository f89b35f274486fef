"""What a run that only generates has found: prompts by what they earned, the spread of rewards. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grpotui.records import ZERO_STD_EPSILON, RewardRange, keys
from grpotui.records.rollouts import PromptRate, figures

MOST_VALUES = 11
"""Rewards that have a bar of their own; more are put together."""
BINS = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """How many completions earned a reward from ``low`` to ``high``; one reward when both are the same."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Rollouts:
    """Everything that was generated so far."""

    prompts: tuple[PromptRate, ...] = ()
    """Best first."""
    span: RewardRange | None = None
    figures: dict[str, float] = field(default_factory=dict)
    """Under the names of :mod:`grpotui.records.keys`; speed is what the last line of metrics says."""

    @classmethod
    def of(
        cls, prompts: Sequence[PromptRate], span: RewardRange | None, last: dict[str, float | None]
    ) -> Rollouts:
        """Sum prompts up; ``last`` are the last values of the run's metrics."""
        best = sorted(prompts, key=lambda prompt: (-_mean(prompt), prompt.prompt))
        speed = last.get(keys.ROLLOUTS_TOKENS_PER_SECOND)
        more = {} if speed is None else {keys.ROLLOUTS_TOKENS_PER_SECOND: speed}
        return cls(tuple(best), span, {**figures(best, span), **more})

    @property
    def bars(self) -> list[Bar]:
        """The rewards of all completions, the highest first."""
        return histogram([reward for prompt in self.prompts for reward in prompt.rewards], self.span)

    @property
    def kinds(self) -> tuple[int, int, int]:
        """Prompts whose completions are all at the highest reward, differ, or all have the same lower one."""
        flat = [prompt for prompt in self.prompts if prompt.rewards and not prompt.differs]
        top = sum(self.span is not None and prompt.passed(self.span) > 0 for prompt in flat)
        return top, sum(prompt.differs for prompt in self.prompts), len(flat) - top

    def to_json(self) -> dict[str, Any]:
        """Return the public form, as in ``show --json``."""
        return {
            "figures": self.figures,
            "histogram": [{"low": bar.low, "high": bar.high, "count": bar.count} for bar in self.bars],
            "prompts": [
                {
                    "prompt": prompt.prompt,
                    "task": prompt.task,
                    "mean": prompt.mean,
                    "pass_rate": _pass_rate(prompt, self.span),
                    "learnable": prompt.learnable(self.span),
                    "rewards": list(prompt.rewards),
                    "truncated": prompt.truncated,
                    "tokens": prompt.tokens,
                }
                for prompt in self.prompts
            ],
        }


def _mean(prompt: PromptRate) -> float:
    return float("-inf") if prompt.mean is None else prompt.mean


def _pass_rate(prompt: PromptRate, span: RewardRange | None) -> float | None:
    if span is None or not prompt.rewards:
        return None
    return prompt.passed(span) / len(prompt.rewards)


def histogram(rewards: Sequence[float], span: RewardRange | None) -> list[Bar]:
    """Return the bars of rewards, the highest first: one for each value where there are few of them.

    Otherwise BINS of the same width over the range, or from the lowest to the highest reward without one.
    """
    if not rewards:
        return []
    counted = Counter(round(reward, 6) for reward in rewards)
    if len(counted) <= MOST_VALUES:
        return [Bar(value, value, counted[value]) for value in sorted(counted, reverse=True)]
    low, high = (span.low, span.high) if span else (min(rewards), max(rewards))
    low, high = min(low, min(rewards)), max(high, max(rewards))
    width = (high - low) / BINS
    places = Counter(min(int((reward - low) / width + ZERO_STD_EPSILON), BINS - 1) for reward in rewards)
    return [
        Bar(low + place * width, low + (place + 1) * width, places[place]) for place in reversed(range(BINS))
    ]
