"""Points put into the columns of a chart."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence
from itertools import pairwise

from grpotui.tui.run.series import Bucket, Series

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
    known = sorted((x, y) for x, y in points if y is not None)
    xs, ys = [x for x, _ in known], [y for _, y in known]
    begins = [bisect_left(xs, edge) for edge in _edges(lo, hi, columns)] + [bisect_right(xs, hi)]
    values = [sum(ys[a:b]) / (b - a) if b > a else None for a, b in pairwise(begins)]
    filled = [place for place, value in enumerate(values) if value is not None]
    holes = [(a, b) for a, b in pairwise(filled) if b - a > 1]
    reach = GAP * statistics.median([b - a for a, b in pairwise(xs)]) if holes else 0
    for a, b in holes:
        if xs[begins[b]] - xs[begins[b] - 1] <= reach:
            values[a + 1 : b] = [values[b]] * (b - a - 1)
    return values


def _edges(lo: float, hi: float, columns: int) -> list[float]:
    """Return the smallest x of each column, as :func:`column` places it."""
    width = (hi - lo) / max(columns - 1, 1) or math.inf
    return [lo + (place - 0.5 - 5e-9) * width if place else lo for place in range(columns)]


def means(series: Series) -> list[Spot]:
    """Return the mean of every bucket, in its middle."""
    return [((first + last) / 2, total / size) for first, last, _, _, total, size in series.outline]


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
