"""Making ``runs.db`` anew from the folders in ``logs/``."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.registry.database import (
    BUSY_SECONDS,
    configure,
    connect,
    folder_lock,
    put_in_place,
)
from grpotui.registry.folders import sync
from grpotui.registry.place import index_path
from grpotui.registry.schema import VERSION, is_foreign, migrate, newer, version_of
from grpotui.registry.streams.metrics import TIME_KEY
from grpotui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild found in ``logs/``."""

    runs: int
    points: int
    groups: int
    events: int
    bad_lines: int
    set_aside: Path | None = None
    """Where the old file went when it could not be used."""


def rebuild(workspace: Workspace) -> RebuildReport:
    """Read every run's files into a new registry and put it in place of the old one.

    Processes that have the old one open go on: the new contents go into the same file, in one transaction.
    A file that is damaged or no database is set aside, never removed. Raises UserError when the old one
    is newer than this grpotui or the disk refuses.
    """
    path = index_path(workspace)
    beside = path.with_name(f".{path.name}.rebuild.{os.getpid()}")
    try:
        _remove(beside)
        conn = _new(beside)
        try:
            sync(conn, workspace)
            report = _finish(conn)
            into_old = _copy_into(conn, path)
        finally:
            conn.close()
        aside = None if into_old else _move_into(beside, path)
    except OSError as error:
        raise UserError(f"cannot write to {path.parent}: {error.strerror}") from error
    finally:
        _remove(beside)
    # Runs went on writing meanwhile.
    with contextlib.closing(connect(workspace)) as current:
        sync(current, workspace)
    return RebuildReport(**report, set_aside=aside)


def _new(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    conn = sqlite3.connect(path, isolation_level=None)
    # Not in place yet, so a crash may lose it: no journal on disk, no waiting for the disk.
    conn.execute("PRAGMA journal_mode = MEMORY")
    conn.execute("PRAGMA synchronous = OFF")
    migrate(conn)
    return conn


def _finish(conn: sqlite3.Connection) -> dict[str, int]:
    """Pack the new file and count what is in it."""
    database = _sqlite_utils().Database(conn, execute_plugins=False)
    database.analyze()
    database.vacuum()
    counts = {name: database[name].count for name in ("runs", "completions", "events")}
    shown = "key NOT IN (SELECT key FROM metric_keys WHERE name = ?)"
    packed = f"SELECT coalesce(sum(length(points)), 0) / 8 FROM sealed WHERE {shown}"  # noqa: S608
    (sealed,) = conn.execute(packed, (TIME_KEY,)).fetchone()
    (bad,) = conn.execute("SELECT coalesce(sum(bad_lines), 0) FROM ingest").fetchone()
    return {
        "runs": counts["runs"],
        "points": database["metrics"].count_where(shown, [TIME_KEY]) + sealed,
        "groups": counts["completions"],
        "events": counts["events"],
        "bad_lines": bad,
    }


def _sqlite_utils() -> Any:
    """Import sqlite-utils without pandas and numpy, which it takes in (0.4 s, 100 MB) where they exist."""
    heavy = [name for name in ("pandas", "numpy") if name not in sys.modules]
    hidden: dict[str, Any] = dict.fromkeys(heavy)
    sys.modules.update(hidden)
    try:
        import sqlite_utils
    finally:
        for name in heavy:
            del sys.modules[name]
    return sqlite_utils


def _copy_into(conn: sqlite3.Connection, path: Path) -> bool:
    """Replace the contents of a registry that works, in one transaction; False where there is none."""
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as old:
            if version_of(old) > VERSION:
                raise newer(version_of(old))
            if is_foreign(old) or old.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return False
            conn.backup(old)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            return False
        raise UserError(f"runs.db cannot be replaced now: {error}") from error
    return True


def _move_into(beside: Path, path: Path) -> Path | None:
    """Put the new file in place; return where the one that stood there went, if there was one."""
    with contextlib.closing(sqlite3.connect(beside, isolation_level=None)) as conn:
        configure(conn)
    with folder_lock(path.parent):
        aside = None
        if path.exists():
            aside = path.with_name(f"{path.name}.unusable-{int(time.time())}")
            os.replace(path, aside)
        put_in_place(beside, path)
    return aside


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
