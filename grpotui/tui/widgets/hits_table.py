"""Completions that a search found, a line each."""

from __future__ import annotations

import re

from rich.text import Text

from grpotui import format as fmt
from grpotui.analysis.folds import glyph
from grpotui.records import Hit, RewardRange
from grpotui.tui.style import Tone
from grpotui.tui.widgets.line_table import LineTable
from grpotui.tui.widgets.pane import Line

BEFORE = 24
"""Characters that stand before what was found."""


class HitsTable(LineTable):
    """The hits, in the order of the file."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.hits: list[Hit] = []
        self._marks: set[int] = set()
        self._span: RewardRange | None = None
        self._pattern: re.Pattern[str] | None = None

    def show(self, hits: list[Hit], span: RewardRange | None, marked: re.Pattern[str] | None) -> None:
        """Show hits; ``marked`` is what stands out in their texts."""
        self.hits, self._span, self._pattern = hits, span, marked
        self._marks.clear()
        self.rows_changed(0)

    @property
    def selected(self) -> Hit | None:
        """The hit under the cursor."""
        return self.hits[self.index] if 0 <= self.index < len(self.hits) else None

    @property
    def marked(self) -> list[Hit]:
        """The hits that are marked; all when none is."""
        return [self.hits[index] for index in sorted(self._marks)] or self.hits

    def mark(self) -> None:
        """Mark the hit under the cursor, or unmark it, and go on to the next."""
        if self.selected is not None:
            self._marks ^= {self.index}
            self.rows_changed(self.index)
            self.move_to(self.index + 1)

    def row_count(self) -> int:
        """As many as were found."""
        return len(self.hits)

    def header_text(self, width: int) -> Text:
        """Titles."""
        line = Line(self.dark).cell("step", 8, Tone.DIM, right=True)
        line.cell("group", 6, Tone.DIM, right=True).cell("reward", 9, Tone.DIM, right=True)
        return line.add("  text", Tone.DIM).fit(width)

    def row_text(self, index: int, width: int) -> Text:
        """One hit: where, how good, and the words around what was found."""
        hit = self.hits[index]
        completion = hit.completion
        sign = "*" if index in self._marks else ""
        line = Line(self.dark).cell(sign, 1, Tone.LIVE).cell(f"{hit.group.step}", 7, right=True)
        line.cell(f"{hit.group.group + 1}", 6, right=True)
        line.add(f" {glyph(completion, self._span)} ").cell(fmt.figure(completion.reward), 6, right=True)
        found = self._pattern.search(completion.text) if self._pattern is not None else None
        if found is None:
            return line.add("  ").add(" ".join(completion.text[: 4 * width].split())).fit(width)
        start = max(found.start() - BEFORE, 0)
        line.add("  …" if start else "  ").add(_flat(completion.text[start : found.start()]))
        line.add(_flat(found.group()), Tone.STRONG)
        return line.add(_flat(completion.text[found.end() : found.end() + 4 * width])).fit(width)


def _flat(text: str) -> str:
    return re.sub(r"\s", " ", text)
