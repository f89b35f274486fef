"""Series of (step, value) made fit to be shown; None is a value that was not finite."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from grpotui.records import RunSummary, Status

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


_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def format_value(value: float | None) -> str:
    """Return a number in at most 7 characters or so: ``0.31``, ``5e-06``, ``1.2k``, ``-``.

    Three significant digits; a value that is not there or not finite is ``-``.
    """
    if value is None or not math.isfinite(value):
        return "-"
    size = abs(value)
    if size == 0:
        return "0"
    if size < 1e-3 or size >= 9.995e14:
        return _shortest(f"{value:.2e}")
    for unit, letter in _UNITS:
        if size >= unit * 0.9995:
            return _trimmed(f"{value / unit:.{_decimals(size / unit)}f}") + letter
    if value == int(value):
        return str(int(value))
    return _trimmed(f"{value:.{_decimals(size)}f}")


def _decimals(size: float) -> int:
    return max(0, 2 - math.floor(math.log10(size))) if size < 1 else 2 if size < 9.995 else int(size < 99.95)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shortest(text: str) -> str:
    mantissa, exponent = text.split("e")
    return f"{_trimmed(mantissa)}e{exponent}"


def percent(share: float) -> str:
    """Return a share as percent: 93.75 %."""
    return f"{_trimmed(f'{share * 100:.2f}')} %"


def format_duration(seconds: float | None) -> str:
    """Return a duration as its two largest units: ``42s``, ``3m 20s``, ``5h 04m``, ``2d 03h``, ``-``."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return "-"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60:02d}m"
    return f"{whole // 86400}d {whole % 86400 // 3600:02d}h"


def eta(run: RunSummary) -> float | None:
    """Return the seconds that a running run still needs, or None when nobody can know."""
    if run.status is not Status.RUNNING or not run.max_steps or run.step_time is None:
        return None
    return max(run.max_steps - run.step, 0) * run.step_time
