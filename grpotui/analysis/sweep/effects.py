"""What each axis does: means over the points of each value, and whether axes depend on each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb
from typing import Any

from grpotui.analysis.sweep.axes import key_of
from grpotui.analysis.sweep.chance import LEVEL, Sample, contrast
from grpotui.analysis.sweep.records import Level, Point

Cells = dict[str, dict[tuple[str, ...], Point]]
"""Value of an axis -> values of the other axes -> point."""


def cells(axes: Mapping[str, Sequence[Any]], axis: str, points: Sequence[Point]) -> Cells:
    """Return measured points by their value on an axis and by those on the others."""
    others = [name for name in axes if name != axis]
    found: Cells = {}
    for point in points:
        if point.standing is not None and not point.partial and axis in point.values:
            rest = tuple(key_of(point.values.get(name)) for name in others)
            found.setdefault(key_of(point.values[axis]), {})[rest] = point
    return found


def levels(axes: Mapping[str, Sequence[Any]], points: Sequence[Point]) -> list[Level]:
    """Return the mean at every value of every axis (its main effect), in the order of the axes.

    Balanced: over those combinations of the other axes that are measured at every value of the axis, so that
    a value is not flattered by its company. Where there is no such combination, as in a random sweep, over
    all its points, and said so. Axes with one measured value are left out.
    """
    found: list[Level] = []
    for axis, values in axes.items():
        table = cells(axes, axis, points)
        if len(table) < 2:
            continue
        shared = set.intersection(*(set(rows) for rows in table.values()))
        for value in values:
            rows = table.get(key_of(value), {})
            some = [point for rest, point in rows.items() if not shared or rest in shared]
            if some:
                numbers = tuple(sorted(point.number for point in some))
                found.append(Level(axis, value, mean_of(some), numbers, bool(shared)))
    return found


def mean_of(points: Sequence[Point]) -> Sample:
    """Return the mean over points; by prompt where they share prompts."""
    samples = [point.standing for point in points if point.standing is not None]
    return samples[0] if len(samples) == 1 else contrast(samples, [1 / len(samples)] * len(samples))


@dataclass(frozen=True, slots=True)
class Interaction:
    """What one axis does depends on another one: ``at_low`` and ``at_high`` are its effect there."""

    axis: str
    from_value: Any
    to_value: Any
    other: str
    low: Any
    high: Any
    at_low: float
    at_high: float
    difference: Sample
    points: tuple[int, ...]


def interactions(axes: Mapping[str, Sequence[Any]], points: Sequence[Point]) -> list[Interaction]:
    """Return for each pair of axes the strongest interaction that the data carry, if any.

    Tested are all differences of differences of 2 x 2 points that agree in the other axes, averaged over
    them, two-sided at 0.05 for all of them together (Bonferroni); of large grids those of neighbours.
    Where no error is known, none is found.
    """
    found = []
    for one, other in combinations(axes, 2):
        tested = _tetrads(axes, one, other, points)
        level = LEVEL / 2 / max(len(tested), 1)
        carried = [t for t in tested if _beyond(t.difference, level)]
        if carried:
            found.append(max(carried, key=lambda t: abs(t.difference.value)))
    return found


def _beyond(sample: Sample, level: float) -> bool:
    down = Sample(-sample.value, sample.error, sample.df)
    return sample.above(level) is True or down.above(level) is True


MOST_TESTED = 400
"""Differences of differences of two axes that are tested; of larger grids those of neighbouring values."""


def _pairs(values: Sequence[Any], all_of_them: bool) -> list[tuple[Any, Any]]:
    return list(combinations(values, 2)) if all_of_them else list(pairwise(values))


def _tetrads(
    axes: Mapping[str, Sequence[Any]], one: str, other: str, points: Sequence[Point]
) -> list[Interaction]:
    few = comb(len(axes[one]), 2) * comb(len(axes[other]), 2) <= MOST_TESTED
    rest = [name for name in axes if name not in (one, other)]
    table: dict[tuple[str, str], dict[tuple[str, ...], Point]] = {}
    for point in points:
        if point.standing is not None and not point.partial and one in point.values and other in point.values:
            place = (key_of(point.values[one]), key_of(point.values[other]))
            table.setdefault(place, {})[tuple(key_of(point.values.get(n)) for n in rest)] = point
    found = []
    for a, b in _pairs(axes[one], few):
        for c, d in _pairs(axes[other], few):
            corners = [table.get((key_of(x), key_of(y)), {}) for y in (c, d) for x in (a, b)]
            shared = sorted(set.intersection(*(set(corner) for corner in corners)))
            if shared:
                found.append(_tetrad((one, a, b), (other, c, d), corners, shared))
    return found


def _tetrad(
    first: tuple[str, Any, Any],
    second: tuple[str, Any, Any],
    corners: Sequence[Mapping[tuple[str, ...], Point]],
    shared: Sequence[tuple[str, ...]],
) -> Interaction:
    some = [corner[rest] for corner in corners for rest in shared]
    samples = [point.standing for point in some if point.standing is not None]
    part = 1 / len(shared)
    n = len(shared)
    at_low = contrast(samples[: 2 * n], [-part] * n + [part] * n)
    at_high = contrast(samples[2 * n :], [-part] * n + [part] * n)
    both = contrast(samples, [part] * n + [-part] * n + [-part] * n + [part] * n)
    numbers = tuple(sorted(point.number for point in some))
    return Interaction(*first, *second, at_low.value, at_high.value, both, numbers)
