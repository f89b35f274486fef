"""Where rewards lie: the declared range, or what the rewards so far suggest."""

from __future__ import annotations

import math

from grpotui.records import RewardRange

HUGE = 1e100
"""No reward: beyond it sums lose their meaning."""


def bounded(span: RewardRange | None) -> RewardRange | None:
    """Return a reward range that rewards can be placed in, else None."""
    if span is None or not math.isfinite(span.low) or not math.isfinite(span.high) or span.high <= span.low:
        return None
    return span


def usual(low: float, high: float) -> RewardRange | None:
    """Return the range that rewards between ``low`` and ``high`` are most likely of.

    0 to 1 or -1 to 1 where they fit; else from the lowest seen, or 0, to the highest, or 0.
    """
    if low >= 0 and high <= 1:
        return RewardRange(0.0, 1.0)
    if low >= -1 and high <= 1:
        return RewardRange(-1.0, 1.0)
    return bounded(RewardRange(min(low, 0.0), max(high, 0.0)))
