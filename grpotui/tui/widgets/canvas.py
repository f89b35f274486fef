"""The only place that knows plotext: curves in, lines of text out.

Each drawing has a plot object of its own: the module-level one of plotext is shared, and mixes charts up.
Points are reduced to what a column can show before plotext sees them, and non-finite ones are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from rich.style import Style
from rich.text import Text
from textual_plotext.plot import Plot

from grpotui.analysis.series import min_max
from grpotui.tui.run.axis import BY_STEP, Axis
from grpotui.tui.run.columns import by_column, column, means, trailing_means
from grpotui.tui.run.series import Series
from grpotui.tui.style import Palette, Tone
from grpotui.tui.widgets.axis import Scale

RULE = "┈"
BRAILLE = "braille"
NOT_FINITE = "✕"


class Shape(Enum):
    """How a curve is drawn."""

    BAND = "band"
    """A fine line through lowest and highest value of every column."""
    DOTS = "dots"
    """One sign per column, at its mean."""
    BARS = "bars"
    """A column of signs from 0 up to the sum of the means."""
    POINTS = "points"
    """One sign per point."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One or more series (bars are summed), and how they look."""

    series: tuple[Series, ...]
    shape: Shape
    sign: str = BRAILLE
    tone: Tone = Tone.PLAIN
    window: int = 1
    """Points that a dot is the mean of."""
    axis: Axis | None = None
    """Where a step of this curve lies on x; None as the drawing says."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a canvas shows. Later curves go over earlier ones."""

    curves: tuple[Curve, ...]
    scale: Scale
    x: tuple[float, float]
    """First and last place on ``axis``."""
    rules: tuple[float, ...] = ()
    """Values with a dotted line across."""
    axis: Axis = BY_STEP
    """Where a step lies on x."""
    holes: tuple[int, ...] = ()
    """Steps whose value was no finite number: marked at the upper edge."""


Spots = list[tuple[float, float]]


@lru_cache(maxsize=64)
def _rgb(style: str) -> tuple[int, int, int]:
    colour = Style.parse(style).color
    return tuple(colour.get_truecolor()) if colour else (128, 128, 128)  # type: ignore[return-value]


def finite(points: Sequence[tuple[float, float | None]], drawing: Drawing) -> Spots:
    """Return the points that can be drawn, moved to the edge where they are beyond the scale."""
    low, high = drawing.scale.low, drawing.scale.high
    left, right = drawing.x
    return [
        (x, min(max(spot, low), high))
        for x, y in points
        if y is not None
        and math.isfinite(y)
        and left <= x <= right
        and (spot := drawing.scale.at(y)) is not None
    ]


def _placed(points: Sequence[tuple[float, float | None]], axis: Axis) -> Sequence[tuple[float, float | None]]:
    """Return points of steps where they lie on an axis."""
    return points if axis is BY_STEP else [(axis.at(step), value) for step, value in points]


def _spots(curve: Curve, drawing: Drawing, columns: int) -> Spots:
    left, right = drawing.x
    if curve.shape in (Shape.BAND, Shape.POINTS):
        axis = curve.axis or drawing.axis
        edges = [spot for spot in _placed(curve.series[0].edges(), axis) if left <= spot[0] <= right]
        return finite(edges if curve.shape is Shape.POINTS else min_max(edges, columns), drawing)
    parts = []
    for series in curve.series:
        points = trailing_means(series, curve.window) if curve.window > 1 else means(series)
        parts.append(by_column(_placed(points, curve.axis or drawing.axis), left, right, columns))
    sums: list[tuple[float, float | None]] = []
    for place, values in enumerate(zip(*parts, strict=True)):
        known = [v for v in values if v is not None]
        x = left + (right - left) * place / max(columns - 1, 1)
        sums.append((x, sum(known) if known else None))
    spots = finite(sums, drawing)
    return [spot for spot in spots if spot[1] > 0] if curve.shape is Shape.BARS else spots


def _rule(value: float, drawing: Drawing, columns: int) -> Spots:
    left, right = drawing.x
    spot = drawing.scale.at(value)
    if spot is None or drawing.scale.row(value, 2) is None:
        return []
    return [(left + (right - left) * c / max(columns - 1, 1), spot) for c in range(0, columns, 2)]


def _holes(drawing: Drawing, columns: int) -> Spots:
    left, right = drawing.x
    found = {place(step, drawing, columns) for step in drawing.holes}
    width = max(columns - 1, 1)
    return [(left + (right - left) * c / width, drawing.scale.high) for c in found if c is not None]


def draw(drawing: Drawing, columns: int, rows: int, palette: Palette) -> list[Text]:
    """Return ``rows`` lines of ``columns`` cells."""
    if columns < 2 or rows < 1 or drawing.x[1] < drawing.x[0]:
        return [Text(" " * max(columns, 0), end="") for _ in range(max(rows, 0))]
    if drawing.x[1] == drawing.x[0]:
        drawing = replace(drawing, x=(drawing.x[0], drawing.x[0] + 1))
    plot = Plot()
    plot._limit_size(False, False)
    plot.plotsize(columns, rows)
    plot._set_size(columns, rows)
    plot.canvas_color("default")
    plot.axes_color("default")
    plot.ticks_color("default")
    plot.frame(False)
    plot.xticks([])
    plot.yticks([])
    plot.xlim(*drawing.x)
    plot.ylim(drawing.scale.low, drawing.scale.high)
    layers = [(_rule(value, drawing, columns), RULE, Tone.DIM, Shape.POINTS) for value in drawing.rules]
    layers += [(_spots(c, drawing, columns), c.sign, c.tone, c.shape) for c in drawing.curves]
    layers.append((_holes(drawing, columns), NOT_FINITE, Tone.WARN, Shape.POINTS))
    for spots, sign, tone, shape in layers:
        if not spots:
            continue
        xs, ys = [x for x, _ in spots], [y for _, y in spots]
        colour = _rgb(palette.style(tone))
        if shape is Shape.BAND and len(spots) > 1:
            plot.plot(xs, ys, marker=sign, color=colour)
        else:
            plot.scatter(xs, ys, marker=sign, color=colour, fillx=shape is Shape.BARS)
    lines = Text.from_ansi(plot.build()).split("\n")[:rows] if any(layer[0] for layer in layers) else []
    return [_exactly(line, columns) for line in lines] + [
        Text(" " * columns, end="") for _ in range(rows - len(lines))
    ]


def _exactly(line: Text, columns: int) -> Text:
    line.end = ""
    line.truncate(columns, pad=True)
    return line


def under(line: Text, place: int, sign: str, style: str) -> Text:
    """Return ``line`` with ``sign`` in a cell, unless data stands there."""
    plain = line.plain
    if 0 <= place < len(plain) and plain[place] in (" ", RULE, "\u2800"):
        parts = line.divide([place, place + 1])
        return Text.assemble(parts[0], (sign, style), parts[2], end="")
    return line


def place(step: float, drawing: Drawing, columns: int) -> int | None:
    """Return the column of a step."""
    left, right = drawing.x
    return column(drawing.axis.at(step), left, right if right > left else left + 1, columns)
