"""A strip of vitals: per metric its value at the cursor, its course and its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from grpotui import format as fmt
from grpotui.tui.run.columns import by_column, column, means
from grpotui.tui.run.series import Series
from grpotui.tui.style import Tone
from grpotui.tui.widgets.axis import label
from grpotui.tui.widgets.pane import Line, Pane, section

BLOCKS = "▁▂▃▄▅▆▇█"
NAME, VALUE, RANGE = 11, 8, 15
WIDE, WIDE_NAME = 78, 26
"""A strip this wide has room for the full keys of metrics."""


@dataclass(frozen=True, slots=True)
class Vital:
    """One metric: its label and its values."""

    name: str
    series: Series


def course(series: Series, span: tuple[float, float], width: int) -> tuple[str, ...]:
    """Return one block per column of ``span``, lowest to highest mean; a blank where nothing was logged."""
    return series.once((course, span, width), lambda: _course(series, span, width))


def _course(series: Series, span: tuple[float, float], width: int) -> tuple[str, ...]:
    values = by_column(means(series), *span, width) if width > 0 else []
    known = [v for v in values if v is not None and abs(v) < float("inf")]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    blocks = []
    for value in values:
        if value is None or not abs(value) < float("inf"):
            blocks.append(" ")
        elif high - low <= 0 or not high - low < float("inf"):
            blocks.append(BLOCKS[0])
        else:
            blocks.append(BLOCKS[min(int((value - low) / (high - low) * 8), 7)])
    return tuple(blocks)


def vital_line(vital: Vital, span: tuple[float, float], cursor: int | None, width: int, dark: bool) -> Text:
    """Return one metric as one line."""
    series = vital.series
    point = series.at(cursor) if cursor is not None else series.last()
    value = "-" if point is None else "n/a" if point[1] is None else fmt.number(point[1])
    name = NAME if width < WIDE else WIDE_NAME
    line = Line(dark).add(" ").cell(vital.name, name, Tone.DIM).cell(value, VALUE, right=True).add("  ")
    room = width - line.text.cell_len - RANGE - 2
    blocks = course(series, span, room) if room >= 6 else ()
    here = column(cursor, *span, room) if cursor is not None and blocks else None
    for tone, part in _parts(blocks, here):
        line.add(part, tone)
    spread = series.range()
    words = f"{label(_short(spread[0]))} to {label(_short(spread[1]))}" if spread else ""
    return line.add("  ").add(words, Tone.DIM).fit(width)


def _parts(blocks: Sequence[str], here: int | None) -> list[tuple[Tone, str]]:
    """Return the course in two tones, its cursor between."""
    if here is None:
        return [(Tone.DIM, "".join(blocks))]
    spot = blocks[here] if blocks[here] != " " else "│"
    return [
        (Tone.DIM, "".join(blocks[:here])),
        (Tone.LIVE, spot),
        (Tone.DIM, "".join(blocks[here + 1 :])),
    ]


def _short(value: float) -> float:
    return float(f"{value:.2g}")


class Vitals(Pane):
    """The strip: as many metrics as there is room for."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._data: tuple[tuple[Vital, ...], tuple[float, float], int | None] = ((), (0.0, 1.0), None)

    def show(self, vitals: tuple[Vital, ...], span: tuple[float, float], cursor: int | None) -> None:
        """Show other data; ``span`` is the first and last step of the charts."""
        self._data = (vitals, span, cursor)
        if self.seen:
            self.renew()

    def lines(self, width: int, height: int) -> list[Text]:
        """A title, then a line per metric."""
        vitals, span, cursor = self._data
        at = f"at {cursor}" if cursor is not None else ""
        title = (
            section("vitals", "", width, self.dark)
            if not at
            else section(f"vitals {at}", "range", width, self.dark)
        )
        return [title, *(vital_line(vital, span, cursor, width, self.dark) for vital in vitals[:height])]
