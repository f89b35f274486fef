"""One metric over the steps of a run: every value for the cursor, a bounded outline for the charts.

The outline keeps lowest, highest and mean of neighbouring steps, so that a chart of a run of any length costs
the same, and that adding a step does too.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

Point = tuple[int, float | None]
"""(step, value); None for a value that was logged and is no finite number."""

T = TypeVar("T")

OUTLINE = 2048
"""Buckets that an outline has at most."""


class Bucket(NamedTuple):
    """What neighbouring steps amount to; finite values only."""

    first: int
    last: int
    low: float
    high: float
    total: float
    size: int

    @property
    def mean(self) -> float:
        """Mean of the values."""
        return self.total / self.size

    def plus(self, other: Bucket) -> Bucket:
        """Return both as one."""
        return Bucket(
            self.first,
            other.last,
            min(self.low, other.low),
            max(self.high, other.high),
            self.total + other.total,
            self.size + other.size,
        )


def _no_steps() -> array[int]:
    return array("q")


def _no_values() -> array[float]:
    return array("d")


_LOW, _HIGH = attrgetter("low"), attrgetter("high")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Series:
    """One metric, as it was when a snapshot was taken. Only one object is the same series."""

    steps: array[int] = field(default_factory=_no_steps)
    """Every logged step, ascending; the first ``size`` belong to this snapshot."""
    values: array[float] = field(default_factory=_no_values)
    """The values at ``steps``, nan where one was no finite number; the array grows behind the snapshot."""
    size: int = 0
    start: int = 0
    """Where the points of this series begin in ``steps``."""
    holes: tuple[int, ...] = ()
    """Steps whose value was no finite number."""
    _outliner: _Outline = field(default_factory=lambda: _Outline())
    _made: dict[object, Any] = field(default_factory=dict)

    def once(self, key: object, make: Callable[[], T]) -> T:
        """Return what ``make`` made of this series the first time; it goes when the series goes."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    @property
    def outline(self) -> tuple[Bucket, ...]:
        """Neighbouring points as buckets, OUTLINE at most. Made when it is drawn first: most never are."""
        ends = self.start, self.size
        return self.once("outline", lambda: self._outliner.until(self.steps, self.values, *ends))

    def __bool__(self) -> bool:
        return self.size > self.start

    def __len__(self) -> int:
        return self.size - self.start

    @property
    def points(self) -> list[Point]:
        """Every point."""
        return [self._point(place) for place in range(self.start, self.size)]

    def _point(self, place: int) -> Point:
        value = self.values[place]
        return self.steps[place], None if math.isnan(value) else value

    def _until(self, step: float) -> int:
        """Return where the points after ``step`` begin."""
        return bisect_right(self.steps, step, lo=self.start, hi=self.size)

    def at(self, step: int) -> Point | None:
        """Return the last point that was logged at or before ``step``."""
        place = self._until(step)
        return self._point(place - 1) if place > self.start else None

    def last(self) -> Point | None:
        """Return the newest point."""
        return self._point(self.size - 1) if self else None

    def range(self) -> tuple[float, float] | None:
        """Return the lowest and the highest finite value."""
        if not self.outline:
            return None
        return min(map(_LOW, self.outline)), max(map(_HIGH, self.outline))

    def least_positive(self) -> float | None:
        """Return the lowest value over 0 as far as the outline tells, None without any."""
        values = (value for b in self.outline for value in (b.low, b.mean, b.high) if value > 0)
        return min(values, default=None)

    def edges(self) -> list[Point]:
        """Return the outline as points, lowest and highest of each bucket."""
        points: list[Point] = []
        for bucket in self.outline:
            points.append((bucket.first, bucket.low))
            if bucket.high > bucket.low:
                points.append((bucket.last, bucket.high))
        return points

    def mean_at(self, step: int, window: int) -> float | None:
        """Return the mean of the last ``window`` finite values at or before ``step``."""
        place = self._until(step)
        values: list[float] = []
        while place > self.start and len(values) < window:
            place -= 1
            if not math.isnan(value := self.values[place]):
                values.append(value)
        return sum(values) / len(values) if values else None

    def within(self, first: float, last: float, before: int = 0) -> Series:
        """Return the points of steps in [first, last], and ``before`` more on the left to smooth with."""
        if not self or (first <= self.steps[self.start] and last >= self.steps[self.size - 1]):
            return self
        return self.once((first, last, before), lambda: _part(self, first, last, before))


