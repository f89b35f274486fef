"""What the keys of the Sweep screen do."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from grpotui import format as fmt
from grpotui.analysis.compare.subject import MOST_RUNS
from grpotui.analysis.sweep.document import to_markdown
from grpotui.records.sweeps import Role
from grpotui.tui import keymap
from grpotui.tui.actions import sweeps
from grpotui.tui.screens.picker import Picker
from grpotui.tui.screens.sweeps_feed import SweepsFeed
from grpotui.tui.sweeps.place import CHARTS, MAP, TABLE, WORDS, SweepPlace
from grpotui.tui.sweeps.view import SweepRow
from grpotui.tui.widgets.sweep_point import SweepWords
from grpotui.tui.widgets.sweep_table import SweepTable


class SweepMoves(SweepsFeed[SweepRow]):
    """Changes what is looked at; what is shown follows in :meth:`show`."""

    KEYS = keymap.SWEEP
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.SWEEP)]

    def __init__(self) -> None:
        super().__init__()
        self.place = SweepPlace()
        self.scroll = 0

    def show(self) -> None:
        """Bring everything to where the cursor is."""
        raise NotImplementedError

    def place_panes(self) -> None:
        """Choose what fits."""
        raise NotImplementedError

    def action_move(self, rows: int, columns: int) -> None:
        """Move over cells, points, charts or sentences."""
        view = self.place.view
        if view == MAP:
            self.place.move(rows, columns)
        elif view == TABLE:
            table = self.query_one(SweepTable)
            table.move_to(table.index + rows)
            if table.number is not None:
                self.place.go_to(table.number)
        elif view == CHARTS:
            self.place.next_axis(rows + columns)
        else:
            self.scroll = max(0, min(self.scroll + rows, self.query_one(SweepWords).most()))
        self.show()

    def action_view(self, by: int) -> None:
        """Show another view."""
        self.place.next_view(by)
        self.scroll = 0 if self.place.view == WORDS else self.scroll
        self.place_panes()
        self.call_after_refresh(self.show)

    def action_column(self, by: int) -> None:
        """Show another metric in map and charts."""
        self.place.next_column(by)
        self.show()

    def action_axes(self) -> None:
        """Put other axes on the map, or another one into the first chart."""
        if self.place.view == CHARTS:
            self.place.next_axis(1)
        else:
            self.place.next_axes()
        self.show()

    def action_pool(self) -> None:
        """Pool the axes that the map has not, or hold them."""
        if not self.place.choices:
            self.app.say("The map has all axes of this sweep")
            return
        self.place.toggle_pool()
        self.show()

    def action_held(self, by: int) -> None:
        """Hold the axes that the map has not at other values."""
        if not self.place.choices:
            self.app.say("The map has all axes of this sweep")
            return
        self.place.next_held(by)
        self.show()

    def action_best(self) -> None:
        """Go to the best point."""
        study = self.place.study
        if study is None or study.best is None:
            self.app.say("No point has a rank yet")
            return
        self.place.go_to(study.best.number)
        self.show()

    def action_mark(self) -> None:
        """Mark the point."""
        self.place.mark()
        self.show()

    def action_open(self) -> None:
        """Open the run of the cell; choose one of several."""
        runs = [one for point in self.place.points for one in point.runs]
        if not runs:
            self.app.say("Nothing has run there yet")
            return
        if len(runs) == 1:
            self.app.open_run(runs[0].run.id)
            return
        options = []
        for one in runs:
            what = "repeat" if one.role is Role.CONFIRM else f"{one.run.status}"
            value = fmt.number(one.sample.value) if one.sample is not None else ""
            options.append((one.run.id, f"seed {one.run.seed} {value} {what}"))

        def chosen(run_id: str | None) -> None:
            if run_id:
                self.app.open_run(run_id)

        self.app.push_screen(Picker("Which run?", options), chosen)

    def action_compare(self) -> None:
        """Put the first runs of the marked points beside each other."""
        from grpotui.tui.screens.compare import CompareScreen

        study = self.place.study
        if study is None:
            return
        known = [point for point in study.points if point.number in self.place.marks and point.runs]
        if not 2 <= len(known) <= MOST_RUNS:
            self.app.say(f"Mark 2 to {MOST_RUNS} points that have runs with space: {len(known)} now")
            return
        self.app.push_screen(CompareScreen(tuple(point.runs[0].run.id for point in known)))

    def action_confirm(self) -> None:
        """Repeat the marked points, or the best ones."""
        if self.place.study is not None:
            sweeps.confirm(self.app, self.place.study, tuple(self.place.marks), self.fetch)

    def action_promote(self) -> None:
        """Write the marked point, or the best one, into a preset."""
        study, marks = self.place.study, self.place.marks
        if study is None:
            return
        if len(marks) > 1:
            self.app.say("One point at most is promoted: unmark the others, or all for the best")
            return
        sweeps.promote(self.app, study, next(iter(marks), None))

    def action_stop(self) -> None:
        """Stop the sweep."""
        if self.place.study is not None:
            sweeps.stop(self.app, self.place.study, self.fetch)

    def action_resume(self) -> None:
        """Let the sweep go on."""
        if self.place.study is not None:
            sweeps.resume(self.app, self.place.study, self.fetch)

    def action_copy(self) -> None:
        """Copy sentences, map and table."""
        if self.place.study is not None:
            self.app.copy("sweep", to_markdown(self.place.study))
