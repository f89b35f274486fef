"""Runs: a live table of everything in the workspace, what needs attention first."""

from __future__ import annotations

import time
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.widgets import Static

from grpotui import format as fmt
from grpotui.analysis.compare.subject import MOST_RUNS
from grpotui.records import RunSummary
from grpotui.text import clean
from grpotui.tui import keymap, style
from grpotui.tui.actions import control, queueing, remarks
from grpotui.tui.actions.lost import resume_lost
from grpotui.tui.runs.view import RunsSnapshot, RunsWanted
from grpotui.tui.screens.runs_feed import RunsFeed
from grpotui.tui.style import Tone
from grpotui.tui.widgets.find_line import FindLine
from grpotui.tui.widgets.line_table import LineTable
from grpotui.tui.widgets.lines import KeyLine, TitleLine, Trouble
from grpotui.tui.widgets.news_line import NewsLine
from grpotui.tui.widgets.queue_strip import QueueStrip
from grpotui.tui.widgets.run_details import RunDetails
from grpotui.tui.widgets.runs_table import RunsTable

EMPTY = """No runs yet.

  n  starts one from a preset
  ?  explains keys and words
  q  leaves

Runs that go on do not need this app: close it whenever you like."""


def standing_line(snapshot: RunsSnapshot, marked: int, where: str, dark: bool) -> Text:
    """Return the right half of the title: what needs attention, how many runs there are, the time."""
    line = style.text("", dark=dark)
    if snapshot.problem:
        line.append_text(style.text(f"▲ {snapshot.problem}   ", Tone.WARN, dark))
    elif count := snapshot.attention:
        needs = f"▲ {count} need{'s' if count == 1 else ''} attention (!)   "
        line.append_text(style.text(needs, Tone.WARN, dark))
    parts = [f"{len(snapshot.ids)} of {snapshot.total} runs"] if snapshot.wanted.filter else []
    if marked:
        parts.append(f"{marked} marked")
    parts.append(f"{snapshot.live} running")
    if snapshot.waiting:
        parts.append(f"{len(snapshot.waiting)} queued")
    parts += [where] if where else []
    parts.append(time.strftime("%H:%M"))
    line.append_text(style.text("   ".join(parts), Tone.DIM, dark))
    return line


