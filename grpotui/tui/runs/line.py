"""The queue as the Runs screen shows it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grpotui import format as fmt
from grpotui.registry.queries import Registry
from grpotui.tui.runs.view import RunRow
from grpotui.workspace import Workspace

if TYPE_CHECKING:
    from grpotui.launch.queue import Standing

SHARE = 25
"""A long look is followed by a pause of so many times its CPU time, unless something was written."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """The queue at one moment."""

    rows: Mapping[str, RunRow] = field(default_factory=dict)
    """By id, the next one first."""
    paused: bool = False
    ends: str = ""
    """When all runs are likely to be done; empty when nothing tells."""

    @property
    def order(self) -> tuple[str, ...]:
        """Ids, the next one first."""
        return tuple(self.rows)


class LineReader:
    """Reads the queue; hundreds of runs that wait cost little of a processor."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._last, self._seen = QueueLine(), object()
        self._next = 0.0

    def read(self, registry: Registry, written: object, paused: bool) -> QueueLine:
        """Return the queue; ``written`` is another when something was written since the last look."""
        from grpotui.launch import queue

        if written == self._seen and time.monotonic() < self._next:
            return self._last
        began = time.thread_time()
        queued = registry.queued()
        self._last = _line(queue.standing(self._workspace, registry)) if queued else QueueLine(paused=paused)
        self._seen = written
        self._next = time.monotonic() + SHARE * (time.thread_time() - began)
        return self._last


def _line(found: Standing) -> QueueLine:
    rows = {
        entry.run.id: RunRow(
            entry.run,
            waits_for=entry.waits_for,
            starts=fmt.duration(entry.starts),
            ends=fmt.duration(entry.ends),
        )
        for entry in found.entries
    }
    ends = fmt.duration(found.ends)
    return QueueLine(rows, found.paused, ends if found.complete or not ends else f"at least {ends}")


def in_turn(ids: tuple[str, ...], order: tuple[str, ...]) -> tuple[str, ...]:
    """Return ids with those of queued runs in the queue's order, in the places that these have together."""
    known = set(ids)
    queued = [run_id for run_id in order if run_id in known]
    if len(queued) < 2:
        return ids
    turns, waiting = iter(queued), set(queued)
    return tuple(next(turns) if run_id in waiting else run_id for run_id in ids)
