"""Where a person is in a comparison: cursor, metric, prompt, section. No I/O."""

from __future__ import annotations

from dataclasses import replace

from grpotui.records.keys import REWARD
from grpotui.tui.compare.view import CompareSnapshot
from grpotui.tui.run.axis import KEYS
from grpotui.tui.run.window import Lens, View, after

COLUMNS = 60
"""Places that the cursor goes through from one end to the other."""
SECTIONS = ("table", "charts", "words")


class ComparePlace:
    """What was chosen. Without a cursor, charts tell of the end of each run."""

    def __init__(self) -> None:
        self.snapshot: CompareSnapshot | None = None
        self.metric = REWARD
        self.lens = Lens(View(axis=""))
        self.section = ""
        """What is shown alone; empty for all, where there is room."""
        self.other = 1
        """The run that stands beside the first one where there is room for two."""
        self.scroll = 0
        self.all_fields = False
        self.prompt = 0
        self.differing = False
        self._at: tuple[str, float] | None = None
        """An axis and a place on it: a run that goes on does not move it."""

    def take(self, snapshot: CompareSnapshot) -> None:
        """Take in a newer snapshot."""
        self.snapshot = snapshot
        if self.axis not in snapshot.axes:
            self.lens.view = replace(self.lens.view, axis=snapshot.usual_axis)

    @property
    def axis(self) -> str:
        """What stands under the charts; empty before anything was read."""
        return self.lens.view.axis

    @property
    def wanted(self) -> tuple[str, ...]:
        """The metrics that the chosen chart and axis are made of."""
        return tuple(filter(None, (self.metric, KEYS.get(self.axis))))

    @property
    def waits(self) -> bool:
        """True while something that was chosen has not been read."""
        return self.snapshot is None or any(map(self.snapshot.unread, self.wanted))

    @property
    def cursor(self) -> float | None:
        """Where the cursor stands on the axis; on another axis than before, at the same step."""
        if self._at is None or self.snapshot is None:
            return None
        axis, x = self._at
        if axis != self.axis:
            steps = ((lane, lane.step_at(x, axis)) for lane in self.snapshot.lanes)
            places = (lane.axis(self.axis).at(step) for lane, step in steps if step is not None)
            self._at = (self.axis, next(places, self.snapshot.end(self.axis)))
        return self._at[1]

    def move(self, by: int) -> None:
        """Move the cursor; beyond the end it goes away."""
        if self.snapshot is None:
            return
        end = self.snapshot.end(self.axis)
        here, column = self.cursor, end / COLUMNS
        x = (end if here is None else here) + by * column
        self._at = (self.axis, max(x, column)) if x < end - column / 2 else None

    def steps(self) -> dict[str, int]:
        """Return the step of each run at the cursor, by run id; a run that ended before is at its end.

        Without a cursor, at the last place that all runs reached.
        """
        if self.snapshot is None:
            return {}
        x = self.cursor if self.cursor is not None else self.snapshot.common_end(self.axis)
        found = {}
        for lane in self.snapshot.lanes:
            step = lane.step_at(x, self.axis)
            found[lane.run.id] = lane.last_step if step is None else step
        return found

    def next_metric(self, by: int) -> None:
        """Choose another metric for the first chart."""
        if self.snapshot is not None:
            self.metric = after(self.snapshot.keys, self.metric, by)

    def next_other(self, by: int) -> None:
        """Put another run beside the first one."""
        if self.snapshot is not None:
            others = range(1, len(self.snapshot.lanes))
            self.other = after(others, self.other, by)

    def next_section(self, narrow: bool) -> None:
        """Show the next section alone; after the last one all, unless it is too narrow for that."""
        self.section = after(SECTIONS if narrow else ("", *SECTIONS), self.alone(narrow))

    def alone(self, narrow: bool) -> str:
        """Return the section that is shown alone; empty for all."""
        return self.section or (SECTIONS[0] if narrow else "")
