"""The gap between training and held-out prompts, against its lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grpotui.health.lines import LEVELS, Lines
from grpotui.health.rules.facts import EASE
from grpotui.records import Flag, FlagKind, HealthSettings, Level, as_float, as_int

GAP = "grpotui/gap"
"""Metric of an evaluation: accuracy on training prompts less that on held-out ones, -1 to 1."""


class Gap:
    """The lines of the gap."""

    def __init__(self, settings: HealthSettings) -> None:
        self._lines = Lines(settings.gap_warn, settings.gap_bad)

    def step(self, metrics: Mapping[str, Any]) -> list[Flag]:
        """Return the flag of a line that an evaluation logged, if there is one.

        A gap whose two intervals overlap crosses no line: with few prompts it may be chance.
        """
        gap, step = as_float(metrics.get(GAP)), as_int(metrics.get("step"))
        if gap is None:
            return []
        if gap >= self._lines.lines[1] * EASE and not _apart(metrics):
            return []
        old, new = self._lines.update(step, gap)
        if new == old:
            return []
        line = self._lines.lines[new if new > old else new + 1]
        both = (
            f"{_accuracy(metrics, 'train_')} on training prompts, {_accuracy(metrics, '')} on held-out ones"
        )
        text = f"gap {gap:.2f} over {line:.2f}: {both}"
        if new < old:
            text = f"the gap to held-out prompts is back under {line:.2f}: {both}"
        level = LEVELS[new] if new > old else Level.INFO
        return [Flag(step, FlagKind.THRESHOLD, level, "gap", round(gap, 6), line, text)]

    def drop_from(self, step: int) -> None:
        """Forget what happened from ``step`` on."""
        self._lines.drop_from(step)


def _apart(metrics: Mapping[str, Any]) -> bool:
    """True unless the interval of the training accuracy reaches down into that of the held-out one."""
    low, high = as_float(metrics.get("eval_train_accuracy_low")), as_float(metrics.get("eval_accuracy_high"))
    return low is None or high is None or low > high


def _accuracy(metrics: Mapping[str, Any], name: str) -> str:
    """Return ``1.00 (0.72-1.00, n 10)``."""
    key = f"eval_{name}accuracy"
    value, low, high = (as_float(metrics.get(f"{key}{end}")) for end in ("", "_low", "_high"))
    told = "unknown" if value is None else f"{value:.2f}"
    if low is None or high is None:
        return told
    return f"{told} ({low:.2f}-{high:.2f}, n {as_int(metrics.get(f'eval_{name}n'))})"
