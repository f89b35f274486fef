"""Says what an expression is at one moment of a run, or why nobody can know yet."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from grpotui.contract.nodes import (
    Arithmetic,
    Both,
    Comparison,
    First,
    Metric,
    Negative,
    Node,
    Not,
    Number,
    Step,
    Summary,
    VerdictIs,
)
from grpotui.contract.record import Record
from grpotui.contract.syntax import FROM_TWO


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is not known, and why."""

    why: str
    least: float | None = None
    """The value will be more than this, if it ever is one: ``first`` of what was not true yet."""


Value = float | bool | Unknown


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a run stands. ``firsts`` holds the conditions of ``first`` that came true, with their value."""

    record: Record
    baseline: Record | None = None
    firsts: Mapping[First, float] = field(default_factory=dict)
    over: bool = False
    """True when nothing will follow: what was not true yet never will be."""


def evaluate(node: Node, now: Moment) -> Value:
    """Return a number, true or false, or Unknown. Never raises."""
    match node:
        case Number():
            return node.value
        case Step():
            return float(now.record.step)
        case VerdictIs():
            return (now.record.verdict == node.verdict) is node.same
        case Metric() | Summary():
            return _measured(node, now)
        case First():
            return _first(node, now)
        case Negative():
            inner = evaluate(node.of, now)
            return _unknown(inner) if isinstance(inner, Unknown) else -inner
        case Arithmetic():
            return _calculated(node, now)
        case Comparison():
            return _compared(node, now)
        case Both():
            return _both(node, now)
        case Not():
            inner = evaluate(node.of, now)
            return inner if isinstance(inner, Unknown) else not inner


def _measured(node: Metric | Summary, now: Moment) -> Value:
    metric = node if isinstance(node, Metric) else node.metric
    record = now.baseline if metric.baseline else now.record
    if record is None:
        return Unknown("no other run is pinned as the baseline")
    column = record.columns[metric.key]
    count = column.until(now.record.step)
    if isinstance(node, Metric):
        return column.values[count - 1] if count else Unknown(f"no {metric.text} yet")
    need = node.last or (2 if node.function in FROM_TWO else 1)
    if count < need:
        return Unknown(f"{count} of {need} values of {metric.text}")
    first = 0 if node.last is None else count - node.last
    try:
        found = _SUMMARIES[node.function](column.values[first:count], column.steps[first:count])
    except OverflowError:
        found = math.inf
    return found if math.isfinite(found) else Unknown(f"{node.text} is not finite")


def _first(node: First, now: Moment) -> Value:
    if node in now.firsts:
        return now.firsts[node]
    if now.over:
        return Unknown("it never was", math.inf)
    here = now.record.last("epoch", now.record.step) if node.epoch else float(now.record.step)
    return Unknown("it was not yet", here)


def _calculated(node: Arithmetic, now: Moment) -> Value:
    left, right = evaluate(node.left, now), evaluate(node.right, now)
    for side in (left, right):
        if isinstance(side, Unknown):
            return _unknown(side)
    assert not isinstance(left, Unknown) and not isinstance(right, Unknown)  # noqa: S101  (for mypy)
    if node.sign == "/" and right == 0:
        return Unknown("division by zero")
    found = _CALCULATIONS[node.sign](left, right)
    return found if math.isfinite(found) else Unknown("not finite")


def _unknown(value: Unknown) -> Unknown:
    """Of what is made with an unknown number, no bound is known."""
    return Unknown(value.why)


def _compared(node: Comparison, now: Moment) -> Value:
    left, right = evaluate(node.left, now), evaluate(node.right, now)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _beyond(left, node.sign, right)
    return _COMPARISONS[node.sign](left, right)


def _beyond(left: Value, sign: str, right: Value) -> Value:
    """Compare where a side is unknown: one that will be more than the other is can be told already."""
    if isinstance(right, Unknown):
        if isinstance(left, Unknown):
            return _unknown(left)
        return _beyond(right, _TURNED[sign], left)
    assert isinstance(left, Unknown)  # noqa: S101  (the caller saw one)
    if left.least is None or left.least < right:
        return _unknown(left)
    return sign in (">", ">=", "!=")


def _both(node: Both, now: Moment) -> Value:
    sides = (evaluate(node.left, now), evaluate(node.right, now))
    for side in sides:
        if side is node.either:
            return side
    return next((side for side in sides if isinstance(side, Unknown)), not node.either)


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_CALCULATIONS: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def slope(values: Sequence[float], steps: Sequence[int]) -> float:
    """Return the change per step of the line that fits best (least squares)."""
    at, level = _mean(steps), _mean(values)
    run = math.fsum((step - at) ** 2 for step in steps)
    rise = math.fsum((step - at) * (value - level) for step, value in zip(steps, values, strict=True))
    return rise / run


def deviation(values: Sequence[float]) -> float:
    """Return the standard deviation of a sample (n - 1)."""
    level = _mean(values)
    return math.sqrt(math.fsum((value - level) ** 2 for value in values) / (len(values) - 1))


def roughness(values: Sequence[float]) -> float:
    """Return the mean size of the change from one logged value to the next."""
    return _mean([abs(after - before) for before, after in pairwise(values)])


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


_SUMMARIES: Mapping[str, Callable[[Sequence[float], Sequence[int]], float]] = {
    "mean": lambda values, _: _mean(values),
    "min": lambda values, _: min(values),
    "max": lambda values, _: max(values),
    "std": lambda values, _: deviation(values),
    "slope": slope,
    "roughness": lambda values, _: roughness(values),
}
