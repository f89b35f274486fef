"""A pane of lines: it makes them from its data and size, and sends again only those that differ."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.events import Resize, Show
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from grpotui.tui import style
from grpotui.tui.style import Palette, Tone
from grpotui.tui.widgets.line_table import cell


class Pane(Widget):
    """Lines of plain text, never markup. Subclasses say what stands in them."""

    DEFAULT_CSS = """
    Pane { width: 1fr; height: 1fr; background: $background; }
    Pane > .pane--title { background: $panel; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane--title"}
    TITLED = True
    """Whether the first line is a title."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._strips: list[Strip] = []
        self._known: dict[int, tuple[Strip, Text, int, Style]] = {}
        """By line: what was drawn last, and from what. Texts compare by content and spans."""

    def lines(self, width: int, height: int) -> list[Text]:
        """Return what to show, at most ``height`` lines of at most ``width`` cells."""
        raise NotImplementedError

    @property
    def dark(self) -> bool:
        """True when the theme is a dark one."""
        return self.app.current_theme.dark

    @property
    def palette(self) -> Palette:
        """Rich styles for the theme."""
        return style.palette(self.dark)

    @property
    def seen(self) -> bool:
        """True when the pane has a place on the screen."""
        return self.is_attached and self.display and self.size.width > 0 and self.size.height > 0

    def renew(self) -> None:
        """Make the lines again; nothing is sent for those that stay as they are."""
        if not self.is_attached:
            return
        width, height = self.size
        old, self._strips = self._strips, self._make(width, height)
        if len(old) != height:
            self.refresh()
            return
        for y, strip in enumerate(self._strips):
            if strip is not old[y] and list(strip) != list(old[y]):
                self.refresh(Region(0, y, width, 1))

    def _make(self, width: int, height: int) -> list[Strip]:
        if width <= 0 or height <= 0:
            return []
        base = self.rich_style
        title = self.get_component_rich_style("pane--title") if self.TITLED else base
        strips: list[Strip] = []
        for y, text in enumerate(self.lines(width, height)[:height]):
            under = base if y else title
            known = self._known.get(y)
            if known is None or known[1:] != (text, width, under):
                strip = Strip(text.render(self.app.console)).adjust_cell_length(width, Style())
                self._known[y] = known = (strip.apply_style(under).simplify(), text, width, under)
            strips.append(known[0])
        blank = Strip.blank(width, base)
        return strips + [blank] * (height - len(strips))

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.rich_style)

    def on_resize(self, event: Resize) -> None:
        """Fit the new size."""
        self._strips = []
        self.renew()

    def on_show(self, event: Show) -> None:
        """Catch up with what came while nobody saw it."""
        self._strips = []
        self.renew()


class Line:
    """Builds one line from pieces of data in tones; every piece goes through ``clean``."""

    def __init__(self, dark: bool) -> None:
        self._dark = dark
        self.text = Text(no_wrap=True, end="")

    def add(self, content: str, tone: Tone = Tone.PLAIN) -> Line:
        """Append data."""
        self.text.append_text(style.text(content, tone, self._dark))
        return self

    def cell(self, content: str, width: int, tone: Tone = Tone.PLAIN, right: bool = False) -> Line:
        """Append data in exactly ``width`` cells."""
        self.text.append_text(cell(style.text(content, tone, self._dark), width, right))
        return self

    def fit(self, width: int) -> Text:
        """Return the line, cut to ``width`` cells."""
        if self.text.cell_len > width:
            self.text.truncate(max(width, 0), overflow="ellipsis")
        return self.text

    def spread(self, right: Text, width: int) -> Text:
        """Return the line with ``right`` at its right end; ``right`` gives way when room is short."""
        gap = width - self.text.cell_len - right.cell_len
        if gap >= 1:
            self.text.append(" " * gap)
            self.text.append_text(right)
        return self.fit(width)


def section(title: str, right: str, width: int, dark: bool) -> Text:
    """Return the first line of a pane."""
    return Line(dark).add(f" {title}", Tone.DIM).spread(style.text(f"{right} ", Tone.DIM, dark), width)


def window(count: int, selected: int, room: int) -> range:
    """Return which of ``count`` rows fit in ``room``, so that ``selected`` is among them."""
    if count <= room:
        return range(count)
    start = min(max(selected - room // 2, 0), count - max(room, 0))
    return range(start, start + max(room, 0))
