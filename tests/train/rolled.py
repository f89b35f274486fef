"""Rollouts of a tiny model, for :mod:`tests.train.scenes`: short runs of kind ``rollouts``."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from grpotui.stream import LineWriter, Tail, write_json
from grpotui.workspace import RunDir
from tests.train import scenes

SAMPLING = {"max_completion_length": 12, "num_generations": 4, "seed": 3}
REWARD = {"name": "length", "unit": "characters", "limits": [6, 9]}


def asked(model: str, rollouts: Mapping[str, int] | None = None, **grpo: Any) -> dict[str, Any]:
    """Return what launch writes into run.json: 16 prompts with 4 completions each, in 4 batches."""
    config: dict[str, Any] = {
        "kind": "rollouts",
        "model": model,
        "task": {"name": "arithmetic", "n": scenes.PROMPTS, "operands": [0, 9]},
        "rewards": [REWARD],
        "grpo": {**SAMPLING, **grpo},
        "rollouts": {"batch": 16, **(rollouts or {})},
    }
    seed = config["grpo"]["seed"]
    return {"id": "x", "kind": "rollouts", "created_at": 1.0, "device": "cpu", "seed": seed, "config": config}


def play(stage: scenes.Stage) -> None:
    """Play them all."""
    model = stage.model
    stage.main("rolled", asked(model))
    stage.main("rolled-again", asked(model))
    stage.main("rolled-seed", asked(model, seed=4))
    stage.main("rolled-penalty", asked(model, repetition_penalty=1e6))
    stage.main("rolled-few", asked(model, {"n": 24}))
    stage.main("rolled-many", asked(model, {"n": 68}))
    stage.main("rolled-vllm", asked(model, use_vllm=True))
    stage.main("rolled-training", asked(model, **_TRAINING))
    cut(stage.run_dir("rolled"), stage.run_dir("rolled-cut"))
    stage.main("rolled-cut", asked(model), attempt=2)
    stage.main("rolled-cut", asked(model), attempt=3)
    write_json(stage.run_dir("rolled-asked").request_json, {"action": "stop", "reason": "enough"})
    stage.main("rolled-asked", asked(model))


_TRAINING: dict[str, Any] = {"per_device_train_batch_size": 3, "beta": 0.5, "gradient_accumulation_steps": 5}
"""TRL would refuse such a batch, and load a second model for beta."""


def cut(run: RunDir, copy: RunDir) -> None:
    """Copy a run as it stood when it was killed in its third batch, one group of which was written."""
    shutil.copy(run.attempt_json(1), copy.attempt_json(1))
    first = [line.data for line in Tail(run.completions).read()]
    kept = [group for group in first if (group["step"], group["group"]) <= (3, 0)]
    metrics = [line.data for line in Tail(run.metrics).read()][:2]
    for lines, path in ((kept, copy.completions), (metrics, copy.metrics)):
        writer = LineWriter(path)
        for line in lines:
            writer.append(line)
        writer.close()
