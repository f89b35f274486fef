"""metrics.jsonl and signals.jsonl: one row per (run, key, step); NULL is a value that was not finite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from math import isfinite
from typing import Any

from grpotui.records import as_float, as_int
from grpotui.stream import Line

MAX_KEYS = 2000
"""Keys of one run, and values of one line, that are taken in."""
MAX_KEY_LENGTH = 200
SIGNAL_PREFIX = "grpotui/"
ATTEMPT_KEY = "attempt"
TIME_KEY = "time"
"""Kept like a metric, for charts over time and the time per step, but listed nowhere."""
STEP_KEY = "step"
REWARD_KEY = "reward"

Row = tuple[int, int, int, float | None]


def apply(conn: sqlite3.Connection, rid: int, lines: list[Line], last_step: int) -> tuple[int, int]:
    """Add metrics. A step before the last one (a resumed run) replaces what stood from there on.

    Returns the last line's step and the number of bad lines.
    """
    return _apply(conn, rid, lines, last_step, "metrics", "")


def apply_signals(conn: sqlite3.Connection, rid: int, lines: list[Line], last_step: int) -> tuple[int, int]:
    """Add health's signals, as ``grpotui/<signal>``."""
    return _apply(conn, rid, lines, last_step, "signals", SIGNAL_PREFIX)


def clear(conn: sqlite3.Connection, rid: int) -> None:
    """Drop every metric of a run."""
    conn.execute("DELETE FROM rewinds WHERE run = ?", (rid,))
    _Keys(conn, rid, "metrics").drop_rows(0)


def clear_signals(conn: sqlite3.Connection, rid: int) -> None:
    """Drop every signal of a run."""
    _Keys(conn, rid, "signals").drop_rows(0)


class _Keys:
    """Key numbers of one stream of one run, made as they come."""

    def __init__(self, conn: sqlite3.Connection, rid: int, stream: str) -> None:
        self._conn = conn
        self._rid = rid
        self._stream = stream
        self._numbers: dict[str, int | None] = dict(
            conn.execute(
                "SELECT name, key FROM run_keys JOIN metric_keys USING (key) WHERE run = ? AND stream = ?",
                (rid, stream),
            ).fetchall()
        )

    def number(self, name: str) -> int | None:
        """Return the number of a key, or None when it is beyond what a run may have."""
        try:
            return self._numbers[name]
        except KeyError:
            pass
        number = None
        if len(self._numbers) < MAX_KEYS and len(name) <= MAX_KEY_LENGTH and not _has_surrogates(name):
            number = self._make(name)
            self._numbers[name] = number
        return number

    def _make(self, name: str) -> int:
        self._conn.execute(
            "INSERT OR IGNORE INTO metric_keys (stream, name) VALUES (?, ?)", (self._stream, name)
        )
        key = self._conn.execute(
            "SELECT key FROM metric_keys WHERE name = ? AND stream = ?", (name, self._stream)
        ).fetchone()[0]
        self._conn.execute("INSERT OR IGNORE INTO run_keys VALUES (?, ?)", (self._rid, key))
        return int(key)

    def repeats(self, waiting: list[Row], data: dict[str, Any], step: int) -> bool:
        """True when ``step`` was logged as a training step before: its lines of evaluation have no reward."""
        if self._stream != "metrics" or REWARD_KEY not in data:
            return False
        key = self.number(REWARD_KEY)
        if any(row[1] == key and row[2] == step for row in reversed(waiting)):
            return True
        found = "SELECT 1 FROM metrics WHERE run = ? AND key = ? AND step = ?"
        return self._conn.execute(found, (self._rid, key, step)).fetchone() is not None

    def drop_rows(self, step: int) -> None:
        """Delete the stream's rows from ``step`` on."""
        self._conn.executemany(
            "DELETE FROM metrics WHERE run = ? AND key = ? AND step >= ?",
            [(self._rid, key, step) for key in self._numbers.values() if key is not None],
        )


def _has_surrogates(name: str) -> bool:
    return not name.isascii() and any("\ud800" <= c <= "\udfff" for c in name)


def _apply(
    conn: sqlite3.Connection, rid: int, lines: list[Line], last_step: int, stream: str, prefix: str
) -> tuple[int, int]:
    keys = _Keys(conn, rid, stream)
    skipped = frozenset({STEP_KEY, ATTEMPT_KEY, TIME_KEY} if prefix else {STEP_KEY, ATTEMPT_KEY})
    rows: list[Row] = []
    bad = 0
    for line in lines:
        step = as_int(line.data.get(STEP_KEY), -1)
        if step < 0:
            bad += 1
            continue
        if step < last_step or (step == last_step and keys.repeats(rows, line.data, step)):
            _insert(conn, rows)
            keys.drop_rows(step)
            if stream == "metrics":
                _note_rewind(conn, rid, step, line.data)
        last_step = step
        for name, value in _values(line.data, skipped):
            key = keys.number(prefix + name)
            if key is not None:
                rows.append((rid, key, step, value))
    _insert(conn, rows)
    return last_step, bad


def _values(data: dict[str, Any], skipped: frozenset[str]) -> Iterator[tuple[str, float | None]]:
    """Yield the numbers of a line; None for those that were not finite. A plain null was not measured."""
    nonfinite = data.get("nonfinite")
    lost = {k for k in nonfinite if isinstance(k, str)} if isinstance(nonfinite, list) else ()
    for count, (name, value) in enumerate(data.items()):
        if count >= MAX_KEYS:
            return
        if name in skipped:
            continue
        if type(value) is float:
            yield name, value if isfinite(value) else None
        elif type(value) is int:
            yield name, as_float(value)
        elif value is None and name in lost:
            yield name, None


def _note_rewind(conn: sqlite3.Connection, rid: int, step: int, data: dict[str, Any]) -> None:
    """Remember when the run went back, and in which attempt: older flags from ``step`` on hold no longer."""
    time, attempt = as_float(data.get("time")), max(0, as_int(data.get(ATTEMPT_KEY)))
    if time is not None or attempt:
        conn.execute("INSERT OR REPLACE INTO rewinds VALUES (?, ?, ?, ?)", (rid, step, time or 0.0, attempt))


def _insert(conn: sqlite3.Connection, rows: list[Row]) -> None:
    conn.executemany("INSERT OR REPLACE INTO metrics VALUES (?, ?, ?, ?)", rows)
    rows.clear()
