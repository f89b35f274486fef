"""What was measured at a logged step, and the window of groups over which shares are pooled."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grpotui.records import HealthContext, RewardRange, as_float, as_int

_HUGE = 1e100
"""No reward: beyond it sums lose their meaning."""
_TRAINING_KEYS = ("reward", "grpotui/zero_std", "frac_reward_zero_std")


@dataclass(frozen=True, slots=True)
class Observation:
    """One logged step. Counts are of groups, and fractions where only shares were logged."""

    step: int
    groups: float
    """Groups that the step stands for."""
    judged: float = 0.0
    """Those of which it is known whether their rewards differ."""
    ceiling: float = 0.0
    floor: float = 0.0
    other: float = 0.0
    """Groups without reward spread, by where their reward sits."""
    reward: float | None = None
    jaccard: float | None = None

    @property
    def flat(self) -> float:
        """Groups without reward spread."""
        return self.ceiling + self.floor + self.other


@dataclass(frozen=True, slots=True)
class Pooled:
    """Observations of a window added up; shares are of the groups that were judged."""

    groups: float
    judged: float
    ceiling: float
    floor: float
    other: float
    reward: float | None
    """Mean over groups, as logged."""

    @property
    def flat(self) -> float:
        """Groups without reward spread."""
        return self.ceiling + self.floor + self.other

    def share(self, count: float) -> float:
        """Return a count as a share, 0 where nothing was judged."""
        return count / self.judged if self.judged else 0.0


def bounded(span: RewardRange | None) -> RewardRange | None:
    """Return a reward range that rewards can be placed in, else None."""
    if span is None or not math.isfinite(span.low) or not math.isfinite(span.high) or span.high <= span.low:
        return None
    return span


def observe(
    metrics: Mapping[str, Any], signals: Mapping[str, Any] | None, context: HealthContext
) -> Observation | None:
    """Read a logged step; None for a line that is not about training (evaluation, the closing summary)."""
    step = as_int(metrics.get("step"), -1)
    if step < 0 or not any(key in metrics for key in _TRAINING_KEYS):
        return None
    reward = _within(metrics.get("reward"), -_HUGE, _HUGE)
    jaccard = _within(signals.get("jaccard_cross"), 0.0, 1.0) if signals else None
    groups = as_int(signals.get("groups")) if signals else 0
    if signals and groups > 0:
        flat = tuple(float(as_int(signals.get(name))) for name in ("ceiling", "floor", "other"))
        return Observation(step, groups, groups, *_fitting(flat, groups), reward, jaccard)
    size = float(max(context.groups_per_step, 1))
    shares = _shares(metrics, reward, bounded(context.reward_range))
    if shares is None:
        return Observation(step, size, reward=reward, jaccard=jaccard)
    flat = tuple(share * size for share in shares)
    return Observation(step, size, size, *_fitting(flat, size), reward, jaccard)


def _within(value: object, low: float, high: float) -> float | None:
    number = as_float(value)
    return number if number is not None and low <= number <= high else None


def _shares(
    metrics: Mapping[str, Any], reward: float | None, span: RewardRange | None
) -> tuple[float, float, float] | None:
    """Return the shares of flat groups at ceiling, floor and elsewhere, from metrics alone."""
    share = _within(metrics.get("grpotui/zero_std"), 0.0, 1.0)
    if share is not None:
        ceiling = _within(metrics.get("grpotui/zero_std_ceiling"), 0.0, share) or 0.0
        floor = _within(metrics.get("grpotui/zero_std_floor"), 0.0, share) or 0.0
        return ceiling, floor, max(share - ceiling - floor, 0.0)
    share = _within(metrics.get("frac_reward_zero_std"), 0.0, 1.0)
    if share is None:
        return None
    # TRL does not say where: as many as the mean reward allows may be at the ceiling.
    ceiling = min(share, span.normalise(reward)) if span is not None and reward is not None else 0.0
    return ceiling, 0.0, max(share - ceiling, 0.0)


def _fitting(counts: tuple[float, ...], groups: float) -> tuple[float, float, float]:
    """Return the counts, none below 0 and together at most ``groups``, whatever a stream says."""
    fit = []
    left = float(groups)
    for count in counts:
        fit.append(min(max(count, 0.0), left))
        left -= fit[-1]
    ceiling, floor, other = fit
    return ceiling, floor, other


class Window:
    """The last logged steps that hold at least ``size`` groups together, and ``patience`` Jaccard values."""

    def __init__(self, size: int, patience: int) -> None:
        self.size = max(size, 1)
        self._steps: deque[Observation] = deque()
        self._similar: deque[tuple[int, float | None]] = deque(maxlen=max(patience, 1))

    def add(self, seen: Observation) -> None:
        """Add a logged step; what the window has no room for falls out."""
        self._steps.append(seen)
        self._similar.append((seen.step, seen.jaccard))
        groups = math.fsum(o.groups for o in self._steps)
        while groups - self._steps[0].groups >= self.size:
            groups -= self._steps.popleft().groups

    def drop_from(self, step: int) -> None:
        """Forget the steps from ``step`` on."""
        while self._steps and self._steps[-1].step >= step:
            self._steps.pop()
        while self._similar and self._similar[-1][0] >= step:
            self._similar.pop()

    def pooled(self) -> Pooled:
        """Add the window up."""
        steps = self._steps
        rewards = [(o.reward, o.groups) for o in steps if o.reward is not None]
        weight = math.fsum(groups for _, groups in rewards)
        return Pooled(
            groups=math.fsum(o.groups for o in steps),
            judged=math.fsum(o.judged for o in steps),
            ceiling=math.fsum(o.ceiling for o in steps),
            floor=math.fsum(o.floor for o in steps),
            other=math.fsum(o.other for o in steps),
            reward=math.fsum(reward * groups / weight for reward, groups in rewards) if weight else None,
        )

    def jaccard(self) -> float | None:
        """Return the median of the last cross-prompt similarities; None where it does not apply now."""
        values = [value for _, value in self._similar if value is not None]
        return statistics.median(values) if values else None
