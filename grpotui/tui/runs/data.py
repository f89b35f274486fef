"""Fetches what the Runs screen shows."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from types import MappingProxyType

from grpotui.records import RunSummary, Status
from grpotui.registry import browse, filters
from grpotui.registry.browse import Overview
from grpotui.registry.desk import DeskReader
from grpotui.registry.queries import Registry
from grpotui.tui.open_registry import OpenRegistry
from grpotui.tui.resources.data import DiskWatch
from grpotui.tui.runs.line import LineReader, QueueLine, in_turn
from grpotui.tui.runs.view import RunRow, RunsSnapshot, RunsWanted
from grpotui.workspace import Workspace

WINDOW = 300
"""Rows that are read at once."""
ABOVE = 100
"""Rows of them that stand above the first one in sight."""
TRACED = 60
"""Rows, from the first one in sight, whose rewards are read for a sparkline."""
TRACE_POINTS = 10
REORDER = 600.0
"""Seconds after which rows are put in order again even when nothing happened: news gets old."""
FLAGS = 12
"""Newest flags of the selected run that are shown."""


State = tuple[sqlite3.Connection, object, float]
"""What the order of runs depends on: the registry, what was written to it, and roughly the time."""


class RunsReader:
    """Fetches snapshots over one connection. Used by one thread at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._desk = DeskReader(workspace)
        self._disk = DiskWatch(workspace)
        self._line = LineReader(workspace)
        self._registry = OpenRegistry(workspace)
        self._seen: object = None
        self._ordered: tuple[object, Overview] = (None, Overview())
        self._last = RunsSnapshot()

    def fetch(self, wanted: RunsWanted | None = None) -> RunsSnapshot:
        """Return what is true now. Raises UserError, sqlite3.Error or OSError; the next fetch may go well.

        While nobody writes to the registry, this costs one question to it.
        """
        with self._registry.use() as registry:
            return self._fetch(registry, wanted or RunsWanted())

    def _fetch(self, registry: Registry, wanted: RunsWanted) -> RunsSnapshot:
        from grpotui.launch.machine import devices

        now, connection = time.time(), registry.connection
        version, desk = connection.execute("PRAGMA data_version").fetchone(), self._desk.read()
        state = (connection, version, now // REORDER)
        line = self._line.read(registry, (version, desk), desk.paused)
        seen = (state, wanted, line, desk)
        if seen != self._seen:
            found = self._order(state, wanted, now)
            self._last = self._read(registry, found, wanted, line, now)
            self._seen = seen
        disk = self._disk.warning()
        return replace(self._last, time=now, devices=devices.describe(), disk=disk)

    def _order(self, state: State, wanted: RunsWanted, now: float) -> Overview:
        """Return the order of all runs; it is made anew when something was written or another is wanted."""
        key = (state, wanted.filter, wanted.since)
        if self._ordered[0] != key:
            found = filters.parse(wanted.filter)
            self._ordered = (key, browse.overview(state[0], found, now, wanted.since))
        return self._ordered[1]

    def _read(
        self, registry: Registry, found: Overview, wanted: RunsWanted, line: QueueLine, now: float
    ) -> RunsSnapshot:
        ids = in_turn(found.ids, line.order)
        first = max(wanted.first - ABOVE, 0)
        window = ids[first : first + WINDOW]
        runs = browse.summaries(registry.connection, window)
        near = ids[wanted.first : wanted.first + TRACED]
        traced = [run_id for run_id in near if run_id in runs and runs[run_id].step]
        traces = registry.sparklines(traced, n=TRACE_POINTS)
        pinned = self._desk.read().pinned
        rows = {
            run_id: replace(
                line.rows.get(run_id) or RunRow(run),
                run=run,
                trace=tuple(value for value in traces.get(run_id, ()) if value is not None),
                pinned=run_id == pinned,
            )
            for run_id, run in runs.items()
        }
        flags = registry.flags(wanted.detail_id) if wanted.detail_id in runs else []
        newest = sorted(flags, key=lambda flag: flag.step, reverse=True)[:FLAGS]
        return RunsSnapshot(
            wanted=wanted,
            time=now,
            ids=ids,
            rows=MappingProxyType(rows),
            walk=found.walk,
            total=found.total,
            live=found.live,
            attention=found.attention,
            happened=found.happened,
            waiting=tuple(line.rows.values()),
            paused=line.paused,
            queue_ends=line.ends,
            pinned=pinned,
            problem=filters.parse(wanted.filter).problem,
            flags=tuple(newest),
            resumable=_resumable(self.workspace, runs.get(wanted.detail_id or "")),
        )


_CUT_SHORT = (Status.LOST, Status.FAILED, Status.STOPPED)


def _resumable(workspace: Workspace, run: RunSummary | None) -> str:
    if run is None or run.status not in _CUT_SHORT:
        return ""
    checkpoint = workspace.run(run.id).last_checkpoint()
    return f"last {checkpoint.name}: r resumes" if checkpoint else "no checkpoint: r starts over"
