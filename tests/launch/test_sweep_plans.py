"""Plans of sweeps and probes: what is asked for, in which order, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grpotui.errors import UserError
from grpotui.launch.sweeps import control, start
from grpotui.launch.sweeps.pairs import Pair, missing, run_name, wanted
from grpotui.launch.sweeps.plan import plan
from grpotui.launch.sweeps.preflight import RefusedError
from grpotui.presets import PresetError, load
from grpotui.records import RunKind
from grpotui.records.sweeps import Repeats, Role, Sweep
from grpotui.stream import read_json
from tests.launch.lab import Lab
from tests.launch.sweeping import asked, ended, found, launched, members, over, planned


def test_what_the_line_says_is_what_was_asked(lab: Lab) -> None:
    text = (lab.workspace.presets / "fake.toml").read_text()
    text += """
[sweep]
grid."grpo.beta" = [0, 0.02, 0.1]
baseline = { "grpo.beta" = 0.02 }
metric = "mean(reward, last=2)"
max_parallel = 1
stop = ["collapsed"]
[confirm]
top = 1
[contract]
hypothesis = "KL helps"
primary = "best - baseline >= 0.05"
secondary = "reward > 0"
[promote]
into = "fake"
"""
    (lab.workspace.presets / "grid.toml").write_text(text)
    sweep = launched(lab, preset="grid", overrides=("grpo.max_steps=3", "health.on_no_signal=stop"), seed=5)
    assert (sweep.preset, sweep.kind, sweep.seeds, sweep.seed) == ("grid", RunKind.TRAIN, (5,), 5)
    assert (sweep.axes, sweep.baseline) == ({"grpo.beta": (0, 0.02, 0.1)}, {"grpo.beta": 0.02})
    assert (sweep.metric, sweep.max_parallel) == ("mean(reward, last=2)", 1)
    assert sweep.contract == {"hypothesis": "KL helps", "primary": "best - baseline >= 0.05"}
    assert (sweep.confirm, sweep.promote) == ({"top": 1}, {"into": "fake"})
    assert sweep.overrides == ("grpo.max_steps=3", "health.on_no_signal=stop")
    run = members(lab, sweep)[1]
    asked_for = read_json(lab.workspace.run(run.id).run_json) or {}
    assert asked_for["overrides"] == [
        "grpo.max_steps=3",
        "health.on_no_signal=stop",
        "grpo.beta=0.02",
        "grpo.seed=5",
    ]
    config = asked_for["config"]
    assert config["contract"]["primary"] == "" and config["contract"]["secondary"] == "reward > 0"
    assert (config["health"]["on_collapsed"], config["health"]["on_no_signal"]) == (
        "checkpoint-and-stop",
        "stop",
    )
    assert config["grpo"]["max_steps"] == 3
    ended(lab, sweep)


def test_an_error_at_any_point_refuses_the_whole(lab: Lab) -> None:
    with pytest.raises(RefusedError, match="2 of 3 points cannot be") as refused:
        launched(lab, "grpo.num_generations=4,3,5")
    assert [line.split(":")[0] for line in refused.value.lines] == [
        "point 2 (num_generations=3)",
        "point 3 (num_generations=5)",
    ]
    with pytest.raises(RefusedError, match="nothing was launched: full-groups"):
        launched(lab, "grpo.num_generations=3")
    with pytest.raises(
        RefusedError, match=r"nothing was launched: grpo\.top_p: expected at most 1"
    ) as refused:
        launched(lab, "grpo.beta=0,1", overrides=("grpo.top_p=9",))
    assert refused.value.lines == ()
    for table in ("grpo", "health", "task", "rollouts"):
        with pytest.raises(UserError, match=table):
            launched(lab, "grpo.beta=0,1", overrides=(f"{table}=3",))
        with pytest.raises(UserError, match=table):
            launched(lab, "grpo.beta=0,1", overrides=(f"{table}=3",), rollouts=8, probe=True)
    assert not lab.workspace.log.exists() and list(lab.workspace.runs()) == []


def test_what_the_preflight_finds_is_told_once_with_its_points(lab: Lab) -> None:
    told: list[tuple[str, str]] = []
    request = asked(lab, "grpo.num_generations=2,4,16", "grpo.beta=0,0.1")
    start.check(
        lab.workspace, plan(lab.workspace, request), False, lambda f, where: told.append((f.rule, where))
    )
    where = dict(told)
    assert where["few-generations"] and len(told) == len(set(told))
    assert any(not place for place in where.values()) or where["few-generations"].startswith("point")


def test_values_that_are_hard_to_write_arrive_as_they_are(lab: Lab) -> None:
    values = ["", "a, b", '"quoted"', "x\ny", "1e-3", "true", "[red]\x1b[31m", "'"]
    data = {"sweep": {"grid": {"grpo.run_name": values, "grpo.learning_rate": [1e-06]}}}
    preset = load("fake", lab.workspace)
    request = replace(asked(lab), preset=replace(preset, data={**preset.data, **data}))
    sweep = found(lab, start.launch_sweep(lab.workspace, request))
    told = {run.point: read_json(lab.workspace.run(run.id).run_json) or {} for run in members(lab, sweep)}
    assert [told[n]["config"]["grpo"]["run_name"] for n in range(1, len(values) + 1)] == values
    assert {asked_for["config"]["grpo"]["learning_rate"] for asked_for in told.values()} == {1e-06}
    control.stop_sweep(lab.workspace, sweep)
    ended(lab, sweep)


@pytest.mark.parametrize(
    ("grid", "more", "why"),
    [
        ((), {}, "fake has no grid: say --grid FIELD=A,B"),
        (("grpo.beta=0,1",), {"seeds": 2000}, "sweep.seeds: expected at most 100"),
        (("grpo.beta=0..1 x1000",), {"seeds": 3}, "1000 points x 3 seeds are 3000 runs"),
        (("grpo.beta=0,1",), {"seed": -1}, "seed -1: expected at least 0"),
        (("grpo.beta=0,1",), {"seed": 2**32 - 1, "seeds": 2}, "seed 4294967296: expected at most"),
        (("grpo.beta=0,1",), {"max_parallel": -1}, "sweep.max_parallel: expected at least 0"),
        (("grpo.beta=0,1",), {"overrides": ("sweep=3",)}, "sweep: expected a table"),
        (("grpo.beta=0,1",), {"overrides": ("grpo.seed=x",)}, "grpo.seed: expected a whole number"),
        (("grpo.beta=0,1",), {"overrides": ("confirm=3",)}, "confirm: expected a table"),
        (("grpo.beta=0,1",), {"overrides": ("kind=dance",)}, 'kind: text "dance" is no kind of run'),
    ],
)
def test_what_is_no_sweep_is_said(lab: Lab, grid: tuple[str, ...], more: dict[str, Any], why: str) -> None:
    with pytest.raises(PresetError, match=why):
        planned(lab, *grid, **more)


def test_seeds_alone_are_a_sweep(lab: Lab) -> None:
    sweep = planned(lab, seeds=3).sweep
    assert (sweep.points, sweep.seeds) == (({},), (42, 43, 44))
    assert run_name(sweep, Pair(1, 43)) == "seed=43"


def test_a_random_part_is_written_down_with_its_seed(lab: Lab) -> None:
    first, again, other = (
        planned(lab, "grpo.beta=0..1 x50", random=5, seed=seed).sweep for seed in (1, 1, 2)
    )
    assert first.points == again.points != other.points
    assert (len(first.points), first.seed) == (5, 1)


def test_a_grid_of_the_command_line_replaces_the_preset_s(lab: Lab) -> None:
    preset = load("fake", lab.workspace)
    table = {"grid": {"grpo.beta": [0, 1]}, "random": 1, "baseline": {"grpo.beta": 1}, "seeds": 2}
    contract = {"primary": "best > baseline", "secondary": "best > 0"}
    own = replace(preset, data={**preset.data, "sweep": table, "contract": contract})
    found = plan(lab.workspace, replace(asked(lab, "grpo.top_p=0.5,1.0"), preset=own))
    assert (dict(found.sweep.axes), found.sweep.baseline) == ({"grpo.top_p": (0.5, 1.0)}, {})
    assert (len(found.sweep.points), found.sweep.seeds) == (2, (42, 43))
    assert found.sweep.contract == {"secondary": "best > 0"}
    assert found.notes[0].startswith("the preset's baseline is no point of this grid")
    kept = plan(lab.workspace, replace(asked(lab, "grpo.beta=1,2"), preset=own))
    assert (kept.sweep.baseline, kept.notes) == ({"grpo.beta": 1}, ())


def test_any_preset_can_be_probed(lab: Lab) -> None:
    preset = load("fake", lab.workspace)
    more = {
        "sweep": {"grid": {"grpo.learning_rate": [1e-6, 1e-5]}, "baseline": {"grpo.learning_rate": 1e-6}},
        "contract": {"primary": "best > baseline", "secondary": "reward > 0"},
        "eval": {"every": 5},
        "notify": {"command": ["true"]},
    }
    own = replace(preset, data={**preset.data, **more})
    request = replace(asked(lab), preset=own, probe=True, rollouts=32)
    one = plan(lab.workspace, request)
    assert (one.sweep.kind, one.sweep.points) == (RunKind.ROLLOUTS, ({},))
    assert one.base.data["rollouts"] == {"n": 32} and one.base.data["kind"] == "rollouts"
    assert not {"eval", "notify", "curriculum"} & set(one.base.data)
    assert one.base.data["contract"] == {}
    grid = plan(lab.workspace, replace(request, grid=("grpo.top_p=0.5,1.0",)))
    assert len(grid.sweep.points) == 2 and "on_collapsed" not in grid.base.data["health"]


def test_a_probe_s_own_grid_is_its_grid(lab: Lab) -> None:
    preset = load("fake", lab.workspace)
    own = replace(
        preset, data={**preset.data, "kind": "rollouts", "sweep": {"grid": {"grpo.top_p": [0.5, 1.0]}}}
    )
    for probe in (True, False):
        found = plan(lab.workspace, replace(asked(lab), preset=own, probe=probe))
        assert (found.sweep.kind, len(found.sweep.points)) == (RunKind.ROLLOUTS, 2)


def test_points_of_a_probe_come_in_an_order_of_their_own_with_each_seed() -> None:
    points = tuple({"grpo.top_p": n / 20} for n in range(1, 13))
    probe = Sweep("s", kind=RunKind.ROLLOUTS, points=points, seeds=(1, 2), seed=7)
    numbers = [pair.number for pair in wanted(probe)]
    assert sorted(numbers[:12]) == sorted(numbers[12:]) == list(range(1, 13))
    assert numbers[:12] != numbers[12:] and numbers[:12] != sorted(numbers[:12])
    assert [pair.number for pair in wanted(probe)] == numbers
    training = replace(probe, kind=RunKind.TRAIN)
    assert [pair.number for pair in wanted(training)] == [*range(1, 13), *range(1, 13)]


def test_repeats_of_points_that_are_not_there_ask_for_nothing() -> None:
    sweep = Sweep("s", points=({"a": 1}, {"a": 2}), seeds=(1,), repeats=(Repeats((2, 7, 0), (5, 6)),))
    assert list(wanted(sweep))[2:] == [Pair(2, 5, Role.CONFIRM), Pair(2, 6, Role.CONFIRM)]
    assert len(missing(sweep, [])) == 4


def test_prompts_of_their_own_for_every_run_when_asked(lab: Lab) -> None:
    sweep = launched(lab, "grpo.beta=0,1", seeds=2, overrides=("sweep.same_prompts=false", "task.seed=3"))
    seeds = []
    for run in members(lab, sweep):
        asked_for = read_json(lab.workspace.run(run.id).run_json) or {}
        seeds.append(asked_for["config"]["task"]["seed"])
    assert len(set(seeds)) == 4 and min(seeds) >= 3
    over(lab, sweep)
