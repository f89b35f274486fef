"""One prompt over the steps of a run, and prompts that several runs have in common."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from grpotui.records import Visit


def visits(conn: sqlite3.Connection, rid: int, mode: str, prompt: int) -> list[Visit]:
    """Return every group of a prompt, ascending by step."""
    rows = conn.execute(
        "SELECT step, grp, mean FROM completions "
        "WHERE run = ? AND mode = ? AND prompt = ? ORDER BY step, grp",
        (rid, mode, prompt),
    )
    return [Visit(*row) for row in rows]


def shared(conn: sqlite3.Connection, rids: Sequence[int], mode: str) -> list[int]:
    """Return the prompts that every run has, in the order in which the first run met them."""
    rows = conn.execute(
        "SELECT prompt FROM completions WHERE run = ? AND mode = ? "
        "GROUP BY prompt ORDER BY min(step), min(grp)",
        (rids[0], mode),
    )
    found = [prompt for (prompt,) in rows]
    for rid in rids[1:]:
        others = conn.execute(
            "SELECT DISTINCT prompt FROM completions WHERE run = ? AND mode = ?", (rid, mode)
        )
        known = {prompt for (prompt,) in others}
        found = [prompt for prompt in found if prompt in known]
    return found


def means(conn: sqlite3.Connection, rid: int, mode: str, low: int, high: int) -> dict[int, float]:
    """Return the mean reward of each prompt over its groups in steps from ``low`` to ``high``."""
    rows = conn.execute(
        "SELECT prompt, avg(mean) FROM completions "
        "WHERE run = ? AND mode = ? AND step BETWEEN ? AND ? GROUP BY prompt HAVING avg(mean) IS NOT NULL",
        (rid, mode, low, high),
    )
    return dict(rows.fetchall())
