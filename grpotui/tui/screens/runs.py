"""Runs: a live table of everything in the workspace, what needs attention first."""

from __future__ import annotations

import sqlite3
import time
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import Resize, ScreenResume
from textual.message import Message
from textual.widgets import Static

from grpotui.errors import UserError
from grpotui.records import RunSummary
from grpotui.text import clean
from grpotui.tui import format as fmt
from grpotui.tui import keymap, style
from grpotui.tui.runs_data import RunsReader
from grpotui.tui.runs_view import RunsSnapshot, filtered, is_news
from grpotui.tui.screens.run_keys import RunKeys
from grpotui.tui.style import Tone
from grpotui.tui.widgets.find_line import FindLine
from grpotui.tui.widgets.line_table import LineTable
from grpotui.tui.widgets.lines import KeyLine, TitleLine
from grpotui.tui.widgets.queue_strip import QueueStrip
from grpotui.tui.widgets.run_details import RunDetails
from grpotui.tui.widgets.runs_table import RunsTable

FETCH_SECONDS = 1.0

EMPTY = """No runs yet.

  n  starts one from a preset
  ?  explains keys and words
  q  leaves

Runs that go on do not need this app: close it whenever you like."""


class RunsScreen(RunKeys):
    """The first screen."""

    KEYS = keymap.RUNS
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.RUNS)]
    AUTO_FOCUS = "#runs"
    DEFAULT_CSS = """
    RunsScreen {
        #runs { height: 1fr; padding-left: 1; }
        #empty { display: none; height: 1fr; padding: 1 3; color: $foreground; }
        &.-empty #runs, &.-empty #details { display: none; }
        &.-empty #empty { display: block; }
        #trouble { display: none; height: auto; max-height: 3; padding: 0 1; color: $error; }
        &.-trouble #trouble { display: block; }
        #details { height: 10; }
        #queue { border-top: solid $rule; max-height: 5; }
    }
    RunsScreen.-short #details { height: 4; }
    RunsScreen.-short #queue { border-top: none; max-height: 2; }
    RunsScreen.-flat #details, RunsScreen.-flat #queue { display: none; }
    """

    class Fetched(Message):
        """A new snapshot, or the error that came instead."""

        def __init__(self, snapshot: RunsSnapshot | None, error: str = "") -> None:
            super().__init__()
            self.snapshot = snapshot
            self.error = error

        def can_replace(self, message: Message) -> bool:
            """Only the newest snapshot counts."""
            return isinstance(message, RunsScreen.Fetched)

    def __init__(self) -> None:
        super().__init__()
        self._snapshot = RunsSnapshot()
        self._reader: RunsReader | None = None
        self._fetching = False
        self._again = False

    def compose(self) -> ComposeResult:
        """Title, table, details, queue, keys."""
        yield TitleLine(id="title")
        yield Static("", id="trouble", markup=False)
        yield RunsTable(id="runs")
        with Vertical(id="empty"):
            yield Static("", id="empty-text", markup=False)
        yield RunDetails(id="details")
        yield QueueStrip(id="queue")
        yield FindLine("words: name, tag, status, verdict …", id="find")
        yield KeyLine(keymap.RUNS, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """Fetch now, and every second."""
        self._reader = RunsReader(self.app.workspace)
        self.fetch()
        self.set_interval(FETCH_SECONDS, self.fetch)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show())

    @on(ScreenResume)
    def _come_back(self) -> None:
        self.fetch()

    # Data

    def fetch(self) -> None:
        """Fetch a snapshot unless one is under way, or nobody looks."""
        if not self.is_current and self._snapshot.time:
            return
        if self._fetching:
            self._again = True
            return
        self._fetching = True
        row = self.query_one(RunsTable).selected
        self._fetch(row.run.id if row else None)

    @work(thread=True, group="fetch")
    def _fetch(self, detail_id: str | None) -> None:
        from grpotui.tui.app import one_line

        message = self.Fetched(None)
        try:
            if self._reader is not None:
                message = self.Fetched(self._reader.fetch(detail_id))
        except (UserError, sqlite3.Error, OSError) as error:
            message = self.Fetched(None, one_line(error))
        finally:
            self._fetching = False
            self.post_message(message)

    def on_runs_screen_fetched(self, message: Fetched) -> None:
        """Show the snapshot; an error stands in one line above what was known last."""
        self.set_class(bool(message.error), "-trouble")
        self.query_one("#trouble", Static).update(message.error)
        if message.snapshot is not None:
            self._snapshot = message.snapshot
            self._show()
        if self._again:
            self._again = False
            self.fetch()

    # Showing

    def _show(self, select: str | None = None) -> None:
        snapshot = self._snapshot
        words = self.query_one(FindLine).words
        rows = filtered(snapshot.rows, words)
        self.query_one(RunsTable).show(rows, snapshot.time, select)
        self.set_class(not rows and bool(snapshot.time), "-empty")
        if not rows:
            said = f"No run has all of: {clean(words)}\n\nesc shows all runs" if words else EMPTY
            self.query_one("#empty-text", Static).update(said)
        elif self.focused is None:
            self.query_one(RunsTable).focus()
        self.query_one(QueueStrip).show_queue(snapshot.devices, snapshot.waiting)
        self._show_title(len(rows))
        self._show_details()

    def _show_title(self, shown: int) -> None:
        snapshot = self._snapshot
        dark = self.app.current_theme.dark
        right = style.text("", dark=dark)
        if count := snapshot.attention:
            needs = f"▲ {count} need{'s' if count == 1 else ''} attention (!)   "
            right.append_text(style.text(needs, Tone.WARN, dark))
        parts = [f"{shown} of {len(snapshot.rows)} runs"] if self.query_one(FindLine).words else []
        parts.append(f"{snapshot.live} running")
        if snapshot.waiting:
            parts.append(f"{len(snapshot.waiting)} queued")
        if self.size.width >= 100:
            parts.append(fmt.tail(str(self.app.workspace.root), 32))
        parts.append(time.strftime("%H:%M"))
        right.append_text(style.text("   ".join(parts), Tone.DIM, dark))
        self.query_one(TitleLine).show_title(["grpotui", "runs"], right)

    def _show_details(self) -> None:
        row = self.query_one(RunsTable).selected
        snapshot = self._snapshot
        flags = snapshot.flags if row and row.run.id == snapshot.detail_id else ()
        self.query_one(RunDetails).show_run(row, flags, snapshot.time)

    @on(LineTable.Moved, "#runs")
    def _selected(self) -> None:
        self._show_details()
        row = self.query_one(RunsTable).selected
        if row and row.run.id != self._snapshot.detail_id:
            self.fetch()

    def on_resize(self, event: Resize) -> None:
        """Lines that are cut to the width are made again."""
        self.call_after_refresh(self._show)

    # Keys

    @property
    def selected(self) -> RunSummary | None:
        """The run under the cursor."""
        row = self.query_one(RunsTable).selected
        return row.run if row else None

    @on(LineTable.Chosen, "#runs")
    def action_open(self) -> None:
        """Open the selected run."""
        if self.selected:
            self.app.open_run(self.selected.id)

    def action_new(self) -> None:
        """Choose a preset and launch."""
        from grpotui.tui.screens.launch import LaunchScreen

        self.app.push_screen(LaunchScreen())

    def action_attention(self) -> None:
        """Go to the next run that needs attention, around the end."""
        table = self.query_one(RunsTable)
        places = [i for i, row in enumerate(table.rows) if is_news(row.run, self._snapshot.time)]
        if not places:
            self.app.say("Nothing needs attention")
            return
        table.move_to(next((i for i in places if i > table.index), places[0]))

    # Filter

    def action_find(self) -> None:
        """Type words; the table follows."""
        self.query_one(FindLine).open()

    def on_find_line_found(self) -> None:
        """Show the runs that have the words."""
        self._show()

    def on_find_line_left(self) -> None:
        """Go on in the table."""
        self.query_one(RunsTable).focus()

    def go_back(self) -> bool:
        """Drop the filter; False when there is none, so that the app leaves."""
        return self.query_one(FindLine).drop()
