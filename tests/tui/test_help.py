"""Help, keys and the command palette."""

from __future__ import annotations

from collections import Counter

import pytest

from grpotui.records import Status, Verdict
from grpotui.tui import keymap
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.help import HelpScreen, help_text
from grpotui.tui.screens.launch import LaunchScreen
from grpotui.tui.screens.runs import RunsScreen
from grpotui.workspace import Workspace
from tests.tui.runs_factory import screen_text, until


def test_every_key_has_a_unique_id_and_a_help_text() -> None:
    keys = [key for section in keymap.SECTIONS for key in section.keys]
    assert max(Counter(key.id for key in keys).values()) == 1
    assert all(key.help and key.face for key in keys)


@pytest.mark.parametrize("section", [s for s in keymap.SECTIONS if s is not keymap.EVERYWHERE])
def test_no_key_means_two_things_on_a_screen(section: keymap.Section) -> None:
    keys = [k for key in (*section.keys, *keymap.EVERYWHERE.keys) for k in key.keys.split(",")]
    assert max(Counter(keys).values()) == 1


def test_no_key_needs_ctrl_alt_or_a_function_key() -> None:
    keys = [k for section in keymap.SECTIONS for key in section.keys for k in key.keys.split(",")]
    assert [k for k in keys if "+" in k or (k.startswith("f") and k[1:].isdigit())] == ["ctrl+p"]


@pytest.mark.parametrize("screen", [RunsScreen, LaunchScreen, HelpScreen])
def test_every_action_exists(screen: type[RunsScreen | LaunchScreen | HelpScreen]) -> None:
    section = {RunsScreen: keymap.RUNS, LaunchScreen: keymap.LAUNCH, HelpScreen: keymap.HELP}[screen]
    for key in section.keys:
        assert hasattr(screen, f"action_{key.action.partition('(')[0]}"), key.id
    for key in keymap.EVERYWHERE.keys:
        assert hasattr(GrpoTui, f"action_{key.action}"), key.id


def test_help_tells_all_keys_and_words() -> None:
    page = help_text(dark=True).plain
    for section in keymap.SECTIONS:
        for key in section.keys:
            assert key.help in page
    for word in (*Status, *Verdict, "zero-std", "Jaccard"):
        assert word in page


@pytest.mark.parametrize("width", [20, 40, 80, 120])
def test_the_key_line_fits_and_always_says_help(width: int) -> None:
    pairs = keymap.key_line((keymap.RUNS, keymap.EVERYWHERE), width)
    assert ("?", "help") in pairs
    cells = sum(len(face) + len(label) + 3 for face, label in pairs)
    assert cells <= max(width, 30)
    assert (len(pairs) > 8) is (width == 120)


@pytest.mark.parametrize("size", [(120, 35), (80, 24), (40, 10)])
async def test_question_mark_opens_help_and_q_closes_it(workspace: Workspace, size: tuple[int, int]) -> None:
    app = GrpoTui(workspace)
    async with app.run_test(size=size) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await until(pilot, lambda: "Runs do not need this app" in screen_text(pilot))
        await pilot.press("question_mark", "end")
        await until(pilot, lambda: "attempt" in screen_text(pilot))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))


async def test_the_palette_lists_the_keys_of_the_screen(workspace: Workspace) -> None:
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {key.help for key in keymap.RUNS.keys} <= set(titles)
        await pilot.press("ctrl+p", *"preset")
        await until(pilot, lambda: "New run from a preset" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LaunchScreen))


async def test_q_leaves_at_the_top(workspace: Workspace) -> None:
    app = GrpoTui(workspace)
    async with app.run_test() as pilot:
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0
