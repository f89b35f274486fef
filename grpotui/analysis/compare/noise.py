"""Means of a window with their uncertainty, and whether two of them differ beyond it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from grpotui.records import RewardRange
from grpotui.records.intervals import t95

BLOCKS = 5
"""Parts of a window whose means give its uncertainty: neighbouring steps are alike, parts less so."""
Z = 1.96
SHARE = RewardRange(0.0, 1.0)
"""What a share can be."""


class Mark(StrEnum):
    """How a value stands to that of the first run."""

    HIGHER = "▲"
    LOWER = "▼"
    WITHIN = "~"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval; ``low`` and ``high`` are None where nothing tells it."""

    value: float
    low: float | None = None
    high: float | None = None
    spread: float | None = None
    """Standard error, where the interval does not tell it."""

    @property
    def error(self) -> float | None:
        """Standard error, from the interval unless it is known."""
        if self.spread is not None:
            return self.spread
        if self.low is None or self.high is None:
            return None
        return (self.high - self.low) / (2 * Z)


def within(found: Estimate | None, span: RewardRange | None) -> Estimate | None:
    """Return an estimate whose interval does not leave what values can be; its error stays what it was."""
    if found is None or found.low is None or found.high is None or span is None:
        return found
    return Estimate(found.value, max(found.low, span.low), min(found.high, span.high), found.error)


def windowed(values: Sequence[float]) -> Estimate | None:
    """Return the mean of a window of logged values with its interval, by the spread of its parts.

    Batch means: Flegal and Jones, Annals of Statistics 38(2), 2010. A window too short for parts has none.
    """
    if not values:
        return None
    mean = statistics.fmean(values)
    if len(values) < 2 * BLOCKS:
        return Estimate(mean)
    edges = [len(values) * part // BLOCKS for part in range(BLOCKS + 1)]
    parts = [statistics.fmean(values[a:b]) for a, b in pairwise(edges)]
    reach = t95(BLOCKS - 1) * statistics.stdev(parts) / math.sqrt(BLOCKS)
    return Estimate(mean, mean - reach, mean + reach)


def mark(one: Estimate | None, other: Estimate | None) -> Mark:
    """Return how ``other`` stands to ``one``; ``~`` within the noise, nothing where it cannot be told."""
    if one is None or other is None or one.error is None or other.error is None:
        return Mark.NONE
    delta = other.value - one.value
    if abs(delta) <= max(Z * math.hypot(one.error, other.error), 1e-12):
        return Mark.WITHIN
    return Mark.HIGHER if delta > 0 else Mark.LOWER
