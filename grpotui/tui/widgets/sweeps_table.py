"""The list of sweeps."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.text import Text

from grpotui import format as fmt
from grpotui.analysis.sweep.axes import label, name_of
from grpotui.analysis.sweep.document import sample_text
from grpotui.analysis.sweep.records import Study
from grpotui.tui import style
from grpotui.tui.style import Tone
from grpotui.tui.sweeps.view import SweepRow
from grpotui.tui.widgets.line_table import LineTable, cell

STATE, POINTS, RUNS, AGE = 12, 8, 9, 4


def state_text(study: Study, dark: bool) -> Text:
    """Return how far a sweep got, with a sign."""
    counts, repeats = study.counts, study.repeats
    if repeats.open:
        return style.text("● confirming", Tone.LIVE, dark)
    if counts.running:
        return style.text("● running", Tone.LIVE, dark)
    if counts.waiting:
        return style.text("○ waiting", Tone.DIM, dark)
    if counts.failed:
        return style.text(f"✖ {counts.failed} failed", Tone.BAD, dark)
    if study.ranking.confirmed:
        return style.text("✓ confirmed", Tone.GOOD, dark)
    return style.text("✓ done" if study.over else "■ not all", Tone.PLAIN, dark)


def widths(width: int) -> tuple[int, int, int]:
    """Return the cells of name, axes and best; axes give way first."""
    room = max(width - STATE - POINTS - RUNS - AGE - 6, 20)
    name = min(max(room // 3, 16), 34)
    axes = min((room - name) // 2, 36) if room >= 60 else 0
    return name, axes, max(room - name - axes, 0)


class SweepsTable(LineTable):
    """One sweep on a line, the newest first. The cursor stays on its sweep."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.rows: Sequence[SweepRow] = ()

    @property
    def selected(self) -> SweepRow | None:
        """The row under the cursor."""
        return self.rows[self.index] if self.index < len(self.rows) else None

    def show(self, rows: Sequence[SweepRow], selected: str = "") -> None:
        """Take in new rows, with the cursor on one of them if it is named."""
        old = self.selected
        places = {row.id: place for place, row in enumerate(rows)}
        self.rows = rows
        wanted = selected or (old.id if old else "")
        self.rows_changed(places.get(wanted, self.index))

    def row_count(self) -> int:
        """How many sweeps there are."""
        return len(self.rows)

    def header_text(self, width: int) -> Text:
        """Titles."""
        name, axes, best = widths(width)
        middle = f"{'axes':<{axes}.{axes}} " if axes else ""
        line = f"{'sweep':<{name}.{name}} {'':<{STATE}} {'points':>{POINTS}} {'runs':>{RUNS}} {middle}"
        return Text(f"{line}{'best':<{best}.{best}} {'age':>{AGE}}", no_wrap=True, end="")

    def row_text(self, index: int, width: int) -> Text:
        """One sweep."""
        row, dark = self.rows[index], self.dark
        study, (name, axes, best) = row.study, widths(width)
        counts = study.counts
        line = cell(style.text(fmt.middle(row.id, name), Tone.PLAIN, dark), name)
        line.append(" ")
        line.append_text(cell(state_text(study, dark), STATE))
        line.append(" ")
        line.append_text(cell(f"{study.covered}/{len(study.points)}", POINTS, right=True, dark=dark))
        line.append(" ")
        line.append_text(cell(f"{counts.done}/{counts.planned}", RUNS, right=True, dark=dark))
        line.append(" ")
        if axes:
            told = " x ".join(f"{name_of(axis)} {len(vs)}" for axis, vs in study.sweep.axes.items())
            line.append_text(cell(told or "seeds only", axes, dim=True, dark=dark))
            line.append(" ")
        line.append_text(cell(best_words(study), best, dark=dark))
        line.append(" ")
        age = fmt.age(time.time() - study.sweep.created_at)
        return line.append_text(cell(age, AGE, right=True, dim=True, dark=dark))


def best_words(study: Study) -> str:
    """Return the best point with its value, and what stands against it."""
    point = study.best
    if point is None:
        return "-"
    ties = f" ~{len(study.ranking.ties)}" if study.ranking.ties else ""
    edges = f" {study.ranking.arrow}" if study.ranking.edges else ""
    return f"{sample_text(point.standing)}{ties}{edges} {label(point.values, study.sweep.axes)}"
