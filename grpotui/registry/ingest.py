"""From the files of a run to rows: what is new since the last time, in short transactions."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from grpotui.registry import documents, fields, summary
from grpotui.registry.database import writing
from grpotui.registry.streams import completions, events, metrics
from grpotui.stream import Line, Tail
from grpotui.workspace import RunDir

BATCH_BYTES = 2 * 1024 * 1024
"""Bytes of each stream that are taken in at once: bounds memory, and how long others wait."""
TOGETHER = 32
"""Runs that one transaction may take in."""
HELD = 0.1
"""Seconds after which a transaction takes in no further run."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One JSONL file of a run and how its lines become rows.

    ``apply(conn, rid, lines, last_step)`` returns the step of the last line and the number of bad lines.
    """

    name: str
    apply: Callable[[sqlite3.Connection, int, list[Line], int], tuple[int, int]]
    clear: Callable[[sqlite3.Connection, int], None]

    def path(self, run: RunDir) -> Path:
        """The file."""
        return run.path / f"{self.name}.jsonl"


STREAMS = (
    # Events first: an end that was seen promises that the other streams hold everything.
    Stream("events", events.apply, events.clear),
    # Metrics before completions: groups are written before their step's metrics, so they are there too.
    Stream("metrics", metrics.apply, metrics.clear),
    Stream("signals", metrics.apply_signals, metrics.clear_signals),
    Stream("completions", completions.apply, completions.clear),
)


@dataclass(slots=True)
class _Place:
    """How far a stream was read."""

    tail: Tail
    last_step: int


def index_run(conn: sqlite3.Connection, run: RunDir) -> bool:
    """Take in what the files of a run hold beyond what is indexed; True when there was anything.

    Safe beside any number of other indexers, and against being killed at any time. An unchanged run costs
    a few ``stat`` calls and no lock. False too when the folder holds no readable ``run.json``.
    """
    return index_runs(conn, [run])


def index_runs(conn: sqlite3.Connection, runs: Iterable[RunDir]) -> bool:
    """Do :func:`index_run` to several runs, small ones together in one transaction."""
    changed = False
    waiting = iter(runs)
    while some := list(islice(waiting, TOGETHER)):
        stale = [run for run in some if _stale(conn, run)]
        while stale:
            with writing(conn):
                until = time.monotonic() + HELD
                for run in tuple(stale):
                    took, more = _take(conn, run)
                    changed = changed or took
                    if not more:
                        stale.remove(run)
                    if time.monotonic() >= until:
                        break
    return changed


def _stale(conn: sqlite3.Connection, run: RunDir) -> bool:
    row = conn.execute("SELECT rid FROM runs WHERE id = ?", (run.id,)).fetchone()
    if row is None:
        return documents.read(run.run_json) is not None
    rid = int(row[0])
    if documents.changed(conn, rid, run):
        return True
    return any(_place(conn, rid, stream, run).tail.changed() for stream in STREAMS)


def _rid(conn: sqlite3.Connection, run: RunDir) -> int | None:
    """Return the row id of a run, made when it is new; None when the folder is no run."""
    row = conn.execute("SELECT rid FROM runs WHERE id = ?", (run.id,)).fetchone()
    if row is not None:
        return int(row[0])
    if documents.read(run.run_json) is None:
        return None
    return conn.execute("INSERT INTO runs (id, name) VALUES (?, ?)", (run.id, run.id)).lastrowid


def _take(conn: sqlite3.Connection, run: RunDir) -> tuple[bool, bool]:
    """Take in one batch of every stream; return whether there was anything, and whether there is more."""
    rid = _rid(conn, run)
    if rid is None:
        return False, False
    took = documents.update(conn, rid, run)
    if took:
        fields.store(conn, rid)
    more = False
    for stream in STREAMS:
        place = _place(conn, rid, stream, run)
        _restart_if_replaced(conn, rid, stream, place)
        before = (place.tail.inode, place.tail.offset)
        lines = place.tail.read(BATCH_BYTES)
        if (place.tail.inode, place.tail.offset) == before:
            continue
        took = True
        place.last_step, bad = stream.apply(conn, rid, lines, place.last_step)
        place.tail.bad_lines += bad
        _save(conn, rid, stream, place)
        more = more or place.tail.changed()
    if took:
        summary.refresh(conn, rid, settled=not more)
    return took, more


def _place(conn: sqlite3.Connection, rid: int, stream: Stream, run: RunDir) -> _Place:
    row = conn.execute(
        "SELECT inode, offset, bad_lines, last_step FROM ingest WHERE run = ? AND stream = ?",
        (rid, stream.name),
    ).fetchone()
    if row is None:
        return _Place(Tail(stream.path(run)), -1)
    return _Place(Tail(stream.path(run), int(row[0]), row[1], row[2]), row[3])


def _restart_if_replaced(conn: sqlite3.Connection, rid: int, stream: Stream, place: _Place) -> None:
    """Drop a stream's rows when its file is another one now, or shorter."""
    tail = place.tail
    if not tail.inode:
        return
    try:
        stat = os.stat(tail.path)
    except OSError:
        return
    if stat.st_ino != tail.inode or stat.st_size < tail.offset:
        stream.clear(conn, rid)
        place.tail = Tail(tail.path)
        place.last_step = -1


def _save(conn: sqlite3.Connection, rid: int, stream: Stream, place: _Place) -> None:
    tail = place.tail
    conn.execute(
        "INSERT OR REPLACE INTO ingest VALUES (?, ?, ?, ?, ?, ?)",
        (rid, stream.name, str(tail.inode), tail.offset, tail.bad_lines, place.last_step),
    )
