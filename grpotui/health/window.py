"""The window of logged steps over which what was measured is pooled."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grpotui.health.observation import Observation
from grpotui.records import RewardRange

MOST_LINES = 40
"""Logged steps that a window holds at most..."""
LEAST_STEPS = 10
"""...and optimizer steps that it spans at least, in..."""
LEAST_LINES = 5
"""...so many logged steps at least."""
LATELY = 5
"""Logged steps whose median counts as the present value."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """Observations of a window added up; shares are of the groups that were judged."""

    first: int
    """First step of the window."""
    lines: int
    groups: float
    judged: float
    ceiling: float
    floor: float
    other: float
    reward: float | None
    """Mean over groups, as logged."""
    late: float | None
    """The same over the later half."""
    early: float | None
    """The same over the earlier half."""
    error: float
    """Standard error of the mean reward."""

    @property
    def flat(self) -> float:
        """Groups without reward spread."""
        return self.ceiling + self.floor + self.other

    @property
    def stuck(self) -> float:
        """Those that are not at the ceiling."""
        return self.floor + self.other

    def share(self, count: float) -> float:
        """Return a count as a share, 0 where nothing was judged."""
        return min(1.0, count / self.judged) if self.judged else 0.0


class Window:
    """The last logged steps that hold at least ``size`` groups together, within limits."""

    def __init__(self, size: int) -> None:
        self.size = max(size, 1)
        self._lines: deque[Observation] = deque(maxlen=MOST_LINES)

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def stride(self) -> float:
        """Optimizer steps per logged step."""
        lines = self._lines
        return max(1.0, (lines[-1].step - lines[0].step) / (len(lines) - 1)) if len(lines) > 1 else 1.0

    @property
    def full(self) -> bool:
        """True once there is enough to judge."""
        enough = sum(seen.groups for seen in self._lines) >= self.size or len(self._lines) == MOST_LINES
        return enough and len(self._lines) >= self._least

    @property
    def _least(self) -> int:
        return max(LEAST_LINES, math.ceil(LEAST_STEPS / self.stride))

    def add(self, seen: Observation) -> None:
        """Add a logged step; what the window has no room for falls out."""
        lines = self._lines
        lines.append(seen)
        groups = sum(o.groups for o in lines)
        while groups - lines[0].groups >= self.size and len(lines) > self._least:
            groups -= lines.popleft().groups

    def drop_from(self, step: int) -> None:
        """Forget the steps from ``step`` on."""
        while self._lines and self._lines[-1].step >= step:
            self._lines.pop()

    def pooled(self, span: RewardRange | None) -> Pooled:
        """Add the window up."""
        lines = list(self._lines)
        splits = [seen.split(span) for seen in lines]
        rewards = [(seen.reward, seen.groups) for seen in lines if seen.reward is not None]
        half = len(rewards) // 2
        values = [reward for reward, _ in rewards]
        spread = _deviation(values)
        return Pooled(
            first=lines[0].step if lines else 0,
            lines=len(lines),
            groups=math.fsum(seen.groups for seen in lines),
            judged=math.fsum(seen.judged for seen in lines),
            ceiling=math.fsum(split[0] for split in splits),
            floor=math.fsum(split[1] for split in splits),
            other=math.fsum(split[2] for split in splits),
            reward=_weighted(rewards),
            late=_weighted(rewards[half:]),
            early=_weighted(rewards[:half]),
            error=spread / math.sqrt(len(values)) if values else 0.0,
        )

    def lately(self, count: int = LATELY) -> dict[str, float]:
        """Return the medians of the last values in the window, by name: texts may be logged now and then."""
        found: dict[str, list[float]] = {}
        for seen in reversed(self._lines):
            for name, value in seen.values.items():
                values = found.setdefault(name, [])
                if len(values) < count:
                    values.append(value)
        return {name: _median(values) for name, values in found.items()}

    def template(self) -> str:
        """Return the last template that was found."""
        return next((seen.template for seen in reversed(self._lines) if seen.template), "")

    def quotes(self, count: int = 2) -> tuple[Mapping[str, Any], ...]:
        """Return the last quoted completions, of different prompts."""
        found: dict[str, Mapping[str, Any]] = {}
        for seen in reversed(self._lines):
            for quote in seen.quotes:
                if len(found) < count:
                    found.setdefault(str(quote.get("prompt")), quote)
        return tuple(found.values())

    def nonfinite(self, count: int = LATELY) -> tuple[int, tuple[str, ...]]:
        """Return in how many of the last logged steps something was not finite, and what."""
        lines = [seen.nonfinite for seen in list(self._lines)[-count:] if seen.nonfinite]
        return len(lines), lines[-1] if lines else ()


def _deviation(values: list[float]) -> float:
    """Return the sample standard deviation; ``statistics`` takes ten times as long."""
    if len(values) < 2:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _median(values: list[float]) -> float:
    values.sort()
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _weighted(rewards: list[tuple[float, float]]) -> float | None:
    weight = math.fsum(groups for _, groups in rewards)
    return math.fsum(reward * groups / weight for reward, groups in rewards) if weight else None
