"""The log book on its screen, written and edited from anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grpotui.analysis.journal import book
from grpotui.tui.app import GrpoTui
from grpotui.tui.journal.data import view
from grpotui.tui.screens.compare import CompareScreen
from grpotui.tui.screens.journal import JournalScreen
from grpotui.tui.screens.run import RunScreen
from grpotui.tui.screens.runs import RunsScreen
from grpotui.tui.widgets.journal_list import JournalList, rendered
from grpotui.workspace import Workspace
from tests.analysis.studies import CONTRACT, study
from tests.faults.terminal import terminal
from tests.tui.runs_factory import screen_text, until

WIDE, NARROW = (120, 35), (80, 24)


def fill(workspace: Workspace) -> None:
    study(workspace, "met-aaaa", contract=CONTRACT)
    study(
        workspace, "open-bbbb", day=1, status="queued", contract={**CONTRACT, "hypothesis": "More [b]KL[/b]?"}
    )
    study(workspace, "plain-cccc", day=2)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_hypotheses_open_first_then_what_has_none(workspace: Workspace, size: tuple[int, int]) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        await pilot.press("w")
        await until(pilot, lambda: "4 new" in screen_text(pilot))
        await pilot.press("B")
        await until(pilot, lambda: "1 open, 1 settled" in screen_text(pilot))
        items = pilot.app.screen.query_one(JournalList)
        titles = [item.title for item in items.items]
        assert titles == ["More [b]KL[/b]?", "A little KL is enough.", "plain-cccc", "the whole log book"]
        assert [item.state for item in items.items] == ["open", "supported", "", ""]
        await pilot.press("j")
        if size == NARROW:
            await pilot.press("enter")
        await until(pilot, lambda: "Conclusion: supported" in " ".join(screen_text(pilot).split()))
        if size == NARROW:
            await pilot.press("q")
        assert isinstance(pilot.app.screen, JournalScreen)
        await pilot.press("j", "j")
        assert items.selected is not None
        assert items.selected.title == "the whole log book"
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))


async def test_an_empty_book_says_what_to_do(workspace: Workspace) -> None:
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        await pilot.press("B")
        await until(pilot, lambda: "W  writes it" in screen_text(pilot))
        workspace.journal.write_text("# Mine\n\nonly my words\n")
        await pilot.press("w")
        await until(
            pilot, lambda: "only my words" in screen_text(pilot) or "the whole log book" in screen_text(pilot)
        )
        assert book.read(workspace).startswith("# Mine\n\nonly my words\n")


async def test_the_watch_key_of_a_run_stays_and_capital_w_writes(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace, "met-aaaa").run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await pilot.press("w")
        assert not workspace.journal.exists()
        await pilot.press("W")
        await until(pilot, workspace.journal.exists)


async def test_a_book_that_cannot_be_written_is_said(workspace: Workspace) -> None:
    fill(workspace)
    workspace.journal.write_text("mine\n")
    workspace.journal.chmod(0o400)
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        await pilot.press("W")
        await until(pilot, lambda: "read-only" in screen_text(pilot))
    assert workspace.journal.read_text() == "mine\n"


async def test_without_an_editor_one_line_says_so(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        await pilot.press("M")
        await until(pilot, lambda: "no editor is set: 'export EDITOR=nano'" in screen_text(pilot))
        monkeypatch.setenv("EDITOR", "no-such-editor-here -w")
        await pilot.press("M")
        await until(pilot, lambda: "no-such-editor-here, which is not there" in screen_text(pilot))
        monkeypatch.setenv("EDITOR", "true")
        await pilot.press("M")
        await until(pilot, lambda: "no terminal to edit in" in screen_text(pilot))
    assert not [path for path in os.listdir(workspace.logs) if path == "journal.md"] or book.read(workspace)


def test_the_editor_gets_the_terminal_and_the_app_comes_back(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(workspace)
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\necho "EDITING $1"\nread line\necho "$line" >> "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", f"sh {script}")
    with terminal(workspace) as app:
        app.wait_for("met-aaaa")
        app.after("M", "EDITING")
        place = len(app.drawn)
        app.press("typed in the editor\r")
        app.wait_for("plain-cccc", since=place)
        app.after("B", "the whole log book")
        app.press("qq")
        assert app.process.wait(20) == 0
    assert book.read(workspace).endswith("typed in the editor\n")


def test_what_is_not_written_yet_is_said(workspace: Workspace) -> None:
    from grpotui.analysis.journal.hypotheses import Finding, Hypothesis

    finding = Finding("run:x", "x", 1.0, "why?", None)
    shown = view("p", "", [Hypothesis("why?", (finding,))], {})
    assert "Not in the log book yet" in shown.items[0].pages[0]
    assert shown.counts() == (1, 0)


def test_markdown_is_drawn_without_links_or_escapes() -> None:
    from rich.console import Console

    console = Console(width=60, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(rendered("# t\n[a](http://x)\n\x1b[31mred\x9b1m <script>"))
    text = console.export_text(styles=True)
    assert "\x1b]8" not in text
    assert "␛[31mred" in text


async def test_compare_writes_itself_into_the_book(workspace: Workspace) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        pilot.app.push_screen(CompareScreen(("met-aaaa", "plain-cccc")))
        await until(
            pilot,
            lambda: "nothing that was asked for differs" in screen_text(pilot) or "B " in screen_text(pilot),
        )
        await pilot.press("w")
        await until(
            pilot, lambda: workspace.journal.exists() and "Compared: A met-aaaa" in book.read(workspace)
        )
