"""The Runs screen, driven by keys on a real workspace."""

from __future__ import annotations

import json
import sqlite3

import pytest

from grpotui.errors import UserError
from grpotui.registry import connect
from grpotui.registry.queries import Registry
from grpotui.registry.schema import VERSION
from grpotui.stream import read_json
from grpotui.tui.app import GrpoTui, farewell
from grpotui.tui.screens.prompt import Confirm, Prompt
from grpotui.tui.screens.run import RunScreen
from grpotui.tui.screens.runs import RunsScreen
from grpotui.tui.trouble import one_line
from grpotui.workspace import Workspace
from tests.tui.runs_factory import RunFiles, fill, ready, screen_lines, screen_text, until, write

SIZES = [(120, 35), (80, 24)]


@pytest.mark.parametrize("size", SIZES)
async def test_order_and_words(workspace: Workspace, size: tuple[int, int]) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        table = await ready(pilot, 4)
        assert [row.run.id for row in table.rows] == ["bad-cccc", "broke-dddd", "live-bbbb", "done-aaaa"]
        lines = screen_lines(pilot)
        assert len(lines) == size[1]
        assert max(map(len, lines)) <= size[0]
        text = "\n".join(lines)
        for words in ("● running", "✖ collapsed", "✖ failed", "✓ finished", "★ solved", "12/40"):
            assert words in text
        assert "▲ 2 need attention" in lines[0]
        assert "2 running" in lines[0]
        await until(pilot, lambda: "collapsed it is" in screen_text(pilot))


async def test_details_follow_the_cursor(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        await ready(pilot, 4)
        await until(pilot, lambda: "X .60" in screen_text(pilot))
        await pilot.press("down")
        await until(pilot, lambda: "OutOfMemoryError: 2.3 GiB" in screen_text(pilot))
        assert "X .60" not in screen_text(pilot)


async def test_selection_stays_on_its_run_while_rows_move(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(80, 24)) as pilot:
        table = await ready(pilot, 4)
        await pilot.press("end")
        assert table.selected and table.selected.run.id == "done-aaaa"
        write(workspace, RunFiles("newer-eeee", "running", "no-signal", age=5))
        await until(pilot, lambda: len(table.rows) == 5)
        assert table.rows[0].run.id == "newer-eeee"
        assert table.selected.run.id == "done-aaaa"
        assert table.index == 4


async def test_new_steps_appear_and_only_their_line_is_drawn(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        table = await ready(pilot, 4)
        drawn: list[int] = []
        draw = table._redraw

        def count(y: int) -> None:
            drawn.append(y)
            draw(y)

        table._redraw = count  # type: ignore[method-assign]
        with workspace.run("live-bbbb").metrics.open("a") as file:
            file.write(json.dumps({"step": 21, "time": 1.0, "reward": 0.9}) + "\n")
        await until(pilot, lambda: "21/40" in screen_text(pilot))
        assert drawn
        assert set(drawn) <= {1, 2, 3, 4}
        assert drawn.count(3) >= 1


async def test_exclamation_mark_walks_through_trouble(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(80, 24)) as pilot:
        table = await ready(pilot, 4)
        await pilot.press("end")
        seen = []
        for _ in range(3):
            await pilot.press("exclamation_mark")
            assert table.selected
            seen.append(table.selected.run.id)
        assert seen == ["bad-cccc", "broke-dddd", "bad-cccc"]


async def test_filter_and_back(workspace: Workspace) -> None:
    fill(workspace)
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await ready(pilot, 4)
        await pilot.press("slash", *"stor")
        await until(pilot, lambda: [row.run.id for row in table.rows] == ["done-aaaa"])
        assert "1 of 4 runs" in screen_lines(pilot)[0]
        await pilot.press(*"zzz")
        await until(pilot, lambda: "No run has all of: storzzz" in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: len(table.rows) == 4)
        assert isinstance(app.screen, RunsScreen)
        await pilot.press("j")
        assert table.index == 1


async def test_a_filter_half_typed_says_what_is_missing(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        table = await ready(pilot, 4)
        await pilot.press("slash", *"step>=")
        await until(pilot, lambda: "write a number behind it" in screen_lines(pilot)[0])
        assert len(table.rows) == 4
        await pilot.press(*"20")
        await until(pilot, lambda: [row.run.id for row in table.rows] == ["live-bbbb"])


async def test_stop_asks_for_a_reason_and_writes_the_request(workspace: Workspace) -> None:
    fill(workspace)
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, 4)
        request = workspace.run("bad-cccc").request_json
        await pilot.press("s")
        assert isinstance(app.screen, Prompt)
        await pilot.press("escape")
        assert not request.exists()
        await pilot.press("s", *"one", "space", *"template", "enter")
        await until(pilot, request.exists)
        asked = read_json(request)
        assert asked is not None
        assert (asked["action"], asked["reason"]) == ("stop", "one template")


async def test_stop_of_a_stopping_run_asks_and_kills(workspace: Workspace) -> None:
    write(workspace, RunFiles("slow-aaaa", "stopping", age=900))
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, 1)
        request = workspace.run("slow-aaaa").request_json
        await pilot.press("s")
        await until(pilot, lambda: "kill it now?" in screen_text(pilot))
        await pilot.press("n")
        assert not request.exists()
        await pilot.press("s", "y")
        await until(pilot, request.exists)
        assert (read_json(request) or {})["force"] is True


async def test_stop_of_an_ended_run_says_so(workspace: Workspace) -> None:
    fill(workspace)
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot, 4)
        await pilot.press("end", "s")
        await until(pilot, lambda: "nothing to stop" in screen_text(pilot))
        assert isinstance(app.screen, RunsScreen)


