"""Several processes: what goes into what, and the configurations of accelerate."""

from __future__ import annotations

from pathlib import Path

import pytest

from grpotui.preflight import plan_of
from grpotui.presets import Preset, apply_overrides, load, planned_steps, problems, resolve
from grpotui.presets.accelerate import processes, shipped
from grpotui.workspace import Workspace

GOOD = "distributed_type: FSDP\nnum_machines: 1\n"


def said(*overrides: str) -> list[str]:
    return [str(problem) for problem in problems(apply_overrides(load("demo-happy", None), overrides))]


def test_batches_of_all_processes_make_a_generation() -> None:
    whole = ("grpo.num_generations=16", "grpo.per_device_train_batch_size=8")
    assert "must be divisible by num_generations (16)" in said(*whole)[0]
    assert said(*whole, "launch.processes=2") == []


def test_a_generation_is_divided_by_the_batch_of_all_processes() -> None:
    asked = ("grpo.generation_batch_size=96", "grpo.per_device_train_batch_size=32")
    assert said(*asked) == []
    assert (
        "generation_batch_size (96) must be divisible by the global batch size (64)"
        in said(*asked, "launch.processes=2")[0]
    )


def test_prompts_must_do_for_all_processes() -> None:
    asked = ("task.n=4", "grpo.per_device_train_batch_size=64", "grpo.num_generations=16")
    assert said(*asked) == []
    assert "takes 8 different prompts" in said(*asked, "launch.processes=2")[0]


def test_planned_steps_count_the_processes() -> None:
    preset = apply_overrides(
        load("demo-happy", None), ("grpo.max_steps=-1", "grpo.num_train_epochs=2", "launch.processes=2")
    )
    # 200 prompts, 64 completions of 4 prompts on each of 2: 25 steps an epoch.
    assert planned_steps(resolve(preset)) == plan_of(preset, 200).steps == 50


@pytest.mark.parametrize("value", [0, -1, True, "2", 2.0, None])
def test_what_is_no_number_of_processes_is_one(value: object) -> None:
    assert processes({"launch": {"processes": value}}) == 1
    assert processes({"launch": {"processes": 3}}) == 3


def test_trls_configurations_are_known_by_name() -> None:
    assert {"zero1", "zero2", "zero3", "fsdp1", "fsdp2", "multi_gpu"} <= set(shipped())
    assert said("launch.accelerate=zero2", "launch.processes=2") == []
    found = resolve(apply_overrides(load("demo-happy", None), ("launch.accelerate=zero2",)))
    assert found["launch"]["accelerate"] == str(shipped()["zero2"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD, ""),
        ("distributed_type: 'NO'\n", "names no distributed_type"),
        ("mixed_precision: bf16\n", "names no distributed_type"),
        (GOOD.replace("1", "4"), "is for 4 machines"),
        (f"{GOOD}compute_environment: AMAZON_SAGEMAKER\n", "is for AMAZON_SAGEMAKER, not for this machine"),
    ],
)
def test_a_file_of_ones_own_is_looked_into(workspace: Workspace, text: str, message: str) -> None:
    (workspace.root / "mine.yaml").write_text(text)
    own = workspace.presets / "own.toml"
    own.write_text('extends = "demo-happy"\n[launch]\nprocesses = 2\naccelerate = "mine.yaml"\n')
    preset: Preset = load("own", workspace)
    found = [str(problem) for problem in problems(preset)]
    assert len(found) == bool(message)
    assert all(message in each for each in found)
    if not found:
        assert Path(resolve(preset)["launch"]["accelerate"]) == workspace.root / "mine.yaml"


def test_a_configuration_that_is_nowhere_is_named_with_those_that_are() -> None:
    assert "launch.accelerate: no such file: zero7; nearest: zero" in said("launch.accelerate=zero7")[0]
    assert "TRL ships fsdp1, fsdp2" in said("launch.accelerate=missing.yaml")[0]
