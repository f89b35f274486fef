"""The command that asks for a sweep again: asked, it plans the very same sweep; else there is none."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Any

import pytest

from grpotui.analysis.report.build import build
from grpotui.analysis.report.commands import confirm_commands, sweep_command
from grpotui.analysis.report.selecting import choose
from grpotui.analysis.report.statement import Source
from grpotui.launch.sweeps.plan import SweepRequest, plan
from grpotui.presets import load
from grpotui.records import RunKind
from grpotui.records.sweeps import Place, Repeats, Role, Sweep
from grpotui.registry.sweeps import write_sweep
from grpotui.workspace import Workspace
from tests.analysis.studies import registry, study
from tests.support import Cli
from tests.tui.runs_factory import PRESET

BETAS, HEAT = "grpo.beta=0,0.02,0.5", "grpo.temperature=0.7,1.0"


@pytest.fixture
def arith(workspace: Workspace) -> Workspace:
    """A workspace with a preset whose model is not there."""
    (workspace.presets / "arith.toml").write_text(PRESET.replace('"tiny"', '"no/such-model"'))
    return workspace


def planned(workspace: Workspace, *grid: str, **more: Any) -> Sweep:
    given = {"model": "tiny", "device": "cpu", **more}
    return plan(workspace, SweepRequest(load("arith", workspace), grid=grid, **given)).sweep


@pytest.mark.parametrize(
    ("grid", "more"),
    [
        ((BETAS, HEAT), {"seeds": 3, "seed": 5}),
        ((BETAS, HEAT), {"seed_values": (7, 8, 9)}),
        (("""grpo.run_name='"q"',"","1e-3",x y""",), {"overrides": ("grpo.max_steps=4",)}),
        (("grpo.learning_rate=1e-6..1e-4 x9 log", HEAT), {"random": 7, "seed": 3}),
        ((BETAS, HEAT), {"probe": True, "rollouts": 64, "random": 4, "seed": 11}),
    ],
)
def test_the_command_plans_the_very_same_sweep(
    arith: Workspace, cli: Cli, grid: tuple[str, ...], more: dict[str, Any]
) -> None:
    sweep = planned(arith, *grid, **more)
    words = shlex.split(sweep_command(arith, sweep))
    assert words[:3] == ["grpotui", "probe" if more.get("probe") else "sweep", "arith"]
    again = cli(*words[1:], "--dry-run", "--json", "--device", "cpu")
    assert again.code == 0, again.err
    told = {key: value for key, value in sweep.to_json().items() if key not in ("asked", "sweep")}
    assert {**again.json, "created_at": 0} == {**told, "created_at": 0}
    assert "model=tiny" in sweep.overrides
    assert ("rollouts.n=64" in sweep.overrides) is ("rollouts" in more)


def test_there_is_none_where_none_would_be_the_same(arith: Workspace) -> None:
    whole, drawn = planned(arith, BETAS, HEAT), planned(arith, BETAS, HEAT, random=3, seed=2)
    probe = planned(arith, BETAS, probe=True, seed=2)
    assert all(sweep_command(arith, sweep) for sweep in (whole, drawn, probe))
    assert sweep_command(arith, replace(whole, seeds=(1, 5, 9))) == ""
    assert sweep_command(arith, replace(whole, seeds=(3, 2, 1))) == ""
    assert sweep_command(arith, replace(whole, points=whole.points[::-1])) == ""
    assert sweep_command(arith, replace(drawn, seeds=(40,))) == ""
    assert sweep_command(arith, replace(probe, seeds=(40,))) == ""
    assert sweep_command(arith, replace(whole, axes={**whole.axes, "grpo.run_name": ("a, b",)})) == ""
    assert sweep_command(arith, replace(whole, overrides=("grpo.run_name=" + "x" * 3000,))) == ""
    (arith.presets / "arith.toml").unlink()
    assert sweep_command(arith, whole) == ""


def test_a_preset_that_is_a_file_is_named_by_its_path(arith: Workspace) -> None:
    file = arith.root / "own.toml"
    file.write_text((arith.presets / "arith.toml").read_text())
    request = SweepRequest(load(str(file), arith), grid=(BETAS,), model="tiny", device="cpu")
    words = shlex.split(sweep_command(arith, plan(arith, request).sweep))
    assert words[2] == str(file)


def test_repeats_are_asked_for_by_sweep_point_and_count(workspace: Workspace) -> None:
    points = ({"grpo.beta": 0.0}, {"grpo.beta": 0.1})
    repeats = (Repeats((1, 2), (43, 44)), Repeats((2,), (45,)))
    sweep = Sweep(
        "kl-abcd", "study", RunKind.TRAIN, axes={"grpo.beta": (0.0, 0.1)}, points=points, seeds=(42,),
        seed=42, repeats=repeats,
    )  # fmt: skip
    write_sweep(workspace, sweep)
    wanted = [(1, 42, Role.POINT), (2, 42, Role.POINT)]
    wanted += [(point, seed, Role.CONFIRM) for seed in (43, 44) for point in (1, 2)]
    wanted.append((2, 45, Role.CONFIRM))
    for point, seed, role in wanted:
        place = Place("kl-abcd", point, points[point - 1], role).to_json()
        study(workspace, f"p{point}-{seed}", {"beta": point / 10 - 0.1, "seed": seed}, sweep=place)
    reader = registry(workspace)
    found = build(reader, choose(reader, sweep="kl-abcd"))
    (lines,) = [list(part.statements) for part in found.sections if part.title == "To run them again"]
    assert [one.text for one in lines] == [
        "grpotui sweep study --grid grpo.beta=0.0,0.1 --seeds 1 --seed 42",
        "grpotui confirm kl-abcd --point 1 --point 2 --repeat 2",
        "grpotui confirm kl-abcd --point 2 --repeat 1",
    ]
    assert lines[2].sources == (Source("p2-45"),)
    assert {source.run for source in lines[1].sources} == {"p1-43", "p1-44", "p2-43", "p2-44"}
    assert [line for line, _ in confirm_commands(replace(sweep, repeats=()))] == []
