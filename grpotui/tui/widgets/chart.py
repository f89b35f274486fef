"""A chart: heading, canvas, scale on the left; below, an axis with flag marks and the cursor's step."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen

from grpotui.tui import style
from grpotui.tui.style import Palette, Tone
from grpotui.tui.widgets.axis import labels_by_row, spread_labels
from grpotui.tui.widgets.canvas import Drawing, draw, place, under
from grpotui.tui.widgets.pane import Line, Pane

PERIOD = 0.5
PATIENCE = 2.0
"""Seconds between two drawings of one chart, at least and at most."""
SHARE = 100
"""A drawing is followed by a pause of so many times its processor time, within those bounds."""
BEAT = 0.06
"""Seconds between two charts: one at a time, so that no key waits for more than one."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A flag, or the beginning of a stage, at a step."""

    step: int
    sign: str
    tone: Tone
    label: str = ""
    """What stands below; empty for the step."""


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of a chart's heading: sign, name and value of a curve."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """Everything that a chart needs plotext for; equal ones are drawn once."""

    drawing: Drawing
    marks: tuple[Mark, ...] = ()
    axis: bool = True
    empty: str = "no values yet"


def heading(items: tuple[Item, ...], width: int, dark: bool) -> Text:
    """Return the line above a chart: as many items as fit, closer together when room is short."""
    wide = sum(len(item.text) + 2 for item in items) <= width
    line = Line(dark).add(" ")
    for number, item in enumerate(items):
        gap = "" if not number else "  " if wide else " "
        if number and line.text.cell_len + len(gap) + len(item.text) > width:
            break
        line.add(gap).add(item.text, item.tone)
    return line.fit(width)


def frame(
    spec: ChartSpec,
    canvas: list[Text],
    cursor: float | None,
    width: int,
    palette: Palette,
) -> list[Text]:
    """Return the canvas with its scale, flag marks, axis and cursor around it."""
    drawing = spec.drawing
    gutter = drawing.scale.gutter + 1
    columns = width - gutter - 1
    here = place(cursor, drawing, columns) if cursor is not None else None
    labels = labels_by_row(drawing.scale, len(canvas))
    lines = []
    for row, content in enumerate(canvas):
        body = under(content, here, "│", palette.live) if here is not None else content
        text = labels.get(row, "")
        edge = "┤" if text else "│"
        lines.append(Text.assemble((f"{text:>{gutter}}{edge}", palette.dim), body, no_wrap=True, end=""))
    if spec.axis:
        lines += _axis(spec, cursor, here, gutter, columns, palette)
    return lines


def _axis(
    spec: ChartSpec,
    cursor: float | None,
    here: int | None,
    gutter: int,
    columns: int,
    palette: Palette,
) -> list[Text]:
    cells = [("─", palette.dim)] * columns
    wanted: list[tuple[int, str]] = []
    named: list[tuple[int, str]] = []
    axis = spec.drawing.axis
    at_cursor = axis.label(axis.at(cursor)) if cursor is not None else ""
    if here is not None:
        cells[here] = ("┴", palette.live)
        wanted.append((here, at_cursor))
    for mark in spec.marks:
        spot = place(mark.step, spec.drawing, columns)
        if spot is not None:
            cells[spot] = (mark.sign, palette.style(mark.tone))
            (named if mark.label else wanted).append((spot, mark.label or axis.label(axis.at(mark.step))))
    first, last = map(axis.label, spec.drawing.x)
    ends = [(0, first), (columns - 1, last)] if columns > 0 else []
    first_ones = 1 if here is not None else 0
    wanted = [*wanted[:first_ones], *named, *ends, *wanted[first_ones:]]
    line = Text.assemble((" " * gutter + "└", palette.dim), *cells, no_wrap=True, end="")
    below = Text(" " * (gutter + 1), no_wrap=True, end="")
    for start, text in spread_labels(wanted, columns):
        below.append(" " * (gutter + 1 + start - below.cell_len))
        strong = here is not None and text == at_cursor
        below.append(text, palette.live if strong else palette.dim)
    return [line, below]


class Chart(Pane):
    """Shows a ChartSpec. The heading and the cursor follow at once; the canvas when its turn comes."""

    class Waits(Message):
        """A chart may have to be drawn anew."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.spec: ChartSpec | None = None
        self.items: tuple[Item, ...] = ()
        self.cursor: float | None = None
        self.due_at = 0.0
        """When it may be drawn again, by the monotonic clock."""
        self.drawings = 0
        """How often plotext was asked."""
        self._canvas: list[Text] = []
        self._drawn: tuple[ChartSpec, int, int, bool] | None = None

    def show(self, spec: ChartSpec, items: tuple[Item, ...], cursor: float | None) -> None:
        """Show other data or another cursor."""
        self.spec, self.items, self.cursor = spec, items, cursor
        if self.seen:
            self.renew()
        if self.stale:
            self.post_message(self.Waits())

    def _wanted(self) -> tuple[ChartSpec, int, int, bool] | None:
        if self.spec is None:
            return None
        width, height = self.size
        rows = height - 1 - (2 if self.spec.axis and height >= 6 else 0)
        columns = width - self.spec.drawing.scale.gutter - 2
        return (self.spec, columns, rows, self.dark) if columns >= 2 and rows >= 1 else None

    @property
    def stale(self) -> bool:
        """True when what is seen is not what should be."""
        wanted = self._wanted() if self.seen else None
        return wanted is not None and wanted != self._drawn

    def redraw(self) -> None:
        """Ask plotext for the canvas."""
        wanted = self._wanted()
        if wanted is None:
            return
        spec, columns, rows, dark = wanted
        began = time.thread_time()
        self._canvas = draw(spec.drawing, columns, rows, style.palette(dark))
        self._drawn = wanted
        pause = SHARE * (time.thread_time() - began)
        self.due_at = time.monotonic() + min(max(pause, PERIOD), PATIENCE)
        self.drawings += 1
        self.renew()

    def on_resize(self, event: Resize) -> None:
        """Draw anew as soon as possible."""
        self.hurry()

    def hurry(self) -> None:
        """Draw what is to be drawn as soon as possible."""
        self.due_at = 0.0
        self.post_message(self.Waits())

    def lines(self, width: int, height: int) -> list[Text]:
        """Heading, canvas, axis."""
        top = heading(self.items, width, self.dark)
        if self._drawn is None or self.spec is None:
            return [top]
        spec, columns, _rows, _dark = self._drawn
        if len(self._canvas) + 1 > height or columns + spec.drawing.scale.gutter + 2 != width:
            return [top]
        if height < 6 and spec.axis:
            spec = ChartSpec(spec.drawing, spec.marks, False, spec.empty)
        if not any(series for curve in spec.drawing.curves for series in curve.series):
            return [top, Line(self.dark).add(f"   {spec.empty}", Tone.DIM).fit(width)]
        return [top, *frame(spec, self._canvas, self.cursor, width, self.palette)]


def redraw_next(screen: Screen[Any], charts: Sequence[Chart]) -> bool:
    """Redraw the chart that waits longest, unless a key waits; True when one was drawn."""
    if screen.message_queue_size or screen.app.message_queue_size:
        return False
    now = time.monotonic()
    due = [chart for chart in charts if chart.due_at <= now and chart.stale]
    if not due:
        return False
    min(due, key=lambda chart: chart.due_at).redraw()
    return True
