"""Keys that come faster than the app draws go to where the key before them led."""

from __future__ import annotations

import time
import unicodedata

import pytest
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input

from grpotui.errors import UserError
from grpotui.launch import policy
from grpotui.launch.journal import events
from grpotui.launch.policy import Policy, read_policy
from grpotui.registry import connect
from grpotui.registry.queries import Registry
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.help import HelpScreen
from grpotui.tui.screens.launch import LaunchScreen
from grpotui.tui.screens.prompt import Choice, Confirm
from grpotui.tui.screens.runs import RunsScreen
from grpotui.tui.widgets.field_editor import FieldEditor
from grpotui.tui.widgets.find_line import FindLine
from grpotui.workspace import RunDir, Workspace
from tests.tui.factory import live, open_run
from tests.tui.runs_factory import PRESET, RunFiles, fill, ready, until, write

NAMES = {"\r": "enter", "\t": "tab", "\x1b": "escape", " ": "space"}


def typed(pilot: Pilot[None], keys: str) -> None:
    """Have every key in the app's queue before it looks at the first."""
    for char in keys:
        name = NAMES.get(char) or (char if char.isalnum() else _character_to_key(char))
        pilot.app.post_message(Key(name, None if unicodedata.category(char) == "Cc" else char))


@pytest.fixture
def runs(workspace: Workspace) -> Workspace:
    fill(workspace)
    workspace.presets.joinpath("arith.toml").write_text(PRESET)
    return workspace


async def test_a_filter_takes_all_that_is_typed_after_it(runs: Workspace) -> None:
    app = GrpoTui(runs)
    async with app.run_test() as pilot:
        await ready(pilot, 4)
        typed(pilot, "/sDqnLrvm!")
        line = app.screen.query_one(FindLine)
        await until(pilot, lambda: line.value == "sDqnLrvm!")
        assert isinstance(app.screen, RunsScreen) and len(app.screen_stack) == 1
        typed(pilot, "\x1b/li\x1b/live\rk")
        await until(pilot, lambda: not line.has_focus and not app._typed)
        assert line.value == "live"


async def test_pasted_text_waits_for_its_line(runs: Workspace) -> None:
    app = GrpoTui(runs)
    async with app.run_test() as pilot:
        await ready(pilot, 4)
        typed(pilot, "/s")
        app.post_message(Paste("tories"))
        typed(pilot, "!")
        await until(pilot, lambda: app.screen.query_one(FindLine).value == "stories!")


@pytest.mark.parametrize("key", ["m", "t"])
async def test_dialogs_take_what_is_typed_after_them(runs: Workspace, key: str) -> None:
    app = GrpoTui(runs)
    async with app.run_test() as pilot:
        table = await ready(pilot, 4)
        first = str(table.selected_id)
        typed(pilot, f"{key}Dsq\rj{key}again\r?")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        second = str(table.selected_id)
        assert first != second
        for run, word in ((first, "Dsq"), (second, "again")):
            await until(pilot, lambda run=run, word=word: word in str(events(runs.run(run))[-1]))


async def test_questions_take_their_answer(runs: Workspace) -> None:
    write(runs, RunFiles("old-eeee", "failed", age=10))
    app = GrpoTui(runs)
    async with app.run_test() as pilot:
        table = await ready(pilot, 5)
        typed(pilot, "/old-eeee\r")
        await until(pilot, lambda: len(table.rows) == 1)
        typed(pilot, "vgDnD\rnvu")
        folder = runs.run("old-eeee")
        await until(
            pilot, lambda: [e["verdict"] for e in events(folder) if "verdict" in e] == ["good", "unsure"]
        )
        assert folder.run_json.exists() and not isinstance(app.screen, (Choice, Confirm))
        typed(pilot, "Dy")
        await until(pilot, lambda: (runs.bin / "old-eeee").exists())


async def test_launch_edits_the_field_that_is_typed_at(runs: Workspace) -> None:
    app = GrpoTui(runs)
    async with app.run_test() as pilot:
        await ready(pilot, 4)
        typed(pilot, "n\r\rLdq0\r")
        await until(pilot, lambda: isinstance(app.screen, LaunchScreen) and app.screen.is_mounted)
        screen = app.screen
        assert isinstance(screen, LaunchScreen)
        await until(pilot, lambda: screen.draft is not None and screen.draft.name == "Ldq0")
        assert not screen.query_one(FieldEditor).editing
        typed(pilot, "\tqq")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        connection = connect(runs)
        assert len(Registry(connection, runs).runs()) == 4
        connection.close()


async def test_a_clone_opens_before_the_next_key(runs: Workspace) -> None:
    app = GrpoTui(runs)
    async with app.run_test() as pilot:
        await ready(pilot, 4)
        typed(pilot, "e\rsDq\r")
        await until(pilot, lambda: isinstance(app.screen, LaunchScreen) and app.screen.is_mounted)
        screen = app.screen
        assert isinstance(screen, LaunchScreen)
        await until(pilot, lambda: screen.draft is not None and screen.draft.name == "sDq")
        assert not [widget for widget in app.screen.query(Input) if widget.has_focus]


async def test_a_dialog_that_is_fetched_takes_what_is_typed_after_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine, e cloned the run and the dialog came up over Launch."""

    def slowly(run: RunDir) -> Policy:
        time.sleep(0.5)
        return read_policy(run)

    live(workspace, 3)
    monkeypatch.setattr(policy, "read_policy", slowly)
    app = GrpoTui(workspace)
    async with app.run_test() as pilot:
        screen = await open_run(pilot)
        typed(pilot, "pestep > 5\r\r")
        await until(pilot, lambda: read_policy(workspace.run(screen.run_id)).kill == "step > 5")
        await until(pilot, lambda: app.screen is screen)
        monkeypatch.setattr(policy, "read_policy", _refuses)
        typed(pilot, "p?")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


def _refuses(run: RunDir) -> Policy:
    raise UserError(f"{run.id} cannot be read")


async def test_nothing_waits_for_a_key_that_went_nowhere(runs: Workspace) -> None:
    """Screens that close under their keys, many times."""
    app = GrpoTui(runs)
    async with app.run_test() as pilot:
        await ready(pilot, 4)
        typed(pilot, "?qgqmx\x1bnqvgDn\rlq" * 5 + "?")
        await until(pilot, lambda: not app._typed and isinstance(app.screen, HelpScreen), 60)
        await until(pilot, lambda: app.screen.is_mounted)
