"""completions.jsonl: where each group stands in the file and what it scored; texts stay there."""

from __future__ import annotations

import json
import sqlite3
from hashlib import blake2b
from typing import Any

from grpotui.records import Mode, as_float, as_int
from grpotui.registry.streams import storable
from grpotui.stream import Line

Row = tuple[int, str, int, int, int, int, str, int, float | None, float | None, float | None, int, int]


def apply(conn: sqlite3.Connection, rid: int, lines: list[Line], last_step: int) -> tuple[int, int]:
    """Add groups. A step before the last one of its mode (a resumed run) replaces what stood from there on.

    Returns the last line's step and the number of bad lines.
    """
    places = _Places(conn, rid)
    rows: list[Row] = []
    bad = 0
    for line in lines:
        step = as_int(line.data.get("step"), -1)
        if step < 0 or not isinstance(line.data.get("completions"), list):
            bad += 1
            continue
        mode = storable(line.data.get("mode") or Mode.TRAIN, 20)
        if step < places.step(mode):
            _insert(conn, rows)
            conn.execute(
                "DELETE FROM completions WHERE run = ? AND mode = ? AND step >= ?", (rid, mode, step)
            )
        rows.append(_row(rid, mode, step, places.group(mode, step, line.data.get("group")), line))
        last_step = step
    _insert(conn, rows)
    return last_step, bad


def clear(conn: sqlite3.Connection, rid: int) -> None:
    """Drop every group of a run."""
    conn.execute("DELETE FROM completions WHERE run = ?", (rid,))


class _Places:
    """The last (step, group) of each mode; a group without number gets the next one."""

    def __init__(self, conn: sqlite3.Connection, rid: int) -> None:
        self._conn = conn
        self._rid = rid
        self._last: dict[str, tuple[int, int]] = {}

    def step(self, mode: str) -> int:
        """The last step of a mode, or -1."""
        if mode not in self._last:
            row = self._conn.execute(
                "SELECT step, grp FROM completions WHERE run = ? AND mode = ? "
                "ORDER BY step DESC, grp DESC LIMIT 1",
                (self._rid, mode),
            ).fetchone()
            self._last[mode] = (row[0], row[1]) if row else (-1, -1)
        return self._last[mode][0]

    def group(self, mode: str, step: int, given: object) -> int:
        """Note that a group of ``step`` came; return its number."""
        last_step, last_group = self._last[mode]
        follows = last_group + 1 if step == last_step else 0
        number = as_int(given, -1)
        if number < 0:
            number = follows
        self._last[mode] = (step, number)
        return number


def _row(rid: int, mode: str, step: int, group: int, line: Line) -> Row:
    completions: list[Any] = line.data["completions"]
    objects = [c for c in completions if isinstance(c, dict)]
    rewards = [r for c in objects if (r := as_float(c.get("reward"))) is not None]
    mean = sum(rewards) / len(rewards) if rewards else None
    truncated = sum(c.get("truncated") is True for c in objects)
    return (
        rid,
        mode,
        step,
        group,
        line.offset,
        line.length,
        storable(line.data.get("task") or "", 200),
        len(completions),
        mean,
        min(rewards, default=None),
        max(rewards, default=None),
        truncated,
        prompt_number(line.data.get("prompt")),
    )


def prompt_number(prompt: object) -> int:
    """Return a number that stands for a prompt, a text or messages; the same in every run."""
    text = prompt if isinstance(prompt, str) else json.dumps(prompt, sort_keys=True)
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _insert(conn: sqlite3.Connection, rows: list[Row]) -> None:
    conn.executemany(
        "INSERT OR REPLACE INTO completions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
    )
    rows.clear()
