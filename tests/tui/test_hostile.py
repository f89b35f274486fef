"""Names, notes, tags, presets and reasons that try to take the terminal over."""

from __future__ import annotations

import re

import pytest
from textual.pilot import Pilot

from grpotui.presets.shipped import shipped_dir
from grpotui.registry import connect, sync
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.launch import LaunchScreen
from grpotui.workspace import Workspace
from tests.hostile import TEXTS
from tests.tui.runs_factory import PRESET, RunFiles, ready, screen_lines, screen_text, until, write

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")


def assert_harmless(pilot: Pilot[None]) -> None:
    width = pilot.app.size.width
    for line in screen_lines(pilot):
        assert not UNSAFE.search(line), repr(line)
    for strip in pilot.app.screen._compositor.render_strips(pilot.app.size):
        assert strip.cell_length <= width


def fill(workspace: Workspace) -> None:
    for place, text in enumerate(TEXTS):
        files = RunFiles(
            f"run-{place:02}",
            "failed",
            verdict="collapsed",
            name=text,
            tags=[text],
            note=text,
            reason=text,
            cause=text,
            flag=text,
            preset=text,
        )
        write(workspace, files)
    write(workspace, RunFiles("waits-aaaa", "queued", name="[red]waits\x1b[2J", age=30))
    connection = connect(workspace)
    sync(connection, workspace)
    connection.close()


@pytest.mark.parametrize("size", [(120, 35), (80, 24), (40, 10)])
async def test_runs(workspace: Workspace, size: tuple[int, int]) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        table = await ready(pilot, len(TEXTS) + 1)
        for _ in table.rows:
            assert_harmless(pilot)
            await pilot.press("down")
        await pilot.press("slash", *"[@click", "enter")
        await until(pilot, lambda: len(table.rows) == 1)
        assert any("[@c" in line for line in screen_lines(pilot)[1:5])
        assert_harmless(pilot)


@pytest.mark.parametrize("key", ["s", "D", "m", "r", "e"])
async def test_questions_and_answers(workspace: Workspace, key: str) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(80, 24), notifications=True) as pilot:
        table = await ready(pilot, len(TEXTS) + 1)
        for place in range(0, len(TEXTS), 4):
            table.move_to(place)
            await pilot.press(key)
            await pilot.pause(0.05)
            assert_harmless(pilot)
            if len(pilot.app.screen_stack) > 1:
                await pilot.press("escape")
            await pilot.pause()
        assert pilot.app.is_running


async def test_presets(workspace: Workspace) -> None:
    for place, text in enumerate(TEXTS):
        quoted = "".join(f"\\U{ord(char):08x}" for char in text if not "\ud800" <= char <= "\udfff")
        body = PRESET.replace("Toy learns + and - on 0-20", quoted).replace('"toy"', f'"{quoted}"')
        (workspace.presets / f"p{place}.toml").write_text(body)
    for name in ("[red]x[@click=q]", "a\x1b[31mb", "new\nline", "\u202egnp"):
        (workspace.presets / f"{name}.toml").write_text(PRESET)
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchScreen))
        screen = app.screen
        assert isinstance(screen, LaunchScreen)
        await until(pilot, lambda: "[red]x[@click=q]" in screen_text(pilot))
        count = len(screen.drafts.listed())
        assert count == len(TEXTS) + 4 + len(list(shipped_dir().glob("*.toml")))
        for place in range(count):
            assert_harmless(pilot)
            if place % 4 == 0:
                await pilot.press("enter", "down", "down", "down", "enter")
                assert_harmless(pilot)
                await pilot.press("escape", "tab")
            await pilot.press("down")


async def test_say_shows_no_markup_and_no_escapes(workspace: Workspace) -> None:
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for text in TEXTS:
            app.say(text)
            app.complain(OSError(2, "gone", text))
            await pilot.pause()
            assert_harmless(pilot)
        app.clear_notifications()
        app.say("[bold]literal[/bold]")
        await until(pilot, lambda: "[bold]literal[/bold]" in screen_text(pilot))
