"""The preflight of presets that only generate, and of several processes."""

from __future__ import annotations

import pytest

from grpotui.preflight import Finding, ModelFacts, Plan, Severity, plan_of
from grpotui.presets import Preset, problems
from tests.preflight.conftest import CPU, GB, GPU, facts, found, preset

PROBE = ("kind=rollouts", "rollouts.batch=32")


def rules(of: Preset, **known: object) -> dict[str, Finding]:
    return {finding.rule: finding for finding in found(of, **known)}


def planned(of: Preset) -> Plan:
    return plan_of(of, facts(of).data.rows)


def test_batches_of_training_mean_nothing_to_a_probe() -> None:
    odd = ("grpo.per_device_train_batch_size=7", "grpo.warmup_steps=1e6", "grpo.save_total_limit=")
    assert {"preset", "full-groups"} & rules(preset(*odd)).keys()
    assert rules(preset(*PROBE, *odd)) == {}


def test_what_is_planned_is_said() -> None:
    assert planned(preset(*PROBE)).describe() == (
        "1600 rollouts: 100 prompts x 16 completions, in 50 batches"
    )
    assert planned(preset(*PROBE, "rollouts.n=160")).steps == 5
    assert (
        planned(preset(*PROBE, "rollouts.n=16")).describe().endswith("1 prompts x 16 completions, in 1 batch")
    )


def test_rewards_and_lengths_are_checked_as_ever() -> None:
    short = rules(preset(*PROBE, "grpo.max_completion_length=2", "task.operands=[0, 20000]"))
    assert short["answer-length"].level is Severity.ERROR
    assert "context-length" in rules(preset(*PROBE, "model=tiny", "grpo.max_completion_length=5000"))
    assert "low-temperature" in rules(preset(*PROBE, "grpo.temperature=0.1"))


def test_advice_for_training_is_left_out() -> None:
    loud = ("grpo.beta=0", "grpo.learning_rate=0.1", "grpo.save_total_limit=", "grpo.max_steps=10")
    assert {"beta-zero", "high-learning-rate"} <= rules(preset(*loud)).keys()
    assert rules(preset(*PROBE, *loud)) == {}


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            ("rollouts.n=100",),
            "rollouts.n: 100 is no multiple of num_generations = 16: 96 makes 6 whole",
        ),
        (("rollouts.n=3200",), "are 200 prompts with 16 each, and the task has 100: set task.n to 200, or"),
        (("launch.processes=2",), 'launch.processes: kind "rollouts" generates on one process'),
        (("grpo.num_generations=1",), "GRPO requires at least 2 generations"),
        (("curriculum=[{name='a', steps=5}]",), 'curriculum: kind "rollouts" trains nothing'),
        (("kind=rolouts",), "is no kind of run"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(overrides: tuple[str, ...], message: str) -> None:
    told = [str(problem) for problem in problems(preset(*PROBE, *overrides))]
    assert len(told) == 1
    assert message in told[0]


def test_an_evaluation_is_left_out_and_said() -> None:
    asked = rules(preset(*PROBE, "eval.every=10"))
    assert asked["eval-ignored"].level is Severity.INFO


def test_groups_too_small_to_tell_are_warned_of() -> None:
    assert rules(preset(*PROBE, "grpo.num_generations=2"))["few-generations"].level is Severity.WARNING


def test_memory_is_that_of_generation() -> None:
    huge = ModelFacts(parameters=30 * GB, layers=60, width=6000)
    assert rules(preset(*PROBE), model=huge)["memory"].level is Severity.ERROR
    large = ModelFacts(parameters=15 * GB, layers=60, width=6000)
    batch = rules(preset(*PROBE, "grpo.max_completion_length=8192", "rollouts.batch=64"), model=large)
    assert batch["rollout-batch"].level is Severity.INFO
    [fix] = batch["rollout-batch"].fixes
    assert 1 <= fix["rollouts.batch"] < 64


@pytest.mark.parametrize("kind", ["train", "rollouts"])
def test_an_engine_that_is_not_installed_is_an_error(kind: str) -> None:
    asked = preset(f"kind={kind}", "grpo.use_vllm=true")
    assert rules(asked, vllm=False)["vllm"].level is Severity.ERROR
    assert "vllm" not in rules(asked, vllm=True)
    assert "vllm" not in rules(preset(f"kind={kind}"), vllm=False)


def test_a_server_for_everybody_is_warned_of() -> None:
    asked = ("grpo.use_vllm=true", "grpo.vllm_mode=server")
    assert "vllm-host" in rules(preset(*asked, "grpo.vllm_server_host='0.0.0.0'"), vllm=True)
    assert "vllm-host" not in rules(preset(*asked), vllm=True)


def test_processes_want_their_devices() -> None:
    two = ("grpo.per_device_train_batch_size=32", "launch.processes=2")
    assert "processes-on-cpu" in rules(preset(*two), device=CPU)
    assert "processes-on-cpu" not in rules(preset(*two), device=GPU)
    idle = rules(preset("launch.devices=2"), device=GPU)["idle-devices"]
    assert idle.fixes == ({"launch.processes": 2},)
    assert "idle-devices" not in rules(preset("launch.devices=2"), device=CPU)


def test_configurations_for_gpus_are_none_for_cpus() -> None:
    asked = preset("launch.accelerate=zero2", "launch.processes=2", "grpo.per_device_train_batch_size=32")
    assert rules(asked, device=CPU)["accelerate-on-cpu"].level is Severity.ERROR
    assert rules(asked, device=GPU)["accelerate-unmeasured"].level is Severity.INFO
