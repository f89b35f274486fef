"""Resources: devices and who has them, the disk, checkpoints by size, and pruning."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from grpotui import format as fmt
from grpotui.tui import keymap, style
from grpotui.tui.actions import queueing
from grpotui.tui.resources import data as resources_data
from grpotui.tui.resources.view import CheckpointRow, ResourcesSnapshot
from grpotui.tui.screens.prompt import Confirm
from grpotui.tui.sight import in_sight
from grpotui.tui.style import Tone
from grpotui.tui.widgets.checkpoint_table import CheckpointTable, UseLines
from grpotui.tui.widgets.line_table import LineTable
from grpotui.tui.widgets.lines import KeyLine, TitleLine

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui

FETCH_SECONDS = 5.0


class ResourcesScreen(Screen[None]):
    """What the runs take up. Nothing goes without a yes."""

    KEYS = keymap.RESOURCES
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.RESOURCES)]
    AUTO_FOCUS = "#checkpoints"
    DEFAULT_CSS = """
    ResourcesScreen {
        #checkpoints { height: 1fr; padding: 0 1; }
        #none { display: none; height: 1fr; padding: 1 3; color: $faint; }
        &.-none #checkpoints { display: none; }
        &.-none #none { display: block; }
    }
    """

    app: GrpoTui

    def __init__(self) -> None:
        super().__init__()
        self._snapshot = ResourcesSnapshot()

    def compose(self) -> ComposeResult:
        """Title, devices and disk, checkpoints, keys."""
        yield TitleLine(id="title")
        yield UseLines(id="use")
        yield CheckpointTable(id="checkpoints")
        yield Static("looking …", id="none", markup=False)
        yield KeyLine(keymap.RESOURCES, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """Fetch now, and every few seconds."""
        self.fetch()
        self.set_interval(FETCH_SECONDS, self.fetch)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show())

    def fetch(self) -> None:
        """Look again, unless nobody does."""
        if in_sight(self) or not self._snapshot.time:
            workspace = self.app.workspace
            self.app.do(lambda: resources_data.read(workspace), self._fetched)

    def _fetched(self, snapshot: ResourcesSnapshot) -> None:
        self._snapshot = snapshot
        if self.is_attached:
            self._show()

    def _show(self) -> None:
        snapshot = self._snapshot
        self.set_class(not snapshot.rows, "-none")
        if snapshot.time:
            self.query_one("#none", Static).update("No run has a checkpoint.")
            self.query_one(UseLines).show_use(snapshot)
        self.query_one(CheckpointTable).show(snapshot.rows)
        dark = self.app.current_theme.dark
        right = style.text(
            f"{len(snapshot.rows)} runs with checkpoints   {time.strftime('%H:%M')}", Tone.DIM, dark
        )
        self.query_one(TitleLine).show_title(["grpotui", "resources"], right)

    def on_resize(self) -> None:
        """Lines that are cut to the width are made again."""
        self.call_after_refresh(self._show)

    @on(LineTable.Chosen, "#checkpoints")
    def action_open(self) -> None:
        """Open the run."""
        row = self.query_one(CheckpointTable).selected
        if row is not None and row.run is not None:
            self.app.open_run(row.run_id)

    def action_pause(self) -> None:
        """Let nothing more start, or let the queue go on."""
        queueing.pause(self.app, self.fetch)

    def action_prune(self) -> None:
        """Ask, then take away the run's checkpoints but the last one."""
        row = self.query_one(CheckpointTable).selected
        if row is None:
            return
        if not row.spare:
            self.app.say(f"{row.run_id}: nothing can go; resume needs what is there")
            return
        gone = ", ".join(str(step) for step in row.steps if step not in row.kept)
        kept = ", ".join(map(str, row.kept))
        self._ask(f"Prune {row.run_id}?", f"{gone} go: {fmt.size(row.spare)}. {kept} stays.", [row])

    def action_prune_all(self) -> None:
        """Ask, then do that to every run."""
        rows = [row for row in self._snapshot.rows if row.spare]
        if not rows:
            self.app.say("Nothing can go: every run has only what a resume needs")
            return
        what = f"{fmt.size(self._snapshot.spare)} of {len(rows)} runs go; the last of each stays."
        self._ask("Prune every run?", what, rows)

    def _ask(self, question: str, detail: str, rows: list[CheckpointRow]) -> None:
        from grpotui.launch import pruning

        workspace = self.app.workspace

        def deed() -> int:
            return sum(pruning.prune(workspace, row.run_id) for row in rows)

        def done(freed: int) -> None:
            self.app.say(f"{fmt.size(freed)} freed")
            self.fetch()

        def answered(yes: bool | None) -> None:
            if yes:
                self.app.do(deed, done)

        self.app.push_screen(Confirm(question, f"{detail} They cannot be brought back."), answered)
