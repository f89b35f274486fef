"""Finds out what became of runs whose runner is gone, and mends it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable

from grpotui.launch.journal import events, of_attempt, state
from grpotui.launch.machine.identity import Identity, bears_marks, boot_id, marks
from grpotui.launch.machine.locks import locked
from grpotui.launch.runner.ending import LOST, Ending, announce, from_exit, from_result, record
from grpotui.launch.runner.spawn import RunnerError, spawn
from grpotui.records import RunSummary, Status
from grpotui.registry import index_run
from grpotui.stream import read_json
from grpotui.workspace import RunDir, Workspace


def settle_all(connection: sqlite3.Connection, workspace: Workspace, live: Iterable[RunSummary]) -> list[str]:
    """Settle those of the runs that have no runner, and index what was found; return their ids.

    A trainer that still runs gets a new runner; what else happened is written down. Any number of
    processes may do this at once: whoever gets a run's ``runner.lock`` settles it.
    """
    settled = []
    for summary in live:
        run = workspace.run(summary.id)
        if settle(workspace, run):
            index_run(connection, run)
            settled.append(run.id)
    return settled


def settle(workspace: Workspace, run: RunDir) -> bool:
    """Settle one run if it has no runner; False when it has one, or when nothing can be written there."""
    try:
        with locked(run.runner_lock) as lock:
            if lock is None:
                return False
            known = state(run)
            if known.status.is_live and not _adopted(workspace, run, known.attempt, lock):
                _settle_dead(run, known.attempt)
            return True
    except OSError:
        return False


def _adopted(workspace: Workspace, run: RunDir, attempt: int, lock: int) -> bool:
    """Give a trainer that still runs a new runner, which keeps the lock."""
    process = of_attempt(read_json(run.process_json), attempt)
    if process is None or process.get("boot_id") != boot_id() or from_exit(run, attempt) is not None:
        return False
    trainer = Identity.from_json(process.get("trainer"))
    if trainer is None or not trainer.alive() or bears_marks(trainer.pid, marks(run)) is False:
        return False
    try:
        spawn(workspace, run, attempt, lock, adopt=True)
    except RunnerError as error:
        _say_once(run, attempt, f"no runner comes up for its trainer: {error}")
    return True


def _say_once(run: RunDir, attempt: int, text: str) -> None:
    said = any(event.get("type") == "trouble" and event.get("text") == text for event in events(run))
    if not said:
        run.append_event({"time": time.time(), "type": "trouble", "text": text, "attempt": attempt})


def _settle_dead(run: RunDir, attempt: int) -> None:
    """Write down how an attempt ended whose runner and trainer are gone."""
    recorded = from_exit(run, attempt)
    if recorded is not None:
        announce(run, attempt, recorded)
        return
    from grpotui.launch.runner.stop import read_request, sweep
    from grpotui.launch.runner.watch import watch_over

    sweep(run)
    watch_over(run, attempt).catch_up(same_attempt=True)
    told = from_result(run, attempt, read_request(run))
    record(run, attempt, told or Ending(Status.LOST, LOST))
