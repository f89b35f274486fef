"""Fetches what the screens of sweeps show; a sweep whose runs did not move is not read again."""

from __future__ import annotations

import time
from collections.abc import Sequence

from grpotui.analysis.sweep.study import Reader
from grpotui.launch import queue
from grpotui.records import RunSummary, Status
from grpotui.registry import index_run
from grpotui.registry.pace import Pace
from grpotui.registry.queries import Registry
from grpotui.tui.open_registry import OpenRegistry
from grpotui.tui.sweeps.view import SweepRow, SweepsSnapshot
from grpotui.workspace import Workspace


class SweepsReader:
    """Fetches sweeps over one connection. Used by one thread at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._registry = OpenRegistry(workspace)
        self._readers: dict[str, Reader] = {}

    def fetch(self) -> SweepsSnapshot:
        """Return all sweeps. Raises UserError, sqlite3.Error or OSError; the next fetch may go well."""
        with self._registry.use() as registry:
            found = [self._row(registry, sweep.id) for sweep in reversed(registry.sweeps())]
        return SweepsSnapshot(time.time(), tuple(found))

    def fetch_one(self, sweep_id: str) -> SweepRow:
        """Return one sweep, its live runs as they are now. Raises as :meth:`fetch` does."""
        with self._registry.use() as registry:
            for run in registry.members(sweep_id):
                if not run.status.is_ended:
                    index_run(registry.connection, self.workspace.run(run.id))
            return self._row(registry, sweep_id)

    def _row(self, registry: Registry, sweep_id: str) -> SweepRow:
        reader = self._readers.setdefault(sweep_id, Reader())
        study = reader.read(registry, registry.sweep(sweep_id))
        if not (study.counts.open or study.repeats.open):
            return SweepRow(study)
        return SweepRow(study, self._left(registry, registry.members(sweep_id)))

    def _left(self, registry: Registry, runs: Sequence[RunSummary]) -> float | None:
        """Return the seconds until the last of these runs ends; None when that of one cannot be told."""
        pace = Pace(registry.connection)
        waiting = {entry.run.id: entry.ends for entry in queue.standing(self.workspace, registry).entries}
        ends = [pace.seconds(run) for run in runs if run.status.is_live]
        ends += [waiting.get(run.id) for run in runs if run.status is Status.QUEUED]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None

    def close(self) -> None:
        """Let go of the registry."""
        self._registry.close()
