"""A sweep over two of its axes: what stands in each cell, the other axes held or pooled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grpotui.analysis.sweep.axes import key_of, label, name_of, numeric
from grpotui.analysis.sweep.chance import Sample
from grpotui.analysis.sweep.effects import mean_of
from grpotui.analysis.sweep.records import Outcome, Point, Study

BEST, TIE, PENDING, RUNNING, FAILED = "★", "~", "·", "…", "failed"
COLLAPSED, STUCK = "✖", "∅"
LEGEND = (
    "★ best   ~ not to be told from it   -> the optimum may lie beyond   · pending   … running   "
    "✖ collapsed   ∅ cannot learn"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one cell."""

    points: tuple[int, ...] = ()
    """Numbers of its points: one, or those that it is pooled over; none where the sweep has none."""
    sample: Sample | None = None
    sign: str = ""
    """Beside the value; alone where there is none."""


@dataclass(frozen=True, slots=True)
class Heat:
    """Rows and columns are the values of two axes; of one axis there is one column without a name."""

    row_axis: str
    column_axis: str
    rows: tuple[Any, ...]
    columns: tuple[Any, ...]
    cells: tuple[tuple[Cell, ...], ...]
    others: str
    """What is done with the other axes; empty without any."""


def sign_of(study: Study, point: Point) -> str:
    """Return what stands beside a point."""
    ranking, stuck = study.ranking, STUCK if point.outcome is Outcome.STUCK else ""
    if point.number == ranking.best:
        return BEST + ranking.arrow + stuck
    if point.number in ranking.ties:
        return TIE + stuck
    if point.number in ranking.degenerate or point.outcome is Outcome.COLLAPSED:
        return COLLAPSED
    if point.counts.running and (point.standing is None or point.partial):
        return RUNNING
    if point.standing is None:
        return FAILED if point.counts.failed and not point.counts.open else PENDING
    return stuck


def heat_of(
    study: Study, row_axis: str = "", column_axis: str = "", pool: bool = False, held: int | None = None
) -> Heat | None:
    """Return the sweep over two axes, the first two that have several values unless they are named.

    Other axes are held at the values of point ``held`` (else of the best one), or pooled: the mean over them.
    None for a sweep without axes. Numbers stand in their order, whatever order they were asked for in.
    """
    axes = study.sweep.axes
    several = [axis for axis, values in axes.items() if len(values) > 1] or list(axes)
    if not several:
        return None
    row = (
        row_axis if row_axis in axes else next((axis for axis in several if axis != column_axis), several[0])
    )
    column = column_axis if column_axis in axes and column_axis != row else ""
    column = column or next((axis for axis in several if axis != row), "")
    others = [axis for axis in axes if axis not in (row, column) and len(axes[axis]) > 1]
    fixed = {} if pool else _held(study, others, held)
    rows, columns = ordered(axes[row]), ordered(axes[column]) if column else (None,)
    used = [p for p in study.points if all(key_of(p.values.get(a)) == key_of(v) for a, v in fixed.items())]
    cells = tuple(tuple(_cell(study, used, {row: r, column: c}) for c in columns) for r in rows)
    told = ""
    if others:
        told = f"mean over {', '.join(map(name_of, others))}" if pool else f"at {label(fixed)}"
    return Heat(row, column, rows, columns, cells, told)


def ordered(values: Sequence[Any]) -> tuple[Any, ...]:
    """Return numbers ascending; other values as they were asked for."""
    return tuple(sorted(values)) if numeric(values) else tuple(values)


def _held(study: Study, others: Sequence[str], held: int | None) -> Mapping[str, Any]:
    numbers = {point.number: point for point in study.points}
    point = numbers.get(held or 0) or study.best or (study.points[0] if study.points else None)
    return {axis: point.values[axis] for axis in others if axis in point.values} if point else {}


def _cell(study: Study, points: Sequence[Point], wanted: Mapping[str, Any]) -> Cell:
    some = [
        point
        for point in points
        if all(key_of(point.values.get(axis)) == key_of(value) for axis, value in wanted.items() if axis)
    ]
    if not some:
        return Cell()
    numbers = tuple(point.number for point in some)
    if len(some) == 1:
        return Cell(numbers, some[0].standing, sign_of(study, some[0]))
    known = [point for point in some if point.standing is not None and not point.partial]
    signs = [sign_of(study, point) for point in some]
    best = next((sign for sign in signs if sign.startswith(BEST)), "")
    if not known:
        return Cell(numbers, None, RUNNING if RUNNING in signs else PENDING)
    return Cell(numbers, mean_of(known), best or (TIE if TIE in signs else ""))
