"""Single lines around a screen: the title above, the keys below, a rule between."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text
from textual.widgets import Static

from grpotui.tui import keymap, style
from grpotui.tui.style import Tone


class OneLine(Static):
    """Plain text that is sent again only when it differs."""

    DEFAULT_CSS = "OneLine { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__("", id=id, markup=False)
        self._shown: Text | None = None

    @property
    def dark(self) -> bool:
        """True when the theme is a dark one."""
        return self.app.current_theme.dark

    def show(self, content: Text) -> None:
        """Show ``content`` if it is not what is shown already."""
        if content != self._shown:
            self._shown = content
            self.update(content)


class Trouble(Static):
    """An error above what was known last; nothing else is laid out anew while it stays the same."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__("", id=id, markup=False)
        self._told = ""

    def tell(self, error: str) -> None:
        """Show an error; empty for none."""
        if error != self._told:
            self._told = error
            self.update(error)


class TitleLine(OneLine):
    """Where one is, on the left; what goes on, on the right."""

    DEFAULT_CSS = "TitleLine { background: $panel; }"

    def show_title(self, crumbs: list[str], right: Text | None = None) -> None:
        """Show ``crumbs`` parted by ``>``; ``right`` is cut before they are."""
        left = Text(" ", no_wrap=True)
        for number, crumb in enumerate(crumbs):
            if number:
                left.append(" > ", style.palette(self.dark).dim)
            last = number == len(crumbs) - 1
            left.append_text(style.text(crumb, Tone.STRONG if last else Tone.DIM, self.dark))
        room = self.size.width - left.cell_len - 2
        if right and room > 4:
            right.truncate(room, overflow="ellipsis")
            left.append(" " * (room - right.cell_len + 1))
            left.append_text(right)
        self.show(left)


class KeyLine(OneLine):
    """The keys that work here, as many as fit."""

    def __init__(self, *sections: keymap.Section, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._sections = sections

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.on_resize())

    def on_resize(self) -> None:
        """Show as many as fit now."""
        colours = style.palette(self.dark)
        line = Text(no_wrap=True)
        chosen: Mapping[str, str] = getattr(self.app, "keys", {})
        sections = [section.rebound(chosen) for section in self._sections]
        for face, label in keymap.key_line(sections, self.size.width):
            line.append(f" {face}", colours.strong)
            line.append(f" {label} ", colours.dim)
        self.show(line)
