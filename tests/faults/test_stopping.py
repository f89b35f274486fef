"""Trainers that are asked to stop, and those that do not."""

from __future__ import annotations

import os
import signal
import time

import pytest

from grpotui.launch.control import stop
from grpotui.launch.journal import events
from grpotui.launch.machine.identity import marked
from grpotui.launch.machine.locks import is_held
from grpotui.records import Status
from tests.launch.lab import Lab, until
from tests.support import Cli


def test_a_stubborn_trainer_is_killed_and_what_it_left_is_swept(lab: Lab) -> None:
    run = lab.launch("steps=100000", "stubborn", "litter")
    lab.until_step(run, 1)
    until(lambda: len(marked(run)) == 2)
    begun = time.monotonic()
    stop(lab.workspace, run.id, "enough")
    assert lab.ended(run) is Status.STOPPED
    assert 0.4 < time.monotonic() - begun < 10
    assert marked(run) == []
    exit_ = events(run)[-1]["exit"]
    assert exit_["signal"] == signal.SIGKILL
    assert exit_["reason"].startswith("enough (it did not end in time")


def test_a_forced_stop_does_not_wait(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRPOTUI_STOP_GRACE", "600")
    run = lab.launch("steps=100000", "stubborn")
    lab.until_step(run, 1)
    stop(lab.workspace, run.id, "too slow")
    lab.until(run, Status.STOPPING)
    assert is_held(run.runner_lock)
    stop(lab.workspace, run.id, force=True)
    assert lab.ended(run) is Status.STOPPED
    assert lab.summary(run).reason == "too slow (killed on request)"


def test_the_verb_kills_a_stopping_run_only_when_forced(
    lab: Lab, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRPOTUI_STOP_GRACE", "600")
    run = lab.launch("steps=100000", "stubborn")
    lab.until_step(run, 1)
    assert cli("stop", run.id, "--reason", "enough").out == f"{run.id}: stop requested\n"
    lab.until(run, Status.STOPPING)
    assert "--force' kills it" in cli("stop", run.id).out
    assert is_held(run.runner_lock)
    assert cli("stop", run.id, "--force").out == f"{run.id}: killed\n"
    assert lab.ended(run) is Status.STOPPED
    assert lab.summary(run).reason == "enough (killed on request)"


def test_a_stop_before_the_trainer_is_ready_is_a_stop(lab: Lab) -> None:
    run = lab.launch("late=30")
    lab.until(run, Status.STARTING)
    lab.pid(run, "trainer")
    stop(lab.workspace, run.id, "wrong preset")
    assert lab.ended(run) is Status.STOPPED
    assert lab.summary(run).reason == "wrong preset"


def test_a_suspended_trainer_can_be_stopped(lab: Lab) -> None:
    run = lab.launch("steps=100000")
    lab.until_step(run, 1)
    os.kill(lab.pid(run, "trainer"), signal.SIGSTOP)
    stop(lab.workspace, run.id, "hangs")
    assert lab.ended(run) is Status.STOPPED
    assert run.result_json.exists()


def test_a_runner_told_to_end_lets_the_trainer_save(lab: Lab) -> None:
    run = lab.launch("steps=100000")
    lab.until_step(run, 1)
    os.kill(lab.pid(run, "runner"), signal.SIGTERM)
    assert lab.ended(run) is Status.STOPPED
    assert run.last_checkpoint() is not None
    assert lab.statuses(run)[-2:] == ["stopping", "stopped"]
