"""Extend, fork and evaluate from the Runs screen; the device is taken, so that nothing starts."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.registry import connect, sync
from grpotui.stream import Tail, read_json
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.launch import LaunchScreen
from grpotui.workspace import RunDir, Workspace
from tests.launch.test_lineage import checkpoint
from tests.tui.runs_factory import PRESET, RunFiles, ready, screen_text, until, write

pytestmark = pytest.mark.usefixtures("taken_cpu")


@pytest.fixture
def old(workspace: Workspace) -> RunDir:
    """An ended run with a checkpoint."""
    (workspace.presets / "arith.toml").write_text(PRESET)
    run = write(workspace, RunFiles("old-aaaa", overrides=["grpo.beta=0.3"], age=100, steps=4, max_steps=4))
    checkpoint(run, 4)
    connection = connect(workspace)
    sync(connection, workspace)
    connection.close()
    return run


def children(workspace: Workspace) -> list[dict[str, Any]]:
    found = [read_json(run.run_json) or {} for run in workspace.runs()]
    return [asked for asked in found if asked.get("parent")]


async def test_extend_asks_how_far_and_says_what_follows(old: RunDir, workspace: Workspace) -> None:
    async with GrpoTui(workspace).run_test(size=(120, 35), notifications=True) as pilot:
        await ready(pilot, 1)
        await pilot.press("X")
        await until(pilot, lambda: "Extend old-aaaa past step 4" in screen_text(pilot))
        await pilot.press(*"ten", "enter")
        await until(pilot, lambda: "ten: expected a whole number" in screen_text(pilot))
        await pilot.press("X", *"10", "enter")
        await until(pilot, lambda: "goes on from step 4" in screen_text(pilot))
    told = [line.data for line in Tail(old.events).read() if line.data["type"] == "extended"]
    assert [event["max_steps"] for event in told] == [14]


async def test_a_fork_is_edited_in_launch_and_begins_with_the_weights(
    old: RunDir, workspace: Workspace
) -> None:
    app = GrpoTui(workspace)
    async with app.run_test(size=(120, 35)) as pilot:
        await ready(pilot, 1)
        await pilot.press("F")
        await until(pilot, lambda: "Fork old-aaaa from the checkpoint of step" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LaunchScreen))
        await until(pilot, lambda: "fork at step 4 of old-aaaa" in screen_text(pilot))
        await pilot.press("L")
        await until(pilot, lambda: bool(children(workspace)))
        await until(pilot, lambda: len(list(workspace.runs())) == 2)
    (asked,) = children(workspace)
    assert asked["parent"] == {"run": "old-aaaa", "relation": "fork", "step": 4}
    assert asked["config"]["grpo"]["beta"] == 0.3
    assert (workspace.run(asked["id"]).start / "model.safetensors").is_file()


async def test_an_evaluation_is_queued_from_the_screen(old: RunDir, workspace: Workspace) -> None:
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        await ready(pilot, 1)
        await pilot.press("E")
        await until(pilot, lambda: "Evaluate old-aaaa: the checkpoint of step" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: bool(children(workspace)))
        await until(pilot, lambda: "eval" in screen_text(pilot))
    (asked,) = children(workspace)
    assert (asked["kind"], asked["parent"]["relation"]) == ("eval", "evaluation")
