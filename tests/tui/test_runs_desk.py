"""What a person keeps on the Runs screen: tags, verdicts, marks, the baseline, the last look."""

from __future__ import annotations

import time

from grpotui.registry import connect, sync
from grpotui.registry.desk import write_look
from grpotui.tui.app import GrpoTui
from grpotui.tui.runs.data import WINDOW
from grpotui.tui.screens.runs import RunsScreen
from grpotui.tui.widgets.runs_table import RunsTable
from grpotui.workspace import Workspace
from tests.tui.runs_factory import RunFiles, fill, ready, screen_lines, screen_text, until, write


async def test_tags_come_and_go(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        table = await ready(pilot, 4)
        await pilot.press("end", "t")
        await until(pilot, lambda: "now: stories" in screen_text(pilot))
        await pilot.press(*"+keep [b] -stories", "enter")
        await until(pilot, lambda: bool(table.selected and table.selected.run.tags == ("[b]", "keep")))
        assert "#[b] #keep" in screen_text(pilot)
        await pilot.press("t", "escape")
        assert table.selected and table.selected.run.id == "done-aaaa"


async def test_a_persons_verdict_is_shown_and_settles_what_needed_attention(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        table = await ready(pilot, 4)
        await pilot.press("down", "v")
        await until(pilot, lambda: "What do you say of broke-dddd?" in screen_text(pilot))
        await pilot.press("d")
        await until(pilot, lambda: "- you say: degenerate" in screen_text(pilot))
        assert [row.run.id for row in table.rows] == ["bad-cccc", "live-bbbb", "broke-dddd", "done-aaaa"]
        assert table.selected and table.selected.run.id == "broke-dddd"
        assert " - broke-dddd" in screen_text(pilot)
        await pilot.press("v", "n")
        await until(pilot, lambda: "you say" not in screen_text(pilot))


async def test_marks_and_the_baseline(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        table = await ready(pilot, 4)
        await pilot.press("space", "space", "b")
        assert table.marks == {"bad-cccc", "broke-dddd"}
        await until(pilot, lambda: "^  live-bbbb" in screen_text(pilot))
        assert "*  bad-cccc" in screen_text(pilot)
        assert "2 marked" in screen_lines(pilot)[0]
        assert "baseline" in screen_text(pilot)
        await pilot.press("home", "space")
        assert table.marks == {"broke-dddd"}
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        await ready(pilot, 4)
        await until(pilot, lambda: "^  live-bbbb" in screen_text(pilot))
        await pilot.press("end", "up", "b")
        await until(pilot, lambda: "^" not in screen_text(pilot))


async def test_the_first_line_says_what_happened_since_the_last_look(workspace: Workspace) -> None:
    write_look(workspace, time.time() - 4500, None)
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(80, 24)) as pilot:
        table = await ready(pilot, 4)
        news = "1 failed, ✖ 1 collapsed"
        await until(pilot, lambda: news in screen_lines(pilot)[1])
        assert "Since " in screen_lines(pilot)[1]
        await pilot.press("end")
        seen = []
        for _ in range(3):
            await pilot.press("exclamation_mark")
            seen.append(table.selected_id)
        assert seen == ["bad-cccc", "broke-dddd", "bad-cccc"]


async def test_a_first_visit_has_no_news(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=(80, 24)) as pilot:
        await ready(pilot, 4)
        assert "Since" not in screen_text(pilot)
        await until(pilot, workspace.log.exists)


async def test_thousands_of_runs_are_read_as_one_goes(workspace: Workspace) -> None:
    write(workspace, RunFiles("one-aaaa"))
    connection = connect(workspace)
    sync(connection, workspace)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(runs)") if row[1] not in ("rid", "id")]
    named = ", ".join(columns)
    connection.execute("BEGIN")
    for number in range(2999):
        connection.execute(
            f"INSERT INTO runs (id, {named}) SELECT ?, {named} FROM runs WHERE rid = 1",  # noqa: S608
            (f"row-{number:04}",),
        )
    connection.execute("COMMIT")
    for number in range(2999):
        workspace.run(f"row-{number:04}").path.mkdir()
    connection.close()
    async with GrpoTui(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        table = pilot.app.screen.query_one(RunsTable)
        await until(pilot, lambda: table.row_count() == 3000)
        assert len(table.rows) == WINDOW
        await pilot.press("end")
        await until(pilot, lambda: table.selected is not None)
        assert (table.index, table.selected_id) == (2999, "one-aaaa")
        await pilot.press("home", *["pagedown"] * 20)
        await until(pilot, lambda: table.selected is not None)
        assert len(table.rows) <= WINDOW
