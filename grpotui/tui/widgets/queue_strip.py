"""Devices, and each waiting run with what it waits for."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from grpotui.tui import style
from grpotui.tui.runs.view import RunRow
from grpotui.tui.style import Tone
from grpotui.tui.widgets.lines import OneLine

MOST = 3
"""Waiting runs that are named; the rest are counted."""


def strip_text(devices: str, waiting: Sequence[RunRow], dark: bool, disk: str = "") -> Text:
    """Return the line of disk and devices, and one line for each of the first waiting runs."""
    text = Text(" ", no_wrap=True)
    if disk:
        text.append_text(style.text(f"▲ {disk} (g)   ", Tone.WARN, dark))
    text.append_text(style.text(devices or "looking for devices …", Tone.DIM, dark))
    for row in waiting[:MOST]:
        text.append("\n ")
        text.append_text(style.status_text(row.run.status, dark))
        text.append_text(style.text(f"  {row.run.name}", Tone.PLAIN, dark))
        why = row.waits_for or "for a device"
        text.append_text(style.text(f"  waits: {why}", Tone.DIM, dark))
    if len(waiting) > MOST:
        text.append_text(style.text(f"   and {len(waiting) - MOST} more", Tone.DIM, dark))
    return text


class QueueStrip(OneLine):
    """Devices and queue; as high as it has lines."""

    DEFAULT_CSS = "QueueStrip { height: auto; max-height: 4; }"

    def show_queue(self, devices: str, waiting: Sequence[RunRow], disk: str = "") -> None:
        """Show what is waiting, and for what."""
        self.show(strip_text(devices, waiting, self.dark, disk))
