"""The end of a run's log, read again when it has grown."""

from __future__ import annotations

import os
from pathlib import Path

from grpotui.text import last_state

LOG_BYTES = 64 * 1024
LOG_LINES = 400


def last_lines(path: Path, most: int = LOG_LINES) -> tuple[str, ...]:
    """Return the last lines of a text file; of a line that a progress bar wrote over, its last state."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - LOG_BYTES, 0))
            raw = file.read(LOG_BYTES)
    except OSError:
        return ()
    lines = raw.decode("utf-8", "replace").split("\n")
    if size > LOG_BYTES:
        lines = lines[1:]
    shown = map(last_state, lines)
    return tuple(line for line in shown if line)[-most:]


class LogReader:
    """Reads one log; gives the same object as before while the file stays as it is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark = (0, 0)
        self._lines: tuple[str, ...] = ()

    def read(self) -> tuple[str, ...]:
        """Return the last lines; none when there is no log."""
        try:
            stat = self._path.stat()
        except OSError:
            return ()
        mark = (stat.st_size, stat.st_mtime_ns)
        if mark != self._mark:
            self._mark, self._lines = mark, last_lines(self._path)
        return self._lines
