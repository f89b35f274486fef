"""The table of runs: as many columns as there is room for, the most telling ones first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import cell_len
from rich.text import Text

from grpotui import format as fmt
from grpotui.analysis.series import sparkline
from grpotui.text import clean
from grpotui.tui import style
from grpotui.tui.runs.view import RunRow, RunsSnapshot
from grpotui.tui.style import Tone
from grpotui.tui.widgets.line_table import LineTable, cell


@dataclass(frozen=True, slots=True)
class Moment:
    """What a cell needs beside its row."""

    now: float
    dark: bool
    width: int
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column. The column with the highest ``rank`` goes first when room is short."""

    title: str
    width: int
    rank: int
    show: Callable[[RunRow, Moment], Text | str]
    right: bool = False
    most: int = 0
    """Cells that it grows to when there is room; 0 when it does not grow."""
    dim: bool = False


def _gutter(row: RunRow, at: Moment) -> Text:
    mark = style.MARKED if at.marked else style.PINNED if row.pinned else " "
    human = style.HUMAN_SIGNS[row.run.human] if row.run.human else " "
    return style.text(mark + human, Tone.STRONG, at.dark)


_VALUES = re.compile(r"\b[A-Za-z_]\w*=")
"""What stands before the values in the name of a sweep's run: ``beta=0.1 seed=42``."""


def _name(row: RunRow, at: Moment) -> Text:
    text = clean(row.run.name)
    if row.run.sweep and len(text) > at.width:
        text = _VALUES.sub("", text)  # what differs among the runs of a sweep has to be seen
    name = style.text(fmt.middle(text, at.width), Tone.PLAIN, at.dark)
    tags = "".join(f" #{tag}" for tag in row.run.tags)
    sweep = f"  {clean(row.run.sweep)}" if row.run.sweep else ""
    if sweep and name.cell_len + cell_len(sweep) <= at.width:
        name.append_text(style.text(sweep, Tone.DIM, at.dark))
    if tags and name.cell_len + cell_len(tags) <= at.width:
        name.append_text(style.text(tags, Tone.DIM, at.dark))
    return name


def _status(row: RunRow, at: Moment) -> Text:
    status = row.run.status
    if at.width < len(status):
        return style.text(style.STATUS_SIGNS[status], style.STATUS_TONES[status], at.dark)
    return style.status_text(status, at.dark)


def _verdict(row: RunRow, at: Moment) -> Text:
    run = row.run
    cause = run.cause if at.width >= len(run.verdict or "") + len(run.cause) + 5 else ""
    return style.verdict_text(run.verdict, cause, at.dark)


def _step(row: RunRow, at: Moment) -> str:
    run = row.run
    return fmt.part_of(run.step, run.max_steps) if run.step or run.max_steps else ""


def _epoch(row: RunRow, at: Moment) -> str:
    return fmt.part_of(row.run.epoch, row.run.max_epochs, digits=1)


def _eta(row: RunRow, at: Moment) -> str:
    return row.ends or fmt.duration(row.run.seconds_left)


def _device(row: RunRow, at: Moment) -> str:
    return fmt.device(row.run.device)


def _reward(row: RunRow, at: Moment) -> str:
    return fmt.figure(row.run.reward) if row.run.step else ""


def _share(value: float | None) -> str:
    return "" if value is None else fmt.figure(value)


COLUMNS = (
    Column("", 2, 0, _gutter),
    Column("run", 12, 1, _name, most=44),
    Column("status", 10, 2, _status),
    Column("verdict", 12, 3, _verdict, most=24),
    Column("step", 9, 4, _step, right=True, most=11),
    Column("epoch", 7, 10, _epoch, right=True, dim=True),
    Column("ETA", 5, 6, _eta, right=True),
    Column("reward", 6, 5, _reward, right=True),
    Column("trend", 8, 9, lambda row, at: sparkline(row.trace, at.width), dim=True, most=10),
    Column("flat", 5, 7, lambda row, at: _share(row.run.zero_std), right=True),
    Column("jacc", 5, 8, lambda row, at: _share(row.run.jaccard), right=True),
    Column("device", 6, 11, _device, dim=True),
    Column("age", 4, 12, lambda row, at: fmt.age(at.now - row.run.created_at), right=True, dim=True),
)
GAP = 1
NAME_WANTED = 16
"""Cells for the name before a further column may have any."""


CRAMPED = 46
"""Below this width only signs, names and verdicts are shown."""


