"""Runs of every status, for the screens' tests, and what the screen shows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from textual.geometry import Size
from textual.pilot import Pilot

from grpotui.presets import PresetError, apply_overrides, load, resolve
from grpotui.registry import connect, sync
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.runs import RunsScreen
from grpotui.tui.widgets.runs_table import RunsTable
from grpotui.workspace import RunDir, Workspace
from tests.writing import RunWriter, hold

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
    writer = RunWriter(workspace.run(files.id), born=time.time() - files.age)
    writer.asked(
        name=files.name or files.id,
        preset=files.preset,
        config=_config(workspace, files),
        overrides=files.overrides,
        tags=files.tags,
    )
    writer.status("queued", 0, at=writer.born)
    if files.status != "queued":
        _attempt(writer, files)
    if files.note:
        writer.note(files.note, writer.born + 1)
    if files.status in ("running", "stopping"):
        hold(writer.run)
    return writer.close()


def _config(workspace: Workspace, files: RunFiles) -> dict[str, Any]:
    """Return what launch writes down for a preset that there is; of any other, a config that will do."""
    try:
        return resolve(apply_overrides(load(files.preset, workspace), files.overrides))
    except PresetError:
        config = {"model": "tiny", "task": {"name": "arithmetic"}, "rewards": [{"name": "exact"}]}
        return {**config, "grpo": {"max_steps": files.max_steps}}


def _attempt(writer: RunWriter, files: RunFiles) -> None:
    born = writer.born
    writer.attempt(max_steps=files.max_steps, max_epochs=4.0, reward_range=[-1, 1])
    writer.process()
    for step in range(1, files.steps + 1):
        values = {"reward": step / files.max_steps, "epoch": step / 10, "grpotui/zero_std": 0.25}
        writer.log_step(**values, step_time=1.0)
    writer.status("running", at=born)
    if files.verdict:
        message = f"{files.verdict} it is"
        writer.verdict(8, files.verdict, message, files.cause, born + 8, **{"from": "warming-up"})
    if files.flag:
        writer.flag(9, "warn", files.flag, "threshold", at=born + 9, value=0.6, threshold=0.5)
    if files.status == "stopping":
        writer.status("stopping", reason=files.reason, at=born + 20)
    elif files.status != "running":
        writer.ended(files.status, files.reason, at=born + 20)


def fill(workspace: Workspace) -> None:
    """Write a run of each kind that sorts differently."""
    write(workspace, RunFiles("done-aaaa", age=5000, verdict="solved", tags=["stories"]))
    write(workspace, RunFiles("live-bbbb", "running", "healthy", age=900, steps=20))
    write(workspace, RunFiles("bad-cccc", "running", "collapsed", age=1000, cause="template", flag="X .60"))
    write(workspace, RunFiles("broke-dddd", "failed", age=4000, reason="OutOfMemoryError: 2.3 GiB"))
    connection = connect(workspace)
    sync(connection, workspace)
    connection.close()


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
