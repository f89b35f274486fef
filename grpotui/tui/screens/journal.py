"""Journal: hypotheses, open and settled, and the log book as it reads."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize, ScreenResume
from textual.screen import Screen
from textual.widgets import Static

from grpotui.tui import keymap, style
from grpotui.tui.journal import data as journal_data
from grpotui.tui.journal.view import JournalView
from grpotui.tui.style import Tone
from grpotui.tui.widgets.journal_list import JournalList, JournalPage
from grpotui.tui.widgets.line_table import LineTable
from grpotui.tui.widgets.lines import KeyLine, TitleLine

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui

WIDE = 100
EMPTY = """The log book is empty.

  W  writes it: what was expected, what came of it, for every run and sweep
  M  opens it in your editor; what you type stays, wherever you type it"""


class JournalScreen(Screen[None]):
    """The list on the left, the page on the right; where there is no room, one of them."""

    KEYS = keymap.JOURNAL
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.JOURNAL)]
    AUTO_FOCUS = "#items"
    DEFAULT_CSS = """
    JournalScreen {
        #both { height: 1fr; }
        #items { width: 45%; padding-left: 1; border-right: solid $rule; }
        #page { width: 1fr; }
        #empty { display: none; height: 1fr; padding: 1 3; }
        &.-empty #both { display: none; }
        &.-empty #empty { display: block; }
        &.-one #items { width: 100%; border-right: none; }
        &.-one #page { display: none; width: 100%; }
        &.-one.-page #items { display: none; }
        &.-one.-page #page { display: block; }
    }
    """
    app: GrpoTui

    def __init__(self) -> None:
        super().__init__()
        self._view = JournalView()
        self._seen = ""

    def compose(self) -> ComposeResult:
        """Title, list and page, keys."""
        yield TitleLine(id="title")
        with Horizontal(id="both"):
            yield JournalList(id="items")
            yield JournalPage(id="page")
        yield Static("reading …", id="empty", markup=False)
        yield KeyLine(keymap.JOURNAL, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """Read it."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show())
        self.fetch()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Read it again."""
        self.fetch()

    def fetch(self) -> None:
        """Read the journal."""
        workspace = self.app.workspace
        self.app.do(lambda: journal_data.read(workspace), self._fetched)

    def _fetched(self, found: JournalView) -> None:
        self._view = found
        if self.is_attached:
            self._show()

    def _show(self) -> None:
        items = self.query_one(JournalList)
        items.show(self._view.items)
        self.set_class(not self._view.items, "-empty")
        if self._view.read:
            self.query_one("#empty", Static).update(EMPTY)
        self._show_page()
        open_, settled = self._view.counts()
        said = f"{open_} open, {settled} settled   {time.strftime('%H:%M')}"
        right = style.text(said, Tone.DIM, self.app.current_theme.dark)
        self.query_one(TitleLine).show_title(["grpotui", "log book"], right)

    def _show_page(self) -> None:
        item = self.query_one(JournalList).selected
        if item is not None:
            self.query_one(JournalPage).show(item.pages, item.key != self._seen)
            self._seen = item.key

    def on_resize(self, event: Resize) -> None:
        """Choose what fits."""
        self.set_class(self.size.width < WIDE, "-one")
        self.call_after_refresh(self._show)

    @on(LineTable.Moved, "#items")
    def _moved(self) -> None:
        self._show_page()

    @on(LineTable.Chosen, "#items")
    def action_pane(self) -> None:
        """Go to the page, or back to the list."""
        to_page = self.query_one(JournalList).has_focus
        self.set_class(to_page, "-page")
        (self.query_one(JournalPage) if to_page else self.query_one(JournalList)).focus()

    def go_back(self) -> bool:
        """Leave the page where it hides the list; False when there is nothing to leave."""
        if self.has_class("-one") and self.has_class("-page"):
            self.action_pane()
            return True
        return False

    def action_scroll(self, by: int) -> None:
        """Scroll the page."""
        self.query_one(JournalPage).scroll_relative(y=by, animate=False)

    def action_turn(self, by: int) -> None:
        """Scroll by what one sees of the page."""
        page = self.query_one(JournalPage)
        page.scroll_relative(y=by * max(page.size.height - 2, 1), animate=False)

    def action_copy(self) -> None:
        """Copy what is read, as Markdown."""
        item = self.query_one(JournalList).selected
        if item is not None:
            self.app.copy("log book", "\n\n".join(item.pages))

    def action_write_journal(self) -> None:
        """Bring the journal up to date."""
        self.app.action_write_journal()
