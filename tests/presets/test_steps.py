"""How long a run will be; tests/train compares the same with what TRL does."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.presets import planned_steps

BATCH = {"per_device_train_batch_size": 8, "num_generations": 4}


@pytest.mark.parametrize(
    ("grpo", "n", "steps"),
    [
        ({"max_steps": 7}, 16, 7),
        ({"max_steps": 7, "num_train_epochs": 3.0}, 16, 7),
        ({"num_train_epochs": 1.0}, 16, 8),
        ({}, 16, 24),
        ({"num_train_epochs": 1.0}, 17, 8),
        ({"num_train_epochs": 0.3}, 16, 3),
        ({"num_train_epochs": 1.0, "num_iterations": 2}, 16, 16),
        ({"num_train_epochs": 1.0, "gradient_accumulation_steps": 3}, 16, 2),
        ({"num_train_epochs": 1.0, "gradient_accumulation_steps": 2, "steps_per_generation": 3}, 16, 3),
        ({"num_train_epochs": 1.0, "generation_batch_size": 16}, 16, 8),
        ({"num_train_epochs": 1.0}, 1, None),
    ],
)
def test_steps_are_those_that_the_preset_asks_for(grpo: dict[str, Any], n: int, steps: int | None) -> None:
    grpo = {"gradient_accumulation_steps": 1, **BATCH, **grpo}
    assert planned_steps({"task": {"name": "arithmetic", "n": n}, "grpo": grpo}) == steps


def test_a_task_has_as_many_prompts_as_it_has_by_itself() -> None:
    grpo = {"gradient_accumulation_steps": 1, **BATCH, "num_train_epochs": 1.0}
    assert planned_steps({"task": {"name": "arithmetic"}, "grpo": grpo}) == 50
