"""Fetches what the Runs screen shows."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import replace

from grpotui.errors import UserError
from grpotui.registry import connect
from grpotui.registry.queries import Registry
from grpotui.tui.runs_view import RunRow, RunsSnapshot, order
from grpotui.workspace import Workspace

TRACED = 60
"""Runs, from the top, whose rewards are read for a sparkline."""
TRACE_POINTS = 10
REORDER = 600.0
"""Seconds after which rows are put in order again even when nothing happened: news gets old."""
FLAGS = 12
"""Newest flags of the selected run that are shown."""


class RunsReader:
    """Fetches snapshots over one connection. Used by one thread at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._registry: Registry | None = None
        self._seen: object = None
        self._last = RunsSnapshot()

    def fetch(self, detail_id: str | None = None) -> RunsSnapshot:
        """Return what is true now. Raises UserError, sqlite3.Error or OSError; the next fetch may go well.

        While nobody writes to the registry, this costs one question to it.
        """
        try:
            return self._fetch(detail_id)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; the next fetch opens another."""
        if self._registry is not None:
            registry, self._registry = self._registry, None
            with contextlib.suppress(UserError, sqlite3.Error, OSError):
                registry.connection.close()
        self._seen = None

    def _fetch(self, detail_id: str | None) -> RunsSnapshot:
        from grpotui.launch import devices, queue

        if self._registry is None:
            self._registry = Registry(connect(self.workspace), self.workspace)
        now, connection = time.time(), self._registry.connection
        waits = queue.waiting(self.workspace) if self._registry.queued() else {}
        version = connection.execute("PRAGMA data_version").fetchone()
        seen = (connection, version, detail_id, waits, now // REORDER)
        if seen != self._seen:
            self._last = self._read(self._registry, detail_id, waits, now)
            self._seen = seen
        return replace(self._last, time=now, devices=devices.describe())

    def _read(
        self, registry: Registry, detail_id: str | None, waits: Mapping[str, str], now: float
    ) -> RunsSnapshot:
        rows = order((RunRow(run, waits_for=waits.get(run.id, "")) for run in registry.runs()), now)
        traced = [row.run.id for row in rows[:TRACED] if row.run.step]
        traces = registry.sparklines(traced, n=TRACE_POINTS)
        rows = [
            replace(row, trace=tuple(value for value in traces.get(row.run.id, ()) if value is not None))
            if place < TRACED
            else row
            for place, row in enumerate(rows)
        ]
        found = any(row.run.id == detail_id for row in rows)
        flags = registry.flags(detail_id) if detail_id and found else []
        newest = sorted(flags, key=lambda flag: flag.step, reverse=True)[:FLAGS]
        return RunsSnapshot(tuple(rows), now, "", detail_id, tuple(newest))
