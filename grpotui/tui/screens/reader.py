"""Reads one completion on the whole screen; nothing in it moves by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from grpotui.tui import keymap, style
from grpotui.tui.run.place import Place
from grpotui.tui.screens.run_keys import copy_completion
from grpotui.tui.style import Tone
from grpotui.tui.widgets.group_detail import document
from grpotui.tui.widgets.lines import KeyLine, TitleLine

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui

COLUMNS = 100
"""Cells of a line of text, at most: longer ones are hard to read."""


class ReaderScreen(Screen[None]):
    """Prompt, gold answer and text of the sample at the cursor of a run."""

    app: GrpoTui
    KEYS = keymap.READER
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.READER)]
    AUTO_FOCUS = "#page"
    DEFAULT_CSS = """
    ReaderScreen {
        #page { height: 1fr; padding: 1 2; scrollbar-size-vertical: 1; }
        #text { width: 100%; height: auto; }
    }
    ReaderScreen.-short #page { padding: 0 2; }
    """

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        """Title, text, keys."""
        yield TitleLine(id="title")
        with VerticalScroll(id="page"):
            yield Static("", id="text", markup=False)
        yield KeyLine(keymap.READER, keymap.EVERYWHERE, id="keys")

    def on_resize(self, event: Resize) -> None:
        """Wrap anew."""
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """Show the sample that is selected now."""
        place = self._place
        data = place.detail()
        dark = self.app.current_theme.dark
        number = data.group.group + 1 if data.group else 0
        text = f"text {data.selected + 1} of {len(data.folds)}"
        where = f"step {place.groups_data().step}   group {number}   {text}"
        name = place.snapshot.run.name if place.snapshot else ""
        right = style.text(where, Tone.PLAIN, dark)
        self.query_one(TitleLine).show_title(["grpotui", "runs", name, "read"], right)
        width = max(min(self.size.width - 6, COLUMNS), 10)
        rows = document(data, width, self.app.console, style.palette(dark), dark)
        self.query_one("#text", Static).update(Text("\n").join(rows))

    def _moved(self) -> None:
        self.show()
        self.query_one("#page", VerticalScroll).scroll_home(animate=False)

    def action_sample(self, by: int) -> None:
        """Read another text of the group."""
        self._place.move_sample(by)
        self._moved()

    def action_group(self, by: int) -> None:
        """Read another group of the step."""
        self._place.move_group(by)
        self._moved()

    def action_copy(self) -> None:
        """Copy the text that is read."""
        copy_completion(self.app, self._place)

    def action_scroll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=by, animate=False)
