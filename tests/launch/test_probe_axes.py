"""Axes that make no difference to a probe are told; the fields are TRL's own."""

from __future__ import annotations

import pytest

from grpotui.launch.sweeps.preflight import preflight
from grpotui.preflight import Finding, Severity
from grpotui.presets.fields import GRPO_FIELDS
from grpotui.presets.unsampled import _TRAINING, only_trains
from tests.launch.lab import Lab
from tests.launch.sweeping import planned

RULE = "axis-without-effect"


def told(lab: Lab, *grid: str, probe: bool) -> list[Finding]:
    found: list[Finding] = []
    preflight(
        lab.workspace, planned(lab, *grid, probe=probe), False, lambda finding, _: found.append(finding)
    )
    return [finding for finding in found if finding.rule == RULE]


def test_an_axis_of_training_is_told_of_a_probe_only(lab: Lab) -> None:
    grid = ("grpo.learning_rate=1e-5,1e-4", "grpo.temperature=0.7,1.0", "task.n=8,16")
    (finding,) = told(lab, *grid, probe=True)
    assert (finding.level, finding.fields) == (Severity.WARNING, ("grpo.learning_rate",))
    assert finding.message == (
        "grpo.learning_rate makes no difference to a probe: points of its 2 values would be the same"
    )
    assert told(lab, *grid, probe=False) == []


@pytest.mark.parametrize(
    "name", ("temperature", "num_generations", "generation_kwargs", "reward_weights", "seed")
)
def test_what_completions_depend_on_is_not_of_training(name: str) -> None:
    assert name in GRPO_FIELDS and not only_trains(f"grpo.{name}")


def test_every_beginning_is_that_of_a_field() -> None:
    unknown = [start for start in _TRAINING if not any(name.startswith(start) for name in GRPO_FIELDS)]
    assert unknown == [] and not only_trains("task.n") and not only_trains("rewards.0.beta")
