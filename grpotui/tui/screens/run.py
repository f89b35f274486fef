"""Run: charts and completions of one run, moving together with one cursor."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize, ScreenResume
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from grpotui.errors import UserError
from grpotui.records import Status
from grpotui.tui import deeds, keymap
from grpotui.tui.group_view import StepGroups
from grpotui.tui.run_data import RunReader
from grpotui.tui.run_place import Place
from grpotui.tui.run_view import RunSnapshot, opening_step
from grpotui.tui.widgets.lines import KeyLine, TitleLine
from grpotui.tui.widgets.run_board import Looking, RunBoard
from grpotui.tui.widgets.verdict import title_right

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui

FETCH_SECONDS = 0.5


class RunScreen(Screen[None]):
    """One run, live or ended."""

    KEYS = keymap.RUN
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.RUN)]
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

    app: GrpoTui

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id
        self.place = Place()
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

    @property
    def board(self) -> RunBoard:
        """Everything between title and keys."""
        return self.query_one(RunBoard)

    # Data

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

    @work(thread=True, group="fetch", exit_on_error=False)
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

    @work(thread=True, group="read", exit_on_error=False)
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
        self.show()

    # Showing

    def show(self) -> None:
        """Bring everything to where the cursor is."""
        place = self.place
        snapshot = place.snapshot
        if snapshot is None:
            self.query_one(TitleLine).show_title(["grpotui", "runs", self.run_id])
            return
        run = snapshot.run
        right = title_right(run, time.strftime("%H:%M"), self.size.width, self.app.current_theme.dark)
        self.query_one(TitleLine).show_title(["grpotui", "runs", run.name], right)
        self.board.show(
            Looking(
                snapshot,
                place.step,
                place.live,
                place.news,
                place.metric,
                place.groups_data(),
                place.detail(),
            )
        )
        self._read_groups()

    def on_resize(self, event: Resize) -> None:
        """Lines that are cut to the width are made again."""
        self.call_after_refresh(self.show)

    # Keys

    def action_step(self, by: int) -> None:
        """Move by logged steps; beyond the newest one, follow it."""
        self.place.move_step(by)
        self.show()

    def action_flag(self, by: int) -> None:
        """Go to the flag before or after."""
        if not self.place.move_flag(by):
            self.app.say("No flag after this step" if by > 0 else "No flag before this step")
        self.show()

    def action_live(self) -> None:
        """Follow the newest step."""
        self.place.follow()
        self.show()

    def action_group(self, by: int) -> None:
        """Select another group, and stay on this step."""
        self.place.move_group(by)
        self.show()

    def action_sample(self, by: int) -> None:
        """Select another text, and stay on this step."""
        self.place.move_sample(by)
        self.show()

    def action_metric(self, by: int) -> None:
        """Put another metric into the large chart."""
        self.place.move_metric(by)
        if self.board.alone > 1:
            self.board.choose(1)
        self.show()

    def action_pane(self, pane: int) -> None:
        """Show one pane alone, or all again."""
        self.board.choose(pane)

    def action_next_pane(self) -> None:
        """Show the next pane alone."""
        board = self.board
        last = 6 if board.size.width < 100 else 7
        following = board.alone % last + 1
        board.choose(0 if following == 7 else following)

    def action_log(self) -> None:
        """Show the end of the log, or hide it."""
        self.board.toggle_log()

    def action_read(self) -> None:
        """Read the selected completion on the whole screen."""
        from grpotui.tui.screens.reader import ReaderScreen

        if self.place.detail().current is None:
            self.app.say("No completion here yet")
            return
        self.place.hold()
        self.app.push_screen(ReaderScreen(self))

    def action_odd(self) -> None:
        """Go to the next group without spread, or with a cut completion."""
        place, reader = self.place, self._reader
        if place.step is None or reader is None:
            return
        step, group = place.step, place.group

        def found(at: tuple[int, int] | None) -> None:
            if at is None:
                self.app.say("No group without spread, and no completion that was cut")
                return
            place.go(at[0])
            place.group = at[1]
            self.show()

        self.app.do(lambda: reader.next_odd(step, group), found)

    def action_stop(self) -> None:
        """Ask the run to stop."""
        if self.place.snapshot is not None:
            deeds.stop(self.app, self.place.snapshot.run, self.fetch)

    def action_resume(self) -> None:
        """Queue the next attempt."""
        if self.place.snapshot is not None:
            deeds.resume(self.app, self.place.snapshot.run, self.fetch)

    def action_clone(self) -> None:
        """Open Launch with the run's preset and changes."""
        if self.place.snapshot is not None:
            deeds.clone(self.app, self.place.snapshot.run)

    def action_note(self) -> None:
        """Write a note."""
        if self.place.snapshot is not None:
            deeds.note(self.app, self.place.snapshot.run, self.fetch)

    def go_back(self) -> bool:
        """Show all panes again; False when they are, so that the app leaves the screen."""
        if not self.board.pane or self.size.width < 100:
            return False
        self.board.choose(0)
        return True
