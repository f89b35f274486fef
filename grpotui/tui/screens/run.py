"""Run: charts and completions of one run, moving together with one cursor."""

from __future__ import annotations

import time

from textual.app import ComposeResult
from textual.events import Resize, ScreenResume

from grpotui import format as fmt
from grpotui.records import Status
from grpotui.tui import keymap
from grpotui.tui.run.view import opening_step
from grpotui.tui.screens.run_feed import RunFeed
from grpotui.tui.widgets.lines import KeyLine, TitleLine, Trouble
from grpotui.tui.widgets.run_board import Looking, RunBoard
from grpotui.tui.widgets.run_details import place_words
from grpotui.tui.widgets.verdict import title_right

FETCH_SECONDS = 0.5


class RunScreen(RunFeed):
    """One run, live or ended."""

    DEFAULT_CSS = """
    RunScreen {
        #trouble { display: none; height: auto; max-height: 3; padding: 0 1; color: $error; }
        &.-trouble #trouble { display: block; }
    }
    """

    def compose(self) -> ComposeResult:
        """Title, board, keys."""
        yield TitleLine(id="title")
        yield Trouble(id="trouble")
        yield RunBoard(id="board")
        yield KeyLine(keymap.RUN, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """Fetch now, and twice a second."""
        self.open_reader()
        self.fetch()
        self.set_interval(FETCH_SECONDS, self.fetch)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show())

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Catch up."""
        self.fetch()
        self.show()

    # What was read

    def on_run_feed_fetched(self, message: RunFeed.Fetched) -> None:
        """Show the snapshot; an error stands in one line above what was known last."""
        self._complain(message.error)
        if message.snapshot is None:
            return
        if message.snapshot is self.place.snapshot:
            self._show_title()
            return
        first = self.place.snapshot is None
        self.place.take(message.snapshot)
        if first:
            step = opening_step(message.snapshot)
            if step is not None:
                self.place.go(step)
            if message.snapshot.run.status is Status.FAILED:
                self.board.toggle_log()
        self._show()

    def on_run_feed_read(self, message: RunFeed.Read) -> None:
        """Show the groups; the cursor may want others by now."""
        if message.error:
            self._complain(message.error)
            return
        self.place.put_groups(message.groups)
        self._show_words()

    def on_run_feed_followed(self, message: RunFeed.Followed) -> None:
        """Show the prompt over time; the cursor may be at another one by now."""
        self.place.history = message.history
        if self.visit_wanted:
            self.action_visit(self.visit_wanted)
        self._show_words()

    def _complain(self, error: str) -> None:
        self.set_class(bool(error), "-trouble")
        self.query_one(Trouble).tell(error)

    # Showing

    def show(self) -> None:
        """Bring everything to where the cursor is, as soon as possible."""
        self.board.hurry()
        self._show()

    def _show(self) -> None:
        self._show_title()
        looking = self._looking()
        if looking is not None:
            self.board.show(looking)
            self._read_on()

    def _show_title(self) -> None:
        run = self.selected
        if run is None:
            self.query_one(TitleLine).show_title(["grpotui", "runs", self.run_id])
            return
        right = title_right(run, time.strftime("%H:%M"), self.size.width, self.app.current_theme.dark)
        above = fmt.middle(place_words(run), max(self.size.width // 3, 16)) if run.sweep else "runs"
        self.query_one(TitleLine).show_title(["grpotui", above, run.name], right)

    def _show_words(self) -> None:
        looking = self._looking()
        if looking is not None:
            self.board.show_words(looking)
            self._read_on()

    def _read_on(self) -> None:
        self.read_groups()
        if self.board.shows("history"):
            self.follow_prompt()

    def _looking(self) -> Looking | None:
        place = self.place
        if place.snapshot is None:
            return None
        view = place.lens.shown(place.snapshot, place.step)
        words = place.groups_data(), place.detail(), place.history
        return Looking(place.snapshot, place.step, place.live, place.news, place.metric, view, *words)

    def on_resize(self, event: Resize) -> None:
        """Lines that are cut to the width are made again."""
        self.call_after_refresh(self.show)
