"""events.jsonl: kept whole, in the order of the file."""

from __future__ import annotations

import json
import sqlite3

from grpotui.records import as_float, as_int
from grpotui.registry.streams import storable
from grpotui.stream import Line

MAX_EVENT = 256 * 1024
"""Bytes; a longer event is bad."""


def apply(conn: sqlite3.Connection, rid: int, lines: list[Line], last_step: int) -> tuple[int, int]:
    """Add events; ``seq`` is the line's place in the file. Returns (last_step, bad lines)."""
    rows = []
    bad = 0
    for line in lines:
        kind = line.data.get("type")
        if line.length > MAX_EVENT or not isinstance(kind, str):
            bad += 1
            continue
        step = line.data.get("step")
        rows.append(
            (
                rid,
                line.offset,
                as_float(line.data.get("time")),
                storable(kind, 80),
                None if step is None else as_int(step),
                json.dumps(line.data),
            )
        )
    conn.executemany("INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
    return last_step, bad


def clear(conn: sqlite3.Connection, rid: int) -> None:
    """Drop every event of a run."""
    conn.execute("DELETE FROM events WHERE run = ?", (rid,))
