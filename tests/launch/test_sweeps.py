"""Sweeps from their launch to their end: each run made once, stopped, gone on with, repeated."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from grpotui.errors import UserError
from grpotui.launch import submit
from grpotui.launch.control import delete
from grpotui.launch.queue import PATIENCE, tick
from grpotui.launch.sweeps import control, start
from grpotui.presets import load
from grpotui.records import Status
from grpotui.records.sweeps import Repeats
from grpotui.registry import sync
from grpotui.registry.sweeps import write_sweep
from tests.launch.lab import Lab, until
from tests.launch.sweeping import GRID, ended, found, lacking, launched, members, over, planned


def test_every_point_runs_once_with_every_seed(lab: Lab) -> None:
    sweep = launched(lab, *GRID, seeds=2, name="My sweep")
    assert sweep.id.startswith("my-sweep-")
    runs = ended(lab, sweep)
    assert {run.status for run in runs} == {Status.FINISHED}
    counted = Counter((run.point, run.seed) for run in runs)
    assert counted == Counter({(number, seed): 1 for number in (1, 2, 3, 4) for seed in (42, 43)})
    starts = sorted(runs, key=lambda run: run.started_at or 0)
    assert [run.seed for run in starts] == [42] * 4 + [43] * 4
    assert [run.name for run in starts[:2]] == [
        "beta=0 temperature=0.7 seed=42",
        "beta=0 temperature=1.0 seed=42",
    ]
    with lab.registry() as registry:
        for run in runs:
            config, place = registry.config(run.id), registry.place(run.id)
            assert place is not None and place.sweep == sweep.id and run.point
            point = sweep.points[run.point - 1]
            assert place.point == point
            assert {f"grpo.{name}": config["grpo"][name] for name in ("beta", "temperature")} == point
            assert config["grpo"]["seed"] == run.seed
            assert "sweep" not in config
    assert lacking(lab, sweep) == []


def test_a_collapsed_arm_is_stopped_and_counts_as_well(lab: Lab) -> None:
    sweep = launched(lab, "grpo.beta=0", tags=("steps=400", "collapse=4"), overrides=("health.grace=1",))
    (run,) = ended(lab, sweep)
    assert run.status is Status.STOPPED and run.reason.startswith("policy: collapsed")
    assert control.went_well(lab.workspace, run)


def test_a_sweep_that_was_begun_half_goes_on_and_nothing_is_made_twice(lab: Lab) -> None:
    half = planned(lab, *GRID, seeds=2)
    start.begin(lab.workspace, replace(half, sweep=replace(half.sweep, seeds=half.sweep.seeds[:1])))
    write_sweep(lab.workspace, half.sweep)
    sweep = found(lab, half.sweep.id)
    assert len(lacking(lab, sweep)) == 4
    wrong: list[BaseException] = []

    def go_on() -> None:
        try:
            start.fill(lab.workspace, sweep)
        except BaseException as error:
            wrong.append(error)

    both = [threading.Thread(target=go_on) for _ in range(3)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert wrong == []
    with pytest.raises(UserError, match="nothing was stopped, lost or left out"):
        control.resume_sweep(lab.workspace, sweep)
    runs = over(lab, sweep)
    assert Counter((run.point, run.seed) for run in runs) == Counter(
        {(n, s): 1 for n in range(1, 5) for s in (42, 43)}
    )


LAUNCHER = """
import sys
from pathlib import Path
from grpotui.launch.sweeps.plan import SweepRequest
from grpotui.launch.sweeps.start import launch_sweep
from grpotui.presets import load
from grpotui.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
grid = ("grpo.beta=0..1 x20", "grpo.temperature=0.5..1.0 x4")
launch_sweep(workspace, SweepRequest(load("fake", workspace), grid=grid, device="cpu", tags=("steps=1",)))
"""


def test_a_launcher_that_is_killed_loses_nothing(lab: Lab) -> None:
    launcher = subprocess.Popen([sys.executable, "-c", LAUNCHER, str(lab.workspace.root)])
    until(lambda: len(list(lab.workspace.runs())) > 5, seconds=60)
    os.kill(launcher.pid, signal.SIGKILL)
    launcher.wait()
    sweep = found(lab, "@last")
    there = members(lab, sweep)
    assert 5 < len(there) < len(sweep.points) == 80
    control.resume_sweep(lab.workspace, sweep)
    runs = members(lab, sweep)
    assert Counter(run.point for run in runs) == Counter(dict.fromkeys(range(1, 81), 1))
    assert {run.id for run in there} <= {run.id for run in runs}
    over(lab, sweep)


def test_stopped_and_gone_on_with(lab: Lab) -> None:
    sweep = launched(lab, *GRID, tags=("steps=300", "delay=0.02"))
    first = next(run for run in members(lab, sweep) if run.point == 1)
    lab.until_step(lab.workspace.run(first.id), 1)
    assert len(control.stop_sweep(lab.workspace, sweep)) == 4
    runs = ended(lab, sweep)
    assert {(run.status, run.reason) for run in runs} == {(Status.STOPPED, control.STOPPED)}
    assert not any(control.went_well(lab.workspace, run) for run in runs)
    assert control.stop_sweep(lab.workspace, sweep) == []
    lone = runs[3]
    delete(lab.workspace, lone.id)
    assert len(control.resume_sweep(lab.workspace, sweep)) == 4
    runs = members(lab, sweep)
    assert Counter(run.point for run in runs) == Counter({1: 1, 2: 1, 3: 1, 4: 1})
    assert not any(run.status is Status.STOPPED for run in runs)
    assert lone.id not in [run.id for run in runs]
    over(lab, sweep)


def test_runs_that_failed_go_on_when_asked(lab: Lab) -> None:
    sweep = launched(lab, "grpo.beta=0", tags=("steps=4", "crash=2"))
    (run,) = ended(lab, sweep)
    assert run.status is Status.FAILED and not control.went_well(lab.workspace, run)
    with pytest.raises(UserError, match="--failed tries the 1 that failed again"):
        control.resume_sweep(lab.workspace, sweep)
    assert control.resume_sweep(lab.workspace, sweep, failed=True) == [run.id]
    assert ended(lab, sweep)[0].status is Status.FINISHED


def test_repeats_have_seeds_that_no_run_had(lab: Lab) -> None:
    sweep = launched(lab, "grpo.beta=0,0.02,0.1", seeds=2, seed=7)
    first = control.repeat(lab.workspace, sweep, [3, 1], 2)
    again = control.repeat(lab.workspace, sweep, [3], 1, force=True)
    runs = over(lab, sweep)
    told = [(run.point, run.seed, run.role) for run in runs if run.id in (*first, *again)]
    assert sorted(told) == [
        (1, 9, "confirm"), (1, 10, "confirm"), (3, 9, "confirm"), (3, 10, "confirm"), (3, 11, "confirm"),
    ]  # fmt: skip
    assert found(lab, sweep.id).repeats == (Repeats((3, 1), (9, 10)), Repeats((3,), (11,)))
    with pytest.raises(UserError, match="has no point 4: it has 3"):
        control.repeat(lab.workspace, sweep, [4], 1)


def test_there_is_always_a_fresh_seed(lab: Lab) -> None:
    sweep = launched(lab, "grpo.beta=0", seed=2**32 - 1)
    control.repeat(lab.workspace, sweep, [1], 2)
    assert [run.seed for run in over(lab, sweep)] == [2**32 - 1, 0, 1]


def test_a_sweep_goes_on_as_it_began_whatever_became_of_its_preset(lab: Lab) -> None:
    sweep = launched(lab, "grpo.beta=0,0.1", overrides=("grpo.max_steps=3",))
    preset = lab.workspace.presets / "fake.toml"
    preset.write_text("nonsense")
    (run_id,) = control.repeat(lab.workspace, sweep, [2], 1)
    with lab.registry() as registry:
        sync(registry.connection, lab.workspace)
        grpo = registry.document(run_id, "run")["config"]["grpo"]
    assert (grpo["max_steps"], grpo["beta"], grpo["seed"]) == (3, 0.1, 43)
    over(lab, sweep)


def test_a_sweep_whose_line_is_lost_is_repeated_from_its_runs(lab: Lab) -> None:
    sweep = launched(lab, "grpo.beta=0,0.1", overrides=("grpo.max_steps=3",))
    lab.workspace.log.unlink()
    told = found(lab, sweep.id)
    assert told.points == sweep.points and told.asked == {}
    (run_id,) = control.repeat(lab.workspace, told, [1], 1)
    with lab.registry() as registry:
        sync(registry.connection, lab.workspace)
        config = registry.document(run_id, "run")["config"]
    assert (config["grpo"]["max_steps"], config["grpo"]["beta"], config["grpo"]["seed"]) == (3, 0, 43)
    over(lab, sweep)


def test_code_that_changed_since_would_not_compare(lab: Lab) -> None:
    code = lab.workspace.root / "mine.py"
    code.write_text("def good(completions, **kwargs):\n    return [0.0] * len(completions)\n")
    text = (lab.workspace.presets / "fake.toml").read_text().replace('"exact"', '"mine.py:good"')
    (lab.workspace.presets / "own.toml").write_text(text)
    from grpotui.launch.trust import UntrustedError, trust

    with pytest.raises(UntrustedError) as untrusted:
        launched(lab, "grpo.beta=0,1", preset="own")
    assert list(lab.workspace.runs()) == []
    trust([one.file for one in untrusted.value.files])
    sweep = launched(lab, "grpo.beta=0,1", preset="own")
    over(lab, sweep)
    code.write_text(code.read_text().replace("0.0", "1.0"))
    with pytest.raises(UserError):
        control.repeat(lab.workspace, sweep, [1], 1)
    from grpotui.presets import code_files

    trust(code_files(load("own", lab.workspace).data, lab.workspace.root))
    with pytest.raises(UserError, match="changed since the sweep began: its runs would not compare"):
        control.repeat(lab.workspace, sweep, [1], 1)
    assert len(members(lab, sweep)) == 2 and found(lab, sweep.id).repeats == ()


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"grpo": {"output_dir": "/tmp/x"}}, "grpo.output_dir: grpotui owns it"),
        (
            {"grpo": {"model_init_kwargs": {"trust_remote_code": True}}},
            "runs no code of a model's repository",
        ),
        ({"task": {"name": "../x"}}, "task"),
        ({"rewards": [{"name": "mine.py:good"}]}, "no such file"),
        ({"notify": {"command": ["touch", "x"]}}, "is new here"),
        ({"grpo": 3}, "grpo"),
    ],
)
def test_a_line_of_somebody_else_launches_nothing_that_a_preset_could_not(
    lab: Lab, table: dict[str, Any], why: str
) -> None:
    good = planned(lab, "grpo.beta=0,1").sweep
    data = {**good.asked["data"], **table}
    write_sweep(lab.workspace, replace(good, asked={**good.asked, "data": data, "device": "cpu"}))
    with pytest.raises(UserError, match=why):
        control.resume_sweep(lab.workspace, found(lab, good.id))
    tables: list[dict[str, Any]] = [{"data": data, "folders": 3}, {"data": []}, {}]
    for asked_for in (*tables, {"data": good.asked["data"], "device": "x"}):
        write_sweep(lab.workspace, replace(good, asked=asked_for, points=({"": 1}, {"a": {"b": []}})))
        with pytest.raises(UserError):
            control.resume_sweep(lab.workspace, found(lab, good.id))
    assert list(lab.workspace.runs()) == []


def test_a_full_disk_says_how_to_go_on(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    left = iter(range(3))
    real = submit.enqueue

    def enqueue(*args: Any) -> Any:
        if next(left, None) is None:
            raise OSError(28, "No space left on device")
        return real(*args)

    monkeypatch.setattr("grpotui.launch.sweeps.start.enqueue", enqueue)
    with pytest.raises(UserError, match=r"3 of 4 runs are queued, then: .*'grpotui sweep resume"):
        launched(lab, *GRID)
    monkeypatch.setattr("grpotui.launch.sweeps.start.enqueue", real)
    sweep = found(lab, "@last")
    assert len(control.resume_sweep(lab.workspace, sweep)) == 1
    assert len(over(lab, sweep)) == 4


def test_only_so_many_at_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRPOTUI_FAKE_DEVICES", "3x24")
    sweep = launched(lab, *GRID, device="cuda", max_parallel=2, tags=("hold=1", "steps=1"))
    until(lambda: sum(run.status is Status.RUNNING for run in members(lab, sweep)) == 2)
    assert tick(lab.workspace, PATIENCE) == []
    runs = members(lab, sweep)
    assert sum(run.status.is_live for run in runs) == 2
    for run in runs:
        lab.go(lab.workspace.run(run.id))
    assert {run.status for run in ended(lab, sweep)} == {Status.FINISHED}
