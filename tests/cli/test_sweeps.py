"""sweep, probe, confirm, promote: real subprocesses, with a trainer that has no torch."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator

import pytest

from grpotui.launch.sweeps.control import stop_sweep
from grpotui.registry.promotions import promotions
from grpotui.workspace import Workspace
from tests.launch.lab import Lab, opened
from tests.support import Cli

GRID = ("--grid", "grpo.beta=0.05,0.02", "--device", "cpu", "--tag", "steps=12")


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    yield from opened(workspace, monkeypatch)


def cancel(lab: Lab, sweep: str) -> None:
    with lab.registry() as registry:
        stop_sweep(lab.workspace, registry.sweep(sweep))


def test_from_a_grid_to_a_preset(cli: Cli, lab: Lab) -> None:
    begun = cli("sweep", "fake", *GRID, "--seeds", "2", "--name", "kl", "--wait", "--json")
    assert begun.code == 0, begun.err
    sweep = begun.json["id"]
    assert sweep.startswith("kl-") and len(begun.json["runs"]) == 4
    lines = begun.err.splitlines()
    assert lines[-1] == f"{sweep}  4/4 ended: 4 finished"
    assert f"{sweep}: 2 points x 2 seeds = 4 runs" in lines and len(lines) == len(set(lines))

    shown = cli("sweep", "show", sweep, "--json").json
    assert (shown["id"], shown["seeds"], shown["axes"]) == (sweep, [42, 43], {"grpo.beta": [0.05, 0.02]})
    assert shown["runs"]["done"] == 4 and not shown["confirmed"]
    assert {run["id"] for point in shown["points"] for run in point["runs"]} == set(begun.json["runs"])
    assert [run["sweep"]["id"] for run in cli("ls", "--json").json] == [sweep] * 4

    asked = cli("promote", sweep)
    assert (
        asked.code == 2
        and asked.err.splitlines()[-1] == "grpotui: nothing was written: say --yes (it is unconfirmed)"
    )
    assert any(line.startswith("unconfirmed: ") for line in asked.err.splitlines())

    confirmed = cli("confirm", sweep, "--top", "1", "--repeat", "2", "--wait")
    assert confirmed.code == 0, confirmed.err
    best = cli("sweep", "show", "@last", "--json").json
    assert best["confirmed"] and best["repeats"]["done"] == 2
    (winner,) = [point for point in best["points"] if point["best"]]
    assert {run["seed"] for run in winner["runs"] if run["role"] == "confirm"} == {44, 45}

    value = winner["values"]["grpo.beta"]
    other = cli("promote", sweep, "--as", "better", "--dry-run", "--json").json
    assert (other["preset"], other["written"], other["confirmed"]) == ("better", False, True)
    assert other["values"] == {"grpo.beta": value} and other["before"] == {}
    assert not (lab.workspace.presets / "better.toml").exists()
    written = cli("promote", sweep, "--yes")
    assert written.code == 0 and f"+beta = {value}" in written.out.splitlines()
    text = (lab.workspace.presets / "fake.toml").read_text()
    assert tomllib.loads(text)["grpo"]["beta"] == value
    assert (
        text.startswith("# Promoted ")
        and sweep in text
        and all((run["id"] in text) is (run["role"] == "confirm") for run in winner["runs"])
    )
    (kept,) = promotions(lab.workspace)
    assert (kept.sweep, kept.point, kept.preset, kept.confirmed) == (sweep, winner["number"], "fake", True)
    assert (kept.value, kept.low, kept.high) == (winner["value"], winner["low"], winner["high"])
    again = cli("promote", sweep, "--yes")
    assert again.code == 0 and again.err.startswith("fake: nothing to write, it has all of sweep kl-")


def test_a_run_is_promoted_by_what_it_changed(cli: Cli, lab: Lab) -> None:
    asked = ("--set", "grpo.beta=0.3", "--seed", "5", "--device", "cpu")
    run_id = cli("launch", "fake", *asked, "--wait").out.strip()
    done = cli("promote", run_id, "--yes", "--json")
    assert done.json["values"] == {"grpo.beta": 0.3} and done.json["sweep"] is None
    assert done.json["notes"] == ["unconfirmed: one run, and none beside it"]
    assert tomllib.loads((lab.workspace.presets / "fake.toml").read_text())["grpo"]["beta"] == 0.3
    assert (
        cli("promote", run_id, "--point", "1").err == f"grpotui: {run_id} is a run: --point is for sweeps\n"
    )


def test_only_what_is_sampled_with_is_promoted_of_a_probe(cli: Cli, lab: Lab) -> None:
    grid = ("--grid", "grpo.top_p=0.5", "--grid", "task.n=200", "--set", "grpo.temperature=0.6")
    begun = cli("probe", "fake", *grid, "--rollouts", "64", "--device", "cpu", "--wait", "--json")
    assert begun.code == 0, begun.err
    run = cli("show", begun.json["runs"][0], "--json").json
    assert (run["kind"], run["config"]["rollouts"]["n"], run["config"]["task"]["n"]) == ("rollouts", 64, 200)
    done = cli("promote", begun.json["runs"][0], "--yes", "--json")
    assert done.json["values"] == {"grpo.top_p": 0.5, "grpo.temperature": 0.6}
    assert "task.n: a probe says nothing of it in training" in done.json["notes"]
    assert "grpo.temperature too, since the probe sampled with it" in done.json["notes"]


def test_nothing_is_launched_to_see_what_would_be(cli: Cli, lab: Lab) -> None:
    said = cli("sweep", "fake", *GRID, "--seeds", "2", "--dry-run")
    assert said.out.splitlines() == [
        f"beta={beta} seed={seed}" for seed in (42, 43) for beta in ("0.05", "0.02")
    ]
    assert said.err.splitlines()[-1] == "2 points x 2 seeds = 4 runs: nothing was launched"
    told = cli("sweep", "start", "fake", *GRID, "--dry-run", "--json").json
    assert told["points"] == [{"grpo.beta": 0.05}, {"grpo.beta": 0.02}]
    assert list(lab.workspace.runs()) == [] and cli("sweep", "ls", "--json").json == []


@pytest.mark.parametrize(
    ("args", "lines"),
    [
        (("sweep", "fake"), ["fake has no grid: say --grid FIELD=A,B"]),
        (("sweep", "nowhere", *GRID), ["no preset 'nowhere'"]),
        (
            ("sweep", "fake", "--grid", "grpo.bta=1"),
            ["sweep.grid.grpo.bta: TRL's GRPOConfig has no such field"],
        ),
        (("sweep", "fake", "--grid", "grpo.seed=1,2"), ["sweep.grid.grpo.seed: seeds are no axis"]),
        (("sweep", "fake", "--grid", "grpo.beta=1\n2"), ["sweep.grid.grpo.beta: expected a number"]),
        (("sweep", "show", "nothing"), ["no sweep 'nothing'"]),
        (("sweep", "stop", "nothing"), ["no sweep 'nothing'"]),
        (("confirm", "nothing"), ["no sweep 'nothing'"]),
        (("promote", "nothing"), ["no sweep 'nothing'"]),
        (("probe", "fake", "--rollouts", "63"), ["nothing was launched: rollouts.n: 63 is no multiple"]),
    ],
)
def test_bad_input_is_one_clear_line(cli: Cli, lab: Lab, args: tuple[str, ...], lines: list[str]) -> None:
    wrong = cli(*args)
    assert (wrong.code, wrong.out) == (2, "")
    assert len(wrong.err.splitlines()) == len(lines)
    for said, line in zip(wrong.err.splitlines(), lines, strict=True):
        assert line in said
    assert list(lab.workspace.runs()) == []


def test_each_point_that_cannot_be_has_its_line(cli: Cli, lab: Lab) -> None:
    wrong = cli("sweep", "fake", "--grid", "grpo.num_generations=4,3,5", "--device", "cpu")
    assert wrong.code == 2 and list(lab.workspace.runs()) == []
    assert [line.partition(": full-groups:")[0] for line in wrong.err.splitlines()] == [
        "point 2 (num_generations=3)",
        "point 3 (num_generations=5)",
        "grpotui: nothing was launched: 2 of 3 points cannot be",
    ]


def test_a_sweep_with_a_run_that_failed_ends_with_1(cli: Cli, lab: Lab) -> None:
    done = cli("sweep", "fake", "--grid", "grpo.beta=0", "--tag", "crash=1", "--device", "cpu", "--wait")
    assert done.code == 1
    assert done.err.splitlines()[-1].endswith("1/1 ended: 1 failed")
    again = cli("sweep", "resume", "@last", "--failed", "--wait")
    assert again.code == 0, again.err


def test_ctrl_c_leaves_the_sweep_alone_and_says_how_it_goes_on(lab: Lab) -> None:
    argv = ["--workspace", str(lab.workspace.root), "sweep", "fake", "--grid", "grpo.beta=0,1", "--wait"]
    process = subprocess.Popen(
        [sys.executable, "-m", "grpotui", *argv, "--tag", "hold=1", "--device", "cpu"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "ended: " in line:
            break
    os.kill(process.pid, signal.SIGINT)
    rest = process.stderr.read()
    assert process.wait(60) == 130
    with lab.registry() as registry:
        sweep = registry.sweep("@last").id
    assert f"{sweep} goes on without you" in rest and f"'grpotui sweep stop {sweep}' stops it" in rest
    assert len(list(lab.workspace.runs())) == 2
    cancel(lab, sweep)


def test_stop_and_resume(cli: Cli, lab: Lab) -> None:
    sweep = cli("sweep", "fake", "--grid", "grpo.beta=0,1", "--tag", "hold=1", "--device", "cpu").out.strip()
    early = cli("confirm", sweep)
    assert early.code == 2 and "0 of 2 runs are done: wait for the others" in early.err
    early = cli("promote", sweep, "--yes")
    assert early.code == 2 and "0 of 2 runs are done" in early.err
    stopped = cli("sweep", "stop", sweep)
    assert stopped.out == f"{sweep}: 2 runs asked to end; 'grpotui sweep resume {sweep}' goes on\n"
    for run in lab.workspace.runs():
        lab.ended(run)
    assert cli("sweep", "stop", sweep).out == f"{sweep}: nothing to stop\n"
    assert cli("sweep", "resume", sweep).err == f"{sweep}: 2 queued\n"
    cancel(lab, sweep)
