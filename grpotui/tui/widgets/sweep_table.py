"""The points of a sweep as a table, best first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from grpotui.analysis.sweep.document import ordered, table
from grpotui.analysis.sweep.records import Study
from grpotui.tui import style
from grpotui.tui.style import Tone
from grpotui.tui.widgets.line_table import LineTable, cell

WIDEST = 26
TITLE = 14
"""Cells that a title alone may ask for."""


class SweepTable(LineTable, can_focus=False):
    """One point on a line. The cursor stays on its point; the screen has the keys."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._study: Study | None = None
        self._numbers: list[int] = []
        self._headers: Sequence[str] = ()
        self._rows: Sequence[Sequence[str]] = ()
        self._widths: list[int] = []
        self._marks: frozenset[int] = frozenset()

    @property
    def number(self) -> int | None:
        """Number of the point under the cursor."""
        return self._numbers[self.index] if self.index < len(self._numbers) else None

    def show(self, study: Study, number: int | None, marks: frozenset[int]) -> None:
        """Take in new points, with the cursor on one of them."""
        if study is not self._study:
            self._headers, self._rows = table(study)
            self._numbers = [point.number for point in ordered(study)]
            columns = zip(*self._rows, strict=True)
            self._widths = [
                min(max(min(len(header), TITLE), *map(len, column)), WIDEST)
                for header, column in zip(self._headers, columns, strict=True)
            ]
        self._study, self._marks = study, marks
        place = self._numbers.index(number) if number in self._numbers else self.index
        self.rows_changed(place)

    def row_count(self) -> int:
        """How many points there are."""
        return len(self._rows)

    def header_text(self, width: int) -> Text:
        """Titles."""
        return self._line(self._headers, "  ", Tone.DIM)

    def row_text(self, index: int, width: int) -> Text:
        """One point."""
        number = self._numbers[index]
        mark = style.MARKED if number in self._marks else " "
        ranked = self._study is not None and number in self._study.ranking.order
        return self._line(self._rows[index], f"{mark} ", Tone.PLAIN if ranked else Tone.DIM)

    def _line(self, texts: Sequence[str], before: str, tone: Tone) -> Text:
        line = style.text(before, Tone.STRONG, self.dark)
        for text, width in zip(texts, self._widths, strict=True):
            line.append_text(cell(style.text(text, tone, self.dark), width))
            line.append("  ")
        return line
