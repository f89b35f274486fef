"""The weights from before a trouble outlive the trainer's rotation, whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from grpotui.launch import links
from grpotui.launch.runner.keeping import keep_weights
from grpotui.workspace import RunDir
from tests.launch.lab import Lab
from tests.writing import RunWriter

WARNING = {"to": "warning", "step": 40, "since": 35}


@pytest.fixture
def run(lab: Lab) -> RunDir:
    """A run with checkpoints of steps 20, 30 and 40, each of two files a model needs."""
    writer = RunWriter(lab.workspace.run("kept-ab2c"))
    writer.attempt(1)
    for step in (20, 30, 40):
        writer.checkpoint(step)
    run = writer.close()
    for folder in run.whole_checkpoints().values():
        (folder / "config.json").write_text("{}")
        (folder / "model.safetensors").write_text(folder.name)
    return run


def test_the_last_from_before_the_onset_outlives_its_checkpoint(run: RunDir) -> None:
    keep_weights(run, WARNING)
    shutil.rmtree(run.checkpoints)
    assert list(run.kept_weights()) == [30]
    assert (run.kept_weights()[30] / "model.safetensors").read_text() == "checkpoint-30"


def test_a_worse_verdict_keeps_those_of_the_first(run: RunDir) -> None:
    keep_weights(run, WARNING)
    keep_weights(run, {"to": "collapsed", "step": 45, "since": 41})
    assert list(run.kept_weights()) == [30]


def test_they_are_let_go_when_all_is_well(run: RunDir) -> None:
    keep_weights(run, WARNING)
    keep_weights(run, {"to": "recovered", "step": 60})
    assert not run.kept.exists()


def test_before_the_first_checkpoint_there_is_nothing_to_keep(run: RunDir) -> None:
    keep_weights(run, {"to": "warning", "step": 12, "since": 10})
    assert run.kept_weights() == {}


def test_half_a_model_is_not_kept(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trainer deletes the checkpoint while it is linked."""

    def gone(file: Path, place: Path) -> None:
        if file.name == "model.safetensors":
            raise FileNotFoundError(file)
        os.link(file, place)

    with monkeypatch.context() as patch:
        patch.setattr(links, "_link", gone)
        keep_weights(run, WARNING)
        assert run.kept_weights() == {}
    keep_weights(run, WARNING)
    assert list(run.kept_weights()) == [30]
