"""What earlier runs of a model took and began with."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from grpotui.records import RewardRange, Status, as_int
from grpotui.registry import points

_LOOKED_AT = 200
"""Newest runs that are looked at."""
_ENDED = tuple(str(status) for status in Status if status.is_ended)


@dataclass(frozen=True, slots=True)
class PastRun:
    """An ended run."""

    id: str
    config: dict[str, Any]
    """With every default of GRPOConfig."""
    is_cpu: bool
    peak_memory: int
    """Bytes; 0 where it was not measured."""
    first_reward: float | None
    """Of its first logged step, mapped to 0 to 1 by the rewards' own range."""


def past_runs(connection: sqlite3.Connection, model: str) -> list[PastRun]:
    """Return the newest ended runs that trained ``model``, newest first."""
    marks = ", ".join("?" * len(_ENDED))
    newest = (
        f"SELECT rid, id FROM runs WHERE kind = 'train' AND status IN ({marks}) "  # noqa: S608
        "ORDER BY created_at DESC LIMIT ?"
    )
    query = (
        f"SELECT r.rid, r.id, a.body, e.body FROM ({newest}) r "  # noqa: S608
        "JOIN documents a ON a.run = r.rid AND a.name = 'attempt' "
        "LEFT JOIN documents e ON e.run = r.rid AND e.name = 'result'"
    )
    rows = connection.execute(query, (*_ENDED, _LOOKED_AT)).fetchall()
    found = (_past(connection, *row) for row in rows)
    return [run for run in found if run.config.get("model") == model]


def _past(connection: sqlite3.Connection, rid: int, run_id: str, attempt: str, result: str | None) -> PastRun:
    asked, ended = json.loads(attempt), json.loads(result or "{}")
    config = asked.get("config")
    first = next(
        (value for _, value in points.series(connection, rid, "reward", -1) if value is not None), None
    )
    span = RewardRange.from_json(asked.get("reward_range"))
    first = None if span is None or first is None else span.normalise(first)
    return PastRun(
        run_id,
        config if isinstance(config, dict) else {},
        str(asked.get("device") or "").startswith("cpu"),
        as_int(ended.get("peak_memory")),
        first,
    )
