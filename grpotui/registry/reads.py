"""What every read of the registry begins with: the connection, a run by its id."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from grpotui.errors import UserError
from grpotui.records import RunSummary
from grpotui.registry.database import fresh
from grpotui.registry.rows import SUMMARY_COLUMNS, summary_of
from grpotui.workspace import Workspace


class Reads:
    """An open ``runs.db``; when the file was removed or replaced, the next read opens the new one."""

    def __init__(self, connection: sqlite3.Connection, workspace: Workspace) -> None:
        self._connection = connection
        self.workspace = workspace

    @property
    def connection(self) -> sqlite3.Connection:
        """The open connection; a new one when the file was replaced."""
        self._connection = fresh(self._connection, self.workspace)
        return self._connection

    def run(self, run_id: str) -> RunSummary:
        """Return one run."""
        found = self._summaries("WHERE id = ?", (run_id,))
        if not found:
            raise UserError(f"no run {run_id!r}")
        return found[0]

    def rid(self, run_id: str) -> int:
        """Return the number of a run's row."""
        row = self.connection.execute("SELECT rid FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise UserError(f"no run {run_id!r}")
        return int(row[0])

    def _summaries(self, clause: str, values: Sequence[object]) -> list[RunSummary]:
        query = f"SELECT {SUMMARY_COLUMNS} FROM runs {clause}"  # noqa: S608
        return [summary_of(row) for row in self.connection.execute(query, values)]
