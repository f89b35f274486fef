"""Weights from before a trouble outlive the trainer's rotation."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from grpotui.launch import links, rescue
from grpotui.launch.runner.keeping import keep_weights
from grpotui.workspace import TRAINER_STATE, RunDir, Workspace
from tests.writing import RunWriter

CONFIG = {
    "model": "tiny",
    "task": {"name": "stories"},
    "rewards": [{"name": "happy_binary"}],
    "grpo": {"beta": 0.0},
}


@pytest.fixture
def run(workspace: Workspace) -> RunDir:
    writer = RunWriter(workspace.run("study-ab2c"))
    writer.asked(config=CONFIG)
    writer.verdict(40, "collapsed", "one template", "template")
    writer.close()
    for step in (20, 40):
        checkpoint(workspace.run("study-ab2c"), step)
    return workspace.run("study-ab2c")


def checkpoint(run: RunDir, step: int) -> Path:
    folder = run.checkpoints / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "optimizer.pt", TRAINER_STATE):
        (folder / name).write_text(f"{name} of {step}")
    return folder


def test_a_rescue_still_finds_them_when_the_checkpoint_is_gone(workspace: Workspace, run: RunDir) -> None:
    keep_weights(run, {"to": "collapsed", "step": 40, "since": 30})
    assert list(run.kept_weights()) == [20]
    assert not (run.kept_weights()[20] / "optimizer.pt").exists()
    assert run.kept_weights()[20].joinpath("model.safetensors").stat().st_nlink == 2
    shutil.rmtree(run.checkpoints / "checkpoint-20")
    assert rescue.plan(workspace, run.id).checkpoint == 20
    last = run.last_checkpoint()
    assert last is not None
    assert last.name == "checkpoint-40"


def test_the_first_trouble_counts_until_all_is_well(run: RunDir) -> None:
    keep_weights(run, {"to": "warning", "step": 30, "since": 25})
    checkpoint(run, 28)
    keep_weights(run, {"to": "collapsed", "step": 40, "since": 30})
    assert list(run.kept_weights()) == [20]
    keep_weights(run, {"to": "recovered", "step": 60})
    assert run.kept_weights() == {}
    assert not run.kept.exists()


def test_without_a_checkpoint_before_it_nothing_is_kept(run: RunDir) -> None:
    keep_weights(run, {"to": "collapsed", "step": 15, "since": 10})
    assert not run.kept.exists()


def test_half_a_model_is_not_kept(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trainer deletes the checkpoint while it is linked; the next verdict tries again."""

    def gone(file: Path, place: Path) -> None:
        if file.name == "model.safetensors":
            raise FileNotFoundError(file)
        os.link(file, place)

    with monkeypatch.context() as patch:
        patch.setattr(links, "_link", gone)
        keep_weights(run, {"to": "warning", "step": 40, "since": 30})
        assert run.kept_weights() == {}
    keep_weights(run, {"to": "collapsed", "step": 45, "since": 30})
    assert list(run.kept_weights()) == [20]
