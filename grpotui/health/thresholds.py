"""Threshold flags: raw values against their lines, said once when they cross and once when they are back."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from grpotui.health.rules import EASE, stuck_share
from grpotui.health.window import Observation, Pooled
from grpotui.records import Flag, FlagKind, HealthSettings, Level, RewardRange, as_float, as_int

MIN_GROUPS = 16
"""Pooled groups (or the whole window, where that is smaller) before zero-std is compared with its lines."""
GAP = "grpotui/gap"
"""Metric of an evaluation: accuracy on training prompts less that on held-out ones, -1 to 1."""
_LEVELS = (Level.INFO, Level.WARN, Level.BAD)
_REMEMBERED = 64


class Lines:
    """One value's position against a warning and a bad line: 0 under both, 1 and 2 over them.

    It falls only once the value is clearly under the line: with 4 groups a step, shares jump by a quarter.
    """

    def __init__(self, warn: float, bad: float) -> None:
        self.lines = (0.0, warn, bad)
        self._changes: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)

    @property
    def level(self) -> int:
        """The present position."""
        return self._changes[-1][1] if self._changes else 0

    def update(self, step: int, value: float) -> tuple[int, int]:
        """Take a value in; return the position before and after it."""
        old = self.level
        new = max(level for level in range(3) if level == 0 or value >= self.lines[level])
        if new < old:
            new = max(level for level in range(old + 1) if level == 0 or value >= self.lines[level] * EASE)
        if new != old:
            self._changes.append((step, new))
        return old, new

    def drop_from(self, step: int) -> None:
        """Forget what happened from ``step`` on."""
        while self._changes and self._changes[-1][0] >= step:
            self._changes.pop()


class Thresholds:
    """The lines of zero-std, of cross-prompt Jaccard and of the gap between training and held-out prompts."""

    def __init__(self, settings: HealthSettings, span: RewardRange | None) -> None:
        self._span = span
        self._least_groups = min(settings.window_groups, MIN_GROUPS)
        self._zero_std = Lines(settings.zero_std_warn, settings.zero_std_bad)
        self._stuck = Lines(settings.zero_std_warn, settings.zero_std_bad)
        self._jaccard = Lines(settings.jaccard_warn, settings.jaccard_bad)
        self._gap = Lines(settings.gap_warn, settings.gap_bad)

    def step(self, seen: Observation, pooled: Pooled) -> list[Flag]:
        """Return the flags of one logged step."""
        flags = [self._similarity(seen)]
        if pooled.judged >= self._least_groups:
            flags.append(self._spread(seen, pooled))
        return [flag for flag in flags if flag is not None]

    def evaluation(self, metrics: Mapping[str, Any]) -> list[Flag]:
        """Return the flag of a line that an evaluation logged, if there is one.

        A gap whose two intervals overlap crosses no line: with few prompts it may be chance.
        """
        gap, step = as_float(metrics.get(GAP)), as_int(metrics.get("step"))
        if gap is None:
            return []
        if gap >= self._gap.lines[1] * EASE and not _apart(metrics):
            return []
        old, new = self._gap.update(step, gap)
        if new == old:
            return []
        line = self._gap.lines[new if new > old else new + 1]
        both = (
            f"{_accuracy(metrics, 'train_')} on training prompts, {_accuracy(metrics, '')} on held-out ones"
        )
        text = f"gap {gap:.2f} over {line:.2f}: {both}"
        if new < old:
            text = f"the gap to held-out prompts is back under {line:.2f}: {both}"
        level = _LEVELS[new] if new > old else Level.INFO
        return [Flag(step, FlagKind.THRESHOLD, level, "gap", round(gap, 6), line, text)]

    def drop_from(self, step: int) -> None:
        """Forget what happened from ``step`` on."""
        for lines in (self._zero_std, self._stuck, self._jaccard, self._gap):
            lines.drop_from(step)

    def _similarity(self, seen: Observation) -> Flag | None:
        if seen.jaccard is None:
            return None
        old, new = self._jaccard.update(seen.step, seen.jaccard)
        if new == old:
            return None
        line = self._jaccard.lines[new if new > old else new + 1]
        text = f"Jaccard {seen.jaccard:.2f} over {line:.2f} across prompts"
        if new < old:
            text = f"Jaccard across prompts is back under {line:.2f}: {seen.jaccard:.2f}"
        level = _LEVELS[new] if new > old else Level.INFO
        return Flag(seen.step, FlagKind.THRESHOLD, level, "jaccard", seen.jaccard, line, text)

    def _spread(self, seen: Observation, pooled: Pooled) -> Flag | None:
        share = pooled.share(pooled.flat)
        stuck = stuck_share(pooled) if self._span else share
        old, new = self._zero_std.update(seen.step, share)
        stuck_old, stuck_new = self._stuck.update(seen.step, stuck)
        harm = min(new, stuck_new)
        if new > old or (stuck_new > stuck_old and harm):
            line = self._zero_std.lines[new if new > old else harm]
            counts = f"{pooled.flat:.0f}/{pooled.judged:.0f} groups flat"
            if seen.judged:
                counts += f", {seen.flat:.0f}/{seen.judged:.0f} in this step"
            text = f"zero-std {share:.2f} over {line:.2f} ({counts}): {where(pooled, self._span, harm == 0)}"
            level = _LEVELS[harm]
        elif new < old:
            line = self._zero_std.lines[new + 1]
            text = f"zero-std is back under {line:.2f}: {share:.2f}"
            level = Level.INFO
        else:
            return None
        return Flag(seen.step, FlagKind.THRESHOLD, level, "zero_std", round(share, 6), line, text)


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


def where(pooled: Pooled, span: RewardRange | None, harmless: bool) -> str:
    """Say where the flat groups of a window sit, and whether that is harmless."""
    if span is None:
        return "the reward's range is not known, so neither is whether this is harmless"
    if harmless:
        every = "all" if pooled.flat - pooled.ceiling < 0.5 else f"{pooled.ceiling:.0f}"
        return f"{every} at the ceiling: harmless"
    counts = ((pooled.ceiling, "at the ceiling"), (pooled.floor, "at the floor"), (pooled.other, "between"))
    parts = [(count, place) for count, place in counts if count >= 0.5]
    if len(parts) == 1:
        return f"all {parts[0][1]}"
    return ", ".join(f"{count:.0f} {place}" for count, place in parts) or "few in all"
