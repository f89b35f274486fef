"""Points of metrics, by the number of a run's row."""

from __future__ import annotations

import json
import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from math import isnan, nan

from grpotui.registry.streams import sealed
from grpotui.registry.streams.metrics import TIME_KEY
from grpotui.registry.streams.sealed import Point

_POINTS_PER_BUCKET = 8

_KEYS = """
SELECT DISTINCT name FROM run_keys JOIN metric_keys USING (key) WHERE run = ?1 AND name != ?2
AND (EXISTS (SELECT 1 FROM metrics WHERE metrics.run = ?1 AND metrics.key = run_keys.key)
    OR EXISTS (SELECT 1 FROM sealed WHERE sealed.run = ?1 AND sealed.key = run_keys.key)) ORDER BY name
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


_LONG = """
SELECT DISTINCT id, rid FROM runs JOIN metric_keys ON metric_keys.name = ?2
WHERE id IN (SELECT value FROM json_each(?1))
AND EXISTS (SELECT 1 FROM sealed WHERE sealed.run = rid AND sealed.key = metric_keys.key)
"""
"""Runs that have packed points of a metric."""


def numbers(conn: sqlite3.Connection, name: str) -> list[int]:
    """Return the numbers of a key: one for each stream that has it."""
    rows = conn.execute("SELECT key FROM metric_keys WHERE name = ? ORDER BY stream", (name,))
    return [key for (key,) in rows]


def keys(conn: sqlite3.Connection, rid: int) -> list[str]:
    """Return the metrics that a run has points of, sorted."""
    return [name for (name,) in conn.execute(_KEYS, (rid, TIME_KEY))]


def columns(
    conn: sqlite3.Connection, rid: int, name: str, after: int = -1
) -> tuple[array[int], array[float]]:
    """Return steps and values of one metric beyond step ``after``, ascending; nan was not finite.

    Where two streams have the metric, health's own signals win.
    """
    steps, values = array("q"), array("d")
    for key in numbers(conn, name):
        found = sealed.read(conn, rid, key, after)
        if steps and found[0]:
            merged = sorted((dict(zip(steps, values, strict=True)) | dict(zip(*found, strict=True))).items())
            steps, values = array("q", [s for s, _ in merged]), array("d", [v for _, v in merged])
        elif found[0]:
            steps, values = found
    return steps, values


def series(conn: sqlite3.Connection, rid: int, name: str, after: int) -> list[Point]:
    """Return :func:`columns` as points."""
    return sealed.points(*columns(conn, rid, name, after))


def newest(conn: sqlite3.Connection, rid: int, name: str, limit: int) -> list[Point]:
    """Return the last points of one metric, newest first."""
    found: dict[int, float | None] = {}
    for key in numbers(conn, name):
        found.update(sealed.newest(conn, rid, key, limit))
    return sorted(found.items(), reverse=True)[:limit]


def ends(conn: sqlite3.Connection, rid: int, name: str, limit: int) -> tuple[array[int], array[float]]:
    """Return :func:`columns` of the last ``limit`` points, without reading those before."""
    found = newest(conn, rid, name, limit)[::-1]
    values = array("d", [nan if value is None else value for _, value in found])
    return array("q", [step for step, _ in found]), values


def last(conn: sqlite3.Connection, rid: int) -> dict[str, float | None]:
    """Return the last value of every metric of a run."""
    return {name: newest(conn, rid, name, 1)[0][1] for name in keys(conn, rid)}


def sparklines(
    conn: sqlite3.Connection, run_ids: Sequence[str], name: str, n: int
) -> dict[str, list[float | None]]:
    """Return a metric of several runs, each as ``n`` means of a few points from equal stretches of steps."""
    wanted = json.dumps(list(run_ids))
    long = dict(conn.execute(_LONG, (wanted, name)).fetchall())
    found: dict[str, list[float | None]] = {}
    for run_id, value in conn.execute(_SPARKLINES, (wanted, name, n, _POINTS_PER_BUCKET)):
        values = found.setdefault(run_id, [])
        if len(values) < n and run_id not in long:
            values.append(value)
    return found | {run_id: _sparkline(*columns(conn, rid, name), n) for run_id, rid in long.items()}


def _sparkline(steps: array[int], values: array[float], n: int) -> list[float | None]:
    low, width = steps[0], steps[-1] + 1 - steps[0]
    edges = [bisect_left(steps, low + width * i // n) for i in range(n + 1)]
    few = [values[a : min(b, a + _POINTS_PER_BUCKET)] for a, b in pairwise(edges)]
    known = [[value for value in some if not isnan(value)] for some in few]
    return [sum(some) / len(some) if some else None for some in known]
