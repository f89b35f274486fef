"""Opening ``runs.db``: permissions, journal, schema, and noticing that the file was replaced."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from grpotui.errors import UserError
from grpotui.registry.place import index_path
from grpotui.registry.schema import migrate, require_known
from grpotui.workspace import Workspace

BUSY_SECONDS = 5.0
NO_DATABASE = "runs.db is no SQLite database: move it away, then run 'grpotui rebuild'"


class Connection(sqlite3.Connection):
    """A connection that remembers which file it has open."""

    identity: tuple[int, int] = (0, 0)
    """Device and inode."""


def file_identity(path: Path) -> tuple[int, int]:
    """Return device and inode of ``path``; zeros when it is not there."""
    try:
        stat = os.stat(path)
    except OSError:
        return (0, 0)
    return (stat.st_dev, stat.st_ino)


def connect(workspace: Workspace) -> sqlite3.Connection:
    """Open the registry of a workspace; make it (0600) when it is missing, migrate it when it is older.

    The connection is in autocommit mode and may change threads, but serves one at a time. Raises UserError
    when the file is no database, is newer than this grpotui, is damaged, or cannot be written.
    """
    if not workspace.logs.is_dir():
        raise UserError(f"{workspace.root} is no workspace: run 'grpotui init {workspace.root}'")
    try:
        conn = _open(index_path(workspace))
    except sqlite3.DatabaseError as error:
        raise _explained(error, workspace) from error
    except OSError as error:
        raise UserError(f"cannot write to {workspace.root}: {error.strerror}") from error
    return conn


def fresh(conn: sqlite3.Connection, workspace: Workspace) -> sqlite3.Connection:
    """Return ``conn``, or a new connection in its place when ``runs.db`` was removed or replaced.

    Raises UserError when a newer grpotui has migrated the file since.
    """
    if isinstance(conn, Connection) and conn.identity == file_identity(index_path(workspace)):
        require_known(conn)
        return conn
    conn.close()
    return connect(workspace)


def configure(conn: sqlite3.Connection) -> None:
    """Set what every connection needs."""
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = NORMAL")


def _open(path: Path) -> Connection:
    while True:
        identity = file_identity(path)
        if identity == (0, 0):
            _create(path)
            continue
        conn = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Connection
        )
        try:
            configure(conn)
            migrate(conn)
        except BaseException:
            conn.close()
            raise
        if file_identity(path) == identity:
            conn.identity = identity
            return conn
        conn.close()


def _create(path: Path) -> None:
    """Make an empty registry under another name and move it into place."""
    with folder_lock(path.parent):
        if path.exists():
            return
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        os.close(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        conn = sqlite3.connect(beside, isolation_level=None)
        try:
            configure(conn)
            migrate(conn)
        finally:
            conn.close()
        put_in_place(beside, path)


def put_in_place(beside: Path, path: Path) -> None:
    """Move a closed database to ``path``, where none stands; call it under the folder's lock.

    Processes that still have a removed ``runs.db`` open share its ``-shm`` and ``-wal`` by name: a new
    database that took those over would be corrupt, hence they go first.
    """
    drop_leftovers(path)
    os.replace(beside, path)


def drop_leftovers(path: Path) -> None:
    """Remove the write-ahead log and its index beside a database that is gone."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextlib.contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold an exclusive flock on a folder."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _explained(error: sqlite3.DatabaseError, workspace: Workspace) -> Exception:
    """Return the error as something the user can mend, where it is one."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_NOTADB"):
        return UserError(NO_DATABASE)
    if name.startswith("SQLITE_CORRUPT"):
        return UserError("runs.db is damaged: run 'grpotui rebuild', nothing is lost")
    if index_path(workspace).is_dir():
        return UserError(f"{index_path(workspace)} is a folder: move it away, the index is made anew")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return UserError(
            f"cannot write to {index_path(workspace)}: change its permissions, or pass --workspace DIR"
        )
    if name.startswith("SQLITE_FULL"):
        return UserError(f"the disk of {workspace.root} is full")
    return error


@contextlib.contextmanager
def writing(conn: sqlite3.Connection) -> Iterator[None]:
    """Run a block in one transaction that holds the write lock from its start.

    Raises UserError when a newer grpotui has migrated the file meanwhile.
    """
    conn.execute("BEGIN IMMEDIATE")
    try:
        require_known(conn)
        yield
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
