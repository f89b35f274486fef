"""What the rules look at: the window, what came before, and what was declared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from grpotui.health.course import Course, Reading
from grpotui.health.window import Pooled
from grpotui.records import HealthContext, RewardRange, Verdict

EASE = 0.8
"""A line that was crossed counts as crossed down to this part of it, so that nothing flickers."""
SHORT_WORDS = 8
"""Below this many words in the median completion a form is shared rightly: "The answer is 23"."""
TINY_WORDS = 4
"""Below this many, few different answers are possible."""
LEAST_GAIN = 0.03
"""Of the normalised reward, within a window: less is no improvement."""


def wilson(count: float, total: float, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); (0, 1) where nothing was counted."""
    if total <= 0:
        return 0.0, 1.0
    share = min(1.0, max(0.0, count / total))
    middle = share + z * z / (2 * total)
    reach = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


@dataclass(frozen=True)
class Facts:
    """Everything that a rule, or a sentence about a verdict, may cite."""

    now: Reading
    course: Course
    context: HealthContext
    span: RewardRange | None
    declared: bool
    """True when the reward range was declared, and not read off the rewards."""
    verdict: Verdict
    nonfinite: tuple[int, tuple[str, ...]] = (0, ())
    """In how many of the last logged steps something was not finite, and what."""

    @property
    def pooled(self) -> Pooled:
        """The window."""
        return self.now.pooled

    def value(self, name: str) -> float | None:
        """Return the present value of a signal."""
        return self.now.lately.get(name)

    def rise(self, name: str) -> float:
        """Return how far a share has come from its start towards 1; 0 where it is not known."""
        value, start = self.value(name), self.course.low(name)
        if value is None or start is None:
            return 0.0
        return max(0.0, (value - start) / max(1 - start, 0.05))

    @cached_property
    def level(self) -> float | None:
        """The window's mean reward, 0 to 1."""
        return self.now.level(self.span)

    @cached_property
    def late(self) -> float | None:
        """The same of the later half of the window."""
        return self._placed(self.pooled.late)

    @cached_property
    def error(self) -> float:
        """Standard error of the level."""
        return self.pooled.error / (self.span.high - self.span.low) if self.span else 0.0

    @cached_property
    def peak(self) -> float | None:
        """The best level of a window before this one."""
        return self._placed(self.course.extremes.best)

    @cached_property
    def drop(self) -> float:
        """How far the later half of the window is below the best window, in levels; 0 within the noise."""
        if self.peak is None or self.late is None:
            return 0.0
        drop = self.peak - self.late
        return drop if drop > 4 * self.error else 0.0

    @cached_property
    def improving(self) -> bool:
        """True when the reward has risen within the window by more than noise."""
        late, early = self.late, self._placed(self.pooled.early)
        return late is not None and early is not None and late - early > max(LEAST_GAIN, 2 * self.error)

    @cached_property
    def flat(self) -> float:
        """Share of flat groups that there are at least, with 95 % confidence."""
        return wilson(self.pooled.flat, self.pooled.judged)[0]

    @cached_property
    def stuck(self) -> float:
        """Share of groups that are flat below the ceiling, at least."""
        return wilson(self.pooled.stuck, self.pooled.judged)[0]

    @cached_property
    def least_stuck(self) -> float:
        """The lowest such share of a window so far."""
        return min(self.course.extremes.least_stuck, self.pooled.share(self.pooled.stuck))

    @cached_property
    def short(self) -> bool:
        """True when completions are so short that a shared form says nothing."""
        words = self.value("median_words")
        return words is not None and words < SHORT_WORDS

    @cached_property
    def temperature(self) -> float | None:
        """The declared sampling temperature."""
        return self.context.grpo.get("temperature")

    def ease(self, *verdicts: Verdict) -> float:
        """Return what lines are multiplied with: less than 1 while one of the verdicts stands."""
        return EASE if self.verdict in verdicts else 1.0

    def _placed(self, reward: float | None) -> float | None:
        return None if self.span is None or reward is None else self.span.normalise(reward)
