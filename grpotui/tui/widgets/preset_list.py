"""The presets that can be launched."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from grpotui import format as fmt
from grpotui.text import clean
from grpotui.tui import style
from grpotui.tui.launch.view import PresetView
from grpotui.tui.style import Tone
from grpotui.tui.widgets.line_table import LineTable, cell


class PresetList(LineTable):
    """One preset on a line: a mark for edited ones, its name, its summary where there is room."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.presets: Sequence[PresetView] = ()

    @property
    def selected(self) -> PresetView | None:
        """The preset under the cursor."""
        return self.presets[self.index] if self.index < len(self.presets) else None

    def show(self, presets: Sequence[PresetView], index: int) -> None:
        """Take in the list, with the cursor on ``index``."""
        self.presets = presets
        self.rows_changed(index, keep_line=False)

    def row_count(self) -> int:
        """How many presets there are."""
        return len(self.presets)

    def header_text(self, width: int) -> Text:
        """A title."""
        return Text("  preset", no_wrap=True, end="")

    def row_text(self, index: int, width: int) -> Text:
        """One preset."""
        preset = self.presets[index]
        tone = Tone.WARN if preset.error else Tone.PLAIN
        mark = "▲ " if preset.error else "* " if preset.edited else "  "
        own = "" if preset.shipped or preset.error else "  own"
        line = style.text(mark + fmt.middle(clean(preset.name), width - 2 - len(own)), tone, self.dark)
        line.append_text(style.text(own, Tone.DIM, self.dark))
        return cell(line, width)
