"""Findings of a run, newest first, the one at the cursor marked."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from grpotui.records import Flag, FlagKind
from grpotui.tui import style
from grpotui.tui.style import Tone
from grpotui.tui.widgets.pane import Line, Pane, section, window


def flag_line(flag: Flag, here: bool, width: int, dark: bool) -> Text:
    """Return one flag as one line. Verdicts have colour; raw values over a line have their sign only."""
    judged = flag.kind is FlagKind.VERDICT
    tone = style.LEVEL_TONES[flag.level] if judged else Tone.DIM
    line = Line(dark).add(">" if here else " ", Tone.LIVE).cell(f"{flag.step}", 6, right=True)
    line.add(f" {style.LEVEL_SIGNS[flag.level]} ", tone)
    return line.add(flag.message or flag.signal, tone if judged else Tone.DIM).fit(width)


class Flags(Pane):
    """The list of flags."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._flags: Sequence[Flag] = ()
        self._cursor: int | None = None

    def show(self, flags: Sequence[Flag], cursor: int | None) -> None:
        """Show other flags (ascending), or the cursor at another step."""
        self._flags, self._cursor = flags, cursor
        if self.seen:
            self.renew()

    def lines(self, width: int, height: int) -> list[Text]:
        """A title, then the flags around the cursor."""
        newest = list(reversed(self._flags))
        title = section(
            f"flags {len(newest) or ''}", "{ } goes through them" if newest else "", width, self.dark
        )
        if not newest:
            return [title, Line(self.dark).add("   none", Tone.DIM).fit(width)]
        before = (
            i for i, flag in enumerate(newest) if self._cursor is not None and flag.step <= self._cursor
        )
        rows = window(len(newest), next(before, 0), height - 1)
        return [title] + [
            flag_line(newest[i], newest[i].step == self._cursor, width, self.dark) for i in rows
        ]