@lru_cache(maxsize=32)
def layout(width: int) -> tuple[tuple[Column, int], ...]:
    """Return the columns that fit in ``width`` cells, in their order, each with its width."""
    if width < CRAMPED:
        name = max(width - 18, 4)
        return tuple((c, w) for c, w in zip(COLUMNS, (2, name, 1, 12), strict=False))
    chosen: list[Column] = []
    used = 0
    for column in sorted(COLUMNS, key=lambda c: c.rank):
        wanted = (NAME_WANTED if column.title == "run" else column.width) + GAP
        if chosen and used + wanted > width + GAP:
            break
        chosen.append(column)
        used += wanted
    spare = max(width - used + GAP, 0)
    widths = {c.title: NAME_WANTED if c.title == "run" else c.width for c in chosen}
    for title, share in (("step", 2), ("run", 8), ("verdict", 12), ("trend", 2), ("run", width)):
        column_ = next((c for c in chosen if c.title == title), None)
        if column_ is not None:
            more = max(min(share, spare, column_.most - widths[title]), 0)
            widths[title] += more
            spare -= more
    return tuple((c, widths[c.title]) for c in COLUMNS if c in chosen)


def row_line(row: RunRow, width: int, now: float, dark: bool, marked: bool = False) -> Text:
    """Return one run as one line of ``width`` cells."""
    line = Text(no_wrap=True, end="")
    for number, (column, cells) in enumerate(layout(width)):
        if number:
            line.append(" " * GAP)
        content = column.show(row, Moment(now, dark, cells, marked))
        line.append_text(cell(content, cells, column.right, column.dim, dark))
    return line


def header_line(width: int) -> Text:
    """Return the titles above :func:`row_line`."""
    line = Text(no_wrap=True, end="")
    for number, (column, cells) in enumerate(layout(width)):
        if number:
            line.append(" " * GAP)
        line.append(column.title[:cells].rjust(cells) if column.right else column.title[:cells].ljust(cells))
    return line


class RunsTable(LineTable):
    """Runs as rows. The selected run stays selected, by id, whatever moves around it.

    Of thousands of runs it knows only the rows near the ones in sight; ``Scrolled`` asks for others.
    """

    class Scrolled(LineTable.Moved):
        """Rows have come into sight that are not known."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.marks: set[str] = set()
        """Ids of marked runs."""
        self._snapshot = RunsSnapshot()
        self._wanted: str | None = None
        """A run that the cursor shall go to."""

    @property
    def rows(self) -> list[RunRow]:
        """The rows that are known, in order."""
        known = self._snapshot.rows
        return [known[run_id] for run_id in self._snapshot.ids if run_id in known]

    @property
    def first(self) -> int:
        """Place of the first row in sight."""
        return int(self.scroll_offset.y)

    @property
    def selected_id(self) -> str | None:
        """Id of the run under the cursor."""
        ids = self._snapshot.ids
        return ids[self.index] if self.index < len(ids) else None

    @property
    def selected(self) -> RunRow | None:
        """The row under the cursor; None too while it is not known yet."""
        return self._snapshot.rows.get(self.selected_id or "")

    def go_to(self, run_id: str) -> None:
        """Put the cursor on a run, as soon as it is there."""
        self._wanted = run_id

    def show(self, snapshot: RunsSnapshot) -> None:
        """Take in what is true now; the cursor stays on its run while it is there."""
        old_id, old = self.selected_id, self.selected
        if self._wanted in snapshot.ids:
            old_id, self._wanted = self._wanted, None
        self._snapshot = snapshot
        try:
            place = snapshot.ids.index(old_id or "")
        except ValueError:
            place = self.index
        self.rows_changed(place)
        if self.selected != old or self.selected_id != old_id:
            self.post_message(self.Moved(self, self.index))

    def toggle_mark(self) -> None:
        """Mark the run under the cursor or unmark it, and go on to the next."""
        if self.selected_id:
            self.marks ^= {self.selected_id}
            self._refresh_row(self.index)
            self.move_to(self.index + 1)

    def row_count(self) -> int:
        """How many runs fit the filter."""
        return len(self._snapshot.ids)

    def header_text(self, width: int) -> Text:
        """Titles of the columns that fit."""
        return header_line(width)

    def row_text(self, index: int, width: int) -> Text:
        """One run; only its id while the rest is not known."""
        run_id = self._snapshot.ids[index]
        row = self._snapshot.rows.get(run_id)
        if row is None:
            self.call_after_refresh(self._ask)
            return style.text(f"   {run_id}", Tone.DIM, self.dark)
        return row_line(row, width, self._snapshot.time, self.dark, run_id in self.marks)

    def _ask(self) -> None:
        self.post_message(self.Scrolled(self, self.index))
