"""A table that draws only the lines one sees: rows in the thousands cost nothing."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from grpotui.tui import style


class LineTable(ScrollView, can_focus=True):
    """A header line and rows of one line each, with a cursor. Subclasses say what stands in a line.

    Lines are drawn when they are seen, and after new data only those that differ are sent again.
    """

    DEFAULT_CSS = """
    LineTable {
        background: $background; overflow-x: hidden; overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .line-table--cursor { background: $cursor-blurred; }
        & > .line-table--header { color: $faint; }
        &:focus > .line-table--cursor { background: $cursor; text-style: bold; }
        &:ansi:focus > .line-table--cursor { text-style: bold reverse; }
        &:ansi > .line-table--cursor { text-style: underline; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-table--cursor", "line-table--header"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("enter", "choose", "Open", show=False),
    ]

    class Moved(Message):
        """The cursor is on another row, or its row changed."""

        def __init__(self, table: LineTable, index: int) -> None:
            super().__init__()
            self.table = table
            self.index = index

        @property
        def control(self) -> LineTable:
            """The table, so that ``@on`` can select it."""
            return self.table

    class Chosen(Moved):
        """Enter, or a click on the row that has the cursor."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.index = 0
        self._seen: dict[int, Text] = {}

    # What a subclass says

    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def header_text(self, width: int) -> Text:
        """The line above the rows, as wide as it likes."""
        raise NotImplementedError

    def row_text(self, index: int, width: int) -> Text:
        """One row, as wide as it likes."""
        raise NotImplementedError

    # What a subclass calls

    @property
    def dark(self) -> bool:
        """True when the theme is a dark one."""
        return self.app.current_theme.dark

    @property
    def line_width(self) -> int:
        """Cells of a line, less the scrollbar."""
        return self.scrollable_content_region.width

    def rows_changed(self, index: int, keep_line: bool = True) -> None:
        """Take new rows in, with the cursor now on ``index``.

        With ``keep_line`` the cursor's row stays on the line of the screen where it was, unless the top of
        the table is in sight: then new rows come into sight above it.
        """
        before = self.index
        self.index = max(0, min(index, self.row_count() - 1))
        self.virtual_size = Size(self.line_width, self.row_count() + 1)
        shift = self.index - before
        if keep_line and shift and self.scroll_offset.y > 0:
            self.scroll_to(y=self.scroll_offset.y + shift, animate=False, force=True)
        self._show_cursor()
        if shift:
            self._refresh_row(before)
            self._refresh_row(self.index)
        self._refresh_changed()

    def move_to(self, index: int) -> None:
        """Put the cursor on a row and bring it into sight."""
        index = max(0, min(index, self.row_count() - 1))
        if index == self.index:
            return
        old, self.index = self.index, index
        self._refresh_row(old)
        self._refresh_row(index)
        self._show_cursor()
        self.post_message(self.Moved(self, index))

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of the widget."""
        width = self.line_width
        if y == 0:
            header = self.header_text(width)
            return self._strip(header, width, self.get_component_rich_style("line-table--header"))
        index = y - 1 + self.scroll_offset.y
        if index >= self.row_count():
            return Strip.blank(width, self.rich_style)
        text = self.row_text(index, width)
        self._seen[index] = text
        cursor = self.get_component_rich_style("line-table--cursor") if index == self.index else None
        return self._strip(text, width, cursor)

    def _strip(self, text: Text, width: int, over: Style | None) -> Strip:
        base = self.rich_style + over if over else self.rich_style
        strip = Strip(text.render(self.app.console)).adjust_cell_length(width, Style())
        return strip.apply_style(base)

    def _refresh_changed(self) -> None:
        width, top = self.line_width, self.scroll_offset.y
        seen = self._seen
        for y in range(max(self.size.height - 1, 0)):
            index = y + top
            if index < self.row_count():
                if seen.get(index) != (text := self.row_text(index, width)):
                    self._seen[index] = text
                    self._redraw(y + 1)
            elif seen.pop(index, None) is not None:
                self._redraw(y + 1)

    def _redraw(self, y: int) -> None:
        """Draw one line of the widget again."""
        self.refresh(Region(0, y, self.line_width, 1))

    def _refresh_row(self, index: int) -> None:
        y = index + 1 - self.scroll_offset.y
        if 0 < y < self.size.height:
            self._redraw(y)

    def _show_cursor(self) -> None:
        room = max(self.size.height - 1, 1)
        top = self.scroll_offset.y
        if self.index < top:
            self.scroll_to(y=self.index, animate=False, force=True)
        elif self.index >= top + room:
            self.scroll_to(y=self.index - room + 1, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Forget what was drawn: other rows stand on the lines now."""
        self._seen.clear()
        super().watch_scroll_y(old_value, new_value)

    def on_resize(self, event: Resize) -> None:
        """Keep the cursor in sight at any size."""
        self._seen.clear()
        self.virtual_size = Size(self.line_width, self.row_count() + 1)
        self._show_cursor()

    # Keys and mouse

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.move_to(self.index + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by what one sees."""
        self.move_to(self.index + pages * max(self.size.height - 2, 1))

    def action_first(self) -> None:
        """Go to the first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self.move_to(self.row_count() - 1)

    def action_choose(self) -> None:
        """Open the row."""
        if self.row_count():
            self.post_message(self.Chosen(self, self.index))

    def on_click(self, event: Click) -> None:
        """Move the cursor to the row, or open it when it is there already."""
        index = event.y - 1 + self.scroll_offset.y
        if event.y >= 1 and index < self.row_count():
            if index == self.index:
                self.action_choose()
            else:
                self.move_to(index)


def cell(content: Text | str, width: int, right: bool = False, dim: bool = False, dark: bool = True) -> Text:
    """Return one cell, exactly ``width`` wide; text that is cut ends in ``…``."""
    if isinstance(content, str):
        content = style.text(content, style.Tone.DIM if dim else style.Tone.PLAIN, dark)
    if content.cell_len > width:
        content.truncate(width, overflow="ellipsis")
    missing = width - content.cell_len
    if missing > 0:
        if right:
            content.pad_left(missing)
        else:
            content.pad_right(missing)
    return content
