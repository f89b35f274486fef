"""The cliff: along an axis runs learn and collapse up to one value, and cannot learn from the next one on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grpotui.analysis.sweep.axes import between, key_of, numeric
from grpotui.analysis.sweep.records import Outcome, Point
from grpotui.records import as_float

_SIDES = {Outcome.COLLAPSED, Outcome.STUCK}


@dataclass(frozen=True, slots=True)
class Cliff:
    """Two neighbouring values of an axis between which the outcome turns from one trouble into the other."""

    axis: str
    low: float
    high: float
    below: Outcome
    """Up to ``low``; what is ``above``, from ``high`` on, is the other one."""
    above: Outcome
    between: float
    """A value to try."""
    fixed: Mapping[str, Any]
    """Values of the other axes where it was seen; empty when it is so at all of them."""
    points: tuple[int, ...]


def cliffs(axes: Mapping[str, Sequence[Any]], points: Sequence[Point]) -> list[Cliff]:
    """Return the cliffs along numeric axes: for each other value of the other axes, or once for all of them.

    A cliff needs every judged point along the axis on its side, at least one on each, and none between that
    is good, or of runs that disagree. Points that nobody can judge yet are passed over.
    """
    found: list[Cliff] = []
    for axis, values in axes.items():
        known = numeric(values)
        if len(known) < 2:
            continue
        judged = [p for p in points if p.outcome is not Outcome.OPEN and axis in p.values]
        over_all = _cliff(axis, known, judged, {})
        found += [over_all] if over_all else _by_slice(axes, axis, known, judged)
    return found


def _by_slice(
    axes: Mapping[str, Sequence[Any]], axis: str, known: Sequence[float], judged: Sequence[Point]
) -> list[Cliff]:
    others = [name for name in axes if name != axis]
    slices: dict[tuple[str, ...], list[Point]] = {}
    for point in judged:
        slices.setdefault(tuple(key_of(point.values.get(name)) for name in others), []).append(point)
    found = []
    for some in slices.values():
        fixed = {name: some[0].values[name] for name in others if name in some[0].values}
        cliff = _cliff(axis, known, some, fixed)
        found += [cliff] if cliff else []
    return found


def _cliff(
    axis: str, known: Sequence[float], points: Sequence[Point], fixed: Mapping[str, Any]
) -> Cliff | None:
    sides: dict[float, set[Outcome]] = {}
    for point in points:
        value = as_float(point.values[axis])
        if value is not None:
            sides.setdefault(value, set()).add(point.outcome)
    if any(len(outcomes) > 1 or not outcomes <= _SIDES for outcomes in sides.values()):
        return None
    told = [(value, next(iter(outcomes))) for value, outcomes in sorted(sides.items())]
    turns = [i for i in range(1, len(told)) if told[i][1] is not told[i - 1][1]]
    if len(turns) != 1:
        return None
    (low, below), (high, above) = told[turns[0] - 1], told[turns[0]]
    numbers = tuple(sorted(point.number for point in points))
    return Cliff(axis, low, high, below, above, between(known, low, high), fixed, numbers)
