"""The list of hypotheses, and the page beside it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Static

from grpotui import format as fmt
from grpotui.text import clean_lines
from grpotui.tui import style
from grpotui.tui.journal.view import JournalItem
from grpotui.tui.style import Tone
from grpotui.tui.widgets.line_table import LineTable, cell

SIGNS = {
    "open": ("…", Tone.LIVE),
    "supported": ("✓", Tone.GOOD),
    "not supported": ("✗", Tone.PLAIN),
    "runs disagree": ("~", Tone.WARN),
}
WHEN = 11
_LINE = 20_000
"""Characters of a line that are drawn."""


class JournalList(LineTable):
    """One hypothesis on a line; then what has none. The cursor stays on its line."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.items: Sequence[JournalItem] = ()

    @property
    def selected(self) -> JournalItem | None:
        """The item under the cursor."""
        return self.items[self.index] if self.index < len(self.items) else None

    def show(self, items: Sequence[JournalItem]) -> None:
        """Take in new items."""
        old = self.selected
        places = {item.key: place for place, item in enumerate(items)}
        self.items = items
        self.rows_changed(places.get(old.key, self.index) if old else 0)

    def row_count(self) -> int:
        """How many there are."""
        return len(self.items)

    def header_text(self, width: int) -> Text:
        """Titles."""
        return Text(f"  {'newest run':<{WHEN}}hypothesis", no_wrap=True)

    def row_text(self, index: int, width: int) -> Text:
        """Sign, when, what."""
        item = self.items[index]
        sign, tone = SIGNS.get(item.state, (" ", Tone.DIM))
        line = cell(style.text(sign, tone, self.dark), 2)
        when = fmt.moment(item.time, time.time()) if item.time else ""
        line.append_text(cell(when, WHEN, dim=True, dark=self.dark))
        tone = Tone.PLAIN if item.state else Tone.DIM
        return line.append_text(cell(style.text(item.title, tone, self.dark), max(width - WHEN - 2, 1)))


class JournalPage(VerticalScroll, can_focus=True):
    """A part of the journal as it reads."""

    DEFAULT_CSS = """
    JournalPage { padding: 0 2; scrollbar-size-vertical: 1; }
    JournalPage Static { width: 100%; height: auto; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(Static("", markup=False), id=id)
        self._shown: tuple[str, ...] | None = None

    def show(self, pages: tuple[str, ...], anew: bool) -> None:
        """Show other pages, from their top if ``anew``."""
        if pages != self._shown:
            self._shown = pages
            self.query_one(Static).update(Group(*map(rendered, pages)))
        if anew:
            self.scroll_home(animate=False)


def rendered(text: str) -> RenderableType:
    """Return Markdown as it reads; control characters and links do nothing."""
    harmless = "\n".join(line.rstrip() for line in clean_lines(text, _LINE))
    return Markdown(harmless, hyperlinks=False, code_theme="bw")
