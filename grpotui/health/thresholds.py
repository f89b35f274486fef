"""Threshold flags: raw values against their lines, said once when they cross and once when they are back."""

from __future__ import annotations

from grpotui.health.lines import LEVELS, Lines
from grpotui.health.observation import Observation
from grpotui.health.window import Pooled
from grpotui.records import Flag, FlagKind, HealthSettings, Level, RewardRange

MIN_GROUPS = 16
"""Pooled groups (or the whole window, where that is smaller) before zero-std is compared with its lines."""


class Thresholds:
    """The lines of zero-std and of cross-prompt Jaccard."""

    def __init__(self, settings: HealthSettings) -> None:
        self._zero_std = Lines(settings.zero_std_warn, settings.zero_std_bad)
        self._stuck = Lines(settings.zero_std_warn, settings.zero_std_bad)
        self._jaccard = Lines(settings.jaccard_warn, settings.jaccard_bad)

    def drop_from(self, step: int) -> None:
        """Forget what happened from ``step`` on."""
        for lines in (self._zero_std, self._stuck, self._jaccard):
            lines.drop_from(step)

    def similarity(self, seen: Observation) -> list[Flag]:
        """Return the flag of a step's cross-prompt Jaccard similarity, if it crosses a line."""
        alike = seen.values.get("jaccard_cross")
        if alike is None or not 0 <= alike <= 1:
            return []
        old, new = self._jaccard.update(seen.step, alike)
        if new == old:
            return []
        line = self._jaccard.lines[new if new > old else new + 1]
        text = f"Jaccard {alike:.2f} over {line:.2f} across prompts"
        if new < old:
            text = f"Jaccard across prompts is back under {line:.2f}: {alike:.2f}"
        level = LEVELS[new] if new > old else Level.INFO
        return [Flag(seen.step, FlagKind.THRESHOLD, level, "jaccard", alike, line, text)]

    def spread(self, seen: Observation, pooled: Pooled, span: RewardRange | None) -> list[Flag]:
        """Return the flag of a window's zero-std, if it crosses a line, or is harmless no longer."""
        if not pooled.judged:
            return []
        share = pooled.share(pooled.flat)
        stuck = pooled.share(pooled.stuck)
        old, new = self._zero_std.update(seen.step, share)
        stuck_old, stuck_new = self._stuck.update(seen.step, stuck)
        harm = min(new, stuck_new)
        if new > old or (stuck_new > stuck_old and harm):
            line = self._zero_std.lines[new if new > old else harm]
            counts = f"{pooled.flat:.0f}/{pooled.judged:.0f} groups flat"
            if seen.judged:
                counts += f", {seen.flat:.0f}/{seen.judged:.0f} in this step"
            text = f"zero-std {share:.2f} over {line:.2f} ({counts}): {where(pooled, span, harm == 0)}"
            level = LEVELS[harm]
        elif new < old:
            line = self._zero_std.lines[new + 1]
            text = f"zero-std is back under {line:.2f}: {share:.2f}"
            level = Level.INFO
        else:
            return []
        return [Flag(seen.step, FlagKind.THRESHOLD, level, "zero_std", round(share, 6), line, text)]


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