def _part(series: Series, first: float, last: float, before: int) -> Series:
    low = bisect_left(series.steps, first, lo=series.start, hi=series.size)
    low, high = max(low - before, series.start), series._until(last)
    holes = tuple(step for step in series.holes if first <= step <= last)
    return Series(series.steps, series.values, high, low, holes)


def whole(steps: array[int], values: array[float]) -> Series:
    """Return points that no others will follow as a series, without a copy of them."""
    return Series(steps, values, len(steps), 0, tuple(_holes(steps, values)))


@dataclass(slots=True)
class _Outline:
    """Buckets of equally many finite values; twice as many whenever there would be more than OUTLINE."""

    buckets: list[Bucket] = field(default_factory=list)
    stride: int = 1
    taken: int = 0
    """Where the points that are not in a bucket yet begin."""

    def until(self, steps: array[int], values: array[float], start: int, end: int) -> tuple[Bucket, ...]:
        """Return the buckets of the points at ``start`` to ``end``; only new ones are worked through.

        For one thread, the one that draws.
        """
        if self.taken > end:  # an older snapshot asks late
            return _Outline().until(steps, values, start, end)
        first = max(self.taken, start)
        self.extend(steps[first:end], values[first:end])
        self.taken = end
        return tuple(self.buckets)

    def extend(self, steps: array[int], values: array[float]) -> None:
        """Take in points; those that are no number are left out."""
        if _has_nan(values):
            known = [place for place, value in enumerate(values) if not math.isnan(value)]
            steps = array("q", [steps[place] for place in known])
            values = array("d", [values[place] for place in known])
        last = self.buckets[-1].size if self.buckets else self.stride
        while (len(self.buckets) - 1) * self.stride + last + len(values) > OUTLINE * self.stride:
            self._halve()
            last = self.buckets[-1].size if self.buckets else self.stride
        numbers = values.tolist()  # min, max and sum are twice as quick over a list
        place = 0
        while place < len(numbers):
            some = numbers[place : place + self.stride - last % self.stride]
            end = steps[place + len(some) - 1]
            bucket = Bucket(steps[place], end, min(some), max(some), sum(some), len(some))
            if last < self.stride:
                self.buckets[-1] = self.buckets[-1].plus(bucket)
            else:
                self.buckets.append(bucket)
            place, last = place + len(some), self.stride

    def _halve(self) -> None:
        pairs = [a.plus(b) for a, b in zip(self.buckets[::2], self.buckets[1::2], strict=False)]
        self.buckets = pairs + self.buckets[2 * len(pairs) :]
        self.stride *= 2


def _has_nan(values: array[float]) -> bool:
    """Tell quickly that there is none, as nearly always; a sum beyond all floats may say yes in vain."""
    return math.isnan(sum(values))


def _holes(steps: array[int], values: array[float]) -> list[int]:
    """Return the steps whose value is no finite number."""
    if not _has_nan(values):
        return []
    return [step for step, value in zip(steps, values, strict=True) if math.isnan(value)]


@dataclass(slots=True)
class Recording:
    """Collects points that follow each other, and gives snapshots of them."""

    steps: array[int] = field(default_factory=_no_steps)
    values: array[float] = field(default_factory=_no_values)
    _holes: list[int] = field(default_factory=list)
    _outline: _Outline = field(default_factory=_Outline)
    _snapshot: Series | None = None

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def last_step(self) -> int | None:
        """The newest step, or None."""
        return self.steps[-1] if self.steps else None

    def extend(self, steps: array[int], values: array[float]) -> None:
        """Take in points with ascending steps after those so far; nan was no finite number."""
        self.steps = self.steps + steps  # not in place: others may share them
        self.values += values
        self._holes += _holes(steps, values)
        if steps:
            self._snapshot = None

    def share(self, other: Recording) -> None:
        """Keep one copy of the steps if both have the same: nearly half of a long run's memory."""
        if self.steps == other.steps:
            self.steps = other.steps

    def snapshot(self) -> Series:
        """Return what is known now; the same object as before when nothing came."""
        if self._snapshot is None:
            holes = tuple(self._holes)
            self._snapshot = Series(self.steps, self.values, len(self.steps), 0, holes, self._outline)
        return self._snapshot
