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


def save(workspace: Workspace, name: str, text: str) -> Path:
    """Write a new .jsonl file into the logs folder, its name beginning with ``name``; return its path.

    Raises OSError.
    """
    stamp, number = time.strftime("%Y%m%d-%H%M%S"), 0
    while True:
        path = workspace.logs / f"{name}-{stamp}{f'-{number}' if number else ''}.jsonl"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(path, flags, 0o600)
        except FileExistsError:
            number += 1
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        return path


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
