"""One metric over the steps of a run: every value for the cursor, a bounded outline for the charts.

The outline keeps lowest, highest and mean of neighbouring steps, so that a chart of a run of any length costs
the same, and that adding a step does too.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

Point = tuple[int, float | None]
"""(step, value); None for a value that was logged and is no finite number."""

GAP = 1.5
"""Times the usual distance between points beyond which something is missing between two."""
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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Series:
    """One metric, as it was when a snapshot was taken. Only one object is the same series."""

    outline: tuple[Bucket, ...] = ()
    points: Sequence[Point] = ()
    """Every logged point, ascending. The first ``size`` belong to this snapshot: the list grows behind."""
    size: int = 0

    def __bool__(self) -> bool:
        return self.size > 0

    def at(self, step: int) -> Point | None:
        """Return the last point that was logged at or before ``step``."""
        place = bisect_right(self.points, step, hi=self.size, key=_step)
        return self.points[place - 1] if place else None

    def last(self) -> Point | None:
        """Return the newest point."""
        return self.points[self.size - 1] if self.size else None

    def range(self) -> tuple[float, float] | None:
        """Return the lowest and the highest finite value."""
        if not self.outline:
            return None
        return min(b.low for b in self.outline), max(b.high for b in self.outline)

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
        place = bisect_right(self.points, step, hi=self.size, key=_step)
        values: list[float] = []
        while place and len(values) < window:
            place -= 1
            value = self.points[place][1]
            if value is not None:
                values.append(value)
        return sum(values) / len(values) if values else None


def _step(point: Point) -> int:
    return point[0]


@dataclass(slots=True)
class Recording:
    """Collects points that follow each other, and gives snapshots of them."""

    points: list[Point] = field(default_factory=list)
    buckets: list[Bucket] = field(default_factory=list)
    stride: int = 1
    """Finite values that a bucket holds."""
    _snapshot: Series | None = None

    @property
    def last_step(self) -> int | None:
        """The newest step, or None."""
        return self.points[-1][0] if self.points else None

    def add(self, points: Sequence[Point]) -> None:
        """Take in points with ascending steps after those so far."""
        for step, value in points:
            self.points.append((step, value))
            if value is not None:
                self._add(Bucket(step, step, value, value, value, 1))
        if points:
            self._snapshot = None

    def _add(self, one: Bucket) -> None:
        if self.buckets and self.buckets[-1].size < self.stride:
            self.buckets[-1] = self.buckets[-1].plus(one)
            return
        if len(self.buckets) >= OUTLINE:
            pairs = zip(self.buckets[::2], self.buckets[1::2], strict=True)
            self.buckets = [a.plus(b) for a, b in pairs]
            self.stride *= 2
        self.buckets.append(one)

    def snapshot(self) -> Series:
        """Return what is known now; the same object as before when nothing came."""
        if self._snapshot is None:
            self._snapshot = Series(tuple(self.buckets), self.points, len(self.points))
        return self._snapshot


def series_of(points: Sequence[Point]) -> Series:
    """Return points with ascending steps as a series."""
    recording = Recording()
    recording.add(points)
    return recording.snapshot()


def trailing_means(series: Series, window: int) -> list[tuple[float, float | None]]:
    """Return the mean of the last ``window`` values at every bucket."""
    held: deque[Bucket] = deque()
    total, count = 0.0, 0
    means: list[tuple[float, float | None]] = []
    for bucket in series.outline:
        held.append(bucket)
        total, count = total + bucket.total, count + bucket.size
        while len(held) > 1 and count - held[0].size >= window:
            old = held.popleft()
            total, count = total - old.total, count - old.size
        means.append((float(bucket.last), total / count))
    return means


def by_column(
    points: Sequence[tuple[float, float | None]], lo: float, hi: float, columns: int
) -> list[float | None]:
    """Return the mean of the points in each of ``columns`` equal parts of [lo, hi]; None without any.

    A point stands for the steps since the one before it, so columns between two usual neighbours have the
    value of the later one. Where points are missing, columns stay empty.
    """
    totals = [0.0] * columns
    counts = [0] * columns
    known = [(x, y) for x, y in points if y is not None]
    places = [column(x, lo, hi, columns) for x, _ in known]
    for (_, y), place in zip(known, places, strict=True):
        if place is not None:
            totals[place] += y
            counts[place] += 1
    values = [total / count if count else None for total, count in zip(totals, counts, strict=True)]
    reach = GAP * statistics.median([b - a for (a, _), (b, _) in pairwise(known)]) if len(known) > 1 else 0
    for ((x, _), (after, _)), (a, b) in zip(pairwise(known), pairwise(places), strict=True):
        if a is not None and b is not None and b - a > 1 and after - x <= reach:
            values[a + 1 : b] = [values[b]] * (b - a - 1)
    return values


def means(series: Series) -> list[tuple[float, float | None]]:
    """Return the mean of every bucket, in its middle."""
    return [((b.first + b.last) / 2, b.mean) for b in series.outline]


def column(x: float, lo: float, hi: float, columns: int) -> int | None:
    """Return the column of ``x`` when ``columns`` stand for [lo, hi], the first for lo, the last for hi."""
    if columns <= 0 or not lo <= x <= hi:
        return None
    if hi <= lo:
        return 0
    return nearest((x - lo) / (hi - lo), columns)


def nearest(share: float, cells: int) -> int:
    """Return the cell of ``share`` (0 to 1) among ``cells``, first for 0, last for 1, as plotext rounds."""
    return math.floor(round(0.5 + (cells - 1) * share, 8))