async def test_a_note_becomes_an_event_and_is_shown(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        await ready(pilot, 4)
        await pilot.press("m", *"[b]odd", "enter")
        await until(pilot, lambda: "note  [b]odd" in screen_text(pilot))
    connection = connect(workspace)
    events = Registry(connection, workspace).events("bad-cccc", ["note"])
    connection.close()
    assert [event["text"] for event in events] == ["[b]odd"]
    assert '"text": "[b]odd"' in workspace.run("bad-cccc").events.read_text()


async def test_bin_asks_first(workspace: Workspace) -> None:
    fill(workspace)
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await ready(pilot, 4)
        await pilot.press("end", "D")
        assert isinstance(app.screen, Confirm)
        await pilot.press("enter", "n")
        assert workspace.run("done-aaaa").path.exists()
        await pilot.press("D", "y")
        await until(pilot, lambda: len(table.rows) == 3)
        assert not workspace.run("done-aaaa").path.exists()
        assert any(workspace.bin.iterdir())


async def test_live_runs_are_not_binned(workspace: Workspace) -> None:
    fill(workspace)
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot, 4)
        await pilot.press("D")
        await until(pilot, lambda: "stop it first" in screen_text(pilot))
        assert isinstance(app.screen, RunsScreen)


@pytest.mark.parametrize("size", [*SIZES, (40, 10), (20, 5)])
async def test_an_empty_workspace_says_what_to_press(workspace: Workspace, size: tuple[int, int]) -> None:
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        await until(pilot, lambda: "No runs yet" in screen_text(pilot))
        assert "n  starts one" in screen_text(pilot) or size[0] == 20


async def test_small_and_changing_sizes(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(40, 10)) as pilot:
        await ready(pilot, 4)
        assert "✖ collapsed" in screen_text(pilot)
        for size in ((10, 3), (200, 60), (80, 24), (1, 1), (60, 16)):
            await pilot.resize_terminal(*size)
            await pilot.press("down", "up")
            await pilot.pause()
            assert all(len(line) <= size[0] for line in screen_lines(pilot))


async def test_light_theme_and_theme_change(workspace: Workspace) -> None:
    fill(workspace)
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await ready(pilot, 4)
        assert table.dark
        for name in ("grpotui-light", "textual-light", "ansi-dark", "grpotui-dark"):
            app.theme = name
            await pilot.pause()
            assert table.dark is app.current_theme.dark
            assert "✖ collapsed" in screen_text(pilot)


async def test_a_registry_that_breaks_is_one_line(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        table = await ready(pilot, 4)
        for name in ("runs.db-wal", "runs.db-shm"):
            (workspace.root / name).unlink(missing_ok=True)
        workspace.db.unlink()
        workspace.db.write_bytes(b"no database at all, " * 100)
        await until(pilot, lambda: "runs.db" in screen_text(pilot))
        assert len(table.rows) == 4


async def test_a_newer_grpotui_beside_us_is_said_and_nothing_freezes(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        table = await ready(pilot, 4)
        with sqlite3.connect(workspace.db) as newer:
            newer.execute(f"PRAGMA user_version = {VERSION + 1}")
        await until(pilot, lambda: "made by a newer grpotui" in screen_text(pilot))
        assert "restart" in screen_text(pilot)
        assert len(table.rows) == 4
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await until(pilot, lambda: "made by a newer grpotui" in screen_text(pilot))
        await pilot.press("q")
        with sqlite3.connect(workspace.db) as newer:
            newer.execute(f"PRAGMA user_version = {VERSION}")
        await until(pilot, lambda: "newer grpotui" not in screen_text(pilot))


def test_no_database_is_said_before_the_screen_is_touched(workspace: Workspace) -> None:
    workspace.db.write_bytes(b"no database at all, " * 100)
    with pytest.raises(UserError, match=r"runs\.db"):
        GrpoTui(workspace).run()


def test_farewell_counts_what_goes_on(workspace: Workspace) -> None:
    assert farewell(workspace) == ""
    fill(workspace)
    assert farewell(workspace) == "2 runs continue"


def test_errors_become_one_harmless_line() -> None:
    assert one_line(UserError("a\nb\x1b[31m")) == "a⏎b␛[31m"
    assert "grpotui rebuild" in one_line(sqlite3.OperationalError("disk I/O error"))
    assert one_line(PermissionError(13, "Permission denied", "/x")) == "Permission denied: /x"
