"""Resuming after each kind of end: steps, charts and health go on, and the result decides the status."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from grpotui.launch.control import resume, stop
from grpotui.launch.journal import events
from grpotui.launch.queue import tick
from grpotui.records import Status
from grpotui.stream import Tail, read_json, write_json
from grpotui.workspace import RunDir
from tests.launch.lab import Lab, until

STEPS, COLLAPSE, END = 40, 24, 18
TAGS = (f"steps={STEPS}", f"collapse={COLLAPSE}", "save=5", f"hold={END + 1}")


def stopped(lab: Lab, run: RunDir) -> None:
    stop(lab.workspace, run.id, "later")


def trainer_killed(lab: Lab, run: RunDir) -> None:
    lab.kill(run, "trainer")


def both_killed(lab: Lab, run: RunDir) -> None:
    lab.kill(run, "runner", "trainer")
    tick(lab.workspace, 5)


def runner_killed_then_stopped(lab: Lab, run: RunDir) -> None:
    lab.kill(run, "runner")
    stop(lab.workspace, run.id, "adopted and stopped")


def runner_told_to_end(lab: Lab, run: RunDir) -> None:
    os.kill(lab.pid(run, "runner"), signal.SIGTERM)


@pytest.mark.parametrize(
    ("end", "status", "tags"),
    [
        (stopped, Status.STOPPED, ()),
        (stopped, Status.STOPPED, ("stubborn",)),
        (trainer_killed, Status.FAILED, ()),
        (both_killed, Status.LOST, ()),
        (runner_killed_then_stopped, Status.STOPPED, ()),
        (runner_told_to_end, Status.STOPPED, ()),
        (None, Status.FAILED, (f"crash={END}",)),
        (None, Status.FAILED, (f"vanish={END}",)),
    ],
)
def test_a_resumed_run_goes_on(
    lab: Lab, end: Callable[[Lab, RunDir], None] | None, status: Status, tags: tuple[str, ...]
) -> None:
    run = lab.launch(*TAGS, *tags)
    lab.until_judged(run, END)
    if end is not None:
        end(lab, run)
    assert lab.ended(run) is status, lab.story(run)
    saved = run.last_checkpoint()
    assert saved is not None and int(saved.name.removeprefix("checkpoint-")) >= 15
    lab.go(run, END + 1)
    resume(lab.workspace, run.id)
    until(lambda: lab.summary(run).attempt == 2, lambda: lab.story(run))
    assert lab.ended(run) is Status.FINISHED, lab.story(run)
    row = lab.summary(run)
    assert (row.step, row.max_steps, row.status, row.verdict) == (STEPS, STEPS, "finished", "collapsed")
    with lab.registry() as registry:
        for key in ("reward", "grpotui/zero_std", "grpotui/jaccard_cross"):
            assert [step for step, _ in registry.series(run.id, [key])[key]] == list(range(1, STEPS + 1)), key
        assert registry.group_steps(run.id) == list(range(1, STEPS + 1))
        flags = registry.flags(run.id)
        assert any(f.kind == "verdict" and f.level == "bad" and f.step > COLLAPSE for f in flags)
        keys = [(f.step, f.kind, f.level, f.signal) for f in flags]
        assert len(set(keys)) == len(keys)
    assert (read_json(run.exit_json) or {})["attempt"] == 2


def test_resumed_again_and_again(lab: Lab) -> None:
    run = lab.launch("steps=30", "save=1", "hold=5,10,15", "collapse=20")
    for step in (5, 10, 15):
        lab.until_judged(run, step - 1)
        lab.kill(run, "trainer")
        lab.ended(run)
        lab.go(run, step)
        resume(lab.workspace, run.id)
    assert lab.ended(run) is Status.FINISHED
    assert lab.summary(run).attempt == 4
    assert lab.steps(run) == sorted(lab.steps(run))
    assert [line.data["step"] for line in Tail(run.signals).read()] == list(range(1, 31))


@pytest.mark.parametrize("told", ["finished", "stopped", "failed"])
def test_the_result_decides_whatever_the_process_did(lab: Lab, told: str) -> None:
    """A launcher of several ranks may end with 1, or be killed, after a clean save."""
    run = lab.launch("hold=3")
    lab.until_step(run, 2)
    write_json(run.result_json, {"attempt": 1, "status": told, "step": 2, "reason": "as it says"})
    lab.kill(run, "trainer")
    assert lab.ended(run) == told
    assert events(run)[-1]["exit"] == {"code": None, "signal": 9, "reason": "as it says"}


def test_a_result_of_another_attempt_decides_nothing(lab: Lab) -> None:
    run = lab.launch("hold=3")
    lab.until_step(run, 2)
    write_json(run.result_json, {"attempt": 7, "status": "finished", "step": 2, "reason": "old"})
    lab.kill(run, "trainer")
    assert lab.ended(run) is Status.FAILED
