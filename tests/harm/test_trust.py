"""Where a person is asked whether code may run: on the command line and in the app."""

from __future__ import annotations

from pathlib import Path

import pytest

from grpotui.launch.trust import store
from grpotui.records import Status
from grpotui.stream import read_json
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.launch import LaunchScreen
from grpotui.tui.screens.prompt import Confirm
from grpotui.tui.screens.run import RunScreen
from grpotui.workspace import Workspace
from tests.faults.terminal import terminal
from tests.hostile import ESCAPES, acts_on_terminal
from tests.launch.lab import PRESET, Lab
from tests.support import Cli
from tests.tui.runs_factory import screen_text, until

OWN = "import pathlib, os\npathlib.Path('imported').touch()\n"


@pytest.fixture
def own(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a preset's own reward, which shows when it is imported."""
    monkeypatch.chdir(lab.workspace.root)
    path = lab.workspace.root / "mine.py"
    path.write_text(f"{OWN}# {ESCAPES}\ndef good(**kwargs): ...\n")
    (lab.workspace.presets / "own.toml").write_text(PRESET.replace('"exact"', '"mine.py:good"'))
    return path


def trusted(own: Path) -> bool:
    return str(own) in (read_json(store()) or {}).get("files", {})


def never_imported(workspace: Workspace) -> bool:
    """True when nobody did; the stand-in trainer does not either."""
    return not list(workspace.root.rglob("imported"))


def test_a_script_has_to_say_so(lab: Lab, cli: Cli, own: Path) -> None:
    refused = cli("launch", "own", "--json")
    assert (refused.code, refused.out) == (2, "")
    assert "grpotui: mine.py is new here (sha256 " in refused.err
    assert refused.err.endswith("…): read it, then --trust-code\n")
    assert cli("ls", "--json").json == []
    assert cli("launch", "own", "--json", "--trust-code", "--draft").code == 0
    assert cli("launch", "own", "--json", "--draft").code == 0
    own.write_text("def good(**other): ...\n")
    assert "mine.py changed since you trusted it" in cli("launch", "own").err
    assert never_imported(lab.workspace)


@pytest.mark.parametrize("answer", ["y", "n", ""])
def test_a_person_is_asked(lab: Lab, own: Path, answer: str) -> None:
    with terminal(lab.workspace, "launch", "own", "--draft") as app:
        app.wait_for("Trust it? [y/N]")
        app.press(f"{answer}\r")
        assert app.process.wait(20) == (0 if answer == "y" else 2)
    assert "mine.py is new here" in app.text and str(own) in app.text and "def good" in app.text
    assert acts_on_terminal(app.drawn, app=False) == set()
    assert trusted(own) == (answer == "y") and len(list(lab.workspace.runs())) == (answer == "y")
    assert never_imported(lab.workspace)


async def test_the_app_asks_in_a_dialog(lab: Lab, own: Path) -> None:
    app = GrpoTui(lab.workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchScreen) and app.screen.is_mounted)
        screen = app.screen
        assert isinstance(screen, LaunchScreen)
        await pilot.press("down")
        assert screen.preset is not None and screen.preset.key == "own"
        for answer in ("n", "escape", "enter", "y"):
            await pilot.press("L")
            await until(pilot, lambda: isinstance(app.screen, Confirm))
            await until(pilot, lambda: "Trust mine.py?" in screen_text(pilot))
            assert "pathlib.Path('imported').touch()" in screen_text(pilot)
            assert acts_on_terminal(screen_text(pilot).encode()) == set()
            await pilot.press(answer)
            if answer == "enter":
                assert isinstance(app.screen, Confirm)
                await pilot.press("n")
            assert trusted(own) == (answer == "y") or answer == "y"
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.place.snapshot)
        (run,) = lab.workspace.runs()
    assert lab.ended(run) is Status.FINISHED
    assert trusted(own) and never_imported(lab.workspace)


async def test_a_changed_draft_is_not_started_by_the_app(lab: Lab, own: Path, cli: Cli) -> None:
    assert cli("launch", "own", "--trust-code", "--draft").code == 0
    own.write_text("def good(**other): ...\n")
    app = GrpoTui(lab.workspace)
    async with app.run_test(size=(120, 35), notifications=True) as pilot:
        await until(pilot, lambda: "draft" in screen_text(pilot))
        await pilot.press("L")
        await until(pilot, lambda: "mine.py changed since this run was launched" in screen_text(pilot))
    assert never_imported(lab.workspace)
