"""How many optimizer steps a run will make, known before TRL is loaded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from grpotui.presets.accelerate import processes
from grpotui.presets.grpo_rules import generation_size, with_defaults
from grpotui.presets.stages import stages
from grpotui.tasks import prompt_count


def planned_steps(config: Mapping[str, Any]) -> int | None:
    """Return the steps of a valid config, on as many processes as it asks for.

    None when its prompts fill no generation, or nobody has counted them yet.

    ``grpo.max_steps`` goes before ``grpo.num_train_epochs``, as in TRL. A curriculum says it itself.
    """
    if staged := stages(config):
        return staged[-1].last
    grpo, task = with_defaults(config.get("grpo") or {}), config.get("task") or {}
    if grpo["max_steps"] > 0:
        return int(grpo["max_steps"])
    prompts = prompt_count(task)
    if prompts is None:
        return None
    return math.ceil(grpo["num_train_epochs"] * epoch_steps(grpo, prompts, processes(config))) or None


def epoch_steps(grpo: Mapping[str, Any], prompts: int, world: int = 1) -> int:
    """Return the optimizer steps of one pass over ``prompts``, on ``world`` processes; ``grpo`` has defaults.

    An epoch makes every whole generation that its prompts fill, and uses each ``num_iterations`` times.
    """
    size = generation_size(grpo, world)
    generations = prompts // max(1, size // max(1, grpo["num_generations"]))
    batches = generations * (size // (grpo["per_device_train_batch_size"] * world)) * grpo["num_iterations"]
    steps: int = math.ceil(batches / grpo["gradient_accumulation_steps"])
    return steps
