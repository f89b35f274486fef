"""Sweeps: the sweeps and probes of the workspace, the newest first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.widgets import Static

from grpotui.analysis.sweep.document import to_markdown
from grpotui.analysis.sweep.records import Study
from grpotui.tui import keymap, style
from grpotui.tui.actions import sweeps
from grpotui.tui.screens.sweeps_feed import SweepsFeed
from grpotui.tui.style import Tone
from grpotui.tui.sweeps.data import SweepsReader
from grpotui.tui.sweeps.view import SweepsSnapshot
from grpotui.tui.widgets.line_table import LineTable
from grpotui.tui.widgets.lines import KeyLine, TitleLine, Trouble
from grpotui.tui.widgets.sweep_point import SweepWords
from grpotui.tui.widgets.sweeps_table import SweepsTable

EMPTY = """No sweeps yet.

In Launch, a comma list in a field makes a run for each value: two or more are a sweep.
grpotui sweep PRESET --grid grpo.beta=0,0.01,0.02    trains at each point
grpotui probe PRESET --grid grpo.temperature=0.6,1   only generates, before any GPU-day"""


class SweepsScreen(SweepsFeed[SweepsSnapshot]):
    """All sweeps, with the sentences of the one under the cursor."""

    KEYS = keymap.SWEEPS
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.SWEEPS)]
    AUTO_FOCUS = "#sweeps"
    DEFAULT_CSS = """
    SweepsScreen {
        #sweeps { height: 1fr; padding: 0 1; }
        #words { height: 12; }
        #none { display: none; height: 1fr; padding: 1 3; color: $foreground; }
        #trouble { display: none; height: auto; max-height: 3; padding: 0 1; color: $error; }
        &.-trouble #trouble { display: block; }
        &.-none #sweeps, &.-none #words { display: none; }
        &.-none #none { display: block; }
    }
    SweepsScreen.-short #words { height: 6; }
    SweepsScreen.-flat #words { display: none; }
    """

    def __init__(self, selected: str = "") -> None:
        """``selected``: id of the sweep that the cursor begins on."""
        super().__init__()
        self._selected = selected
        self._snapshot = SweepsSnapshot()

    def compose(self) -> ComposeResult:
        """Title, table, sentences, keys."""
        yield TitleLine(id="title")
        yield Trouble(id="trouble")
        yield SweepsTable(id="sweeps")
        yield Static("", id="none", markup=False)
        yield SweepWords(id="words")
        yield KeyLine(keymap.SWEEPS, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """Begin to look."""
        self.begin()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show())

    def read(self, reader: SweepsReader) -> SweepsSnapshot:
        """Return all sweeps."""
        return reader.fetch()

    def take(self, found: SweepsSnapshot) -> None:
        """Show them."""
        self._snapshot = found
        self.show()

    def show_error(self, error: str) -> None:
        """Say what went wrong above the table."""
        self.set_class(bool(error), "-trouble")
        self.query_one(Trouble).tell(error)

    def show(self) -> None:
        """Show the newest snapshot."""
        rows = self._snapshot.rows
        self.set_class(not rows and bool(self._snapshot.time), "-none")
        self.query_one("#none", Static).update(EMPTY if self._snapshot.time else "")
        self.query_one(SweepsTable).show(rows, self._selected)
        self._selected = "" if rows else self._selected
        self._show_words()
        live = sum(row.study.counts.open or row.study.repeats.open for row in rows)
        right = style.text(
            f"{len(rows)} sweeps   {live} going on   {time.strftime('%H:%M')}",
            Tone.DIM,
            self.app.current_theme.dark,
        )
        self.query_one(TitleLine).show_title(["grpotui", "sweeps"], right)

    @on(LineTable.Moved, "#sweeps")
    def _show_words(self) -> None:
        row = self.query_one(SweepsTable).selected
        self.query_one(SweepWords).show(row.study.sentences if row is not None else (), 0)

    def on_resize(self, event: Resize) -> None:
        """Lines that are cut to the width are made again."""
        self.call_after_refresh(self.show)

    # Keys

    @on(LineTable.Chosen, "#sweeps")
    def action_open(self) -> None:
        """Open the sweep."""
        row = self.query_one(SweepsTable).selected
        if row is not None:
            self.app.open_sweep(row.id)

    def _deed(self, deed: Callable[[Study], None]) -> None:
        row = self.query_one(SweepsTable).selected
        if row is not None:
            deed(row.study)

    def action_stop(self) -> None:
        """Stop the sweep."""
        self._deed(lambda study: sweeps.stop(self.app, study, self.fetch))

    def action_resume(self) -> None:
        """Let the sweep go on."""
        self._deed(lambda study: sweeps.resume(self.app, study, self.fetch))

    def action_confirm(self) -> None:
        """Repeat its best points."""
        self._deed(lambda study: sweeps.confirm(self.app, study, (), self.fetch))

    def action_promote(self) -> None:
        """Write its best point into a preset."""
        self._deed(lambda study: sweeps.promote(self.app, study, None))

    def action_copy(self) -> None:
        """Copy its table."""
        self._deed(lambda study: self.app.copy("sweep", to_markdown(study)))
