"""What the keys of the Run screen do."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from grpotui.records import RunSummary
from grpotui.tui import keymap
from grpotui.tui.run_place import Place
from grpotui.tui.screens.run_keys import RunKeys
from grpotui.tui.widgets.run_board import TWO_COLUMNS, RunBoard


class RunMoves(RunKeys):
    """Moves the cursor of a run; what is shown follows in :meth:`show`."""

    KEYS = keymap.RUN
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.RUN)]

    def __init__(self) -> None:
        super().__init__()
        self.place = Place()
        self._log_asked = False
        """True when a person opened the log; that of a failed run opens by itself, and is left in one go."""

    @property
    def selected(self) -> RunSummary | None:
        """The run, once it was read."""
        return self.place.snapshot.run if self.place.snapshot is not None else None

    @property
    def board(self) -> RunBoard:
        """Everything between title and keys."""
        return self.query_one(RunBoard)

    # What the screen does

    def show(self) -> None:
        """Bring everything to where the cursor is."""
        raise NotImplementedError

    def next_odd(self, step: int, group: int) -> tuple[int, int] | None:
        """Return the next place that needs a look. Slow: for a thread."""
        raise NotImplementedError

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
        last = 6 if board.size.width < TWO_COLUMNS else 7
        following = board.alone % last + 1
        board.choose(0 if following == 7 else following)

    def action_log(self) -> None:
        """Show the end of the log, or hide it."""
        self.board.toggle_log()
        self._log_asked = self.board.log_open

    def action_read(self) -> None:
        """Read the selected completion on the whole screen."""
        from grpotui.tui.screens.reader import ReaderScreen

        if self.place.detail().current is None:
            self.app.say("No completion here yet")
            return
        self.place.hold()
        self.app.push_screen(ReaderScreen(self.place))

    def action_odd(self) -> None:
        """Go to the next group without spread, or with a cut completion."""
        place = self.place
        if place.step is None:
            return
        step, group = place.step, place.group

        def found(at: tuple[int, int] | None) -> None:
            if at is None:
                self.app.say("No group without spread, and no completion that was cut")
                return
            place.go(at[0])
            place.group = at[1]
            self.show()

        self.app.do(lambda: self.next_odd(step, group), found)

    def go_back(self) -> bool:
        """Close the log that was asked for, show all panes again; False when there is neither: then leave."""
        if self._log_asked and self.board.log_seen:
            self.action_log()
            return True
        if not self.board.pane or self.size.width < TWO_COLUMNS:
            return False
        self.board.choose(0)
        return True
