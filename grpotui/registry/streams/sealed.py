"""Where points of metrics are: the newest as rows of ``metrics``, those before packed in ``sealed``.

A stretch is sealed when nothing can be added to it any more, unless the run goes back, which unseals it. A
screen reads a long run a hundred times faster than out of rows, and in a third of the room.
"""

from __future__ import annotations

import math
import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache

Point = tuple[int, float | None]
"""(step, value); None for a value that was not finite, which a row holds as NULL and a stretch as nan."""

STEPS = 1024
"""Points are sealed when a multiple of this many steps is passed."""


def insert(conn: sqlite3.Connection, rid: int, key: int, points: Iterable[Point]) -> None:
    """Add points as rows, in place of those of the same steps."""
    rows = ((rid, key, step, value) for step, value in points)
    conn.executemany("INSERT OR REPLACE INTO metrics VALUES (?, ?, ?, ?)", rows)


def add(conn: sqlite3.Connection, rid: int, key: int, points: list[Point], until: int) -> None:
    """Add points, ascending and after those so far. Whatever is before step ``until`` gets sealed."""
    below = "FROM metrics WHERE run = ? AND key = ? AND step < ?"
    found: list[Point] = conn.execute(
        f"SELECT step, value {below} ORDER BY step", (rid, key, until)
    ).fetchall()
    if found:
        conn.execute(f"DELETE {below}", (rid, key, until))
    cut = bisect_left(points, until, key=_step)
    whole = dict(found) | dict(points[:cut])
    if whole:
        steps, values = array("q", whole), array("d", [_number(value) for value in whole.values()])
        packed = (_packed(steps), values.tobytes())
        conn.execute("INSERT INTO sealed VALUES (?, ?, ?, ?, ?)", (rid, key, steps[-1], *packed))
    insert(conn, rid, key, points[cut:])


def drop(conn: sqlite3.Connection, rid: int, key: int, step: int) -> None:
    """Delete the points from ``step`` on."""
    reached = "FROM sealed WHERE run = ? AND key = ? AND last >= ?"
    found = conn.execute(f"SELECT steps, points {reached} ORDER BY last LIMIT 1", (rid, key, step)).fetchone()
    if found is not None:
        conn.execute(f"DELETE {reached}", (rid, key, step))
        insert(conn, rid, key, points(*_unpacked(*found)))
    conn.execute("DELETE FROM metrics WHERE run = ? AND key = ? AND step >= ?", (rid, key, step))


def read(conn: sqlite3.Connection, rid: int, key: int, after: int = -1) -> tuple[array[int], array[float]]:
    """Return steps and values of the points beyond step ``after``, ascending."""
    steps, values = array("q"), array("d")
    stretches = "SELECT steps, points FROM sealed WHERE run = ? AND key = ? AND last > ? ORDER BY last"
    for stretch in conn.execute(stretches, (rid, key, after)):
        some = _unpacked(*stretch)
        steps += some[0]
        values += some[1]
    known = bisect_right(steps, after)
    steps, values = steps[known:], values[known:]
    rows = "SELECT step, value FROM metrics WHERE run = ? AND key = ? AND step > ? ORDER BY step"
    for step, value in conn.execute(rows, (rid, key, after)):
        steps.append(step)
        values.append(_number(value))
    return steps, values


def newest(conn: sqlite3.Connection, rid: int, key: int, limit: int) -> list[Point]:
    """Return the last points, newest first."""
    rows = "SELECT step, value FROM metrics WHERE run = ? AND key = ? ORDER BY step DESC LIMIT ?"
    found: list[Point] = conn.execute(rows, (rid, key, limit)).fetchall()
    if len(found) < limit:
        stretches = "SELECT steps, points FROM sealed WHERE run = ? AND key = ? ORDER BY last DESC"
        for stretch in conn.execute(stretches, (rid, key)):
            found += reversed(points(*_unpacked(*stretch)))
            if len(found) >= limit:
                break
    return found[:limit]


def _step(point: Point) -> int:
    return point[0]


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def points(steps: array[int], values: array[float]) -> list[Point]:
    """Return steps and values as points."""
    return [(s, None if math.isnan(v) else v) for s, v in zip(steps, values, strict=True)]


def _packed(steps: array[int]) -> bytes:
    """Return steps as bytes; the first two will do when all are equally far apart."""
    even = len(steps) > 2 and steps == _even(steps[0], steps[1], len(steps))
    return (steps[:2] if even else steps).tobytes()


@lru_cache(maxsize=512)
def _even(first: int, second: int, count: int) -> array[int]:
    """Return equally distant steps; the metrics of a run share most of theirs. Not to be changed."""
    return array("q", range(first, first + count * (second - first), second - first))


def _unpacked(packed: bytes, points: bytes) -> tuple[array[int], array[float]]:
    """Return steps and values of a stretch."""
    steps, values = array("q"), array("d")
    steps.frombytes(packed)
    values.frombytes(points)
    if len(steps) < len(values):
        steps = _even(steps[0], steps[1], len(values))
    return steps, values
