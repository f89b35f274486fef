"""Points of metrics, by the number of a run's row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from grpotui.registry.streams.metrics import TIME_KEY

_POINTS_PER_BUCKET = 8

_KEYS = """
SELECT DISTINCT name FROM run_keys JOIN metric_keys USING (key) WHERE run = ?1 AND name != ?2
AND EXISTS (SELECT 1 FROM metrics WHERE metrics.run = ?1 AND metrics.key = run_keys.key) ORDER BY name
"""

_SPARKLINES = """
WITH RECURSIVE
wanted(run, id, key, low, high) AS (
    SELECT rid, id, key,
        (SELECT min(step) FROM metrics WHERE run = rid AND metrics.key = metric_keys.key),
        (SELECT max(step) FROM metrics WHERE run = rid AND metrics.key = metric_keys.key)
    FROM runs JOIN metric_keys ON metric_keys.name = ?2 WHERE id IN (SELECT value FROM json_each(?1))
),
bucket(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM bucket WHERE i + 1 < ?3)
SELECT id, (
    SELECT avg(value) FROM (
        SELECT value FROM metrics WHERE run = wanted.run AND key = wanted.key
        AND step >= low + (high + 1 - low) * i / ?3 AND step < low + (high + 1 - low) * (i + 1) / ?3
        LIMIT ?4
    )
) FROM wanted CROSS JOIN bucket WHERE low IS NOT NULL ORDER BY id, i
"""


def numbers(conn: sqlite3.Connection, name: str) -> list[int]:
    """Return the numbers of a key: one for each stream that has it."""
    rows = conn.execute("SELECT key FROM metric_keys WHERE name = ? ORDER BY stream", (name,))
    return [key for (key,) in rows]


def keys(conn: sqlite3.Connection, rid: int) -> list[str]:
    """Return the metrics that a run has points of, sorted."""
    return [name for (name,) in conn.execute(_KEYS, (rid, TIME_KEY))]


def series(conn: sqlite3.Connection, rid: int, name: str, after: int) -> list[tuple[int, float | None]]:
    """Return the points of one metric beyond step ``after``, ascending; health's own signals win."""
    merged: list[tuple[int, float | None]] = []
    for key in numbers(conn, name):
        found: list[tuple[int, float | None]] = conn.execute(
            "SELECT step, value FROM metrics WHERE run = ? AND key = ? AND step > ? ORDER BY step",
            (rid, key, after),
        ).fetchall()
        merged = sorted((dict(merged) | dict(found)).items()) if merged and found else merged or found
    return merged


def newest(conn: sqlite3.Connection, rid: int, name: str, limit: int) -> list[tuple[int, float | None]]:
    """Return the last points of one metric, newest first."""
    found: dict[int, float | None] = {}
    for key in numbers(conn, name):
        rows = conn.execute(
            "SELECT step, value FROM metrics WHERE run = ? AND key = ? ORDER BY step DESC LIMIT ?",
            (rid, key, limit),
        )
        found.update(rows)
    return sorted(found.items(), reverse=True)[:limit]


def last(conn: sqlite3.Connection, rid: int) -> dict[str, float | None]:
    """Return the last value of every metric of a run."""
    return {name: newest(conn, rid, name, 1)[0][1] for name in keys(conn, rid)}


def sparklines(
    conn: sqlite3.Connection, run_ids: Sequence[str], name: str, n: int
) -> dict[str, list[float | None]]:
    """Return a metric of several runs, each as ``n`` means of a few points from equal stretches of steps."""
    rows = conn.execute(_SPARKLINES, (json.dumps(list(run_ids)), name, n, _POINTS_PER_BUCKET))
    found: dict[str, list[float | None]] = {}
    for run_id, value in rows:
        values = found.setdefault(run_id, [])
        if len(values) < n:
            values.append(value)
    return found
