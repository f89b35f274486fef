"""A preset's tables about many runs, ``[sweep]``, ``[confirm]``, ``[promote]``; and ``[rollouts]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RolloutSettings:
    """The preset's ``[rollouts]`` table, for ``kind = "rollouts"``: generation without training."""

    n: int = 0
    """Completions in all, a whole group for each prompt; 0 for one group of every prompt of the task."""
    batch: int = 64
    """Completions that are generated at once; halved when memory runs out."""


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """The preset's ``[sweep]`` table: which runs 'grpotui sweep' and 'grpotui probe' make of it."""

    grid: Mapping[str, Any] = field(default_factory=dict)
    """Field -> list of values; every combination is a point."""
    random: int = 0
    """Points that are drawn from the grid; 0 for all of it."""
    seeds: int = 1
    """Runs of each point, with the same seeds in every one."""
    max_parallel: int = 0
    """Most runs of the sweep at once; 0 for as many as there are devices."""
    baseline: Mapping[str, Any] = field(default_factory=dict)
    """Field -> value: the point that others are measured against."""
    metric: str = ""
    """What points are ranked by, such as "mean(reward, last=50)"; empty for the usual one."""
    same_prompts: bool = True
    """The same prompts at every point, so that they are compared prompt by prompt."""
    stop: tuple[str, ...] = ("collapsed", "no-signal")
    """Verdicts that end a run early, unless [health] has a policy of its own; none with []."""


@dataclass(frozen=True, slots=True)
class ConfirmSettings:
    """The preset's ``[confirm]`` table: how 'grpotui confirm' repeats what was found."""

    top: int = 2
    """Best points that are repeated: the winner and its runners-up."""
    repeat: int = 3
    """Runs of each of them, with fresh seeds."""


@dataclass(frozen=True, slots=True)
class PromoteSettings:
    """The preset's ``[promote]`` table: where 'grpotui promote' writes the winner."""

    into: str = ""
    """Preset that takes the winner's values; empty for the sweep's own."""


SEARCH_SECTIONS: Mapping[str, type] = {
    "sweep": SweepSettings,
    "confirm": ConfirmSettings,
    "promote": PromoteSettings,
}
"""Tables that belong to a sweep, not to its runs: no ``run.json`` holds them in its config."""
