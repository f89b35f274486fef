"""Runs as they should go: to the end, one after another, stopped, resumed."""

from __future__ import annotations

import os
import stat

import pytest

from grpotui.errors import UserError
from grpotui.launch.control import delete, resume, stop, wait
from grpotui.launch.journal import events
from grpotui.launch.machine.locks import is_held
from grpotui.launch.queue import tick, waiting
from grpotui.records import RunSummary, Status, Verdict
from grpotui.stream import Tail, read_json
from tests.launch.lab import Lab, until


def test_a_run_completes_and_all_of_it_is_in_the_registry(lab: Lab) -> None:
    run = lab.launch("steps=8", name="My first", seed=3)
    assert run.id.startswith("my-first-")
    assert lab.ended(run) is Status.FINISHED
    assert lab.statuses(run) == ["queued", "starting", "running", "finished"]
    assert events(run)[-1]["exit"] == {"code": 0, "signal": None, "reason": "finished"}
    with lab.registry() as registry:
        row = registry.run(run.id)
        assert (row.name, row.status, row.step, row.attempt) == ("My first", Status.FINISHED, 8, 1)
        assert registry.config(run.id)["grpo"]["seed"] == 3
        assert [step for step, _ in registry.series(run.id)["grpotui/jaccard_cross"]] == list(range(1, 9))
        assert registry.exit(run.id)["code"] == 0


def test_what_a_run_leaves_is_private_and_complete(lab: Lab) -> None:
    run = lab.launch("steps=2")
    lab.ended(run)
    for path in run.path.rglob("*"):
        mode = stat.S_IMODE(os.lstat(path).st_mode)
        assert mode & 0o077 == 0, (path, oct(mode))
    process = read_json(run.process_json) or {}
    assert process["runner"]["pid"] != process["trainer"]["pid"]
    assert read_json(run.exit_json) == {
        **(read_json(run.exit_json) or {}),
        "attempt": 1,
        "code": 0,
        "signal": None,
        "status": "finished",
    }
    assert not run.ballast.exists()
    assert run.runner_log.read_text() == ""


