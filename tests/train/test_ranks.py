"""Two processes that train together, as accelerate starts them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grpotui.launch.machine.ranks import trainer_argv
from grpotui.presets.sections import LaunchSettings
from grpotui.records import Status
from grpotui.stream import Tail, read_json, write_json
from grpotui.train import entry
from grpotui.train.outcome import Outcome
from grpotui.workspace import RunDir
from tests.train.conftest import ROOT, Scenes, environment
from tests.train.scenes import asked

pytestmark = pytest.mark.xdist_group("train")


def test_the_groups_of_all_ranks_are_written_once_by_the_first(scenes: Scenes, tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    settings = {"num_generations": 16, "max_steps": 2}
    plan = asked(str(scenes.root / "model"), **settings)
    plan["config"] |= {"eval": {"every": 2, "n": 5, "n_train": 0, "watch": 1}}
    plan["config"]["task"]["held_out"] = 8
    plan["config"]["launch"] = {"processes": 2}
    write_json(run.run_json, plan)
    done = subprocess.run(
        trainer_argv(run, 1, LaunchSettings(processes=2)),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert (read_json(run.result_json) or {})["recorder_errors"] == 0
    everything = [line.data for line in Tail(run.completions).read()]
    groups = [group for group in everything if group["mode"] == "train"]
    asked_at = [(g["mode"], g["step"]) for g in everything if g["mode"] != "train"]
    assert asked_at == [*[("eval", 0)] * 5, ("watch", 0), *[("eval", 2)] * 5, ("watch", 2)]
    assert len({g["prompt"] for g in everything if (g["mode"], g["step"]) == ("eval", 0)}) == 5
    assert [(group["step"], group["group"]) for group in groups] == [(1, 0), (2, 0)]
    assert all(len(group["completions"]) == 16 for group in groups)
    assert [line.data["step"] for line in Tail(run.metrics).read()] == [0, 1, 2, 2, 2]
    assert done.stdout.count("step 1/2 ") == 1
    told = read_json(run.attempt_json(1)) or {}
    assert (told["processes"], told["groups_per_step"]) == (2, 1)


def test_ranks_that_were_not_started_are_missed(scenes: Scenes, tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    plan = asked(str(scenes.root / "model"), max_steps=1)
    plan["config"]["launch"] = {"processes": 2}
    write_json(run.run_json, plan)
    silent = [sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2"]
    done = subprocess.run(
        [*silent, "--module", "grpotui.train", str(run.path)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert (read_json(run.result_json) or {})["reason"].startswith(
        "launch.processes is 2, and 1 trains together: 'accelerate launch' did not start the ranks as asked"
    )


def test_the_first_failure_is_the_one_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rank that fails first knows why; the others then lose their connection to it."""
    run = RunDir(tmp_path)
    monkeypatch.setenv("WORLD_SIZE", "2")
    for rank, reason in (("1", "no such word"), ("0", "connection closed by peer")):
        monkeypatch.setenv("RANK", rank)
        entry._finish(run, 1, Outcome(Status.FAILED, 3, reason))
    assert (read_json(run.result_json) or {})["reason"] == "no such word"
    entry._finish(run, 2, Outcome(Status.FINISHED, 4, "done"))
    assert (read_json(run.result_json) or {})["reason"] == "done"
