"""A trainer that lives and writes nothing, and clocks that jump."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from grpotui.launch.control import resume, stop
from grpotui.launch.journal import events
from grpotui.launch.queue import tick
from grpotui.launch.runner import stall
from grpotui.launch.runner.stall import StallWatch
from grpotui.records import Level, Status, Verdict
from grpotui.registry import index_run
from grpotui.stream import LineWriter, Tail
from grpotui.train.recorder import Recorder
from grpotui.workspace import RunDir, Workspace
from tests.launch.lab import Lab, until


def stalls(run: RunDir) -> list[str]:
    return [e["level"] for e in events(run) if e["type"] == "flag" and e["signal"] == "stalled"]


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is flagged after half a second; the stand-in's steps take a fiftieth."""
    monkeypatch.setenv("GRPOTUI_STALL_SECONDS", "0.5")


@pytest.mark.usefixtures("_soon")
def test_a_suspended_trainer_is_flagged_once_and_cleared(lab: Lab) -> None:
    run = lab.launch("steps=100000", "delay=0.02")
    lab.until_judged(run, 20)
    trainer = lab.pid(run, "trainer")
    os.kill(trainer, signal.SIGSTOP)
    until(lambda: stalls(run), lambda: lab.story(run))
    flag = next(e for e in events(run) if e["type"] == "flag" and e["signal"] == "stalled")
    assert (flag["kind"], flag["level"]) == ("threshold", "warn")
    assert flag["value"] >= flag["threshold"] >= 0.5
    assert "suspended" in flag["message"]
    assert flag["step"] == lab.steps(run)[-1]
    os.kill(trainer, signal.SIGCONT)
    until(lambda: stalls(run) == ["warn", "info"], lambda: lab.story(run))
    assert lab.summary(run).status is Status.RUNNING
    with lab.registry() as registry:
        assert [f.level for f in registry.flags(run.id) if f.signal == "stalled"] == ["warn", "info"]
    stop(lab.workspace, run.id)
    assert lab.ended(run) is Status.STOPPED
    assert stalls(run) == ["warn", "info"]


@pytest.mark.usefixtures("_soon")
def test_an_adopting_runner_neither_misses_a_stall_nor_says_it_twice(lab: Lab) -> None:
    run = lab.launch("steps=100000", "delay=0.02")
    lab.until_judged(run, 20)
    trainer = lab.pid(run, "trainer")
    os.kill(trainer, signal.SIGSTOP)
    lab.kill(run, "runner")
    assert not stalls(run)
    tick(lab.workspace, 5)
    until(lambda: stalls(run) == ["warn"], lambda: lab.story(run))
    lab.kill(run, "runner")
    tick(lab.workspace, 5)
    until(lambda: lab.process(run)["runner"]["pid"] and lab.process(run)["adopted"])
    os.kill(trainer, signal.SIGCONT)
    until(lambda: stalls(run) == ["warn", "info"], lambda: lab.story(run))


@pytest.mark.usefixtures("_soon")
def test_a_model_that_loads_for_long_and_a_stop_are_no_stall(lab: Lab) -> None:
    run = lab.launch("steps=3", "hold=1")
    lab.until(run, Status.RUNNING)
    begun = time.monotonic()
    until(lambda: time.monotonic() - begun > 0.8)
    lab.go(run)
    lab.ended(run)
    assert stalls(run) == []


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


Scene = tuple[StallWatch, Clock, Callable[[int], None]]