def test_a_trainer_on_the_cpu_sees_no_gpu(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    run = lab.launch("steps=1")
    lab.ended(run)
    seen = (read_json(run.attempt_json(1)) or {})["environment"]
    assert seen == {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}


def test_the_next_run_starts_when_the_one_before_ends(lab: Lab) -> None:
    first, second, third = (lab.launch("steps=3", "hold=2") for _ in range(3))
    assert waiting(lab.workspace) == {
        second.id: f"CPU busy with {first.id}",
        third.id: f"behind {second.id}",
    }
    assert lab.statuses(third) == ["queued"]
    lab.go(first, 2)
    lab.until_step(second, 1)
    assert lab.statuses(third) == ["queued"]
    lab.go(second, 2)
    lab.go(third, 2)
    assert lab.ended(third) is Status.FINISHED
    ends = [events(run)[-1]["time"] for run in (first, second)]
    starts = [next(e["time"] for e in events(run) if e["status"] == "starting") for run in (second, third)]
    assert ends[0] <= starts[0] and ends[1] <= starts[1]
    assert waiting(lab.workspace) == {}


def test_a_stopped_run_saves_and_says_why(lab: Lab) -> None:
    run = lab.launch("steps=1000")
    lab.until_step(run, 3)
    stop(lab.workspace, run.id, "seen enough")
    assert lab.ended(run) is Status.STOPPED
    assert lab.statuses(run)[-2:] == ["stopping", "stopped"]
    assert events(run)[-1]["exit"] == {"code": 0, "signal": None, "reason": "seen enough"}
    assert lab.summary(run).reason == "seen enough"
    with pytest.raises(UserError, match="already stopped"):
        stop(lab.workspace, run.id)


def test_a_run_that_waits_tells_how_long_it_will_be_and_is_not_judged(lab: Lab) -> None:
    first = lab.launch("steps=1000", "late=1")
    queued = lab.launch("steps=3")
    for run in (first, queued):
        assert lab.summary(run).max_steps == 5  # as the preset says; the stand-in's tags change it later
        assert lab.summary(run).verdict is None
    lab.until_step(first, 1)
    summary = lab.summary(first)
    assert (summary.max_steps, summary.verdict) == (1000, Verdict.WARMING_UP)
    stop(lab.workspace, first.id)
    lab.ended(first)


def test_a_resumed_run_goes_on_where_it_stopped(lab: Lab) -> None:
    run = lab.launch("steps=40", "delay=0.02")
    lab.until_step(run, 3)
    with pytest.raises(UserError, match="stop it first"):
        resume(lab.workspace, run.id)
    stop(lab.workspace, run.id)
    lab.ended(run)
    resume(lab.workspace, run.id)
    lab.until(run, Status.RUNNING)
    lab.ended(run)
    assert lab.steps(run) == list(range(1, 41))
    judged = [line.data["step"] for line in Tail(run.signals).read()]
    assert judged == list(range(1, 41))
    assert lab.summary(run).attempt == 2
    with pytest.raises(UserError, match="finished"):
        resume(lab.workspace, run.id)


def test_a_queued_run_is_cancelled(lab: Lab) -> None:
    first = lab.launch("hold=1")
    second = lab.launch()
    stop(lab.workspace, second.id, "not needed")
    assert lab.statuses(second) == ["queued", "stopped"]
    assert lab.summary(second).reason == "not needed"
    lab.go(first)
    lab.ended(first)
    assert tick(lab.workspace, 5) == []
    assert lab.statuses(second) == ["queued", "stopped"]
    resume(lab.workspace, second.id)
    assert lab.ended(second) is Status.FINISHED
    assert lab.summary(second).attempt == 1


def test_a_cancelled_resume_leaves_the_run_as_it_had_ended(lab: Lab) -> None:
    run = lab.launch("hold=1")
    lab.until(run, Status.RUNNING)
    stop(lab.workspace, run.id, "a template")
    assert lab.ended(run) is Status.STOPPED
    other = lab.launch("hold=1")
    lab.until(other, Status.RUNNING)
    resume(lab.workspace, run.id)
    stop(lab.workspace, run.id)
    assert lab.statuses(run)[-2:] == ["queued", "stopped"]
    assert lab.summary(run).reason == "a template"
    lab.go(other)
    lab.ended(other)


def test_delete_moves_to_the_bin_and_not_what_lives(lab: Lab) -> None:
    run = lab.launch("hold=1")
    lab.until(run, Status.RUNNING)
    with pytest.raises(UserError, match="stop it first"):
        delete(lab.workspace, run.id)
    lab.go(run)
    lab.ended(run)
    delete(lab.workspace, run.id)
    assert not run.path.exists()
    assert (lab.workspace.bin / run.id / "metrics.jsonl").is_file()
    with lab.registry() as registry:
        assert registry.runs() == []
    with pytest.raises(UserError, match="no run"):
        delete(lab.workspace, run.id)


def test_flags_of_a_collapse_are_raised_while_it_runs(lab: Lab) -> None:
    run = lab.launch("steps=40", "collapse=10", "hold=39")
    until(lambda: lab.summary(run).verdict is Verdict.COLLAPSED, lambda: lab.story(run))
    assert is_held(run.runner_lock)
    with lab.registry() as registry:
        flags = registry.flags(run.id)
    assert {flag.kind for flag in flags} == {"threshold", "verdict"}
    assert all(10 <= flag.step < 39 for flag in flags if flag.level == "bad")
    lab.go(run, 39)
    lab.ended(run)
    said = [event for event in events(run) if event["type"] == "verdict"]
    assert said[-1]["to"] == "collapsed"


def test_wait_reports_changes_and_returns_the_end(lab: Lab) -> None:
    run = lab.launch("steps=30", "delay=0.02")
    seen: list[RunSummary] = []
    assert wait(lab.workspace, run.id, seen.append).status is Status.FINISHED
    assert len(seen) > 2
    assert [row.step for row in seen] == sorted(row.step for row in seen)
