"""How long runs take, from earlier ones."""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Sequence

from grpotui.records import RunKind, RunSummary, Status
from grpotui.registry import fields

_MOST = 10
"""Newest runs that a median is taken of."""
_LOOKED_AT = 200


class Pace:
    """Answers for one look at the queue; what was asked once is remembered."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, ...], float | None] = {}

    def seconds(self, run: RunSummary) -> float | None:
        """Return how long a run that is queued or live will still take; None when nothing tells.

        By its own measured step time, else by that of earlier runs of its preset, else of its model. A run
        without steps takes as long as those of its kind and preset did.
        """
        if run.kind is RunKind.TRAIN and run.max_steps and run.step_time:
            return max(run.max_steps - run.step, 0) * run.step_time
        left = max(run.max_steps - run.step, 0) if run.max_steps else None
        return self.ahead(run.kind, run.preset, self._model(run.id), left)

    def ahead(self, kind: RunKind, preset: str, model: object, steps: int | None) -> float | None:
        """Return how long a run would take that is not there yet; None when nothing tells."""
        if kind is not RunKind.TRAIN or steps is None:
            return self._ask("duration", str(kind), preset)
        pace = self._ask("step", preset) or (self._ask("model", model) if isinstance(model, str) else None)
        return None if pace is None else steps * pace

    def _model(self, run_id: str) -> object:
        row = self._connection.execute(
            "SELECT body FROM fields WHERE run = (SELECT rid FROM runs WHERE id = ?)", (run_id,)
        ).fetchone()
        return fields.value(row[0], "model") if row else None

    def _ask(self, what: str, *values: str) -> float | None:
        key = (what, *values)
        if key not in self._known:
            found = self._newest(what, values)
            self._known[key] = statistics.median(found) if found else None
        return self._known[key]

    def _newest(self, what: str, values: Sequence[str]) -> list[float]:
        if what == "model":
            rows = self._connection.execute(
                "SELECT step_time, body FROM (SELECT rid, step_time FROM runs WHERE step_time IS NOT NULL "
                "ORDER BY created_at DESC LIMIT ?) JOIN fields ON run = rid",
                (_LOOKED_AT,),
            )
            return [seconds for seconds, body in rows if fields.value(body, "model") == values[0]][:_MOST]
        column, where = {
            "step": ("step_time", "preset = ? AND step_time IS NOT NULL"),
            "duration": (
                "ended_at - started_at",
                f"kind = ? AND preset = ? AND status = '{Status.FINISHED}' AND started_at IS NOT NULL",
            ),
        }[what]
        query = f"SELECT {column} FROM runs WHERE {where} ORDER BY created_at DESC LIMIT {_MOST}"  # noqa: S608
        return [seconds for (seconds,) in self._connection.execute(query, values) if seconds is not None]
