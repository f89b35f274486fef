"""metrics.jsonl and signals.jsonl: one row per (run, key, step); NULL is a value that was not finite."""

from __future__ import annotations

import sqlite3
from math import isfinite
from typing import Any

from grpotui.records import as_float, as_int
from grpotui.registry.streams import sealed
from grpotui.registry.streams.sealed import Point
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
    _Columns(conn, rid, "metrics", "").drop_rows(0)


def clear_signals(conn: sqlite3.Connection, rid: int) -> None:
    """Drop every signal of a run."""
    _Columns(conn, rid, "signals", SIGNAL_PREFIX).drop_rows(0)


class _Columns:
    """What one stream of one run adds: points by key. Keys get their numbers as they come."""

    def __init__(self, conn: sqlite3.Connection, rid: int, stream: str, prefix: str) -> None:
        self._conn = conn
        self._rid = rid
        self._stream = stream
        self._prefix = prefix
        self._keys: dict[str, int | None] = dict(
            conn.execute(
                "SELECT name, key FROM run_keys JOIN metric_keys USING (key) WHERE run = ? AND stream = ?",
                (rid, stream),
            ).fetchall()
        )
        self._waiting: dict[int, list[Point]] = {}
        skipped = {STEP_KEY, ATTEMPT_KEY, TIME_KEY} if prefix else {STEP_KEY, ATTEMPT_KEY}
        self._places: dict[str, list[Point] | None] = dict.fromkeys(skipped)

    @property
    def keys(self) -> list[int]:
        """Numbers of the keys that the stream has."""
        return [key for key in self._keys.values() if key is not None]

    def add(self, step: int, data: dict[str, Any]) -> None:
        """Take in the numbers of a line, None for those that were not finite. A plain null is no value."""
        places = self._places
        items = data.items() if len(data) <= MAX_KEYS else list(data.items())[:MAX_KEYS]
        for name, value in items:
            if type(value) is not float:
                if not (type(value) is int or (value is None and _was_lost(name, data))):
                    continue
                value = as_float(value)
            elif not isfinite(value):
                value = None
            try:
                place = places[name]
            except KeyError:
                place = self._place(name)
            if place is not None:
                place.append((step, value))

    def _place(self, name: str) -> list[Point] | None:
        """Return where the points of a key wait; None when it is beyond what a run may have."""
        key = self._number(self._prefix + name)
        place = None if key is None else self._waiting.setdefault(key, [])
        if len(self._places) < 2 * MAX_KEYS:
            self._places[name] = place
        return place

    def _number(self, name: str) -> int | None:
        """Return the number of a key, made when it is new."""
        if name in self._keys:
            return self._keys[name]
        number = None
        if len(self._keys) < MAX_KEYS and len(name) <= MAX_KEY_LENGTH and not _has_surrogates(name):
            number = self._make(name)
            self._keys[name] = number
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

    def repeats(self, data: dict[str, Any], step: int) -> bool:
        """True when ``step`` was logged as a training step before: its lines of evaluation have no reward."""
        if self._stream != "metrics" or REWARD_KEY not in data:
            return False
        key = self._number(REWARD_KEY)
        waiting = self._waiting.get(key) if key is not None else None
        if waiting and waiting[-1][0] == step:
            return True
        found = "SELECT 1 FROM metrics WHERE run = ? AND key = ? AND step = ?"
        return self._conn.execute(found, (self._rid, key, step)).fetchone() is not None

    def insert(self, until: int | None = None) -> None:
        """Put away what waits; points before step ``until`` get sealed."""
        for key in self.keys if until is not None else list(self._waiting):
            points = self._waiting.get(key, [])
            if until is None:
                sealed.insert(self._conn, self._rid, key, points)
            else:
                sealed.add(self._conn, self._rid, key, points, until)
            points.clear()

    def drop_rows(self, step: int) -> None:
        """Delete the stream's points from ``step`` on."""
        for key in self.keys:
            sealed.drop(self._conn, self._rid, key, step)


def _has_surrogates(name: str) -> bool:
    return not name.isascii() and any("\ud800" <= c <= "\udfff" for c in name)


def _was_lost(name: str, data: dict[str, Any]) -> bool:
    nonfinite = data.get("nonfinite")
    return isinstance(nonfinite, list) and name in nonfinite


def _apply(
    conn: sqlite3.Connection, rid: int, lines: list[Line], last_step: int, stream: str, prefix: str
) -> tuple[int, int]:
    columns = _Columns(conn, rid, stream, prefix)
    before = last_step
    bad = 0
    for line in lines:
        step = as_int(line.data.get(STEP_KEY), -1)
        if step < 0:
            bad += 1
            continue
        if step < last_step or (step == last_step and columns.repeats(line.data, step)):
            columns.insert()
            columns.drop_rows(step)
            before = min(before, step)
            if stream == "metrics":
                _note_rewind(conn, rid, step, line.data)
        last_step = step
        columns.add(step, line.data)
    columns.insert(last_step if last_step // sealed.STEPS > max(before, 0) // sealed.STEPS else None)
    return last_step, bad


def _note_rewind(conn: sqlite3.Connection, rid: int, step: int, data: dict[str, Any]) -> None:
    """Remember when the run went back, and in which attempt: older flags from ``step`` on hold no longer."""
    time, attempt = as_float(data.get("time")), max(0, as_int(data.get(ATTEMPT_KEY)))
    if time is not None or attempt:
        conn.execute("INSERT OR REPLACE INTO rewinds VALUES (?, ?, ?, ?)", (rid, step, time or 0.0, attempt))
