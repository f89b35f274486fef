"""What may be changed after memory ran out: the parts of a step, never the step."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.presets import apply_overrides, load, problems
from grpotui.presets.grpo_rules import generation_size
from grpotui.presets.ladder import CannotLowerError, lowered

HALF = {"per_device_train_batch_size": "/2", "gradient_accumulation_steps": "*2"}


@pytest.mark.parametrize(
    ("changes", "extra", "message"),
    [
        (HALF, (), ""),
        ({"per_device_train_batch_size": "/4", "gradient_accumulation_steps": "*4"}, (), ""),
        ({**HALF, "steps_per_generation": "*2"}, ("grpo.steps_per_generation=2",), ""),
        (HALF, ("grpo.steps_per_generation=2",), 'take { per_device_train_batch_size = "/2", gradient_acc'),
        ({**HALF, "steps_per_generation": "*2"}, (), "steps and generations would be of another size"),
        ({"per_device_train_batch_size": "/2"}, (), "steps and generations would be of another size"),
        ({**HALF, "gradient_accumulation_steps": "*4"}, (), "steps and generations would be of another size"),
        ({"gradient_accumulation_steps": "*2"}, (), 'per_device_train_batch_size = "/2" is missing'),
        ({"num_generations": "/2"}, (), "launch.on_oom.num_generations: cannot be changed by itself"),
        ({"per_device_train_batch_sise": "/2"}, (), "nearest: per_device_train_batch_size"),
        ({"per_device_train_batch_size": 2}, (), 'expected "/2" or "*2", got the number 2'),
        ({"per_device_train_batch_size": "/0"}, (), 'expected "/2" or "*2"'),
        ({"per_device_train_batch_size": "/1"}, (), 'expected "/2" or "*2"'),
    ],
)
def test_only_what_keeps_the_experiment_is_taken(
    changes: dict[str, Any], extra: tuple[str, ...], message: str
) -> None:
    preset = apply_overrides(load("demo-happy", None), extra)
    preset.data["launch"] = {**preset.data["launch"], "on_oom": changes}
    found = [str(problem) for problem in problems(preset)]
    assert len(found) == bool(message)
    assert all(message in text for text in found)


def test_it_comes_down_to_a_batch_that_cannot_be_halved() -> None:
    grpo: dict[str, Any] = {"per_device_train_batch_size": 12, "gradient_accumulation_steps": 3}
    size = generation_size(grpo)
    for batch, passes in ((6, 6), (3, 12)):
        changes = lowered(grpo, HALF)
        grpo |= {name: new for name, (_, new) in changes.items()}
        assert (grpo["per_device_train_batch_size"], grpo["gradient_accumulation_steps"]) == (batch, passes)
        assert generation_size(grpo) == size
    with pytest.raises(CannotLowerError, match="per_device_train_batch_size 3 cannot be divided by 2"):
        lowered(grpo, HALF)


def test_a_field_that_is_not_set_has_trls_default() -> None:
    assert lowered({}, HALF) == {
        "per_device_train_batch_size": (8, 4),
        "gradient_accumulation_steps": (1, 2),
    }
