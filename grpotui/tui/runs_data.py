"""Fetches what the Runs screen shows."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Mapping

from grpotui.errors import UserError
from grpotui.registry import connect
from grpotui.registry.queries import Registry
from grpotui.tui.runs_view import RunRow, RunsSnapshot, order
from grpotui.workspace import Workspace

TRACED = 60
"""Runs, from the top, whose rewards are read for a sparkline."""
TRACE_POINTS = 10
FLAGS = 12
"""Newest flags of the selected run that are shown."""


class RunsReader:
    """Fetches snapshots over one connection. Used by one thread at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._registry: Registry | None = None

    def fetch(self, detail_id: str | None = None) -> RunsSnapshot:
        """Return what is true now. Raises UserError, sqlite3.Error or OSError; the next fetch may go well."""
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

    def _fetch(self, detail_id: str | None) -> RunsSnapshot:
        from grpotui.launch import devices, queue

        if self._registry is None:
            self._registry = Registry(connect(self.workspace), self.workspace)
        registry = self._registry
        waits: Mapping[str, str] = queue.waiting(self.workspace)
        now = time.time()
        rows = order((RunRow(run, waits_for=waits.get(run.id, "")) for run in registry.runs()), now)
        known = {row.run.id for row in rows}
        traces = registry.sparklines([row.run.id for row in rows[:TRACED] if row.run.step], n=TRACE_POINTS)
        rows = [
            RunRow(row.run, tuple(v for v in traces[row.run.id] if v is not None), row.waits_for)
            if row.run.id in traces
            else row
            for row in rows
        ]
        flags = registry.flags(detail_id) if detail_id in known and detail_id else []
        newest = tuple(sorted(flags, key=lambda flag: flag.step, reverse=True)[:FLAGS])
        return RunsSnapshot(tuple(rows), now, devices.describe(), detail_id, newest)