@pytest.fixture
def scene(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A watch of a run whose ten lines came two seconds apart, its clock, and a way to log another."""
    monkeypatch.delenv("GRPOTUI_STALL_SECONDS", raising=False)
    run, clock = workspace.new_run("study"), Clock()
    watch, writer = StallWatch(run, clock), LineWriter(run.metrics)

    def log(step: int) -> None:
        writer.append({"step": step, "time": 5.0, "reward": 0.0})

    for step in range(1, 11):
        pass_time(watch, clock, 2.0, step - 1)
        log(step)
        assert watch.look(step) is None
    return watch, clock, log


def pass_time(watch: StallWatch, clock: Clock, seconds: float, step: int = 10) -> list[str]:
    """Look ten times a second; return the levels of flags."""
    said = []
    for _ in range(round(seconds * 10)):
        clock.now += 0.1
        flag = watch.look(step)
        said += [str(flag.level)] if flag is not None else []
    return said


def test_silence_is_measured_in_usual_steps_but_never_flagged_at_once(scene: Scene) -> None:
    watch, clock, log = scene
    assert watch.limit == stall.LEAST_SECONDS
    assert pass_time(watch, clock, 59) == []
    assert pass_time(watch, clock, 200) == ["warn"]
    log(11)
    flag = watch.look(11)
    assert flag is not None and flag.level is Level.INFO and flag.step == 11
    for step in range(12, 60):
        pass_time(watch, clock, 9, step)
        log(step)
        watch.look(step)
    assert watch.limit is not None and 85 < watch.limit < 95
    assert pass_time(watch, clock, 84, 60) == []
    assert pass_time(watch, clock, 10, 60) == ["warn"]


def test_an_evaluation_that_goes_on_is_no_stall_and_one_that_hangs_is(
    scene: Scene, workspace: Workspace
) -> None:
    watch, clock, _ = scene
    (folder,) = workspace.logs.glob("study-*")
    recorder = Recorder(RunDir(folder), None)
    for _ in range(20):
        time.sleep(0.01)
        recorder.alive()
        assert pass_time(watch, clock, 50) == []
    assert pass_time(watch, clock, 61) == ["warn"]
    recorder.alive()
    assert pass_time(watch, clock, 1) == ["info"]
    recorder.close()


def test_a_checkpoint_that_grows_is_no_stall_and_one_that_hangs_is(scene: Scene) -> None:
    watch, clock, log = scene
    folder = watch.run.checkpoints / "checkpoint-10" / "shards"
    folder.mkdir(parents=True)
    for _ in range(30):
        with (folder / "model.safetensors").open("ab") as file:
            file.write(b"x" * 1000)
        assert pass_time(watch, clock, 20) == []
    assert pass_time(watch, clock, 2 * stall.LEAST_SECONDS) == ["warn"]
    log(11)
    flag = watch.look(11)
    assert flag is not None and flag.level is Level.INFO
    assert pass_time(watch, clock, 1.6 * stall.LEAST_SECONDS, 11) == ["warn"]


@pytest.mark.usefixtures("_soon")
def test_a_trainer_that_saves_for_long_is_not_flagged(lab: Lab) -> None:
    run = lab.launch("steps=30", "delay=0.02", "save=20", "saving=1.5")
    assert lab.ended(run) is Status.FINISHED
    assert stalls(run) == []


def test_a_frozen_machine_is_no_stall(scene: Scene) -> None:
    """The runner slept as long as the trainer did: a suspended laptop, a frozen container, a paused VM."""
    watch, clock, _ = scene
    clock.now += 8 * 3600
    assert watch.look(10) is None
    assert pass_time(watch, clock, 40) == []


def test_a_clock_that_goes_back_raises_nothing(scene: Scene) -> None:
    watch, clock, _ = scene
    clock.now -= 10_000
    assert pass_time(watch, clock, 59) == []
    assert pass_time(watch, clock, 2) == ["warn"]


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize("seconds", [-86400, 86400])
def test_a_date_that_jumps_changes_no_judgement(lab: Lab, seconds: int) -> None:
    """The trainer's date jumps by a day in the middle, and a runner takes over after that."""
    quiet = lab.launch("steps=30", "collapse=12")
    lab.ended(quiet)
    run = lab.launch("steps=30", "collapse=12", "hold=20", f"skew=8:{seconds}")
    lab.until_judged(run, 19)
    lab.kill(run, "runner")
    tick(lab.workspace, 5)
    lab.until(run, Status.RUNNING)
    lab.go(run, 20)
    assert lab.ended(run) is Status.FINISHED
    with lab.registry() as registry:
        flags = [f for f in registry.flags(run.id) if f.signal != "stalled"]
        assert flags == [f for f in registry.flags(quiet.id) if f.signal != "stalled"]
        for key in ("reward", "grpotui/jaccard_cross"):
            assert registry.series(run.id, [key]) == registry.series(quiet.id, [key])
        summary = registry.run(run.id)
    assert summary.verdict == lab.summary(quiet).verdict
    assert summary.step_time is not None and 0 < summary.step_time < 60


def test_a_grace_does_not_depend_on_the_date(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request from the future, or from before the run, is obeyed all the same."""
    run = lab.launch("steps=100000", "save=1", "skew=2:-86400")
    lab.until_step(run, 4)
    monkeypatch.setattr("grpotui.launch.control.time.time", lambda: 0.0)
    stop(lab.workspace, run.id, "enough")
    monkeypatch.undo()
    assert lab.ended(run) is Status.STOPPED
    assert lab.summary(run).reason == "enough"


def test_a_resume_after_the_date_was_set_back_keeps_new_flags(lab: Lab) -> None:
    """Flags of steps that are trained again come from a trainer whose date is ahead of the runner's."""
    run = lab.launch("steps=30", "collapse=12", "hold=25", "save=10", "skew=11:3600")
    lab.until_judged(run, 24)
    lab.kill(run, "trainer")
    lab.ended(run)
    lab.go(run, 25)
    resume(lab.workspace, run.id)
    lab.until(run, Status.RUNNING)
    assert lab.ended(run) is Status.FINISHED
    with lab.registry() as registry:
        flags = registry.flags(run.id)
        keys = [(f.step, f.kind, f.level, f.signal) for f in flags]
        assert flags and len(set(keys)) == len(keys)
        assert {f.kind for f in flags} == {"threshold", "verdict"}


def test_a_resume_after_the_date_was_set_back_drops_old_flags(lab: Lab) -> None:
    """The first attempt collapses a day ahead of the second, which trains the same steps and does not."""
    run = lab.launch("steps=30", "collapse=12@1", "hold=23", "save=12", "skew=1:86400@1")
    lab.until_judged(run, 22)
    lab.kill(run, "trainer")
    lab.ended(run)
    with lab.registry() as registry:
        index_run(registry.connection, run)
        assert registry.run(run.id).verdict is Verdict.COLLAPSED
        assert [f for f in registry.flags(run.id) if f.step > 12]
    lab.go(run, 23)
    resume(lab.workspace, run.id)
    lab.until(run, Status.RUNNING)
    assert lab.ended(run) is Status.FINISHED
    with lab.registry() as registry:
        index_run(registry.connection, run)
        assert [f for f in registry.flags(run.id) if f.step > 12 and f.level != "info"] == []
        assert registry.run(run.id).verdict is not Verdict.COLLAPSED
    said = [event for event in events(run) if event["type"] in ("flag", "verdict")]
    assert {event["attempt"] for event in said if event["time"] > time.time() + 3600} == {1}
    assert {line.data["attempt"] for line in Tail(run.signals).read()} == {1, 2}
