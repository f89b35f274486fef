"""Run: charts and completions of one run, moving together with one cursor."""

from __future__ import annotations

import sqlite3
import time

from textual import work
from textual.app import ComposeResult
from textual.events import Resize, ScreenResume
from textual.message import Message
from textual.widgets import Static

from grpotui.errors import UserError
from grpotui.records import Status
from grpotui.tui import keymap
from grpotui.tui.group_view import StepGroups
from grpotui.tui.run_data import RunReader
from grpotui.tui.run_view import RunSnapshot, opening_step
from grpotui.tui.screens.run_moves import RunMoves
from grpotui.tui.widgets.lines import KeyLine, TitleLine
from grpotui.tui.widgets.run_board import Looking, RunBoard
from grpotui.tui.widgets.verdict import title_right

FETCH_SECONDS = 0.5


class RunScreen(RunMoves):
    """One run, live or ended."""

    DEFAULT_CSS = """
    RunScreen {
        #trouble { display: none; height: auto; max-height: 3; padding: 0 1; color: $error; }
        &.-trouble #trouble { display: block; }
    }
    """

    class Fetched(Message):
        """A new snapshot, or the error that came instead."""

        def __init__(self, snapshot: RunSnapshot | None, error: str = "") -> None:
            super().__init__()
            self.snapshot = snapshot
            self.error = error

        def can_replace(self, message: Message) -> bool:
            """Only the newest snapshot counts."""
            return isinstance(message, RunScreen.Fetched)

    class Read(Message):
        """The groups of a step."""

        def __init__(self, groups: StepGroups, error: str = "") -> None:
            super().__init__()
            self.groups = groups
            self.error = error

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id
        self._reader: RunReader | None = None
        self._fetching = False
        self._reading = False

    def compose(self) -> ComposeResult:
        """Title, board, keys."""
        yield TitleLine(id="title")
        yield Static("", id="trouble", markup=False)
        yield RunBoard(id="board")
        yield KeyLine(keymap.RUN, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """Fetch now, and twice a second."""
        self._reader = RunReader(self.app.workspace, self.run_id)
        self.fetch()
        self.set_interval(FETCH_SECONDS, self.fetch)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show())

    # Data

    def next_odd(self, step: int, group: int) -> tuple[int, int] | None:
        """Return the next place that needs a look. Slow: for a thread."""
        return self._reader.next_odd(step, group) if self._reader is not None else None

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Catch up."""
        if self._reader is not None:
            self.fetch()
            self.show()

    def fetch(self) -> None:
        """Fetch a snapshot unless one is under way, or nobody looks."""
        if self._fetching or (self.place.snapshot is not None and not self.is_current):
            return
        self._fetching = True
        self._fetch()

    @work(thread=True, group="fetch")
    def _fetch(self) -> None:
        from grpotui.tui.app import one_line

        message = self.Fetched(None)
        try:
            if self._reader is not None:
                message = self.Fetched(self._reader.fetch())
        except (UserError, sqlite3.Error, OSError) as error:
            message = self.Fetched(None, one_line(error))
        finally:
            self._fetching = False
            self.post_message(message)

    def on_run_screen_fetched(self, message: Fetched) -> None:
        """Show the snapshot; an error stands in one line above what was known last."""
        self._complain(message.error)
        if message.snapshot is None:
            return
        first = self.place.snapshot is None
        self.place.take(message.snapshot)
        if first:
            step = opening_step(message.snapshot)
            if step is not None:
                self.place.go(step)
            if message.snapshot.run.status is Status.FAILED:
                self.board.toggle_log()
        self.show()

    def _complain(self, error: str) -> None:
        self.set_class(bool(error), "-trouble")
        self.query_one("#trouble", Static).update(error)

    def _read_groups(self) -> None:
        """Read the groups of the step at the cursor, unless they are known or being read."""
        wanted = self.place.wanted_groups()
        if wanted is not None and not self._reading:
            self._reading = True
            self._read(wanted)

    @work(thread=True, group="read")
    def _read(self, step: int) -> None:
        from grpotui.tui.app import one_line

        message = self.Read(StepGroups(step))
        try:
            if self._reader is not None:
                message = self.Read(self._reader.groups(step))
        except (UserError, sqlite3.Error, OSError) as error:
            message = self.Read(StepGroups(step), one_line(error))
        finally:
            self._reading = False
            self.post_message(message)

    def on_run_screen_read(self, message: Read) -> None:
        """Show the groups; the cursor may want others by now."""
        if message.error:
            self._complain(message.error)
            return
        self.place.put_groups(message.groups)
        looking = self._looking()
        if looking is not None:
            self.board.show_words(looking)
            self._read_groups()

    # Showing

    def show(self) -> None:
        """Bring everything to where the cursor is."""
        looking = self._looking()
        if looking is None:
            self.query_one(TitleLine).show_title(["grpotui", "runs", self.run_id])
            return
        run = looking.snapshot.run
        right = title_right(run, time.strftime("%H:%M"), self.size.width, self.app.current_theme.dark)
        self.query_one(TitleLine).show_title(["grpotui", "runs", run.name], right)
        self.board.show(looking)
        self._read_groups()

    def _looking(self) -> Looking | None:
        place = self.place
        if place.snapshot is None:
            return None
        words = place.groups_data(), place.detail()
        return Looking(place.snapshot, place.step, place.live, place.news, place.metric, *words)

    def on_resize(self, event: Resize) -> None:
        """Lines that are cut to the width are made again."""
        self.call_after_refresh(self.show)
