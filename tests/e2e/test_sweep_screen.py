"""A probe from the keyboard on the real model: launched, watched, read, confirmed, promoted."""

from __future__ import annotations

from grpotui.presets import load
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.launch import LaunchScreen
from grpotui.tui.screens.run import RunScreen
from grpotui.tui.screens.sweep import SweepScreen
from grpotui.workspace import Workspace
from tests.tui.runs_factory import screen_text, until

PROBE = """
summary = "Which temperature"
kind = "rollouts"
model = "tiny"
[task]
name = "stories"
n = 8
[[rewards]]
name = "happy_binary"
[grpo]
num_generations = 4
max_completion_length = 16
temperature = 1.0   # as in training
seed = 5
[sweep]
grid."grpo.temperature" = [0.7, 1.0]
[confirm]
top = 1
repeat = 1
[launch]
device = "cpu"
"""
LONG = 240.0


async def test_a_probe_by_keys(workspace: Workspace) -> None:
    preset = workspace.presets / "probe.toml"
    preset.write_text(PROBE)
    app = GrpoTui(workspace)
    async with app.run_test(size=(120, 35), notifications=True) as pilot:
        await until(pilot, lambda: "No runs yet" in screen_text(pilot))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchScreen))
        await until(pilot, lambda: "O: its [sweep], 2 points" in screen_text(pilot))
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, SweepScreen))
        sweep = app.screen
        assert isinstance(sweep, SweepScreen)
        await until(pilot, lambda: "1/2 points" in screen_text(pilot), LONG)
        await until(pilot, lambda: "2 of 2 points measured: of 2 runs 2 done." in screen_text(pilot), LONG)
        await pilot.press("b", "enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and "4 samples" in screen_text(pilot))
        await pilot.press("q", "C")
        await until(pilot, lambda: "Repeat 1 point 1 time with fresh seeds?" in screen_text(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "1 repeat of point " in screen_text(pilot), LONG)
        study = sweep.place.study
        assert study is not None
        assert study.best is not None
        assert study.best.confirmed is not None
        assert {one.run.seed for one in study.best.runs} == {5, 6}
        sweep.place.marks = {1}  # temperature 0.7, which the preset has not
        await pilot.press("P")
        await until(pilot, lambda: "into probe?" in screen_text(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "is written to" in screen_text(pilot))
    assert load("probe", workspace).data["grpo"]["temperature"] == 0.7
    assert "# as in training" in preset.read_text()
