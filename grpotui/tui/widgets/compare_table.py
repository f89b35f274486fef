"""Runs beside each other as a table: what differs, what came of it, what may be concluded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from grpotui import format as fmt
from grpotui.analysis.compare.comparison import Comparison
from grpotui.analysis.compare.config import Difference
from grpotui.analysis.compare.document import cell_text, difference_texts
from grpotui.analysis.compare.noise import Mark
from grpotui.analysis.compare.rows import Row
from grpotui.text import clean
from grpotui.tui import style
from grpotui.tui.compare.charts import TONES
from grpotui.tui.style import Tone
from grpotui.tui.widgets.pane import Line, Pane

LABEL = 22
"""Cells of the names at the left, at least."""
INDENT = 2
NARROW = 24
"""Cells below which a run's column cannot be read."""


def places(count: int, width: int, other: int) -> list[int]:
    """Return the runs that there is room for: the first one, and one other where not all fit."""
    if count * NARROW + LABEL <= width:
        return list(range(count))
    return [0, min(max(other, 1), count - 1)]


class CompareTable(Pane):
    """The table, scrolled by lines."""

    TITLED = False

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._found: Comparison | None = None
        self._other = 1
        self._scroll = 0
        self._all_fields = False

    def show(self, found: Comparison, other: int, scroll: int, all_fields: bool) -> None:
        """Show other data, or another part of it; all fields, or only those that can be a cause."""
        self._found, self._other, self._scroll, self._all_fields = found, other, scroll, all_fields
        if self.seen:
            self.renew()

    def most(self, found: Comparison, all_fields: bool) -> int:
        """Return how far the table can be scrolled."""
        self._found, self._all_fields = found, all_fields
        return max(len(list(self._body(max(self.size.width, 40)))) + 2 - self.size.height, 0)

    def lines(self, width: int, height: int) -> list[Text]:
        """Names, then as much of the body as there is room for."""
        if self._found is None:
            return []
        head = list(self._head(width))
        body = list(self._body(width))
        start = max(min(self._scroll, len(body) - (height - len(head))), 0)
        shown = body[start : start + height - len(head)]
        if left := len(body) - start - len(shown):
            words = f"   … {left + 1} more lines: j"
            shown[-1] = Line(self.dark).add(words, Tone.LIVE).fit(width)
        return [*head, *shown]

    def _shown(self, width: int) -> list[int]:
        return places(len(self._found.subjects) if self._found else 0, width, self._other)

    def _label(self, width: int) -> int:
        """Return the cells of the names: as many as they take, where two runs leave them."""
        found = self._found
        if found is None or len(self._shown(width)) > 2:
            return LABEL
        names = [one.name for one in found.differences] + [row.name for row in found.rows]
        return max(LABEL, min(max(map(cell_len, names), default=0) + INDENT + 1, width // 4))

    def _head(self, width: int) -> Iterator[Text]:
        found = self._found
        if found is None:
            return
        shown = self._shown(width)
        label = self._label(width)
        column = (width - label) // len(shown)
        names, states = Line(self.dark).cell("", label), Line(self.dark).cell("", label)
        for place in shown:
            subject = found.subjects[place]
            run = subject.run
            name = fmt.middle(clean(run.name), column - 3)
            names.cell(f"{subject.letter} {name}", column - 1, TONES[subject.letter]).add(" ")
            said = style.status_text(run.status, self.dark)
            said.append_text(style.text("  ", Tone.DIM, self.dark))
            said.append_text(style.verdict_text(run.verdict, run.cause, self.dark))
            said.truncate(column - 1, overflow="ellipsis", pad=True)
            states.text.append_text(said)
            states.add(" ")
        yield names.fit(width)
        yield states.fit(width)

    def _body(self, width: int) -> Iterator[Text]:
        found, shown = self._found, self._shown(width)
        if found is None:
            return
        listed = [one for one in found.differences if self._all_fields or one.cause]
        hidden = len(found.differences) - len(listed)
        yield Line(self.dark).add(" differs", Tone.DIM).fit(width)
        for one in listed:
            yield self._difference(one, shown, width)
        if not found.differences:
            yield (
                Line(self.dark)
                .add("  nothing: the same in every field, version and hash", Tone.DIM)
                .fit(width)
            )
        elif hidden:
            words = f"  and {hidden} that change nothing in the training: D shows them"
            yield Line(self.dark).add(words, Tone.DIM).fit(width)
        yield Line(self.dark).add(" outcome", Tone.DIM).fit(width)
        for row in found.rows:
            yield self._row(row, shown, width)

    def _difference(self, one: Difference, shown: Sequence[int], width: int) -> Text:
        texts = difference_texts(one)
        tone = Tone.PLAIN if one.cause else Tone.DIM
        return self._cells(one.name, [(texts[place], tone) for place in shown], width)

    def _row(self, row: Row, shown: Sequence[int], width: int) -> Text:
        cells = []
        for place in shown:
            beyond = row.cells[place].mark in (Mark.HIGHER, Mark.LOWER)
            cells.append((cell_text(row.cells[place], row), Tone.STRONG if beyond else Tone.PLAIN))
        return self._cells(row.name, cells, width)

    def _cells(self, name: str, cells: Sequence[tuple[str, Tone]], width: int) -> Text:
        label = self._label(width)
        line = Line(self.dark).cell(f"{' ' * INDENT}{name}", label - 1, Tone.DIM).add(" ")
        column = (width - label) // len(cells)
        for text, tone in cells:
            line.cell(text, column - 1, tone).add(" ")
        return line.fit(width)