class RunsScreen(RunsFeed):
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

    def compose(self) -> ComposeResult:
        """Title, table, details, queue, keys."""
        yield TitleLine(id="title")
        yield NewsLine(id="news")
        yield Trouble(id="trouble")
        yield RunsTable(id="runs")
        with Vertical(id="empty"):
            yield Static("", id="empty-text", markup=False)
        yield RunDetails(id="details")
        yield QueueStrip(id="queue")
        yield FindLine("words  status:failed  verdict:coll  tag:keep  reward>=0.5  grpo.beta=0.1", id="find")
        yield KeyLine(keymap.RUNS, keymap.EVERYWHERE, id="keys")

    # Showing

    @property
    def wanted(self) -> RunsWanted:
        """What is in sight, and what is looked for."""
        table, since = self.query_one(RunsTable), self.app.looks.since
        return RunsWanted(self.query_one(FindLine).words, table.first, table.selected_id, since)

    def show_snapshot(self) -> None:
        """Show the newest snapshot."""
        snapshot = self._snapshot
        words, none = snapshot.wanted.filter, not snapshot.ids
        self.query_one(RunsTable).show(snapshot)
        self.set_class(none and bool(snapshot.time), "-empty")
        if none:
            why = clean(snapshot.problem) or "every term must hold"
            said = f"No run has all of: {clean(words)}\n\n{why}\n\nesc shows all runs" if words else EMPTY
            self.query_one("#empty-text", Static).update(said)
        elif self.focused is None:
            self.query_one(RunsTable).focus()
        self.query_one(NewsLine).show_news(snapshot.wanted.since, snapshot.happened, snapshot.time)
        self.query_one(QueueStrip).show_queue(snapshot)
        self._show_title()
        self._show_details()

    def _show_title(self) -> None:
        where = fmt.tail(str(self.app.workspace.root), 32) if self.size.width >= 100 else ""
        marked = len(self.query_one(RunsTable).marks)
        right = standing_line(self._snapshot, marked, where, self.app.current_theme.dark)
        self.query_one(TitleLine).show_title(["grpotui", "runs"], right)

    def _show_details(self) -> None:
        row = self.query_one(RunsTable).selected
        snapshot = self._snapshot
        read = row is not None and row.run.id == snapshot.wanted.detail_id
        flags, resumable = (snapshot.flags, snapshot.resumable) if read else ((), "")
        self.query_one(RunDetails).show_run(row, flags, snapshot.time, resumable)

    @on(LineTable.Moved, "#runs")
    def _selected(self) -> None:
        self._show_details()
        if self.query_one(RunsTable).selected_id != self._snapshot.wanted.detail_id:
            self.fetch()

    @on(RunsTable.Scrolled, "#runs")
    def _scrolled(self) -> None:
        if self.wanted != self._snapshot.wanted:
            self.fetch()

    def on_resize(self, event: Resize) -> None:
        """Lines that are cut to the width are made again."""
        self.call_after_refresh(self.show_snapshot)

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
        """Go to the next run that needs attention or is new since the last look, around the end."""
        table, places = self.query_one(RunsTable), self._snapshot.walk
        if not places:
            self.app.say("Nothing needs attention")
            return
        table.move_to(next((i for i in places if i > table.index), places[0]))

    def action_compare(self) -> None:
        """Put marked runs beside each other; one of them, or the selected one, beside the baseline."""
        from grpotui.tui.screens.compare import CompareScreen

        table, pinned = self.query_one(RunsTable), self._snapshot.pinned
        chosen = [run_id for run_id in self._snapshot.ids if run_id in table.marks]
        chosen = chosen or [run_id for run_id in (table.selected_id,) if run_id]
        if len(chosen) == 1 and pinned and pinned not in chosen:
            chosen.insert(0, pinned)
        if not 2 <= len(chosen) <= MOST_RUNS:
            self.app.say(
                f"Mark 2 to {MOST_RUNS} runs with space, or pin a baseline with b: {len(chosen)} now"
            )
            return
        oldest_first = chosen if pinned == chosen[0] else chosen[::-1]
        self.app.push_screen(CompareScreen(tuple(oldest_first)))

    def action_sweeps(self) -> None:
        """List sweeps and probes, with the cursor on that of the selected run."""
        from grpotui.tui.screens.sweeps import SweepsScreen

        run = self.selected
        self.app.push_screen(SweepsScreen(run.sweep if run is not None else ""))

    def action_mark(self) -> None:
        """Mark the run, or unmark it."""
        self.query_one(RunsTable).toggle_mark()
        self._show_title()

    def action_write_journal(self) -> None:
        """Bring the log book up to date."""
        self.app.action_write_journal()

    def action_resume_lost(self) -> None:
        """Resume what a reboot took."""
        resume_lost(self.app, self.fetch)

    def action_turn(self, by: int) -> None:
        """Move the run in the queue."""
        if self.selected is not None:
            queueing.move(self.app, self.selected, by, self.fetch)

    def action_hold(self) -> None:
        """Keep the queued run from starting, or release it."""
        self._deed(queueing.hold)

    def action_start(self) -> None:
        """Launch the draft."""
        self._deed(control.start)

    def action_pin(self) -> None:
        """Make the run the baseline, or let it be that no longer."""
        if row := self.query_one(RunsTable).selected:
            remarks.pin(self.app, row.run, row.pinned, self.fetch)

    # Filter

    def action_copy(self) -> None:
        """Copy the run's id."""
        if self.selected is not None:
            self.app.copy("run", self.selected.id)

    def action_find(self) -> None:
        """Type words; the table follows."""
        self.query_one(FindLine).open()

    def on_find_line_found(self) -> None:
        """Show the runs that fit."""
        self.fetch()

    def on_find_line_left(self) -> None:
        """Go on in the table."""
        self.query_one(RunsTable).focus()

    def go_back(self) -> bool:
        """Drop the filter; False when there is none, so that the app leaves."""
        return self.query_one(FindLine).drop()
