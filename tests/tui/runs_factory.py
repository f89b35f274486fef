"""Run folders as launch, trainer and runner leave them, for the screens' tests."""

from __future__ import annotations

import fcntl
import os
import time
from dataclasses import dataclass, field
from typing import Any

from textual.geometry import Size
from textual.pilot import Pilot

from grpotui.registry import connect, sync
from grpotui.stream import LineWriter, write_json
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.runs import RunsScreen
from grpotui.tui.widgets.runs_table import RunsTable
from grpotui.workspace import RunDir, Workspace

PRESET = """
summary = "Toy learns + and - on 0-20"
model = "tiny"
[task]
name = "arithmetic"
operands = [0, 20]
operators = ["+", "-"]
n = 64
[[rewards]]
name = "exact"
[grpo]
num_generations = 8
per_device_train_batch_size = 32
max_steps = 4
beta = 0.1
max_completion_length = 8
seed = 7
[launch]
device = "cpu"
tags = ["toy"]
"""


@dataclass
class RunFiles:
    """What a run's folder says. Times are seconds before now."""

    id: str
    status: str = "finished"
    verdict: str = ""
    name: str = ""
    age: float = 3600.0
    steps: int = 12
    max_steps: int = 40
    tags: list[str] = field(default_factory=list)
    note: str = ""
    reason: str = ""
    cause: str = ""
    preset: str = "arith"
    overrides: list[str] = field(default_factory=list)
    flag: str = ""


def write(workspace: Workspace, files: RunFiles) -> RunDir:
    """Write one run; a live one is held by this process, so that nobody finds it lost."""
    run = workspace.run(files.id)
    run.path.mkdir(mode=0o700)
    born = time.time() - files.age
    config = {"model": "tiny", "task": {"name": "arithmetic"}, "rewards": [{"name": "exact"}]}
    config["grpo"] = {"max_steps": files.max_steps}
    asked: dict[str, Any] = {
        "id": files.id,
        "name": files.name or files.id,
        "kind": "train",
        "created_at": born,
        "preset": files.preset,
        "preset_file": None,
        "config": config,
        "overrides": files.overrides,
        "seed": 7,
        "device": "cpu",
        "tags": files.tags,
    }
    write_json(run.run_json, asked)
    events, metrics = LineWriter(run.events), LineWriter(run.metrics)
    events.append({"time": born, "type": "status", "status": "queued", "attempt": 0, "reason": ""})
    if files.status != "queued":
        _attempt(run, files, born, events, metrics)
    if files.note:
        events.append({"time": born + 1, "type": "note", "text": files.note})
    events.close()
    metrics.close()
    if files.status in ("running", "stopping"):
        hold(run)
    return run


def _attempt(run: RunDir, files: RunFiles, born: float, events: LineWriter, metrics: LineWriter) -> None:
    attempt = {"attempt": 1, "time": born, "device": "cpu", "seed": 7, "max_steps": files.max_steps}
    write_json(run.attempt_json(1), {**attempt, "max_epochs": 4.0, "config": {}, "reward_range": [-1, 1]})
    me = {"pid": os.getpid(), "ticks": 1}
    process = {"attempt": 1, "boot_id": "x", "runner": me, "trainer": None, "started_at": born}
    write_json(run.process_json, process)
    for step in range(1, files.steps + 1):
        values = {"reward": step / files.max_steps, "epoch": step / 10, "grpotui/zero_std": 0.25}
        metrics.append({"step": step, "time": born + step, **values, "step_time": 1.0})
    events.append({"time": born, "type": "status", "status": "running", "attempt": 1, "reason": ""})
    if files.verdict:
        change = {"step": 8, "from": "warming-up", "to": files.verdict, "cause": files.cause}
        events.append({"time": born + 8, "type": "verdict", **change, "message": f"{files.verdict} it is"})
    if files.flag:
        flag = {"step": 9, "kind": "threshold", "level": "warn", "signal": "jaccard", "value": 0.6}
        events.append({"time": born + 9, "type": "flag", **flag, "threshold": 0.5, "message": files.flag})
    if files.status not in ("running",):
        end = {"attempt": 1, "code": 0, "signal": None, "status": files.status, "reason": files.reason}
        events.append({"time": born + 20, "type": "status", **end, "exit": end})
        if files.status != "stopping":
            write_json(run.exit_json, {**end, "time": born + 20})


def fill(workspace: Workspace) -> None:
    """Write a run of each kind that sorts differently."""
    write(workspace, RunFiles("done-aaaa", age=5000, verdict="solved", tags=["stories"]))
    write(workspace, RunFiles("live-bbbb", "running", "healthy", age=900, steps=20))
    write(workspace, RunFiles("bad-cccc", "running", "collapsed", age=1000, cause="template", flag="X .60"))
    write(workspace, RunFiles("broke-dddd", "failed", age=4000, reason="OutOfMemoryError: 2.3 GiB"))
    connection = connect(workspace)
    sync(connection, workspace)
    connection.close()


_HELD: list[int] = []


def hold(run: RunDir) -> None:
    """Be the run's living runner until :func:`release`."""
    fd = os.open(run.runner_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(fd, fcntl.LOCK_EX)
    _HELD.append(fd)


def release() -> None:
    """End every held runner."""
    while _HELD:
        os.close(_HELD.pop())


async def until(pilot: Pilot[None], condition: Any, seconds: float = 10.0) -> None:
    """Wait until ``condition()`` is true; fail with what the screen shows when it never is."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("never became true; the screen:\n" + "\n".join(screen_lines(pilot)))
        await pilot.pause(0.02)


async def ready(pilot: Pilot[None], runs: int) -> RunsTable:
    """Wait until the Runs screen shows so many runs."""
    app = pilot.app
    assert isinstance(app, GrpoTui)
    await until(pilot, lambda: isinstance(app.screen, RunsScreen))
    table = app.screen.query_one(RunsTable)
    await until(pilot, lambda: len(table.rows) == runs)
    return table


def screen_lines(pilot: Pilot[None]) -> list[str]:
    """Return the screen as lines of text."""
    app = pilot.app
    compositor = app.screen._compositor
    return [strip.text.rstrip() for strip in compositor.render_strips(Size(*app.size))]


def screen_text(pilot: Pilot[None]) -> str:
    """Return the screen as one text."""
    return "\n".join(screen_lines(pilot))
