"""Search: completions of one run that have some words, an expression, a reward."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from grpotui.records import Hit, RewardRange
from grpotui.registry.search import Wanted
from grpotui.tui import clip, keymap, style
from grpotui.tui.run import search
from grpotui.tui.run.data import RunReader
from grpotui.tui.screens.prompt import Prompt
from grpotui.tui.style import Tone
from grpotui.tui.trouble import tried
from grpotui.tui.widgets.hits_table import HitsTable
from grpotui.tui.widgets.line_table import LineTable
from grpotui.tui.widgets.lines import KeyLine, TitleLine

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui

MOST = 2000
"""Hits that are listed."""


class SearchScreen(Screen[None]):
    """What was found; enter goes there."""

    app: GrpoTui
    KEYS = keymap.SEARCH
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.SEARCH)]
    DEFAULT_CSS = """
    SearchScreen #said { height: 1; padding: 0 1; color: $faint; }
    SearchScreen #hits { height: 1fr; }
    """

    class Found(Message):
        """What a search found, or the error that came instead."""

        def __init__(self, hits: list[Hit], error: str) -> None:
            super().__init__()
            self.hits = hits
            self.error = error

    def __init__(
        self, reader: RunReader, typed: str, span: RewardRange | None, go: Callable[[Hit], None]
    ) -> None:
        """``go`` gets the hit that was chosen. Raises UserError for words that make no sense."""
        super().__init__()
        self._reader, self._typed, self._span, self._go = reader, typed, span, go
        self._wanted = search.read(typed)

    def compose(self) -> ComposeResult:
        """Title, what was looked for, hits, keys."""
        yield TitleLine(id="title")
        yield Static("searching …", id="said", markup=False)
        yield HitsTable(id="hits")
        yield KeyLine(keymap.SEARCH, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """Look for it."""
        self._title()
        self.query_one(HitsTable).focus()
        self._search(self._wanted)

    def on_resize(self) -> None:
        """Fill the title."""
        self.call_after_refresh(self._title)

    def _title(self) -> None:
        right = style.text(self._typed, Tone.STRONG, self.app.current_theme.dark)
        path = ["grpotui", "runs", self._reader.run_id, "search"]
        self.query_one(TitleLine).show_title(path, right)

    @work(thread=True, group="search", exclusive=True)
    def _search(self, wanted: Wanted) -> None:
        none: list[Hit] = []
        hits, error = tried(lambda: self._reader.search(wanted, MOST + 1), none)
        self.post_message(self.Found(hits, error))

    def on_search_screen_found(self, message: Found) -> None:
        """Show what was found."""
        count, hits = len(message.hits), message.hits[:MOST]
        many = f"the first {MOST}: there are more" if count > MOST else f"{count} found"
        self.query_one("#said", Static).update(message.error or (many if count else "nothing is like that"))
        marked = self._wanted.plain or self._wanted.pattern
        self.query_one(HitsTable).show(hits, self._span, marked)

    @on(LineTable.Chosen, "#hits")
    def _chosen(self) -> None:
        hit = self.query_one(HitsTable).selected
        if hit is not None:
            self.app.pop_screen()
            self._go(hit)

    def action_again(self) -> None:
        """Look for something else."""

        def typed(words: str | None) -> None:
            if not words:
                return
            self._wanted, self._typed = search.read(words), words
            self._title()
            self._search(self._wanted)

        self.app.push_screen(Prompt("Search completions", search.HINT, self._typed), self.app.careful(typed))

    def _chosen_lines(self) -> str:
        """Return the marked hits, or all that are listed, a line of JSON each."""
        return "".join(json.dumps(hit.to_json()) + "\n" for hit in self.query_one(HitsTable).marked)

    def action_mark(self) -> None:
        """Mark the hit under the cursor, or unmark it, and go on to the next."""
        self.query_one(HitsTable).mark()

    def action_copy(self) -> None:
        """Copy the marked hits, or all, as lines of JSON."""
        self.app.copy(f"search {self._typed}", self._chosen_lines().rstrip("\n"))

    def action_save(self) -> None:
        """Save the marked hits, or all, as a file of JSON lines."""
        lines, name = self._chosen_lines(), f"completions-{self._reader.run_id}"
        if not lines:
            self.app.say("Nothing to save")
            return
        count = lines.count("\n")
        self.app.do(
            lambda: clip.save(self.app.workspace, name, lines),
            lambda path: self.app.say(f"{count} completion{'s' * (count != 1)} saved in {path}"),
        )
