"""The sweeps of a workspace: lines of ``logs/workspace.jsonl``, and what their runs tell of them."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable

from grpotui.errors import UserError
from grpotui.records import RunSummary
from grpotui.records.sweeps import MOST_POINTS, Place, Sweep
from grpotui.registry.desk import append
from grpotui.registry.reads import Reads
from grpotui.registry.references import named
from grpotui.stream import Tail
from grpotui.workspace import Workspace

TYPE = "sweep"
"""``type`` of such a line."""


class SweepReader:
    """Reads the log as it grows; the last line of a sweep counts."""

    def __init__(self, workspace: Workspace) -> None:
        self._tail = Tail(workspace.log)
        self._found: dict[str, Sweep] = {}

    def read(self) -> dict[str, Sweep]:
        """Return the sweeps by id, oldest first; an unreadable line changes nothing."""
        if self._tail.changed():
            inode, offset = self._tail.inode, self._tail.offset
            lines = self._tail.read()
            if self._tail.inode != inode or self._tail.offset < offset:
                self._found = {}
            for line in lines:
                sweep = Sweep.from_json(line.data) if line.data.get("type") == TYPE else None
                if sweep is not None:
                    self._found[sweep.id] = sweep
        return self._found


class SweepReads(Reads):
    """Reads of sweeps and their runs."""

    def __init__(self, connection: sqlite3.Connection, workspace: Workspace) -> None:
        super().__init__(connection, workspace)
        self._sweeps = SweepReader(workspace)

    def members(self, sweep: str) -> list[RunSummary]:
        """Return the runs of a sweep, oldest first."""
        return self._summaries("WHERE sweep = ? AND sweep != '' ORDER BY created_at, id", (sweep,))

    def sweeps(self) -> list[Sweep]:
        """Return the sweeps of the workspace, oldest first."""
        told = self._sweeps.read()
        found = [*told.values(), *from_runs(self.connection, told)]
        return sorted(found, key=lambda sweep: sweep.created_at)

    def sweep(self, ref: str) -> Sweep:
        """Return the sweep that an id, a unique prefix or last part, or ``@last`` means.

        Raises UserError that names candidates.
        """
        return named(ref, self.sweeps())

    def place(self, run_id: str) -> Place | None:
        """Return a run's place in its sweep; None when it is in none."""
        return place_of(self.connection, run_id)


def write_sweep(workspace: Workspace, sweep: Sweep) -> None:
    """Keep what a sweep is; the last line of it counts. Raises UserError when the disk refuses."""
    if not append(workspace, {"time": time.time(), "type": TYPE, **sweep.to_json()}):
        raise UserError(f"cannot write to {workspace.log}: is the disk full?")


def place_of(conn: sqlite3.Connection, run_id: str) -> Place | None:
    """Return a run's place in its sweep; None when it is in none."""
    row = conn.execute(
        "SELECT json_extract(body, '$.sweep') FROM documents "
        "WHERE name = 'run' AND run = (SELECT rid FROM runs WHERE id = ?)",
        (run_id,),
    ).fetchone()
    return Place.from_json(json.loads(row[0])) if row and isinstance(row[0], str) else None


def from_runs(conn: sqlite3.Connection, known: Iterable[str]) -> list[Sweep]:
    """Return the sweeps that only their runs tell of, as when folders were copied from elsewhere."""
    rows = conn.execute(
        "SELECT r.sweep, r.preset, r.kind, r.created_at, json_extract(d.body, '$.sweep') FROM runs r "
        "JOIN documents d ON d.run = r.rid AND d.name = 'run' WHERE r.sweep != '' ORDER BY r.created_at, r.id"
    )
    told = set(known)
    found: dict[str, list[tuple[str, str, float, Place]]] = {}
    for sweep, preset, kind, created_at, body in rows:
        place = Place.from_json(json.loads(body)) if isinstance(body, str) else None
        if sweep not in told and place is not None:
            found.setdefault(sweep, []).append((preset, kind, created_at, place))
    return [_rebuilt(sweep, members) for sweep, members in found.items()]


def _rebuilt(sweep: str, members: list[tuple[str, str, float, Place]]) -> Sweep:
    preset, kind, created_at, _ = members[0]
    points = {place.number: place.point for *_, place in members}
    last = max(points, default=0)
    axes: dict[str, dict[str, object]] = {}
    for point in points.values():
        for name, value in point.items():
            axes.setdefault(name, {})[json.dumps(value)] = value
    data = {
        "sweep": sweep,
        "preset": preset,
        "kind": kind,
        "created_at": created_at,
        "axes": {name: list(values.values()) for name, values in axes.items()},
        "points": [points.get(number, {}) for number in range(1, min(last, MOST_POINTS) + 1)],
    }
    return Sweep.from_json(data) or Sweep(sweep)
