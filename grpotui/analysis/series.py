"""Series of (step, value) made fit to be shown; None is a value that was not finite."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float | None]
"""(x, value), x a step or a place on another axis."""

BARS = "▁▂▃▄▅▆▇█"
GAP = " "


def min_max(points: Sequence[Point], columns: int) -> list[Point]:
    """Reduce points to at most four per column, so that every spike and every gap still shows.

    Columns are equal stretches of x. Of each one its first, lowest, highest and last value stay (a gap
    as one None), in the order of x. Points that are few enough are returned as they are.
    """
    if columns < 1 or len(points) <= 2 * columns:
        return list(points)
    first, width = points[0][0], (points[-1][0] - points[0][0]) or 1
    kept: list[Point] = []
    column: list[Point] = []
    present = 0
    for point in points:
        number = min(int((point[0] - first) * columns / width), columns - 1)
        if number != present and column:
            kept += _reduced(column)
            column = []
        present = number
        column.append(point)
    return kept + _reduced(column)


def _reduced(column: list[Point]) -> list[Point]:
    known = [(value, step) for step, value in column if value is not None]
    gaps = [step for step, value in column if value is None]
    keep: dict[float, float | None] = {}
    if known:
        for value, step in (known[0], min(known), max(known), known[-1]):
            keep[step] = value
    if gaps:
        keep[gaps[0]] = None
    return sorted(keep.items())


def sparkline(values: Sequence[float | None], width: int) -> str:
    """Return values as ``width`` bars at most, lowest ▁ to highest █; a gap is a space.

    More values than bars are averaged; a flat series is ▁ when it is 0 or less, else ▄.
    """
    if width < 1 or not values:
        return ""
    cells = [_mean(part) for part in _parts(values, width)]
    known = [value for value in cells if value is not None]
    if not known:
        return GAP * len(cells)
    low, high = min(known), max(known)
    if high - low <= abs(high) * 1e-9:
        bar = BARS[0] if high <= 0 else BARS[3]
        return "".join(GAP if value is None else bar for value in cells)
    # Halves, so that the width of huge ranges stays finite.
    span = high / 2 - low / 2
    top = len(BARS) - 1
    return "".join(GAP if v is None else BARS[round((v / 2 - low / 2) / span * top)] for v in cells)


def _parts(values: Sequence[float | None], width: int) -> list[Sequence[float | None]]:
    count = min(width, len(values))
    edges = [i * len(values) // count for i in range(count + 1)]
    return [values[a:b] for a, b in pairwise(edges)]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None and math.isfinite(value)]
    return sum(value / len(known) for value in known) if known else None


def spread(count: int, at: int, most: int) -> list[int]:
    """Return at most ``most`` places among ``count``, evenly apart: first and last, and ``at``."""
    if count <= most:
        return list(range(count))
    found = sorted({round(i * (count - 1) / (most - 1)) for i in range(most)})
    if at not in found:
        near = min(range(1, len(found) - 1), key=lambda i: abs(found[i] - at))
        found[near] = at
    return sorted(found)
