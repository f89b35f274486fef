"""Devices, and each waiting run with what it waits for."""

from __future__ import annotations

from rich.text import Text

from grpotui.tui import style
from grpotui.tui.runs.view import RunsSnapshot
from grpotui.tui.style import Tone
from grpotui.tui.widgets.lines import OneLine

MOST = 3
"""Waiting runs that are named; the rest are counted."""


def strip_text(snapshot: RunsSnapshot, dark: bool) -> Text:
    """Return the line of disk, queue and devices, and one line for each of the first waiting runs."""
    text = Text(" ", no_wrap=True)
    if snapshot.disk:
        text.append_text(style.text(f"▲ {snapshot.disk} (g)   ", Tone.WARN, dark))
    if snapshot.paused:
        text.append_text(style.text("▲ queue paused (g)   ", Tone.WARN, dark))
    elif snapshot.queue_ends:
        text.append_text(style.text(f"all done in {snapshot.queue_ends}   ", Tone.PLAIN, dark))
    text.append_text(style.text(snapshot.devices or "looking for devices …", Tone.DIM, dark))
    for row in snapshot.waiting[:MOST]:
        text.append("\n ")
        text.append_text(style.status_text(row.run.status, dark))
        text.append_text(style.text(f"  {row.run.name}", Tone.PLAIN, dark))
        if row.starts:
            text.append_text(style.text(f"  starts in {row.starts}", Tone.PLAIN, dark))
        why = row.waits_for or "for a device"
        text.append_text(style.text(f"  waits: {why}", Tone.DIM, dark))
    if len(snapshot.waiting) > MOST:
        text.append_text(style.text(f"   and {len(snapshot.waiting) - MOST} more", Tone.DIM, dark))
    return text


class QueueStrip(OneLine):
    """Devices and queue; as high as it has lines."""

    DEFAULT_CSS = "QueueStrip { height: auto; max-height: 4; }"

    def show_queue(self, snapshot: RunsSnapshot) -> None:
        """Show what is waiting, and for what."""
        self.show(strip_text(snapshot, self.dark))
