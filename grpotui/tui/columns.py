"""Points put into the columns of a chart."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Sequence
from itertools import pairwise

from grpotui.tui.run_series import Bucket, Series

GAP = 1.5
"""Times the usual distance between points beyond which something is missing between two."""

Spot = tuple[float, float | None]
"""(x, value)."""


def trailing_means(series: Series, window: int) -> list[Spot]:
    """Return the mean of the last ``window`` values at every bucket."""
    held: deque[Bucket] = deque()
    total, count = 0.0, 0
    means: list[Spot] = []
    for bucket in series.outline:
        held.append(bucket)
        total, count = total + bucket.total, count + bucket.size
        while len(held) > 1 and count - held[0].size >= window:
            old = held.popleft()
            total, count = total - old.total, count - old.size
        means.append((float(bucket.last), total / count))
    return means


def by_column(points: Sequence[Spot], lo: float, hi: float, columns: int) -> list[float | None]:
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


def means(series: Series) -> list[Spot]:
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
