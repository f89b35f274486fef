"""Batches near the one asked for that hold whole groups: the number of generations is never touched."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, lcm

from grpotui.preflight.finding import Fix
from grpotui.preflight.plan import Plan

_ENDLESS = 10**9


def whole_batches(plan: Plan, group: int, rows: int | None) -> Iterator[Fix]:
    """Yield changes that make generations of whole groups of ``group``, of at most ``rows`` prompts.

    The nearest batch first, then the nearest accumulation, which leaves memory as it is. None: there are
    enough prompts for anything.
    """
    rows = _ENDLESS if rows is None else max(rows, 1)
    if plan.grpo["generation_batch_size"] is not None:
        unit = lcm(group, plan.batch * plan.world)
        if size := _nearest(plan.generation_size, unit, rows * group):
            yield {"grpo.generation_batch_size": size}
        return
    passes = plan.grpo["steps_per_generation"]
    fixed = int(passes or plan.accumulation)
    most = rows * group // (plan.world * fixed)
    if batch := _nearest(plan.batch, group // gcd(group, plan.world * fixed), most):
        yield {"grpo.per_device_train_batch_size": batch}
    name = "steps_per_generation" if passes else "gradient_accumulation_steps"
    most = rows * group // (plan.world * plan.batch)
    count = _nearest(fixed, group // gcd(group, plan.world * plan.batch), most)
    if count not in (0, fixed):
        yield {f"grpo.{name}": count}


def _nearest(value: int, unit: int, most: int) -> int:
    """Return the multiple of ``unit`` nearest to ``value``, the larger of two, at most ``most``; else 0."""
    below = max(value // unit, 1) * unit
    above = -(-value // unit) * unit
    near = above if above - value <= value - below or below > value else below
    return near if near <= most else most // unit * unit
