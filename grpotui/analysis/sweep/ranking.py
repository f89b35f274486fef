"""Which points are best, and which cannot be told from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grpotui.analysis.sweep.axes import beyond, key_of, numeric
from grpotui.analysis.sweep.chance import LEVEL, contrast
from grpotui.analysis.sweep.records import Edge, Outcome, Point, Ranking
from grpotui.records import RunKind
from grpotui.records.sweeps import Sweep


def _fallen(point: Point) -> bool:
    """True when half of a point's judged runs collapsed, or more."""
    judged = [one.outcome for one in point.runs if one.outcome is not Outcome.OPEN]
    return bool(judged) and 2 * judged.count(Outcome.COLLAPSED) >= len(judged)


MOST_TESTED = 60
"""Points, the highest first, that each point is tested against: lower ones seldom beat what those do not."""


def rank(sweep: Sweep, points: Sequence[Point]) -> Ranking:
    """Return the order of the points by their metric, more is better.

    The best is the highest; once repeats with fresh seeds are in, the highest of the repeated ones, by
    those repeats alone, since the highest of many is flattered by its luck. Points half of whose runs
    collapsed have no rank: a template may have the highest reward of all. Trainings that still go on have
    none either.

    Ties: every point that no other one beats beyond the noise. Each pair is tested one-sided at
    0.05 / (k - 1) (Bonferroni), so that best and ties together miss the truly best point in at most 5 % of
    sweeps, however many points they have. Subset selection: Gupta, Technometrics 7(2), 1965; Hsu, Annals of
    Statistics 9(5), 1981, on comparisons with the best. Where all points tie beside a known noise, the best
    is any of them, and being at an edge of the grid means nothing.
    """
    ranked = [p for p in points if p.standing is not None and (not p.partial or p.confirmed is not None)]
    collapsed = [p for p in ranked if _fallen(p)] if sweep.kind is RunKind.TRAIN else []
    ranked = [p for p in ranked if p not in collapsed]
    candidates = [p for p in ranked if p.confirmed is not None] or ranked
    best = max(candidates, key=_value, default=None)
    order = sorted(ranked, key=lambda p: (p is not best, -_value(p)))
    ties = tuple(p.number for p in order[1:] if not beaten(p, ranked))
    alike = best is not None and len(ties) == len(ranked) - 1 and all(map(_is_measured, ranked))
    return Ranking(
        order=tuple(p.number for p in order),
        best=best.number if best else None,
        ties=ties,
        degenerate=tuple(p.number for p in collapsed),
        edges=tuple(edges(sweep.axes, best, ranked)) if best and not alike else (),
        confirmed=best is not None and best.confirmed is not None,
    )


def _is_measured(point: Point) -> bool:
    """True when something tells the noise of a point."""
    return point.standing is not None and point.standing.error is not None


def _value(point: Point) -> float:
    return point.standing.value if point.standing is not None else float("-inf")


def beaten(point: Point, others: Sequence[Point]) -> bool:
    """True when one of the others is better beyond the noise, as :func:`rank` says."""
    level = LEVEL / max(len(others) - 1, 1)
    tested = sorted(others, key=_value, reverse=True)[:MOST_TESTED]
    return any(better(other, point, level) for other in tested if other.number != point.number)


def better(one: Point, other: Point, level: float = LEVEL) -> bool:
    """True when ``one`` is better than ``other`` beyond the noise, one-sided at ``level``."""
    if one.standing is None or other.standing is None or _value(one) <= _value(other):
        return False
    return contrast([one.standing, other.standing], [1, -1]).above(level) is True


def edges(axes: Mapping[str, Sequence[Any]], best: Point, ranked: Sequence[Point]) -> list[Edge]:
    """Return the axes at whose first or last value the best point sits, with something beyond.

    Where no other value has been measured yet, nothing is said.
    """
    found = []
    for axis, values in axes.items():
        known = numeric(values)
        value = best.values.get(axis)
        others = any(key_of(point.values.get(axis)) != key_of(value) for point in ranked)
        if len(known) < 2 or not numeric([value]) or not others:
            continue
        for upward, end in ((False, known[0]), (True, known[-1])):
            further = beyond(axis, known, upward)
            if value == end and further is not None:
                found.append(Edge(axis, end, upward, further))
    return found
