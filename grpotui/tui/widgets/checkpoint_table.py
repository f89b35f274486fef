"""The table of runs with checkpoints, and the lines about devices above it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from grpotui import format as fmt
from grpotui.tui import style
from grpotui.tui.resources.view import CheckpointRow, ResourcesSnapshot, short_words
from grpotui.tui.style import Tone
from grpotui.tui.widgets.line_table import LineTable, cell
from grpotui.tui.widgets.lines import OneLine

STATUS, SIZE, SPARE = 10, 9, 9
STEPS = 34


def widths(width: int) -> tuple[int, int, int]:
    """Return the cells of name, status and steps."""
    status = STATUS if width >= 50 else 1
    room = max(width - status - SIZE - SPARE - 3, 8)
    steps = min(STEPS, room // 2) if width >= 60 else 0
    return room - steps - (1 if steps else 0), status, steps


def row_line(row: CheckpointRow, width: int, dark: bool) -> Text:
    """Return one run: name, status, which checkpoints, their size, what pruning frees."""
    name, states, steps = widths(width)
    line = cell(style.text(row.run.name if row.run else row.run_id, Tone.PLAIN, dark), name)
    line.append(" ")
    status = style.status_text(row.run.status, dark) if row.run else style.text("", dark=dark)
    line.append_text(cell(status if states > 1 else status[:1], states))
    line.append(" ")
    if steps:
        line.append_text(cell(_steps(row, dark), steps))
        line.append(" ")
    line.append_text(cell(fmt.size(row.size), SIZE, right=True, dark=dark))
    line.append(" ")
    spare = fmt.size(row.spare) if row.spare else "-"
    return line.append_text(cell(spare, SPARE, right=True, dim=not row.spare, dark=dark))


def _steps(row: CheckpointRow, dark: bool) -> Text:
    line = style.text("", dark=dark)
    for step in reversed(row.steps):
        kept = step in row.kept
        line.append_text(
            style.text(f"{step} " if kept else f"({step}) ", Tone.PLAIN if kept else Tone.DIM, dark)
        )
    return line


class CheckpointTable(LineTable):
    """One run on a line, the largest first. The cursor stays on its run."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.rows: Sequence[CheckpointRow] = ()

    @property
    def selected(self) -> CheckpointRow | None:
        """The row under the cursor."""
        return self.rows[self.index] if self.index < len(self.rows) else None

    def show(self, rows: Sequence[CheckpointRow]) -> None:
        """Take in new rows."""
        old = self.selected
        places = {row.run_id: place for place, row in enumerate(rows)}
        self.rows = rows
        self.rows_changed(places.get(old.run_id, self.index) if old else 0)

    def row_count(self) -> int:
        """How many runs have checkpoints."""
        return len(self.rows)

    def header_text(self, width: int) -> Text:
        """Titles."""
        name, states, steps = widths(width)
        middle = f"{'steps (can go)':<{steps}.{steps}} " if steps else ""
        left = f"{'run':<{name}.{name}} {'status':<{states}.{states}} "
        line = f"{left}{middle}{'size':>{SIZE}} {'can go':>{SPARE}}"
        return Text(line, no_wrap=True, end="")

    def row_text(self, index: int, width: int) -> Text:
        """One run."""
        return row_line(self.rows[index], width, self.dark)


def use_text(snapshot: ResourcesSnapshot, dark: bool) -> Text:
    """Return a line for each device, one for queue and disk each, and the warning when it gets full."""
    text = Text(no_wrap=True)
    for device in snapshot.devices:
        text.append_text(style.text(f" {device.label}  ", Tone.PLAIN, dark))
        if device.memory:
            load = f"{device.memory}  {device.busy}".rstrip()
            text.append_text(style.text(f"{load}  ", Tone.DIM, dark))
        if not device.use:
            text.append_text(style.text("free", Tone.DIM, dark))
        elif device.ours:
            text.append_text(style.text(f"● {device.use}", Tone.LIVE, dark))
        else:
            text.append_text(style.text(f"▲ {device.use}", Tone.WARN, dark))
        text.append("\n")
    if snapshot.paused:
        words = f" ▲ the queue is paused: h lets it go on   {snapshot.queue}".rstrip()
        text.append_text(style.text(words, Tone.WARN, dark))
        text.append("\n")
    elif snapshot.queue:
        text.append_text(style.text(f" queue  {snapshot.queue}", Tone.PLAIN, dark))
        text.append("\n")
    said = f" disk  {fmt.size(snapshot.free)} free of {fmt.size(snapshot.total)}"
    held = f"   checkpoints {fmt.size(snapshot.size)}, {fmt.size(snapshot.spare)} of it can go"
    text.append_text(style.text(said, Tone.PLAIN, dark))
    text.append_text(style.text(held, Tone.DIM, dark))
    if short := short_words(snapshot.free, snapshot.short_of):
        text.append("\n ")
        text.append_text(
            style.text(f"▲ {short}: the next ones may be lost. P prunes every run", Tone.WARN, dark)
        )
    return text


class UseLines(OneLine):
    """Devices and disk; as high as they have lines."""

    DEFAULT_CSS = "UseLines { height: auto; max-height: 12; border-bottom: solid $rule; }"

    def show_use(self, snapshot: ResourcesSnapshot) -> None:
        """Show who uses what."""
        self.show(use_text(snapshot, self.dark))
