"""Broken configs: the right rule fires, and each of its fixes mends it without breaking anything else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from grpotui.preflight import DataFacts, Finding, ModelFacts, Peak, Probe, Severity, overrides
from grpotui.preflight.shape import silent
from grpotui.presets import apply_overrides, problems
from tests.preflight.conftest import CPU, GB, GPU, QWEN, STORIES, found, preset

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True)
class Case:
    """What is set, what is found, and whether the finding can be mended by values alone."""

    rule: str
    level: Severity
    overrides: tuple[str, ...]
    known: dict[str, Any] = field(default_factory=dict)
    fixes: int = 1
    """At least so many."""


def case(rule: str, level: Severity, *overrides: str, fixes: int = 1, **known: Any) -> Any:
    return pytest.param(Case(rule, level, overrides, known, fixes), id=f"{rule}-{'-'.join(overrides)[:50]}")


UNLIMITED = (
    "grpo={num_generations=16, per_device_train_batch_size=64, num_train_epochs=30, beta=0.1, save_steps=25, "
    "max_completion_length=16, learning_rate=5e-6, temperature=0.7}"
)

CASES = [
    # Batches and groups
    case("full-groups", ERROR, "grpo.per_device_train_batch_size=60", fixes=2),
    case("full-groups", ERROR, "grpo.per_device_train_batch_size=8", fixes=2),
    case("full-groups", ERROR, "grpo.num_generations=12"),
    case("full-groups", ERROR, "grpo.gradient_accumulation_steps=3", "grpo.per_device_train_batch_size=8"),
    case("full-groups", ERROR, "grpo.steps_per_generation=3", "grpo.per_device_train_batch_size=8"),
    case("full-groups", ERROR, "grpo.generation_batch_size=192", "grpo.num_generations=80"),
    case("global-batch", ERROR, "grpo.generation_batch_size=96"),
    case("two-generations", ERROR, "grpo.num_generations=1"),
    case("two-generations", ERROR, "grpo.num_generations=1", "grpo.per_device_train_batch_size=7"),
    case("few-generations", WARNING, "grpo.num_generations=4", fixes=2),
    case("few-generations", WARNING, "grpo.num_generations=6", "grpo.per_device_train_batch_size=60"),
    case("few-generations", WARNING, "grpo.num_generations=2", pass_rate=0.5),
    case("eval-batch", WARNING, "grpo.num_generations_eval=6"),
    # Prompts
    case("enough-prompts", ERROR, "grpo.per_device_train_batch_size=2048"),
    case("enough-prompts", ERROR, "task.n=3", fixes=2),
    case(
        "enough-prompts",
        ERROR,
        "task.n=50",
        "grpo.num_generations=32",
        "grpo.per_device_train_batch_size=512",
        "grpo.gradient_accumulation_steps=4",
        fixes=2,
    ),
    case("dropped-prompts", INFO, "grpo.per_device_train_batch_size=256"),
    case("dropped-prompts", WARNING, "task.n=127", "grpo.per_device_train_batch_size=1024"),
    case("duplicate-prompts", WARNING, "task={name='binary', n=100, allow_duplicates=true}"),
    case("answer-length", ERROR, "grpo.max_completion_length=1", "task.operands=[900000, 999999]"),
    case("answer-length", WARNING, "grpo.max_completion_length=3"),
    case("context-length", ERROR, "grpo.max_completion_length=40000", model=replace(QWEN, vocabulary=100)),
    # Length of the run
    case("two-lengths", WARNING, "grpo.max_steps=8"),
    case("long-warmup", WARNING, "grpo.warmup_steps=1000"),
    case("long-warmup", WARNING, "grpo.warmup_steps=400"),
    # Values
    case("low-temperature", WARNING, "grpo.temperature=0.1"),
    case("high-temperature", WARNING, "grpo.temperature=1.5"),
    case("beta-zero", WARNING, "grpo.beta=0"),
    case("beta-cliff", WARNING, *STORIES, "grpo.beta=0.05"),
    case("low-learning-rate", WARNING, "grpo.learning_rate=5e-7"),
    case("high-learning-rate", WARNING, "grpo.learning_rate=1e-3"),
    case("loss-type", ERROR, "grpo.loss_type=dr_gpro"),
    case("batch-wide-zero-std", WARNING, "grpo.scale_rewards=batch"),
    case("batch-wide-zero-std", WARNING, "grpo.multi_objective_aggregation=normalize_then_sum"),
    # Rewards
    case("easy-maximum", WARNING, *STORIES, "rewards=[{name='happy_binary'}]", "grpo.beta=0"),
    case("answers-punished", ERROR, "rewards=[{name='exact', weight=-1}]"),
    case("constant-reward", ERROR, "rewards=[{name='exact', weight=0}]"),
    # Machine
    case("no-save-limit", WARNING, UNLIMITED),
    case("disk", ERROR, UNLIMITED, disk_free=40 * GB),
    case("disk", ERROR, disk_free=10 * GB),
    case("disk", WARNING, disk_free=20 * GB),
    case("disk", ERROR, disk_free=2 * GB),
    case("memory", WARNING, "grpo.max_completion_length=2000"),
    case("memory", ERROR, device=replace(GPU, total=8 * GB, free=8 * GB)),
    case("memory", ERROR, peaks=(Peak("old-run", 90 * GB, 2048),)),
    case("large-on-cpu", WARNING, device=CPU),
    case("model", ERROR, model=ModelFacts(error="no model folder /nowhere")),
    case("model-download", ERROR, model=ModelFacts(absent=True, offline=True)),
]


def the(rule: str, findings: list[Finding]) -> Finding:
    (one,) = [finding for finding in findings if finding.rule == rule]
    return one


@pytest.mark.parametrize("broken", CASES)
def test_the_rule_fires_and_its_fixes_mend(broken: Case) -> None:
    asked = preset(*broken.overrides)
    before = found(asked, **broken.known)
    finding = the(broken.rule, before)
    assert finding.level is broken.level
    assert finding.fields
    assert len(finding.fixes) >= broken.fixes
    errors = {one.rule for one in before if one.level is ERROR}
    for fix in finding.fixes:
        mended = apply_overrides(asked, overrides(fix))
        known = dict(broken.known)
        for name in ("model", "peaks") if "model" in fix else ():
            known.pop(name, None)
        after = found(mended, **known)
        assert (broken.rule, broken.level) not in {(one.rule, one.level) for one in after}, fix
        assert {one.rule for one in after if one.level is ERROR} <= errors - {broken.rule}, fix
        assert list(problems(mended)) == [] or errors - {broken.rule}, fix


def test_the_baseline_is_found_in_order() -> None:
    assert found(preset()) == []


@pytest.mark.parametrize("form", ["repetition", "length", "answer_format"])
def test_form_beside_right_answers_is_neither_a_cliff_nor_easy(form: str) -> None:
    assert found(preset(f"rewards=[{{name='exact'}}, {{name='{form}', weight=0.2}}]")) == []


@pytest.mark.parametrize("override", ["grpo.beta=-0.1", "grpo.min_p=3", "grpo.epsilon=0"])
def test_values_that_undo_the_training_are_refused(override: str) -> None:
    (finding,) = found(preset(override))
    assert finding.fields == (override.partition("=")[0],)


def gave(**values: float | None) -> tuple[Probe, ...]:
    return tuple(Probe("exact", kind.replace("_", " "), "23", value) for kind, value in values.items())


@pytest.mark.parametrize(
    ("rule", "level", "known"),
    [
        ("gold-below-maximum", ERROR, {"probes": gave(gold=-1.0, wrong=-1.0, empty=0.0)}),
        ("wrong-is-right", ERROR, {"probes": gave(gold=1.0, wrong=1.0, empty=-1.0)}),
        ("constant-reward", ERROR, {"probes": gave(gold=-1.0, wrong=-1.0, empty=-1.0)}),
        ("constant-reward", ERROR, {"probes": gave(gold=None, wrong=float("nan"))}),
        ("reward-raises", ERROR, {"probes": (Probe("exact", "empty", "", error="IndexError: no word"),)}),
        ("easy-maximum", INFO, {"probes": gave(gold=1.0, wrong=-1.0, the_prompt=1.0)}),
        ("duplicate-prompts", WARNING, {"data": DataFacts(rows=100, distinct=16)}),
        ("data", ERROR, {"data": DataFacts(0, 0, error="task.n: too many")}),
        ("model-download", INFO, {"model": ModelFacts(parameters=500_000_000, absent=True)}),
    ],
)
def test_what_no_value_mends(rule: str, level: Severity, known: dict[str, Any]) -> None:
    finding = the(rule, found(preset(), **known))
    assert finding.level is level
    assert finding.message


def test_what_validation_refuses_comes_alone_and_by_its_field() -> None:
    findings = found(preset("grpo.beta=abc", "grpo.temperature=0.1", "grpo.num_generations=1"))
    assert [(finding.rule, finding.fields) for finding in findings] == [("preset", ("grpo.beta",))]


@pytest.mark.parametrize(
    "override",
    [
        "grpo.num_generations=12",
        "grpo.num_generations=1",
        "grpo.generation_batch_size=96",
        "task.n=3",
        "grpo.loss_type=x",
    ],
)
def test_what_validation_names_is_told_by_a_rule(override: str) -> None:
    asked = preset(override)
    names = {problem.rule for problem in problems(asked)}
    assert names
    assert names <= {finding.rule for finding in found(asked)}


def test_fixes_never_touch_the_generations_that_were_asked_for() -> None:
    for rule in ("full-groups", "global-batch", "enough-prompts"):
        for one in (param.values[0] for param in CASES):
            assert isinstance(one, Case)
            if one.rule == rule:
                fixes = the(rule, found(preset(*one.overrides), **one.known)).fixes
                assert not any("grpo.num_generations" in fix for fix in fixes)


def test_the_predicted_share_of_silent_groups() -> None:
    assert silent(0.1, 4) == pytest.approx(0.1**4 + 0.9**4)
    message = the("few-generations", found(preset("grpo.num_generations=4"), pass_rate=0.5)).message
    assert "at a pass rate of 50% (measured before training), 12% of groups" in message
    assert "with 16, 0%" in message


def test_an_earlier_peak_goes_before_the_estimate() -> None:
    long = preset("grpo.max_completion_length=2000")
    assert found(long, peaks=(Peak("old-run", 30 * GB, 64 * 2000),)) == []
    assert "old-run" in the("memory", found(preset(), peaks=(Peak("old-run", 90 * GB, 10),))).why


def test_half_precision_takes_half_of_it() -> None:
    small = replace(GPU, total=8 * GB, free=8 * GB)
    half = preset("grpo.model_init_kwargs={dtype='bfloat16'}")
    assert the("memory", found(preset(), device=small)).level is ERROR
    assert the("memory", found(half, device=replace(small, free=5 * GB))).level is WARNING
    assert found(half, device=small) == []
    assert found(half, disk_free=12 * GB) == []
    assert the("disk", found(preset(), disk_free=12 * GB)).level is ERROR


def test_a_contract_that_can_never_be_told_is_doubted() -> None:
    asked = preset(
        "contract.primary=mean(reward, last=5000) > 0.8",
        "contract.secondary=eval_accuracy > 0.5",
        "contract.tertiary=mean(kl, last=50) < 1",
    )
    said = {f.fields[0]: f.message for f in found(asked) if f.rule == "contract"}
    assert set(said) == {"contract.primary", "contract.secondary"}
    assert "primary: mean(reward, last=5000) needs 5000 values, and the run" in said["contract.primary"]
    assert "set eval.every" in said["contract.secondary"]
