"""What stands under the charts: the step, or how many epochs, samples, tokens or seconds had gone by then."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from grpotui import format as fmt
from grpotui.tui.run.series import Series

STEP, EPOCH, SAMPLES, TOKENS, TIME = "step", "epoch", "samples", "tokens", "time"
KEYS = {EPOCH: "epoch", TOKENS: "num_tokens", TIME: "time"}
"""Metrics that an axis is read from."""


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """A function of the step that never falls. Only one object is the same axis."""

    name: str = STEP
    points: tuple[tuple[int, float], ...] = ()
    """(step, x) ascending; straight lines between. Without points, ``factor`` times the step."""
    factor: float = 1.0

    def at(self, step: float) -> float:
        """Return the place of a step; before the first and after the last point, theirs."""
        if not self.points:
            return step * self.factor
        place = bisect_left(self.points, (step,))
        if place == len(self.points):
            return self.points[-1][1]
        after, x = self.points[place]
        if place == 0 or after == step:
            return x
        before, start = self.points[place - 1]
        return start + (x - start) * (step - before) / (after - before)

    def label(self, x: float) -> str:
        """Return a place as people read it."""
        if self.name == STEP:
            return f"{x:.0f}"
        return (fmt.duration(x) or "0s") if self.name == TIME else fmt.number(x)


BY_STEP = Axis()


@lru_cache(maxsize=16)
def by_samples(per_step: int) -> Axis:
    """Return the axis of completions that were trained on, ``per_step`` with every step."""
    return Axis(SAMPLES, factor=per_step)


@lru_cache(maxsize=16)
def by_series(name: str, series: Series) -> Axis:
    """Return the axis that a metric gives; time counts from the first step. A fall (clock set) is flat."""
    points: list[tuple[int, float]] = []
    start = series.outline[0].low if name == TIME and series.outline else 0.0
    highest = 0.0
    for bucket in series.outline:
        for step, value in {bucket.first: bucket.low, bucket.last: bucket.high}.items():
            highest = max(highest, value - start)
            points.append((step, highest))
    return Axis(name, tuple(points))


@lru_cache(maxsize=8)
def itself(name: str) -> Axis:
    """Return the axis for places that are on it already: only its labels count."""
    return Axis(name)
