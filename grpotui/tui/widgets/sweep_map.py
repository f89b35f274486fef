"""A sweep over two axes as a map of cells: a bar, the value, its interval, a sign; shaded by the value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text
from textual.events import Click
from textual.message import Message

from grpotui import format as fmt
from grpotui.analysis.series import BARS
from grpotui.analysis.sweep.axes import name_of, text_of
from grpotui.analysis.sweep.heat import BEST, LEGEND, Cell, Heat
from grpotui.analysis.sweep.records import Study
from grpotui.tui import style
from grpotui.tui.style import Tone
from grpotui.tui.widgets.line_table import cell as fitted
from grpotui.tui.widgets.pane import Line, Pane, window

HEAD = 3
"""Lines above the rows."""
LEAST, MOST = 12, 22
"""Cells of the terminal that a column of the map takes."""
TIGHT = 14
"""Columns up to this leave no gap behind the bar."""
LABEL = 18
"""The most that the names of rows take."""


@dataclass(frozen=True, slots=True)
class MapData:
    """What the map shows."""

    study: Study
    heat: Heat
    at: tuple[int, int]
    marks: frozenset[int] = frozenset()
    column: str = ""
    """Name of the column that cells show; empty for what points are ranked by."""

    def value(self, cell: Cell) -> float | None:
        """Return what a cell shows; None for nothing."""
        if not self.column:
            return None if cell.sample is None else cell.sample.value
        points = [self.study.point(number) for number in cell.points]
        known = [point.columns[self.column] for point in points if self.column in point.columns]
        return sum(known) / len(known) if known else None

    def reach(self, cell: Cell) -> str:
        """Return ``±0.03``; empty where nothing tells it."""
        if self.column or cell.sample is None:
            return ""
        found = cell.sample.interval()
        if found.low is None or found.high is None:
            return ""
        return f"±{fmt.number(max(found.high - found.value, found.value - found.low))}"

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest value of the map."""
        known = [v for row in self.heat.cells for cell in row if (v := self.value(cell)) is not None]
        return (min(known), max(known)) if known else (0.0, 0.0)


class SweepMap(Pane):
    """The map. It asks for the cell that is clicked."""

    TITLED = False

    class Clicked(Message):
        """A cell was clicked."""

        def __init__(self, row: int, column: int) -> None:
            super().__init__()
            self.row = row
            self.column = column

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.data: MapData | None = None
        self._places: list[int | None] = []
        """The row of the map that stands on each line."""

    def show(self, data: MapData) -> None:
        """Show another map, or another cursor."""
        self.data = data
        if self.seen:
            self.renew()

    def lines(self, width: int, height: int) -> list[Text]:
        """Names of both axes, the values of columns, a line or two for each row."""
        data = self.data
        self._places = []
        if data is None or height < HEAD:
            return []
        label, columns, cells = self._columns(data, width)
        high = 2 if height >= HEAD + 2 * len(data.heat.rows) and not data.column else 1
        shown = window(len(data.heat.rows), data.at[0], max((height - HEAD) // high, 1))
        lines = [*self._head(data, width, label, columns, cells)]
        self._places = [None] * len(lines)
        for row in shown:
            for part in range(high):
                lines.append(self._row(data, row, part, high, width, label, columns, cells))
                self._places.append(row)
        if len(lines) + 2 <= height:
            lines += [Text(end=""), Line(self.dark).add(f" {LEGEND}", Tone.DIM).fit(width)]
        return lines

    @property
    def wanted(self) -> int:
        """How many lines it could use."""
        return HEAD + 2 * len(self.data.heat.rows) + 2 if self.data is not None else HEAD

    def _columns(self, data: MapData, width: int) -> tuple[int, range, int]:
        """Return the cells of the row names, the columns in sight, and the cells of each."""
        heat = data.heat
        names = [name_of(heat.row_axis), *map(text_of, heat.rows)]
        label = min(max(map(len, names)) + 2, LABEL if width < 100 else LABEL + 8)
        room = max(width - label - 1, LEAST)
        count = min(len(heat.columns), max(room // LEAST, 1))
        return label, window(len(heat.columns), data.at[1], count), min(room // count, MOST)

    def _head(self, data: MapData, width: int, label: int, columns: range, cells: int) -> Iterator[Text]:
        heat = data.heat
        what = data.column or data.study.metric
        others = f"   {heat.others}" if heat.others else ""
        hidden = len(heat.columns) - len(columns)
        more = f"   {hidden} more columns" if hidden else ""
        line = Line(self.dark).add(f" {what}", Tone.STRONG).add(f"{others}{more}", Tone.DIM)
        yield line.fit(width)
        across = f"{name_of(heat.column_axis)} →" if heat.column_axis else ""
        yield Line(self.dark).cell("", label).add(f" {across}", Tone.DIM).fit(width)
        line = Line(self.dark).cell(f" {name_of(heat.row_axis)}", label, Tone.DIM).add(" ")
        for column in columns:
            name = text_of(heat.columns[column]) if heat.column_axis else ""
            line.cell(f"   {name}", cells, Tone.STRONG if column == data.at[1] else Tone.DIM)
        yield line.fit(width)

    def _row(
        self,
        data: MapData,
        row: int,
        part: int,
        high: int,
        width: int,
        label: int,
        columns: range,
        cells: int,
    ) -> Text:
        here = row == data.at[0]
        name = f" {text_of(data.heat.rows[row])}" if part == 0 else ""
        line = Line(self.dark).cell(name, label, Tone.STRONG if here else Tone.DIM).add(" ")
        for column in columns:
            cursor = (row, column) == data.at
            line.text.append_text(self._cell(data, data.heat.cells[row][column], cursor, part, high, cells))
        return line.fit(width)

    def _cell(self, data: MapData, cell: Cell, cursor: bool, part: int, high: int, cells: int) -> Text:
        value, reach = data.value(cell), data.reach(cell)
        share = _share(value, data.ends)
        mark = style.MARKED if cell.points and data.marks.issuperset(cell.points) else " "
        if part:
            text = f"    {reach}"
        else:
            bar = " " if value is None else BARS[min(int(share * len(BARS)), len(BARS) - 1)]
            shown = "" if value is None else f"{fmt.number(value)} "
            beside = f"{reach} " if high == 1 and cells >= MOST else ""
            gap = " " if cells > TIGHT else ""
            text = f"{'>' if cursor else mark}{bar}{gap}{shown}{beside}{cell.sign}"
        tone = Tone.STRONG if cursor or cell.sign.startswith(BEST) else Tone.PLAIN
        content = style.text(text, Tone.DIM if value is None and not cursor else tone, self.dark)
        content = fitted(content, cells - 1)
        if value is not None and (shade := style.shade(share, self.dark)):
            content.stylize(f"{shade}{' bold' if tone is Tone.STRONG else ''}")
        if cursor:
            content.stylize("reverse" if not part else "")
        content.append(" ")
        return content

    def on_click(self, event: Click) -> None:
        """Ask for the cell."""
        if self.data is None or event.y >= len(self._places) or self._places[event.y] is None:
            return
        label, columns, cells = self._columns(self.data, self.size.width)
        place = (event.x - label - 1) // cells
        row = self._places[event.y]
        if row is not None and 0 <= place < len(columns):
            self.post_message(self.Clicked(row, columns[place]))


def _share(value: float | None, ends: tuple[float, float]) -> float:
    low, high = ends
    if value is None or high - low <= 1e-12:
        return 0.5
    return (value - low) / (high - low)
