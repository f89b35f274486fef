"""Groups of completions: what the index knows of them, and their lines in the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grpotui.records import Group
from grpotui.stream import read_line


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group as the index knows it: where it stands and what it scored; no texts."""

    step: int
    group: int
    task: str
    n: int
    mean: float | None
    low: float | None
    high: float | None
    truncated: int


def modes(conn: sqlite3.Connection, rid: int) -> set[str]:
    """Return the modes that a run has groups of."""
    return {mode for (mode,) in conn.execute("SELECT DISTINCT mode FROM completions WHERE run = ?", (rid,))}


def steps(conn: sqlite3.Connection, rid: int, mode: str) -> list[int]:
    """Return the steps that have groups, ascending."""
    rows = conn.execute(
        "SELECT DISTINCT step FROM completions WHERE run = ? AND mode = ? ORDER BY step", (rid, mode)
    )
    return [step for (step,) in rows]


def rows(conn: sqlite3.Connection, rid: int, mode: str, step: int) -> list[GroupRow]:
    """Return what the index knows of a step's groups, without reading the file."""
    found = conn.execute(
        "SELECT step, grp, task, n, mean, low, high, truncated FROM completions "
        "WHERE run = ? AND mode = ? AND step = ? ORDER BY grp",
        (rid, mode, step),
    )
    return [GroupRow(*row) for row in found]


def read(
    conn: sqlite3.Connection, rid: int, path: Path, mode: str, step: int, only: int | None
) -> list[Group]:
    """Return a step's groups, or one of them, with their texts; what is gone from the file is left out."""
    places = conn.execute(
        "SELECT grp, offset, length FROM completions "
        "WHERE run = ?1 AND mode = ?2 AND step = ?3 AND (?4 IS NULL OR grp = ?4) ORDER BY grp",
        (rid, mode, step, only),
    )
    found = ((number, read_line(path, offset, length)) for number, offset, length in places)
    groups = ((number, Group.from_json(data)) for number, data in found if data is not None)
    return [replace(group, group=number) for number, group in groups if group.step == step]


def worst(conn: sqlite3.Connection, rid: int, mode: str) -> tuple[int, int] | None:
    """Return the (step, group) with the lowest mean reward, the newest of them; None without any."""
    found: tuple[int, int] | None = conn.execute(
        "SELECT step, grp FROM completions WHERE run = ? AND mode = ? AND mean IS NOT NULL "
        "ORDER BY mean, step DESC LIMIT 1",
        (rid, mode),
    ).fetchone()
    return found


def visits(conn: sqlite3.Connection, rid: int, mode: str, step: int, group: int) -> list[tuple[int, int]]:
    """Return every (step, group) that had the same prompt as this one, ascending, itself included."""
    return conn.execute(
        "SELECT others.step, others.grp FROM completions AS one JOIN completions AS others "
        "USING (run, mode, prompt) WHERE one.run = ? AND one.mode = ? AND one.step = ? AND one.grp = ? "
        "ORDER BY others.step, others.grp",
        (rid, mode, step, group),
    ).fetchall()


def objects(
    conn: sqlite3.Connection, rid: int, path: Path, mode: str | None, step: int | None
) -> Iterator[dict[str, Any]]:
    """Yield the objects of ``completions.jsonl`` that hold, in the file's order."""
    places = conn.execute(
        "SELECT offset, length FROM completions "
        "WHERE run = ? AND (? IS NULL OR step = ?) AND (? IS NULL OR mode = ?) ORDER BY offset",
        (rid, step, step, mode, mode),
    ).fetchall()
    for offset, length in places:
        data = read_line(path, offset, length)
        if data is not None:
            yield data
