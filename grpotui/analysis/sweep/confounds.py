"""What may look like the effect of an axis and is that of another one, of seeds, or of what is missing."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from grpotui.analysis.sweep.axes import key_of, numeric
from grpotui.analysis.sweep.records import Point

TOGETHER = 0.8
"""Association from which two fields are said to go together."""
LEAST_POINTS = 4
REWARD_FIELDS = ("rewards", "task", "curriculum", "eval")
"""An axis on one of these changes what the metric means."""


@dataclass(frozen=True, slots=True)
class Together:
    """Two axes whose values go together in the points that were measured."""

    one: str
    other: str
    strength: float
    """0 unrelated, 1 one tells the other."""
    points: tuple[int, ...]


def together(axes: Mapping[str, Sequence[Any]], points: Sequence[Point]) -> list[Together]:
    """Return pairs of axes that cannot be told apart in the measured points.

    By Cramer's V of their table (Mathematical Methods of Statistics, 1946), corrected for small tables
    (Bergsma, Journal of the Korean Statistical Society 42(3), 2013), or Spearman's correlation of numbers,
    whichever is more; a whole grid has 0.
    """
    known = [point for point in points if point.standing is not None and not point.partial]
    found = []
    if len(known) < LEAST_POINTS:
        return []
    for one, other in combinations(axes, 2):
        some = [p.values for p in known if one in p.values and other in p.values]
        pairs = [(key_of(values[one]), key_of(values[other])) for values in some]
        strength = max(cramers_v(pairs), abs(_by_rank([(v[one], v[other]) for v in some])))
        if strength >= TOGETHER:
            found.append(Together(one, other, strength, tuple(point.number for point in known)))
    return found


def cramers_v(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the bias-corrected Cramer's V of pairs of labels; 0 where a side has one label only."""
    n = len(pairs)
    rows, columns = ({pair[side] for pair in pairs} for side in (0, 1))
    r, k = len(rows), len(columns)
    if n < 2 or min(r, k) < 2:
        return 0.0
    chi2 = 0.0
    for row in rows:
        for column in columns:
            expected = sum(p[0] == row for p in pairs) * sum(p[1] == column for p in pairs) / n
            chi2 += (pairs.count((row, column)) - expected) ** 2 / expected
    phi2 = max(chi2 / n - (r - 1) * (k - 1) / (n - 1), 0.0)
    r_fair, k_fair = r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)
    least = min(r_fair, k_fair) - 1
    return min((phi2 / least) ** 0.5, 1.0) if least > 1e-9 else 0.0


def _by_rank(pairs: Sequence[tuple[Any, Any]]) -> float:
    """Return Spearman's correlation; 0 where a side is not of numbers, or of one number only."""
    sides = [[pair[side] for pair in pairs] for side in (0, 1)]
    if not all(len(numeric(side)) > 1 for side in sides):
        return 0.0
    return statistics.correlation(*(_ranks([float(value) for value in side]) for side in sides))


def _ranks(values: Sequence[float]) -> list[float]:
    return [sum(v < value for v in values) + sum(v == value for v in values) / 2 for value in values]


def uneven(points: Sequence[Point], seeds: Sequence[int]) -> list[Point]:
    """Return points of which some seeds count and others do not, while no run of theirs is to follow."""
    found = []
    for point in points:
        counted = {one.run.seed for one in point.runs if one.counts and one.role == "point"}
        if counted and not point.counts.open and not set(seeds) <= counted and len(seeds) > 1:
            found.append(point)
    return found


def changes_reward(axes: Mapping[str, Sequence[Any]]) -> list[str]:
    """Return the axes along which the metric does not mean the same."""
    return [axis for axis in axes if axis.split(".")[0] in REWARD_FIELDS]
