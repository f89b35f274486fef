from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grpotui.contract import Mark, Tracker, read

STEP = "step"


def lines(**series: Sequence[float | None]) -> list[dict[str, Any]]:
    """Return lines of metrics from step 1 on; names are metrics, with __ for a slash."""
    longest = max(map(len, series.values()))
    keys = {name.replace("__", "/"): values for name, values in series.items()}
    return [
        {"step": i + 1, "epoch": (i + 1) / 10, **{k: v[i] for k, v in keys.items() if i < len(v)}}
        for i in range(longest)
    ]


def follow(section: Mapping[str, Any], given: Sequence[Mapping[str, Any]]) -> Tracker:
    tracker = Tracker(read(section))
    for line in given:
        tracker.take(line)
    return tracker


def mark(condition: str, given: Sequence[Mapping[str, Any]], over: bool = False) -> Mark:
    """Return how a primary criterion stands after some lines."""
    (found,) = follow({"primary": condition}, given).marks(over)
    return found
