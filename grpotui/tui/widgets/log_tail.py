"""The end of the trainer's output."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from grpotui.tui.style import Tone
from grpotui.tui.widgets.pane import Line, Pane, section


class LogTail(Pane):
    """The last lines, the newest at the bottom; long lines are cut."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._log: Sequence[str] = ()

    def show(self, log: Sequence[str]) -> None:
        """Show other lines."""
        self._log = log
        if self.seen:
            self.renew()

    def lines(self, width: int, height: int) -> list[Text]:
        """A title, then the lines that fit."""
        title = section("log", "output.log", width, self.dark)
        if not self._log:
            return [title, Line(self.dark).add("   nothing was written yet", Tone.DIM).fit(width)]
        room = max(height - 1, 1)
        return [title] + [Line(self.dark).add(" ").add(line).fit(width) for line in self._log[-room:]]
