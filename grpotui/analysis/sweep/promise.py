"""The contract of a sweep: what was expected of its best point and of its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grpotui.analysis.sweep.axes import key_of
from grpotui.analysis.sweep.records import Point, Ranking
from grpotui.contract import Mark
from grpotui.contract.scoring import INCONCLUSIVE, NOT_MET
from grpotui.contract.sweeps import marks
from grpotui.records import RunKind
from grpotui.records.sweeps import Sweep

UNCONFIRMED = "the best is unconfirmed"
TIED = "all points tie, and the best is unconfirmed"


def baseline_of(sweep: Sweep, points: Sequence[Point]) -> Point | None:
    """Return the point that others are measured against; None without one."""
    wanted = {axis: key_of(value) for axis, value in sweep.baseline.items()}
    if not wanted:
        return None
    for point in points:
        if all(axis in point.values and key_of(point.values[axis]) == key for axis, key in wanted.items()):
            return point
    return None


def marks_of(sweep: Sweep, points: Sequence[Point], ranking: Ranking, over: bool) -> list[Mark]:
    """Return how each line of the sweep's contract stands, by the values that points are ranked by.

    While the best is unconfirmed, that stands beside its numbers: the highest of many is flattered. Of a
    probe whose points all tie, none is the best before it is confirmed: nothing is refuted by it.
    """
    values = {point.number: point.standing.value for point in points if point.standing is not None}
    baseline = baseline_of(sweep, points)
    best = None if ranking.best is None else values.get(ranking.best)
    beside = None if baseline is None or baseline.partial else values.get(baseline.number)
    alike = len(ranking.order) > 1 and len(ranking.ties) == len(ranking.order) - 1
    tied = alike and sweep.kind is RunKind.ROLLOUTS and not ranking.confirmed
    found = marks(sweep.contract, best, beside, over)
    doubt = "" if ranking.confirmed or best is None else UNCONFIRMED
    return [_unsettled(mark) if tied else replace(mark, why=mark.why or doubt) for mark in found]


def _unsettled(mark: Mark) -> Mark:
    if mark.state == NOT_MET:
        return replace(mark, state=INCONCLUSIVE, why=TIED)
    return replace(mark, why=mark.why or UNCONFIRMED)
