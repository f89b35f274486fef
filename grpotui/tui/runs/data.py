"""Fetches what the Runs screen shows."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from grpotui import format as fmt
from grpotui.records import RunSummary, Status
from grpotui.registry import browse, filters
from grpotui.registry.browse import Overview
from grpotui.registry.desk import DeskReader
from grpotui.registry.queries import Registry
from grpotui.tui.open_registry import OpenRegistry
from grpotui.tui.resources.data import DiskWatch
from grpotui.tui.runs.view import RunRow, RunsSnapshot, RunsWanted
from grpotui.workspace import Workspace

if TYPE_CHECKING:
    from grpotui.launch.queue import Standing

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


@dataclass(frozen=True, slots=True)
class _Line:
    """The queue as it is shown."""

    rows: Mapping[str, RunRow] = field(default_factory=dict)
    """By id, the next one first."""
    paused: bool = False
    ends: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(self.rows)


State = tuple[sqlite3.Connection, object, float]
"""What the order of runs depends on: the registry, what was written to it, and roughly the time."""


class RunsReader:
    """Fetches snapshots over one connection. Used by one thread at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._desk = DeskReader(workspace)
        self._disk = DiskWatch(workspace)
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
        from grpotui.launch import queue
        from grpotui.launch.machine import devices

        now, connection = time.time(), registry.connection
        line = _line(queue.standing(self.workspace, registry)) if registry.queued() else _Line()
        line = replace(line, paused=self._desk.read().paused)
        version = connection.execute("PRAGMA data_version").fetchone()
        state = (connection, version, now // REORDER)
        seen = (state, wanted, line, self._desk.read())
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
        self, registry: Registry, found: Overview, wanted: RunsWanted, line: _Line, now: float
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


def _line(found: Standing) -> _Line:
    rows = {
        entry.run.id: RunRow(
            entry.run,
            waits_for=entry.waits_for,
            starts=fmt.duration(entry.starts),
            ends=fmt.duration(entry.ends),
        )
        for entry in found.entries
    }
    ends = fmt.duration(found.ends)
    return _Line(rows, ends=ends if found.complete or not ends else f"at least {ends}")


def in_turn(ids: tuple[str, ...], order: tuple[str, ...]) -> tuple[str, ...]:
    """Return ids with those of queued runs in the queue's order, in the places that these have together."""
    known = set(ids)
    queued = [run_id for run_id in order if run_id in known]
    if len(queued) < 2:
        return ids
    turns, waiting = iter(queued), set(queued)
    return tuple(next(turns) if run_id in waiting else run_id for run_id in ids)


_CUT_SHORT = (Status.LOST, Status.FAILED, Status.STOPPED)


def _resumable(workspace: Workspace, run: RunSummary | None) -> str:
    if run is None or run.status not in _CUT_SHORT:
        return ""
    checkpoint = workspace.run(run.id).last_checkpoint()
    return f"last {checkpoint.name}: r resumes" if checkpoint else "no checkpoint: r starts over"
