"""Two real steps of every shipped preset, cut small: ``python -m tests.train.all_presets DIR``, one process.

Of a probe, two batches of rollouts.

``all_presets.json`` in the folder tells what TRL made of each preset as it is shipped, and how the run ended.
"""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import Any

from grpotui.presets import Preset, apply_overrides, available, load, resolve, validate
from grpotui.stream import write_json
from grpotui.tasks import build_rewards, prompt_count
from grpotui.train import device, entry
from grpotui.workspace import RunDir, Workspace

CUT = (
    "model=tiny",
    "task.n=8",
    "grpo.num_generations=4",
    "grpo.per_device_train_batch_size=8",
    "grpo.gradient_accumulation_steps=1",
    "grpo.max_completion_length=8",
    "rollouts.batch=16",
    "grpo.max_steps=2",
    "grpo.save_strategy=no",
    "eval.n=2",
    "eval.n_train=2",
    "eval.watch=1",
    "launch.device=cpu",
)


def cut(preset: Preset) -> Preset:
    """The same experiment in two small steps; of a curriculum, the first two stages."""
    small = list(CUT)
    if preset.data["task"].get("held_out"):
        small.append("task.held_out=4")
    for index, stage in enumerate(preset.data.get("curriculum") or []):
        small.append(f"curriculum.{index}.steps=1")
        for name in ("n", "held_out"):
            if name in stage.get("task", {}):
                small.append(f"curriculum.{index}.task.{name}=8")
    return apply_overrides(preset, small)


def shipped(preset: Preset, run: RunDir) -> dict[str, Any]:
    """What the installed TRL makes of a preset as it stands."""
    from trl.trainer.utils import RepeatSampler

    from grpotui.train.config import build_config

    config = resolve(preset)
    weights = [reward.weight for reward in build_rewards(config["rewards"])]
    made = build_config(config["grpo"], run, device.resolve("cpu"), None, weights)
    sampler = RepeatSampler(
        range(prompt_count(config["task"]) or 0),
        mini_repeat_count=made.num_generations,
        batch_size=made.generation_batch_size // made.num_generations,
        repeat_count=made.num_iterations * made.steps_per_generation,
    )
    batches = math.ceil(len(sampler) / (made.per_device_train_batch_size * made.steps_per_generation))
    return {
        "generation_batch_size": made.generation_batch_size,
        "steps_per_epoch": math.ceil(batches / made.gradient_accumulation_steps),
        "warmup": made.get_warmup_steps(1000),
    }


def main(root: Path) -> None:
    """Play all of them."""
    workspace = Workspace(root)
    workspace.create()
    device.prepare_environment("cpu")
    ends: dict[str, Any] = {}
    for info in available(None):
        preset = load(info.name, None)
        run = workspace.new_run(info.name)
        kind = preset.data.get("kind", "train")
        made = shipped(preset, run) if kind == "train" else {}
        small = cut(preset)
        validate(small)
        asked = {"id": run.id, "kind": kind, "config": resolve(small), "device": "cpu", "code": []}
        write_json(run.run_json, asked)
        began = time.monotonic()
        entry.main([str(run.path)])
        result = json.loads(run.result_json.read_text())
        ends[info.name] = {**result, "trl": made, "run": run.id, "seconds": time.monotonic() - began}
    write_json(root / "all_presets.json", ends)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
