"""The small JSON files of a run, kept whole in the registry."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

from grpotui.secrecy import may_hold_secret, without_secrets
from grpotui.stream import read_json
from grpotui.workspace import RunDir

MAX_BYTES = 8 * 1024 * 1024
"""A larger file is not read."""


def paths(run: RunDir) -> dict[str, Path]:
    """Return the files by the name they are kept under; ``attempt`` is the newest attempt's."""
    found = {
        "run": run.run_json,
        "process": run.process_json,
        "exit": run.exit_json,
        "result": run.result_json,
    }
    attempts = run.attempts()
    if attempts:
        found["attempt"] = run.attempt_json(attempts[-1])
    return found


def signature(path: Path | str) -> str:
    """Return what changes when the file does; empty when there is none."""
    try:
        stat = os.stat(path)
    except OSError:
        return ""
    name = path.rpartition("/")[2] if isinstance(path, str) else path.name
    return f"{name}:{stat.st_ino}:{stat.st_mtime_ns}:{stat.st_size}"


def read(path: Path) -> dict[str, Any] | None:
    """Return a JSON object of sane size, else None."""
    try:
        if os.stat(path).st_size > MAX_BYTES:
            return None
    except OSError:
        return None
    return read_json(path)


def _known(conn: sqlite3.Connection, rid: int) -> dict[str, str]:
    return dict(conn.execute("SELECT name, signature FROM documents WHERE run = ?", (rid,)).fetchall())


def _current(run: RunDir) -> dict[str, str]:
    found = {name: signature(path) for name, path in paths(run).items()}
    return {name: text for name, text in found.items() if text}


def changed(conn: sqlite3.Connection, rid: int, run: RunDir) -> bool:
    """True when a file came, went or changed."""
    return _known(conn, rid) != _current(run)


def update(conn: sqlite3.Connection, rid: int, run: RunDir) -> bool:
    """Take in the files that changed; True when one did. A file that cannot be read is kept as ``{}``."""
    known, current = _known(conn, rid), _current(run)
    files = paths(run)
    for name in known.keys() - current.keys():
        conn.execute("DELETE FROM documents WHERE run = ? AND name = ?", (rid, name))
    for name, text in current.items():
        if known.get(name) != text:
            body = _body(files[name])
            conn.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)", (rid, name, text, body))
    return known != current


def _body(path: Path) -> str:
    """Return a file as it is kept: one from elsewhere may hold secrets that we would not have written."""
    found = read(path) or {}
    body = json.dumps(found)
    return json.dumps(without_secrets(found)) if may_hold_secret(body) else body


def load(conn: sqlite3.Connection, rid: int, name: str) -> dict[str, Any]:
    """Return a kept file; empty when there is none."""
    row = conn.execute("SELECT body FROM documents WHERE run = ? AND name = ?", (rid, name)).fetchone()
    found: dict[str, Any] = json.loads(row[0]) if row else {}
    return found
