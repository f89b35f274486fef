"""Names of the metrics that grpotui itself reads: TRL's as TRL logs them, ours under ``grpotui/``."""

from __future__ import annotations

REWARD = "reward"
EVAL_ACCURACY = "eval_accuracy"
"""Share of held-out prompts that were answered right; ``_low`` and ``_high`` behind it are its interval."""
ZERO_STD = "grpotui/zero_std"
"""Share of groups without reward spread; the next three part it by where they sit in the reward's range."""
ZERO_STD_CEILING = f"{ZERO_STD}_ceiling"
ZERO_STD_FLOOR = f"{ZERO_STD}_floor"
ZERO_STD_OTHER = f"{ZERO_STD}_other"
TRL_ZERO_STD = "frac_reward_zero_std"
"""What TRL logs of it; see docs/architecture.md on why it is not ours."""
WITHIN_GROUP_STD = "grpotui/within_group_std"
JACCARD_CROSS = "grpotui/jaccard_cross"
JACCARD_WITHIN = "grpotui/jaccard_within"
GAP = "grpotui/gap"
"""Accuracy on training prompts less that on held-out ones."""
