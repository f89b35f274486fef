"""Keeping the registry in step with the folders in ``logs/``."""

from __future__ import annotations

import os
import sqlite3

from grpotui.registry import documents
from grpotui.registry.database import writing
from grpotui.registry.ingest import index_runs
from grpotui.registry.schema import PER_RUN
from grpotui.workspace import Workspace, is_run_id

_ANY = "any"


def sync(conn: sqlite3.Connection, workspace: Workspace) -> None:
    """Take in new folders and what came in known ones; forget removed ones.

    An ended run that was read whole costs two ``stat`` calls.
    """
    present = _folders(workspace)
    settled = _settled(conn)
    some = workspace.run(_ANY)
    logs, events, exit_ = f"{workspace.logs}/", f"/{some.events.name}", f"/{some.exit_json.name}"
    unsettled = [
        workspace.run(name)
        for name in sorted(present)
        if settled.get(name) != _marks(f"{logs}{name}{events}", f"{logs}{name}{exit_}")
    ]
    index_runs(conn, unsettled)
    # Somebody removed such a run, and its trainer made the folder anew.
    present -= {run.id for run in unsettled if not run.run_json.exists()}
    gone = [row[0] for row in conn.execute("SELECT id FROM runs") if row[0] not in present]
    if gone:
        forget(conn, gone)


def forget(conn: sqlite3.Connection, run_ids: list[str]) -> None:
    """Drop every row of runs; their folders are not touched."""
    with writing(conn):
        for run_id in run_ids:
            row = conn.execute("SELECT rid FROM runs WHERE id = ?", (run_id,)).fetchone()
            if row is None:
                continue
            for table in PER_RUN:
                conn.execute(f"DELETE FROM {table} WHERE run = ?", row)  # noqa: S608
            conn.execute("DELETE FROM runs WHERE rid = ?", row)


def _folders(workspace: Workspace) -> set[str]:
    with os.scandir(workspace.logs) as entries:
        return {e.name for e in entries if is_run_id(e.name) and e.is_dir(follow_symlinks=False)}


def _settled(conn: sqlite3.Connection) -> dict[str, tuple[int, str]]:
    """Return, of each run that nothing more is expected from, the marks that would change if it came."""
    rows = conn.execute(
        "SELECT id, coalesce(offset, 0), coalesce(signature, '') FROM runs "
        "LEFT JOIN ingest ON ingest.run = rid AND stream = 'events' "
        "LEFT JOIN documents ON documents.run = rid AND documents.name = 'exit' WHERE settled"
    )
    return {run_id: (offset, signature) for run_id, offset, signature in rows}


def _marks(events: str, exit_: str) -> tuple[int, str]:
    try:
        size = os.stat(events).st_size
    except OSError:
        size = 0
    return size, documents.signature(exit_)
