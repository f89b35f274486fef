"""The preflight in Launch: it follows every edit, F mends, L asks before it launches an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from grpotui.presets import load
from grpotui.settings import Settings
from grpotui.stream import read_json
from grpotui.tui.app import GrpoTui
from grpotui.tui.launch.draft import Draft
from grpotui.tui.launch.findings import findings, mended
from grpotui.tui.screens.launch import LaunchScreen
from grpotui.tui.screens.prompt import Confirm
from grpotui.workspace import Workspace
from tests.tui.runs_factory import PRESET, screen_text, until
from tests.tui.test_launch import choose, find, open_launch


@pytest.fixture
def presets(workspace: Workspace) -> Workspace:
    (workspace.presets / "arith.toml").write_text(PRESET)
    blind = PRESET.replace('"exact"', '"format"\npattern = "never anything like this"')
    (workspace.presets / "blind.toml").write_text(blind)
    return workspace


def test_each_variant_is_looked_at_and_each_finding_told_once(presets: Workspace) -> None:
    draft = Draft(load("arith", presets)).set("grpo.temperature", "0.1, 0.2")
    found = findings(presets, draft.set("grpo.num_generations", "12"), Settings())
    assert [view.rule for view in found] == ["full-groups", "low-temperature", "low-temperature"]
    assert found[0].level == "error"
    assert "lo96kcmm" in found[0].experience


def test_a_fix_is_an_edit(presets: Workspace) -> None:
    draft = Draft(load("arith", presets)).set("grpo.num_generations", "12")
    (view,) = findings(presets, draft, Settings())
    better = mended(draft, view)
    assert better.edits == {"grpo.num_generations": "12", "grpo.per_device_train_batch_size": "36"}
    assert findings(presets, better, Settings()) == []


@pytest.mark.parametrize("size", [(120, 35), (80, 24)])
async def test_an_error_is_shown_as_it_is_made_and_mended(presets: Workspace, size: tuple[int, int]) -> None:
    async with GrpoTui(presets).run_test(size=size) as pilot:
        screen = await open_launch(pilot)
        await choose(pilot, "arith")
        await find(pilot, "num_gen")
        await pilot.press("enter", "backspace", *"12", "enter")
        await until(pilot, lambda: "✖ a generation of 32 completions" in screen_text(pilot))
        await pilot.press("F")
        await until(pilot, lambda: "✓ can be launched" in screen_text(pilot))
        assert screen.draft and screen.draft.edits["grpo.per_device_train_batch_size"] == "36"
        assert "✖" not in screen_text(pilot)
        await pilot.press("F")
        assert screen.draft.edits["grpo.num_generations"] == "12"


@pytest.mark.usefixtures("taken_cpu")
async def test_an_error_is_launched_only_when_one_says_yes(presets: Workspace) -> None:
    app = GrpoTui(presets)
    async with app.run_test(size=(120, 35)) as pilot:
        await open_launch(pilot)
        await choose(pilot, "blind")
        await until(pilot, lambda: "✖ format is 0 for every text" in screen_text(pilot))
        assert "L asks first" in screen_text(pilot)
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchScreen))
        assert list(presets.runs()) == []
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: len(list(presets.runs())) == 1)
        (run,) = presets.runs()
        await until(pilot, lambda: Path(run.run_json).exists())
        asked = read_json(run.run_json)
        assert asked and asked["config"]["rewards"][0]["name"] == "format"
