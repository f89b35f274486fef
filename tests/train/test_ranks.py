"""Two processes that train together, as torchrun starts them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grpotui.stream import Tail, read_json, write_json
from grpotui.workspace import RunDir
from tests.train.conftest import ROOT, Scenes, environment
from tests.train.scenes import asked

pytestmark = pytest.mark.xdist_group("train")


def test_the_groups_of_all_ranks_are_written_once_by_the_first(scenes: Scenes, tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    settings = {"ddp_backend": "gloo", "num_generations": 16, "max_steps": 2}
    plan = asked(str(scenes.root / "model"), **settings)
    plan["config"] |= {"eval": {"every": 2, "n": 5, "n_train": 0, "watch": 1}}
    plan["config"]["task"]["held_out"] = 8
    write_json(run.run_json, plan)
    launcher = ["torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [sys.executable, "-m", *launcher, "-m", "grpotui.train", str(run.path)],
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
