"""What the keys of the Run screen do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from grpotui.records import RunSummary
from grpotui.tui import keymap
from grpotui.tui.run import charts as run_charts
from grpotui.tui.run.kinds import KEYS, MEANINGS, Kind
from grpotui.tui.run.place import Place
from grpotui.tui.run.window import Lens
from grpotui.tui.screens.chart_keys import ChartKeys
from grpotui.tui.screens.picker import Option
from grpotui.tui.screens.prompt import Choice
from grpotui.tui.screens.run_keys import RunKeys, copy_completion
from grpotui.tui.widgets.run_board import TWO_COLUMNS, RunBoard


class RunMoves(ChartKeys, RunKeys):
    """Moves the cursor of a run; what is shown follows in :meth:`show`."""

    KEYS = keymap.RUN
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.RUN)]

    def __init__(self) -> None:
        super().__init__()
        self.place = Place()
        self.odd = Kind.ODD
        self.visit_wanted = 0
        """Which way to go once the prompt at the cursor was followed; 0 to stay."""
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

    @property
    def lens(self) -> Lens:
        """How the charts are looked at."""
        return self.place.lens

    @property
    def axes(self) -> Sequence[str]:
        """Axes that the run has data for."""
        return self.place.snapshot.axes if self.place.snapshot is not None else ()

    def next_odd(self, step: int, group: int, kind: Kind) -> tuple[int, int] | None:
        """Return the next group of a kind. Slow: for a thread."""
        raise NotImplementedError

    # Keys

    def action_step(self, by: int) -> None:
        """Move by logged steps; beyond the newest one, follow it."""
        self.place.move_step(by)
        self.show()

    def action_leap(self, by: int) -> None:
        """Move by a column of the charts."""
        self.place.leap(by)
        self.show()

    def action_zoom(self, factor: float) -> None:
        """Show fewer or more steps around the cursor, or all."""
        if self.place.snapshot is not None and self.place.step is not None:
            self.place.lens.zoom(self.place.snapshot, self.place.step, factor)
        self.show()

    def action_pan(self, share: float) -> None:
        """Show the part before or after."""
        if not self.place.pan(share):
            self.app.say("The whole run is shown: + zooms in")
        self.show()

    def metrics(self) -> list[Option]:
        """Every metric, with its value at the cursor."""
        snapshot, step = self.place.snapshot, self.place.step
        found = snapshot.chart_keys if snapshot is not None else []
        return [(key, run_charts.value_text(snapshot.get(key), step)) for key in found if snapshot]

    def show_metric(self, key: str) -> None:
        """Put a metric into the large chart, and have that in sight."""
        self.place.metric = key
        if self.board.alone > 1:
            self.board.choose(1)
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

    def follow_prompt(self) -> None:
        """Read how the prompt at the cursor did at other steps."""
        raise NotImplementedError

    def action_visit(self, by: int) -> None:
        """Go to the step before or after that used the same prompt, as soon as it is known."""
        self.visit_wanted = 0
        if self.place.wanted_history() is not None:
            self.visit_wanted = by
            self.follow_prompt()
            return
        if not self.place.move_visit(by):
            self.app.say("No later step used this prompt" if by > 0 else "No earlier step used this prompt")
        self.show()

    def action_copy(self) -> None:
        """Copy the selected completion with its prompt, and save it."""
        copy_completion(self.app, self.place)

    def action_sample(self, by: int) -> None:
        """Select another text, and stay on this step."""
        self.place.move_sample(by)
        self.show()

    def action_metric(self, by: int) -> None:
        """Put another metric into the large chart."""
        self.place.move_metric(by)
        self.show_metric(self.place.metric)

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

    def action_choose_odd(self) -> None:
        """Choose which kind of group to go to, and go to the next one."""
        choices = {key: (str(kind), MEANINGS[kind]) for key, kind in KEYS.items()}

        def chosen(word: str | None) -> None:
            if word is not None:
                self.odd = Kind(word)
                self.action_odd()

        self.app.push_screen(Choice("Go to the next group that is", choices, "f goes on to the next"), chosen)

    def action_sort(self) -> None:
        """Sort the texts of a group by another measure."""
        self.place.next_order()
        self.app.say(f"Texts by {self.place.order}")
        self.show()

    def action_odd(self) -> None:
        """Go to the next group of the kind that was chosen."""
        place = self.place
        if place.step is None:
            return
        step, group = place.step, place.group

        def found(at: tuple[int, int] | None) -> None:
            if at is None:
                self.app.say(f"No group is {self.odd}")
                return
            place.go(*at)
            self.show()

        self.app.do(lambda: self.next_odd(step, group, self.odd), found)

    def go_back(self) -> bool:
        """Close the log that was asked for, show all panes again; False when there is neither: then leave."""
        if self._log_asked and self.board.log_seen:
            self.action_log()
            return True
        if not self.board.pane or self.size.width < TWO_COLUMNS:
            return False
        self.board.choose(0)
        return True
