"""How a run has gone so far, in bounded memory: how it began, and readings ever further apart."""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from grpotui.health.observation import Observation
from grpotui.health.window import LATELY, Pooled
from grpotui.records import RewardRange

MOST_READINGS = 128


@dataclass(frozen=True, slots=True)
class Reading:
    """A full window, as it stood at a step."""

    step: int
    pooled: Pooled
    lately: Mapping[str, float] = field(default_factory=dict)
    """Medians of the last few logged steps, by signal."""

    def level(self, span: RewardRange | None) -> float | None:
        """Return the mean reward in [0, 1]; None where the range or the reward is not known."""
        return None if span is None or self.pooled.reward is None else span.normalise(self.pooled.reward)


@dataclass(frozen=True, slots=True)
class Extremes:
    """The best and the worst of all windows that could be judged, up to one."""

    best: float | None = None
    """Highest mean reward."""
    least_stuck: float = 1.0
    least_floor: float = 1.0
    """Lowest shares of groups that are flat below the ceiling, and at the floor."""
    most_spread: float = 0.0
    """Highest share of groups whose rewards differ."""

    def with_(self, pooled: Pooled) -> Extremes:
        """Return the extremes with one more window."""
        rewards = [reward for reward in (self.best, pooled.reward) if reward is not None]
        return Extremes(
            max(rewards, default=None),
            min(self.least_stuck, pooled.share(pooled.stuck)),
            min(self.least_floor, pooled.share(pooled.floor)),
            max(self.most_spread, pooled.share(pooled.judged - pooled.flat)),
        )


class Course:
    """What came before. Every n-th reading is kept; n doubles when there are too many."""

    def __init__(self) -> None:
        self._begin: dict[str, list[tuple[int, float]]] = {}
        self._readings: list[Reading] = []
        self._extremes: list[Extremes] = []
        self.extremes = Extremes()
        """Of all windows so far."""
        self._every = 1
        self._skipped = 0
        self.lowest: tuple[float, int] | None = None
        self.highest: tuple[float, int] | None = None
        """Lowest and highest logged reward, each with its step."""

    def see(self, seen: Observation, rewards: tuple[float, float] | None) -> None:
        """Take in a logged step, with the lowest and the highest reward in it."""
        for name, value in seen.values.items():
            values = self._begin.setdefault(name, [])
            if len(values) < LATELY:
                values.append((seen.step, value))
        if rewards is not None:
            low, high = rewards
            if self.lowest is None or low < self.lowest[0]:
                self.lowest = (low, seen.step)
            if self.highest is None or high >= self.highest[0]:
                self.highest = (high, seen.step)

    def add(self, reading: Reading, full: bool) -> None:
        """Note a window that can be judged; keep the reading of a full one, if it is its turn."""
        self.extremes = self.extremes.with_(reading.pooled)
        if not full:
            return
        self._skipped += 1
        if self._skipped < self._every and self._readings:
            return
        self._skipped = 0
        self._readings.append(reading)
        self._extremes.append(self.extremes)
        if len(self._readings) > MOST_READINGS:
            self._readings, self._extremes = self._readings[::2], self._extremes[::2]
            self._every *= 2

    def drop_from(self, step: int) -> None:
        """Forget the steps from ``step`` on."""
        for values in self._begin.values():
            values[:] = [(at, value) for at, value in values if at < step]
        while self._readings and self._readings[-1].step >= step:
            self._readings.pop()
            self._extremes.pop()
        self.extremes = self._extremes[-1] if self._extremes else Extremes()
        self.lowest = None if self.lowest is None or self.lowest[1] >= step else self.lowest
        self.highest = None if self.highest is None or self.highest[1] >= step else self.highest

    def start(self, name: str) -> float | None:
        """Return the median of a signal's first values."""
        values = self._begin.get(name)
        return statistics.median(value for _, value in values) if values else None

    def low(self, name: str) -> float | None:
        """Return the second lowest of a signal's first values: a run may collapse within them."""
        values = sorted(value for _, value in self._begin.get(name, ()))
        return values[min(1, len(values) - 1)] if values else None

    def before(self, step: int) -> list[Reading]:
        """Return the kept readings of windows that ended before ``step``."""
        return self._readings[: bisect_left(self._readings, step, key=lambda reading: reading.step)]

    def usual(self, name: str, before: int) -> float | None:
        """Return the median of a signal in windows that ended before a step, else how it began."""
        values = [r.lately[name] for r in self.before(before) if name in r.lately]
        return statistics.median(values) if values else self.start(name)

    @property
    def first(self) -> Reading | None:
        """The first full window."""
        return self._readings[0] if self._readings else None
