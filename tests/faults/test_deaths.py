"""Processes that die, alone or together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from grpotui.launch.journal import events, state
from grpotui.launch.machine.identity import marked
from grpotui.launch.queue import tick
from grpotui.records import Status
from grpotui.stream import Tail
from tests.launch.lab import Lab, until


def test_a_run_outlives_its_launcher_and_its_terminal(lab: Lab) -> None:
    code = (
        "import sys, time; from pathlib import Path; from grpotui.workspace import Workspace\n"
        "from grpotui.launch.submit import *; from grpotui.launch.request import LaunchRequest\n"
        "from grpotui.presets import load\n"
        "w = Workspace(Path(sys.argv[1]))\n"
        "tags = ('steps=6', 'hold=5')\n"
        "print(launch(w, LaunchRequest(load('fake', w), tags=tags, device='cpu')), flush=True)\n"
        "time.sleep(60)"
    )
    argv = [sys.executable, "-c", code, str(lab.workspace.root)]
    launcher = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert launcher.stdout is not None
    run = lab.workspace.run(launcher.stdout.readline().strip())
    lab.until_step(run, 2)
    os.killpg(launcher.pid, signal.SIGHUP)
    os.killpg(launcher.pid, signal.SIGKILL)
    launcher.wait()
    launcher.stdout.close()
    os.kill(lab.pid(run, "runner"), signal.SIGHUP)
    lab.go(run, 5)
    assert lab.ended(run) is Status.FINISHED
    assert lab.steps(run) == [1, 2, 3, 4, 5, 6]


def test_runner_and_trainer_killed_is_lost_and_orphans_go(lab: Lab) -> None:
    run = lab.launch("steps=100000", "litter")
    lab.until_step(run, 2)
    until(lambda: len(marked(run)) == 2)
    lab.kill(run, "runner", "trainer")
    until(lambda: len(marked(run)) == 1)
    tick(lab.workspace, 5)
    assert state(run).status is Status.LOST
    assert marked(run) == []
    row = lab.summary(run)
    assert row.status is Status.LOST and row.reason.startswith("runner and trainer")
    judged = [line.data["step"] for line in Tail(run.signals).read()]
    assert judged == lab.steps(run)


def test_a_trainer_that_ends_while_nobody_looks_is_settled_by_its_result(lab: Lab) -> None:
    run = lab.launch("steps=30", "collapse=5", "hold=4")
    lab.until_step(run, 3)
    lab.kill(run, "runner")
    lab.go(run, 4)
    until(run.result_json.exists)
    until(lambda: marked(run) == [])
    tick(lab.workspace, 5)
    assert state(run).status is Status.FINISHED
    assert lab.summary(run).verdict == "collapsed"


def test_a_killed_trainer_fails_with_its_signal(lab: Lab) -> None:
    run = lab.launch("steps=100000", "litter")
    lab.until_step(run, 1)
    lab.kill(run, "trainer")
    assert lab.ended(run) is Status.FAILED
    exit_ = events(run)[-1]["exit"]
    assert (exit_["code"], exit_["signal"]) == (None, 9)
    assert exit_["reason"].startswith("killed by signal 9")
    assert marked(run) == []


@pytest.mark.parametrize(
    ("tag", "code", "reason"),
    [("crash=2", 1, "RuntimeError: the reward is broken"), ("vanish=2", 0, "trainer ended without a result")],
)
def test_a_trainer_that_says_nothing_fails_with_a_reason(lab: Lab, tag: str, code: int, reason: str) -> None:
    run = lab.launch(tag)
    assert lab.ended(run) is Status.FAILED
    assert events(run)[-1]["exit"] == {"code": code, "signal": None, "reason": reason}
    assert lab.summary(run).reason == reason


def test_a_trainer_that_cannot_be_started_fails(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRPOTUI_TRAINER_MODULE", "no_such_module")
    run = lab.launch()
    assert lab.ended(run) is Status.FAILED
    assert "No module named no_such_module" in lab.summary(run).reason


def test_an_exit_code_is_not_lost_to_the_reaper(lab: Lab) -> None:
    """Orphans that die in numbers beside the trainer: its status must still be its own."""
    run = lab.launch("steps=100000", "orphans")
    lab.until_step(run, 1)
    until(lambda: len(marked(run)) == 1)
    os.kill(lab.pid(run, "trainer"), signal.SIGKILL)
    lab.ended(run)
    assert json.loads(run.exit_json.read_text())["signal"] == 9
