"""Completions as a measure of progress, where a step means different numbers of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grpotui.records import as_int


def completions_per_step(attempt: Mapping[str, Any], grpo: object) -> int | None:
    """Return how many completions an optimizer step trains on; None where nothing tells.

    ``attempt`` is the content of ``attempt-N.json``, which counted them; before it is there, ``grpo`` (a
    config's table) is all there is, and one process is assumed.
    """
    counted = as_int(attempt.get("groups_per_step")) * as_int(attempt.get("num_generations"))
    if counted or not isinstance(grpo, Mapping):
        return counted or None
    batch = as_int(grpo.get("per_device_train_batch_size"))
    return batch * max(as_int(grpo.get("gradient_accumulation_steps"), 1), 1) or None
