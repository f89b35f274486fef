"""What a person asks of a run that is there: stop, resume, delete, wait for its end."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from grpotui.errors import UserError
from grpotui.launch import trust
from grpotui.launch.journal import (
    State,
    asked_of,
    config_of,
    known_run,
    next_attempt,
    queue_up,
    state,
    take_extension_back,
)
from grpotui.launch.machine.identity import Identity, place
from grpotui.launch.machine.locks import is_held, locked
from grpotui.launch.queue import PATIENCE, tick
from grpotui.launch.queue.known import said
from grpotui.launch.queue.moving import scheduling
from grpotui.launch.queue.tickets import tickets
from grpotui.launch.runner.ending import Ending, announce, from_exit
from grpotui.launch.runner.indexer import index_now
from grpotui.launch.runner.stop import write_request
from grpotui.presets.code import require_same
from grpotui.records import RunSummary, Status
from grpotui.registry import connect, index_run, sync
from grpotui.registry.desk import Turn, write_turn
from grpotui.registry.opening import opened
from grpotui.registry.queries import Registry
from grpotui.stream import read_json
from grpotui.text import clean
from grpotui.workspace import RunDir, Workspace

_POLL = 0.25


def stop(workspace: Workspace, run_id: str, reason: str = "", force: bool = False) -> None:
    """Ask a run to finish its step, save and end; take a queued one out of the queue.

    ``force`` cuts the grace of a run that was asked before. Raises UserError when the run has ended.
    """
    run, known = known_run(workspace, run_id)
    if known.status is Status.QUEUED:
        with scheduling(workspace):
            known = state(run)
            if known.status is Status.QUEUED and not is_held(run.runner_lock):
                announce(run, max(0, known.attempt - 1), _cancelled(run, known, clean(reason)))
                index_now(workspace, run)
                return
    if known.status.is_live and not is_held(run.runner_lock):
        tick(workspace, PATIENCE)
        known = state(run)
    if not (known.status.is_live or known.status is Status.QUEUED):
        raise UserError(f"{run.id} already {known.status}: nothing to stop")
    _request(run, reason, force)


def _cancelled(run: RunDir, known: State, reason: str) -> Ending:
    """Return how a cancelled run stands: as it ended before. A finished one was to be extended."""
    before = from_exit(run, known.attempt - 1)
    if before is not None and before.status is Status.FINISHED:
        take_extension_back(run)
        return before
    if before is None or reason:
        return Ending(Status.STOPPED, reason or "cancelled before it started")
    return before


def _request(run: RunDir, reason: str, force: bool) -> None:
    """Write a request; on a full disk tell the runner itself to end the run, which needs no space."""
    try:
        write_request(run, reason, force=force)
    except OSError:
        runner = Identity.from_json((read_json(run.process_json) or {}).get("runner"))
        if runner is None or not runner.send(signal.SIGTERM):
            raise


def resume(workspace: Workspace, run_id: str) -> None:
    """Queue a draft, the next attempt of an ended run, or again a run that was queued before a reboot.

    Raises UserError when there is nothing to resume, or when its code is another one or not trusted.
    """

    def not_finished(run: RunDir, known: State) -> None:
        if known.status is Status.FINISHED:
            raise UserError(f"{run.id} is finished: 'grpotui extend {run.id} --steps N' goes on past its end")

    go_on(workspace, run_id, not_finished)


def requeue(workspace: Workspace) -> tuple[list[str], list[str]]:
    """Queue what a reboot left queued; return the runs that start by that, and what is refused, in lines."""
    with opened(workspace) as registry:
        queue = tickets(workspace, registry, said(workspace).desk)
    started: list[str] = []
    refused: list[str] = []
    for ticket in queue:
        if not ticket.state.is_of(ticket.run) and ticket.state.place == place(ticket.run):
            try:
                started += go_on(workspace, ticket.run.id, lambda *_: None)
            except UserError as error:
                refused.append(f"{ticket.run.id}: {error}")
    return started, refused


def go_on(workspace: Workspace, run_id: str, prepare: Callable[[RunDir, State], None]) -> list[str]:
    """Queue the next attempt of a run that is not live; ``prepare`` may refuse it, or add to it, before.

    Returns the runs that start by that. Raises UserError when there is nothing to start, or when its code is
    another one or not trusted.
    """
    with scheduling(workspace):
        run, known = known_run(workspace, run_id)
        if known.status is Status.QUEUED and known.is_of(run):
            raise UserError(f"{run.id} is queued already")
        if known.status is Status.DRAFT and not known.time:
            raise UserError(f"{run.id} was not made by grpotui: there is nothing to start")
        if is_held(run.runner_lock) or known.status.is_live:
            raise UserError(f"{run.id} is {known.status}: stop it first")
        prepare(run, known)
        _require_code(workspace, run)
        queue_up(run, next_attempt(run))
        _take_turn(workspace, run, known)
        index_now(workspace, run)
    return tick(workspace, PATIENCE)


def _take_turn(workspace: Workspace, run: RunDir, before: State) -> None:
    """Put a run at the end of the queue, released; one that was queued before a reboot keeps its turn."""
    turn = said(workspace).desk.turns.get(run.id, Turn())
    if before.status is Status.QUEUED:
        write_turn(workspace, run.id, place=before.time if turn.place is None else turn.place)
    elif turn.held or turn.place is not None:
        write_turn(workspace, run.id, place=None, held=False)


def _require_code(workspace: Workspace, run: RunDir) -> None:
    """Raise UserError unless a run's own code is what it was launched with, and trusted here."""
    if config := config_of(run):
        trust.require(require_same(asked_of(run).get("code"), config, workspace.root), workspace.root)


def delete(workspace: Workspace, run_id: str) -> None:
    """Move a run that is not live to the bin, ``logs/.bin``. Raises UserError for a live one."""
    with scheduling(workspace):
        run, _ = known_run(workspace, run_id)
        with locked(run.runner_lock) as lock:
            if lock is None:
                raise UserError(f"{run.id} is running: stop it first")
            workspace.bin.mkdir(mode=0o700, exist_ok=True)
            run.path.rename(_free_place(workspace, run.id))
        with closing(connect(workspace)) as connection:
            sync(connection, workspace)


def _free_place(workspace: Workspace, run_id: str) -> Path:
    folder, number = workspace.bin / run_id, 1
    while folder.exists():
        number += 1
        folder = workspace.bin / f"{run_id}.{number}"
    return folder


def wait(workspace: Workspace, run_id: str, on_change: Callable[[RunSummary], None]) -> RunSummary:
    """Wait for a run's end and return it then; ``on_change`` gets it whenever anything about it changes.

    Keeps the queue going meanwhile. Raises UserError when the run is deleted.
    """
    registry = Registry(connect(workspace), workspace)
    last: RunSummary | None = None
    try:
        while True:
            index_run(registry.connection, workspace.run(run_id))
            now = registry.run(run_id)
            if now != last:
                last = now
                on_change(now)
            if now.status.is_ended:
                return now
            time.sleep(_POLL)
            if not is_held(workspace.run(run_id).runner_lock):
                tick(workspace)
    finally:
        registry.connection.close()
