"""Keeps a runner's run in the registry; the registry may fail, be deleted or be replaced meanwhile."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing

from grpotui.errors import UserError
from grpotui.launch.runner.log import log
from grpotui.registry import connect, index_path, index_run
from grpotui.workspace import RunDir, Workspace

INTERVAL = 0.2
"""Seconds between two looks at a run's files."""
_PATIENCE = 5.0  # seconds before another try after a failure


def index_now(workspace: Workspace, run: RunDir) -> None:
    """Take what a run's files hold into the registry. Raises UserError or sqlite3.Error."""
    with closing(connect(workspace)) as connection:
        index_run(connection, run)


class Indexer:
    """Takes new lines of one run into ``runs.db``; what fails is logged and tried again later."""

    def __init__(self, workspace: Workspace, run: RunDir) -> None:
        self._workspace = workspace
        self._run = run
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._seen: list[tuple[int, int]] = []
        self._due = 0.0

    def update(self, at_once: bool = False) -> None:
        """Index what changed, at most every :data:`INTERVAL` seconds unless ``at_once``."""
        now = time.monotonic()
        if now < self._due and not at_once:
            return
        self._due = now + INTERVAL
        seen = self._look()
        if seen == self._seen and self._database() == self._inode and not at_once:
            return
        try:
            index_run(self._open(), self._run)
            self._seen = seen
        except (sqlite3.Error, OSError, UserError) as error:
            log(f"runs.db: {error}")
            self.close()
            self._due = now + _PATIENCE

    def close(self) -> None:
        """Close the registry; a later update opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._database() != self._inode:
            self.close()
        if self._connection is None:
            self._connection = connect(self._workspace)
            self._inode = self._database()
        return self._connection

    def _database(self) -> int:
        try:
            return os.stat(index_path(self._workspace)).st_ino
        except (OSError, UserError):
            return 0

    def _look(self) -> list[tuple[int, int]]:
        """Return what changes when any file of the run does."""
        try:
            entries = sorted(os.scandir(self._run.path), key=lambda entry: entry.name)
            stats = [entry.stat() for entry in entries if entry.name.endswith((".json", ".jsonl"))]
        except OSError:
            return []
        return [(stat.st_size, stat.st_mtime_ns) for stat in stats]
