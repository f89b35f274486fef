"""Names that a contract's expressions may use: TRL's metrics, grpotui's signals, and short words for both."""

from __future__ import annotations

import re
from difflib import get_close_matches

from grpotui.records.keys import (
    JACCARD_CROSS,
    ROLLOUTS_LEARNABLE,
    ROLLOUTS_NO_SIGNAL,
    ROLLOUTS_NONZERO,
    ROLLOUTS_PASS_RATE,
    ZERO_STD,
)

_OURS = (
    *("zero_std", "zero_std_ceiling", "zero_std_floor", "zero_std_other", "zero_std_stuck"),
    *(
        "within_group_std",
        "jaccard_cross",
        "jaccard_within",
        "unique",
        "template_share",
        "median_words",
        "gap",
    ),
)
ALIASES = {
    **{name: f"grpotui/{name}" for name in _OURS},
    "jaccard": JACCARD_CROSS,
    "length": "completions/mean_length",
    "truncated": "completions/clipped_ratio",
    "lr": "learning_rate",
    "accuracy": "eval_accuracy",
    "nonzero": ROLLOUTS_NONZERO,
    "pass_rate": ROLLOUTS_PASS_RATE,
    "no_signal": ROLLOUTS_NO_SIGNAL,
    "learnable": ROLLOUTS_LEARNABLE,
}
"""Short words and the metrics that they mean; each of our own is known without ``grpotui/`` too."""

STUCK = f"{ZERO_STD}_stuck"
"""Groups without reward spread below the ceiling: the only metric that is derived, not logged."""

OF_SWEEP = {"best": "sweep/best", "baseline": "sweep/baseline"}
"""Names that only a line about a whole sweep may have: values of the metric that its points are ranked by."""

_PLAIN = (
    *("reward", "reward_std", "frac_reward_zero_std", "kl", "entropy", "loss", "grad_norm", "learning_rate"),
    *("epoch", "num_tokens", "step_time", "policy_loss", "aux_loss", "cispo_clip_ratio", "grpotui/stage"),
    *(f"completions/{part}" for part in ("mean_length", "min_length", "max_length", "clipped_ratio")),
    *(f"completions/{part}_terminated_length" for part in ("mean", "min", "max")),
    *(f"clip_ratio/{part}" for part in ("low_mean", "low_min", "high_mean", "high_max", "region_mean")),
)
_FAMILIES = re.compile(
    r"rewards/.+/(mean|std)|eval_\w.*|(sampling|tools|profiling|grpotui|rollouts|reward|reward_std)/.+"
)
"""Metrics whose names hold those of rewards and tasks, our signals, and what options of TRL log."""

KNOWN = frozenset((*_PLAIN, *ALIASES, *ALIASES.values()))


def metric(name: str) -> str | None:
    """Return the key of the metric that ``name`` means; None when there is none such."""
    if name in ALIASES:
        return ALIASES[name]
    return name if name in KNOWN or (_FAMILIES.fullmatch(name) and not _division(name)) else None


def _division(name: str) -> bool:
    """True for ``reward/kl``: both sides are metrics of their own."""
    return all(part in KNOWN for part in name.split("/"))


def unknown(name: str) -> str:
    """Return what to say of a name that is none, with the nearest ones."""
    near = get_close_matches(name[:100], sorted([*KNOWN, "step", "verdict"]), n=3)
    if near and not _division(name):
        return f"no metric {name}; nearest: {', '.join(near)}"
    if "/" in name:
        return f"no metric {name}; for a division write blanks around /, for a metric of your own '{name}'"
    return f"no metric {name}; a metric of your own goes in quotes: '{name}'"
