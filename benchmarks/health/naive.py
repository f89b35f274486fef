"""The rules that people use: zero-std or Jaccard over a half."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

LINE = 0.5


class Naive:
    """Alarms when TRL's zero-std or the cross-prompt Jaccard is over 0.5, ``patience`` steps in a row."""

    def __init__(self, patience: int = 1) -> None:
        self._over: deque[bool] = deque(maxlen=patience)

    def step(self, metrics: Mapping[str, Any], signals: Mapping[str, Any]) -> bool:
        alike = signals.get("jaccard_cross") or 0.0
        self._over.append(metrics["frac_reward_zero_std"] > LINE or alike > LINE)
        return len(self._over) == self._over.maxlen and all(self._over)


class NaiveMean:
    """The same over means of 20 steps."""

    def __init__(self, count: int = 20) -> None:
        self._zero: deque[float] = deque(maxlen=count)
        self._alike: deque[float] = deque(maxlen=count)

    def step(self, metrics: Mapping[str, Any], signals: Mapping[str, Any]) -> bool:
        self._zero.append(metrics["frac_reward_zero_std"])
        self._alike.append(signals.get("jaccard_cross") or 0.0)
        if len(self._zero) < (self._zero.maxlen or 1):
            return False
        return max(sum(values) / len(values) for values in (self._zero, self._alike)) > LINE


def rules() -> Iterator[tuple[str, Naive | NaiveMean]]:
    """Yield each naive rule with its name, fresh."""
    yield "zero-std > 0.5 or Jaccard > 0.5, one step", Naive()
    yield "the same, 5 steps in a row", Naive(5)
    yield "the same, mean of 20 steps", NaiveMean()
