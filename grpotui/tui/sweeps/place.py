"""Where a person is in a sweep: view, cell, which axes the map has, what is marked. No I/O."""

from __future__ import annotations

from grpotui.analysis.sweep.axes import key_of
from grpotui.analysis.sweep.heat import Cell, Heat, heat_of
from grpotui.analysis.sweep.records import Point, Study
from grpotui.tui.run.window import after
from grpotui.tui.sweeps.view import SweepRow

MAP, TABLE, CHARTS, WORDS = "map", "table", "charts", "words"
VIEWS = (MAP, TABLE, CHARTS, WORDS)


class SweepPlace:
    """What was chosen. The cursor is a cell of the map; in the table, a point."""

    def __init__(self) -> None:
        self.row: SweepRow | None = None
        self.heat: Heat | None = None
        self.view = MAP
        self.pool = False
        self.column = ""
        """What the map shows: a column's name; empty for what points are ranked by."""
        self.marks: set[int] = set()
        self.first_axis = 0
        """The first axis that a chart is shown of."""
        self._axes = ("", "")
        self._at = (0, 0)
        self._held: int | None = None
        self._placed = False

    @property
    def study(self) -> Study | None:
        """The sweep; None before anything was read."""
        return self.row.study if self.row is not None else None

    def take(self, row: SweepRow) -> None:
        """Take in a newer snapshot; the first time the cursor goes to the best point."""
        self.row = row
        self._remake()
        if not self._placed and row.study.best is not None:
            self._placed = True
            self.go_to(row.study.best.number)
        if self.heat is None and self.view == MAP:
            self.view = TABLE

    def _remake(self) -> None:
        if self.study is not None:
            self.heat = heat_of(self.study, *self._axes, self.pool, self._held)

    # The cell at the cursor

    @property
    def at(self) -> tuple[int, int]:
        """Row and column of the cursor, within the map."""
        if self.heat is None:
            return 0, 0
        rows, columns = len(self.heat.rows), len(self.heat.columns)
        return min(self._at[0], rows - 1), min(self._at[1], columns - 1)

    @property
    def cell(self) -> Cell:
        """The cell at the cursor; an empty one where there is no map."""
        if self.heat is None:
            return Cell()
        row, column = self.at
        return self.heat.cells[row][column]

    @property
    def points(self) -> tuple[Point, ...]:
        """The points at the cursor: several in a pooled cell."""
        study = self.study
        if study is None:
            return ()
        if self.heat is None:
            return tuple(p for p in study.points if p.number == self._held) or study.points[:1]
        return tuple(study.point(number) for number in self.cell.points)

    @property
    def point(self) -> Point | None:
        """The point at the cursor; the best of several."""
        study = self.study
        if study is None or not self.points:
            return None
        rank = {number: place for place, number in enumerate(study.ranking.order)}
        return min(self.points, key=lambda p: rank.get(p.number, len(rank)))

    def move(self, rows: int, columns: int) -> None:
        """Move the cursor over the map; it stays within."""
        if self.heat is not None:
            row, column = self.at
            row = max(0, min(row + rows, len(self.heat.rows) - 1))
            column = max(0, min(column + columns, len(self.heat.columns) - 1))
            self._at, self._placed = (row, column), True

    def go_to(self, number: int) -> None:
        """Put the cursor on a point; axes that the map has not are held at its values."""
        self._held = number
        self._remake()
        for row, cells in enumerate(self.heat.cells if self.heat is not None else ()):
            for column, cell in enumerate(cells):
                if number in cell.points:
                    self._at = (row, column)

    def mark(self) -> None:
        """Mark the points at the cursor, or unmark them."""
        numbers = {point.number for point in self.points}
        self.marks = self.marks - numbers if numbers <= self.marks else self.marks | numbers

    # What the map shows

    @property
    def _several(self) -> list[str]:
        axes = self.study.sweep.axes if self.study is not None else {}
        return [axis for axis, values in axes.items() if len(values) > 1] or list(axes)

    @property
    def choices(self) -> bool:
        """True when the sweep has more axes than the map."""
        return len(self._several) > 2

    def next_axes(self) -> None:
        """Let the map have the next two axes."""
        several = self._several
        if self.heat is None or len(several) < 2:
            return
        pairs = [(one, other) for one in several for other in several if one != other]
        here = self.point
        self._axes = after(pairs, (self.heat.row_axis, self.heat.column_axis), 1)
        self._remake()
        if here is not None:
            self.go_to(here.number)

    def toggle_pool(self) -> None:
        """Pool the other axes, or hold them."""
        here = self.point
        self.pool = not self.pool
        self._remake()
        if here is not None:
            self.go_to(here.number)

    def next_held(self, by: int) -> None:
        """Hold the other axes at the next values that the sweep has."""
        study, heat = self.study, self.heat
        if study is None or heat is None or self.pool or not self.choices:
            return
        others = [axis for axis in self._several if axis not in (heat.row_axis, heat.column_axis)]
        held = {
            tuple(key_of(p.values.get(axis)) for axis in others): p.number for p in reversed(study.points)
        }
        here = self.point or study.points[0]
        now = tuple(key_of(here.values.get(axis)) for axis in others)
        self._held = held[after(list(reversed(held)), now, by)]
        self._remake()

    def next_column(self, by: int) -> None:
        """Show another column in the map."""
        if self.study is not None:
            self.column = after(["", *self.study.columns], self.column, by)

    def next_view(self, by: int) -> None:
        """Show the next view; one without a map has none."""
        views = VIEWS if self.heat is not None else VIEWS[1:]
        self.view = after(views, self.view, by)

    def next_axis(self, by: int) -> None:
        """Show the chart of the next axis first."""
        if self._several:
            self.first_axis = (self.first_axis + by) % len(self._several)

    @property
    def charted(self) -> list[str]:
        """The axes in the order of their charts."""
        several = self._several
        return [*several[self.first_axis :], *several[: self.first_axis]]
