"""Copies that are kept in a file: not every terminal, and not every tmux, takes OSC 52."""

from __future__ import annotations

import os
import time
from pathlib import Path

from grpotui.text import clean, clean_lines
from grpotui.workspace import Workspace

LIMIT = 100_000
"""Characters of a line, and bytes that a terminal is asked to take."""


def harmless(text: str) -> str:
    """Return text that may be pasted anywhere: no escapes, no control characters but newlines."""
    return "\n".join(clean_lines(text, LIMIT))


def keep(workspace: Workspace, what: str, text: str) -> Path:
    """Append a copy to ``logs/copied.txt`` under a line that says what it is; return the file's path.

    Raises OSError.
    """
    path = workspace.logs / "copied.txt"
    head = f"--- {time.strftime('%Y-%m-%d %H:%M:%S')} {clean(what)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write(f"{head}\n{text}\n\n".encode("utf-8", "backslashreplace"))
    return path
