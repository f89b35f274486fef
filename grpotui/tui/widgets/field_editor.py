"""Fields as an editable table: what was changed stands out, one line of input opens over the value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from grpotui.tui import style
from grpotui.tui.launch.view import FieldView, Origin
from grpotui.tui.style import Tone
from grpotui.tui.widgets.line_table import LineTable, cell

_TONES = {Origin.DEFAULT: Tone.DIM, Origin.PRESET: Tone.PLAIN, Origin.EDITED: Tone.STRONG}


def name_width(width: int) -> int:
    """Return the cells that a field's name gets."""
    return max(min(36, width * 2 // 5), 12)


def field_line(view: FieldView, width: int, dark: bool) -> Text:
    """Return one field: mark, name, value, and what it was or what the default is."""
    names = name_width(width)
    section, dot, name = view.path.rpartition(".")
    line = style.text("* " if view.origin is Origin.EDITED else "  ", Tone.STRONG, dark)
    path = style.text(f"{section}{dot}", Tone.DIM, dark)
    path.append_text(style.text(name, _TONES[view.origin], dark))
    line.append_text(cell(path, names - 2))
    line.append(" ")
    rest = max(width - names - 1, 0)
    aside = ""
    if view.origin is Origin.EDITED:
        aside = f"was {view.was or 'not set'}"
    elif view.origin is Origin.PRESET and view.default:
        aside = f"default {view.default}"
    elif view.path == "name" and not view.text:
        aside = view.default
    values = rest if not aside or rest < 30 else max(rest - 30, rest // 2)
    line.append_text(cell(style.text(view.text or "-", _TONES[view.origin], dark), values))
    if values < rest:
        line.append(" ")
        line.append_text(cell(style.text(aside, Tone.DIM, dark), rest - values - 1))
    return line


class FieldTable(LineTable):
    """The rows of the editor."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.fields: Sequence[FieldView] = ()

    def row_count(self) -> int:
        """How many fields are shown."""
        return len(self.fields)

    def header_text(self, width: int) -> Text:
        """Titles."""
        return Text(f"  {'field':<{name_width(width) - 2}} value", no_wrap=True, end="")

    def row_text(self, index: int, width: int) -> Text:
        """One field."""
        return field_line(self.fields[index], width, self.dark)


class FieldEditor(Container):
    """The table, and the line of input over the value that is edited."""

    DEFAULT_CSS = """
    FieldEditor {
        layers: table line;
        #table { layer: table; height: 1fr; }
        #line { layer: line; display: none; height: 1; border: none; padding: 0; background: $edit; }
        #line:focus { background-tint: transparent; border: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Keep the old value", show=False)]

    class Entered(Message):
        """A person typed a value for a field."""

        def __init__(self, path: str, text: str) -> None:
            super().__init__()
            self.path = path
            self.text = text

    class Closed(Message):
        """The line of input is gone without a value."""

    def compose(self) -> ComposeResult:
        """Table and line."""
        yield FieldTable(id="table")
        yield Input(id="line", select_on_focus=False)

    @property
    def table(self) -> FieldTable:
        """The table of fields."""
        return self.query_one(FieldTable)

    @property
    def selected(self) -> FieldView | None:
        """The field under the cursor."""
        table = self.table
        return table.fields[table.index] if table.index < len(table.fields) else None

    @property
    def editing(self) -> bool:
        """True while the line of input is open."""
        return bool(self.query_one("#line").display)

    def show(self, fields: Sequence[FieldView], keep: bool = True) -> None:
        """Take in fields; the cursor stays on its field if ``keep``."""
        table, old = self.table, self.selected
        places = {view.path: place for place, view in enumerate(fields)}
        table.fields = fields
        wanted = places.get(old.path, 0) if keep and old else 0
        table.rows_changed(wanted, keep_line=keep)

    def edit(self) -> None:
        """Open the line of input over the value under the cursor."""
        view = self.selected
        if view is None:
            return
        self._place_line()
        line = self.query_one("#line", Input)
        line.value = view.text
        line.cursor_position = len(view.text)
        line.display = True
        line.focus()

    def _place_line(self) -> None:
        table, line = self.table, self.query_one("#line", Input)
        left = name_width(table.line_width) + 1
        line.styles.offset = (left, table.index + 1 - table.scroll_offset.y)
        line.styles.width = max(table.line_width - left, 8)

    def on_resize(self) -> None:
        """Keep the line of input over its value."""
        if self.editing:
            self.call_after_refresh(self._place_line)

    def close(self) -> None:
        """Take the line of input away."""
        if self.editing:
            self.query_one("#line").display = False
            self.table.focus()

    @on(Input.Submitted, "#line")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self.selected is not None:
            self.post_message(self.Entered(self.selected.path, event.value))

    @on(Input.Blurred, "#line")
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        if self.editing and self.app.app_focus:
            self.query_one("#line").display = False
            self.post_message(self.Closed())

    @on(LineTable.Chosen, "#table")
    def _chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        self.edit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is ours only while the line is open."""
        return self.editing if action == "close" else True

    def action_close(self) -> None:
        """Keep the old value."""
        self.close()
        self.post_message(self.Closed())
