"""What was measured at a logged step."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grpotui.health.ranges import HUGE
from grpotui.records import ZERO_STD_EPSILON, HealthContext, RewardRange, as_float, as_int

TRAINING_KEYS = ("reward", "grpotui/zero_std", "frac_reward_zero_std")
SIGNALS = (
    "jaccard_cross",
    "jaccard_within",
    "dependence",
    "unique",
    "unique_stuck",
    "median_words",
    "same_answer",
    "answered",
    "template_share",
    "repetition",
    "monotony",
    "compression",
    "truncated",
)
METRICS = {
    "entropy": "entropy",
    "kl": "kl",
    "length": "completions/mean_length",
    "clipped": "completions/clipped_ratio",
    "grad_norm": "grad_norm",
    "clip_ratio": "clip_ratio/region_mean",
    "learning_rate": "learning_rate",
    "step_time": "step_time",
}
"""Signals that are looked at, and metrics under the names that they have here."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One logged step. Counts are of groups, and fractions where only shares were logged."""

    step: int
    groups: float
    """Groups that the step stands for."""
    judged: float = 0.0
    """Those of which it is known whether their rewards differ."""
    flat: float = 0.0
    """Those whose rewards do not."""
    places: tuple[float, float, float] | None = None
    """Flat groups at ceiling, floor and elsewhere, where that was counted."""
    flat_at: tuple[tuple[float, float], ...] = ()
    """Else (reward, groups) of the flat ones, where known."""
    reward: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    nonfinite: tuple[str, ...] = ()
    template: str = ""
    quotes: tuple[Mapping[str, Any], ...] = ()

    def split(self, span: RewardRange | None) -> tuple[float, float, float]:
        """Return the flat groups at the ceiling, at the floor and elsewhere."""
        if self.places is not None:
            return self.places
        if span is None:
            return 0.0, 0.0, self.flat
        if self.flat_at:
            ceiling = sum(count for at, count in self.flat_at if abs(at - span.high) < ZERO_STD_EPSILON)
            floor = sum(count for at, count in self.flat_at if abs(at - span.low) < ZERO_STD_EPSILON)
            return fitting((ceiling, floor, self.flat - ceiling - floor), self.flat)
        # TRL does not say where: as many as the mean reward allows may be at the ceiling.
        level = 0.0 if self.reward is None else span.normalise(self.reward)
        ceiling = min(self.flat, level * self.judged)
        below = self.flat - ceiling
        return (ceiling, below, 0.0) if level <= 0.02 else (ceiling, 0.0, below)


def fitting(counts: Iterable[float], groups: float) -> tuple[float, float, float]:
    """Return three counts, none below 0 and together at most ``groups``, whatever a stream says."""
    fit = []
    left = float(groups)
    for count in counts:
        fit.append(min(max(count, 0.0), left))
        left -= fit[-1]
    ceiling, floor, other = fit
    return ceiling, floor, other


def observe(
    metrics: Mapping[str, Any], signals: Mapping[str, Any] | None, context: HealthContext
) -> Observation | None:
    """Read a logged step; None for a line that is not about training (evaluation, the closing summary)."""
    step = as_int(metrics.get("step"), -1)
    if step < 0 or not any(key in metrics for key in TRAINING_KEYS):
        return None
    signals = signals or {}
    values = {name: number for name in SIGNALS if (number := _sane(signals.get(name))) is not None}
    values |= {
        name: number for name, key in METRICS.items() if (number := _sane(metrics.get(key))) is not None
    }
    if "clipped" not in values and "truncated" in values:
        values["clipped"] = values["truncated"]
    template = signals.get("template")
    quoted = signals.get("quotes")
    flat = _flat(metrics, signals, context)
    return Observation(
        step=step,
        groups=flat.get("judged") or float(max(context.groups_per_step, 1)),
        reward=_sane(metrics.get("reward")),
        values=values,
        nonfinite=_nonfinite(metrics),
        template=template if isinstance(template, str) else "",
        quotes=tuple(q for q in quoted if isinstance(q, Mapping))[:2] if isinstance(quoted, list) else (),
        **flat,
    )


def _sane(value: object) -> float | None:
    number = as_float(value)
    return number if number is not None and abs(number) <= HUGE else None


def _share(value: object) -> float | None:
    number = as_float(value)
    return number if number is not None and 0 <= number <= 1 else None


def _nonfinite(metrics: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys of values that were NaN or infinite, as told, or as they stand there."""
    told = metrics.get("nonfinite")
    found = {str(key) for key in told[:20]} if isinstance(told, list) else set()
    found |= {key for key, value in metrics.items() if isinstance(value, float) and not math.isfinite(value)}
    return tuple(sorted(found))


def _flat(metrics: Mapping[str, Any], signals: Mapping[str, Any], context: HealthContext) -> dict[str, Any]:
    """Return what is known of flat groups: from the groups themselves, our metrics, or TRL's share."""
    groups = float(max(as_int(signals.get("groups")), 0))
    if groups:
        places = fitting((float(as_int(signals.get(n))) for n in ("ceiling", "floor", "other")), groups)
        flat_at = signals.get("flat_at")
        if isinstance(flat_at, list):
            pairs = [pair for pair in flat_at if isinstance(pair, list) and len(pair) == 2]
            known = tuple(
                (a, n) for at, c in pairs if (a := _sane(at)) is not None and (n := _sane(c)) is not None
            )
            return {"judged": groups, "flat": sum(places), "flat_at": known}
        return {"judged": groups, "flat": sum(places), "places": places}
    size = float(max(context.groups_per_step, 1))
    if (
        signals.get("groups") == 0
        and as_int(signals.get("completions")) > 0
        and metrics.get("reward") is None
    ):
        return {"judged": size, "flat": size, "places": (0.0, 0.0, size)}  # unrewarded: no advantage at all
    share = _share(metrics.get("grpotui/zero_std"))
    if share is not None:
        ceiling = _share(metrics.get("grpotui/zero_std_ceiling")) or 0.0
        floor = _share(metrics.get("grpotui/zero_std_floor")) or 0.0
        places = fitting((ceiling * size, floor * size, (share - ceiling - floor) * size), share * size)
        return {"judged": size, "flat": share * size, "places": places}
    share = _share(metrics.get("frac_reward_zero_std"))
    return {} if share is None else {"judged": size, "flat": share * size}
