"""Seeds of a sweep that are no row: planned with the checks that all seeds have, then queued."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.launch.sweeps import control, start
from grpotui.launch.sweeps.plan import SweepRequest, plan
from grpotui.presets import PresetError, load
from grpotui.registry import sync
from tests.launch.lab import Lab

BETAS = ("grpo.beta=0,0.02",)


def asked(lab: Lab, grid: tuple[str, ...] = BETAS, **more: Any) -> SweepRequest:
    return SweepRequest(load("fake", lab.workspace), grid, device="cpu", tags=("steps=2",), **more)


def test_every_point_runs_with_the_seeds_that_were_listed(lab: Lab) -> None:
    made = start.launch_sweep(lab.workspace, asked(lab, seed_values=(9, 1, 5), seeds=2, seed=3))
    with lab.registry() as registry:
        sync(registry.connection, lab.workspace)
        sweep, members = registry.sweep(made), registry.members(made)
    assert (sweep.seeds, sweep.seed) == ((9, 1, 5), 9)
    assert sorted((run.point, run.seed) for run in members) == [(n, s) for n in (1, 2) for s in (1, 5, 9)]
    control.stop_sweep(lab.workspace, sweep)
    control.wait_for(lab.workspace, sweep, (), lambda _: None)


@pytest.mark.parametrize(
    ("seeds", "grid", "why"),
    [
        ((1, -1), BETAS, "seed -1: expected at least 0"),
        ((1, 2**32), BETAS, "seed 4294967296: expected at most"),
        ((4, 5, 4), BETAS, "seed 4 is given twice"),
        (tuple(range(101)), BETAS, "sweep.seeds: expected at most 100"),
        (tuple(range(3)), ("grpo.beta=0..1 x1000",), "1000 points x 3 seeds are 3000 runs"),
        ((1,), (), "fake has no grid"),
    ],
)
def test_listed_seeds_have_the_limits_of_all_seeds(
    lab: Lab, seeds: tuple[int, ...], grid: tuple[str, ...], why: str
) -> None:
    with pytest.raises(PresetError, match=why):
        plan(lab.workspace, asked(lab, grid, seed_values=seeds))


def test_model_and_rollouts_stand_in_the_line_as_changes(lab: Lab) -> None:
    probe = plan(lab.workspace, asked(lab, probe=True, model="tiny", rollouts=32, overrides=("grpo.beta=1",)))
    assert probe.sweep.overrides == ("grpo.beta=1", "model=tiny", "rollouts.n=32")
    assert probe.base.data["rollouts"] == {"n": 32}
    assert plan(lab.workspace, asked(lab)).sweep.overrides == ()
