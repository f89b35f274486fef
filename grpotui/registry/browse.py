"""The runs in the order in which a person should look at them: what needs attention first."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from grpotui.records import RunSummary, Status
from grpotui.registry import filters
from grpotui.registry.filters import Filter
from grpotui.registry.rows import SUMMARY_COLUMNS, summary_of

NEWS = 3 * 86400
"""Seconds after its end for which a bad run is sorted first: a weekend."""
_CHUNK = 500

_LIVE = ", ".join(f"'{status}'" for status in Status if status.is_live)
_ATTENTION = f"""(
    (status IN ('failed', 'lost') OR verdict IN ('collapsed', 'no-signal'))
    AND (status IN ({_LIVE}) OR (human = '' AND coalesce(ended_at, created_at) > :now - {NEWS}))
)"""
"""In trouble, and either going on, or ended within the last days with nobody's verdict yet."""
_BUCKET = f"CASE WHEN {_ATTENTION} THEN 0 WHEN status IN ({_LIVE}) OR status = 'queued' THEN 1 ELSE 2 END"
_HAPPENED = """CASE
    WHEN status IN ('lost', 'failed') AND ended_at > :since THEN status
    WHEN verdict IN ('collapsed', 'no-signal') AND verdict_at > :since THEN verdict
    WHEN status IN ('finished', 'stopped') AND ended_at > :since THEN status
    WHEN verdict IN ('solved', 'warning') AND verdict_at > :since THEN verdict
    ELSE '' END"""
"""What became of a run since then, its worst first; empty when nothing did."""
WORST_FIRST = ("lost", "failed", "collapsed", "no-signal", "warning", "solved", "finished", "stopped")


@dataclass(frozen=True, slots=True)
class Overview:
    """Which runs fit a filter, in order, and what is true of all runs."""

    ids: tuple[str, ...] = ()
    walk: tuple[int, ...] = ()
    """Places in ``ids`` of what needs attention or happened since the last look."""
    total: int = 0
    live: int = 0
    attention: int = 0
    happened: tuple[tuple[str, int], ...] = ()
    """What runs came to since the last look, and how many of them, worst first; each run counts once."""


def overview(conn: sqlite3.Connection, found: Filter, now: float, since: float | None) -> Overview:
    """Return the order of the runs that fit. Times are unix seconds; ``since`` None: nothing is new."""
    filters.functions(conn)
    # SQLite takes named and numbered values in one statement only as one or the other.
    named: dict[str, object] = {"now": now, "since": 1e18 if since is None else since}
    named |= {f"v{number}": value for number, value in enumerate(found.values)}
    where = f"WHERE {_numbered(found.where)}" if found.where else ""
    rows = conn.execute(
        f"SELECT id, {_BUCKET} AS bucket, {_HAPPENED} FROM runs {where} "  # noqa: S608
        "ORDER BY bucket, created_at DESC, id DESC",
        named,
    ).fetchall()
    counts = conn.execute(
        f"SELECT {_HAPPENED} AS what, count(*), sum(status IN ({_LIVE})), sum({_ATTENTION}) "  # noqa: S608
        "FROM runs GROUP BY what",
        named,
    ).fetchall()
    happened = {what: count for what, count, _, _ in counts if what}
    return Overview(
        ids=tuple(row[0] for row in rows),
        walk=tuple(place for place, (_, bucket, what) in enumerate(rows) if bucket == 0 or what),
        total=sum(row[1] for row in counts),
        live=sum(row[2] for row in counts),
        attention=sum(row[3] for row in counts),
        happened=tuple((what, happened[what]) for what in WORST_FIRST if what in happened),
    )


def _numbered(where: str) -> str:
    """Give every ``?`` of a condition a name; conditions hold none but as values."""
    pieces = where.split("?")
    return "".join(f"{piece}:v{number}" for number, piece in enumerate(pieces[:-1])) + pieces[-1]


def summaries(conn: sqlite3.Connection, ids: Sequence[str]) -> dict[str, RunSummary]:
    """Return the runs of these ids; those that are gone are left out."""
    found: dict[str, RunSummary] = {}
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        marks = ", ".join("?" * len(some))
        query = f"SELECT {SUMMARY_COLUMNS} FROM runs WHERE id IN ({marks})"  # noqa: S608
        found |= {row[0]: summary_of(row) for row in conn.execute(query, some)}
    return found


def last_verdict_at(connection: sqlite3.Connection) -> float:
    """Return when a verdict of any run changed last, in unix seconds; 0 when none ever did."""
    (found,) = connection.execute("SELECT max(verdict_at) FROM runs").fetchone()
    return float(found or 0.0)
