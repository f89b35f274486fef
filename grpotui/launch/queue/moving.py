"""Moves the queue on: settles what ended, starts what can start."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress

from grpotui.errors import UserError
from grpotui.launch.journal import next_attempt, state
from grpotui.launch.machine import leases, sharing
from grpotui.launch.machine.elsewhere import note_waiting
from grpotui.launch.machine.leases import Lease
from grpotui.launch.machine.locks import is_held, locked
from grpotui.launch.queue.board import Board
from grpotui.launch.queue.known import said
from grpotui.launch.queue.tickets import Ticket, tickets
from grpotui.launch.reconcile import settle_all
from grpotui.launch.runner.ending import Ending, record
from grpotui.launch.runner.spawn import RunnerError, spawn
from grpotui.records import Status
from grpotui.registry import connect, index_run, sync
from grpotui.registry.opening import opened
from grpotui.registry.queries import Registry
from grpotui.workspace import RunDir, Workspace

PATIENCE = 15.0
"""Seconds that a request waits for another process that moves the queue on."""


@contextmanager
def scheduling(workspace: Workspace) -> Iterator[None]:
    """Keep anybody from starting a run for a block. Raises UserError when somebody does all the time."""
    workspace.require_writable()
    with locked(workspace.schedule_lock, PATIENCE) as mine:
        if mine is None:
            raise UserError("another process is moving the queue on: try again")
        yield


def tick(workspace: Workspace, patience: float = 0.0) -> list[str]:
    """Settle runs that lost their runner, then start what can start; return the ids of started runs.

    Only one process at a time does this: when another does, wait ``patience`` seconds for it, then leave it
    to that one. Nothing happens in a workspace that cannot be written, but what others did is indexed.
    """
    if not os.access(workspace.logs, os.W_OK | os.X_OK):
        with closing(connect(workspace)) as connection:
            sync(connection, workspace)
        return []
    with locked(workspace.schedule_lock, patience) as mine:
        if mine is None:
            return []
        with closing(connect(workspace)) as connection:
            sync(connection, workspace)
            registry = Registry(connection, workspace)
            settle_all(connection, workspace, registry.live())
            known = said(workspace)
            queue = tickets(workspace, registry, known.desk)
            if known.desk.paused or not queue:
                with suppress(UserError, OSError):  # no verb needs the leases then
                    note_waiting(workspace, False)
                return []
            return _start_all(connection, workspace, queue, Board(registry.live(), known.most))


def _start_all(
    connection: sqlite3.Connection, workspace: Workspace, queue: Sequence[Ticket], board: Board
) -> list[str]:
    started: list[str] = []
    elsewhere = False
    for ticket in queue:
        if is_held(ticket.run.runner_lock):  # it starts just now
            board.started(ticket)
            continue
        if ticket.obstacle or board.limit_of_sweep(ticket):
            continue
        wanted = board.open_to(ticket)
        held = leases.acquire(wanted, ticket.run, ticket.need) if len(wanted) >= ticket.need.devices else []
        if not held:
            elsewhere |= _waits_elsewhere(workspace, ticket)
            board.keep_for(ticket)
            continue
        try:
            if _start(workspace, ticket.run, held):
                board.started(ticket)
                started.append(ticket.run.id)
        finally:
            leases.release(held)
        index_run(connection, ticket.run)
    note_waiting(workspace, elsewhere)
    return started


def _waits_elsewhere(workspace: Workspace, ticket: Ticket) -> bool:
    """True when a run of another workspace has a device that a run waits for."""
    there = (holder for device in ticket.devices for holder in leases.holders(device))
    return any(holder.workspace != str(workspace.root) for holder in there)


def _start(workspace: Workspace, run: RunDir, held: Sequence[Lease]) -> bool:
    """Start the next attempt of a queued run; False when somebody else has, or when it cannot start."""
    with locked(run.runner_lock) as lock:
        if lock is None or state(run).status is not Status.QUEUED:
            return False
        attempt = next_attempt(run)
        for stale in (run.request_json, run.result_json, run.exit_json):
            stale.unlink(missing_ok=True)
        try:
            spawn(workspace, run, attempt, lock, leases=held)
        except RunnerError as error:
            record(run, attempt, Ending(Status.FAILED, str(error)))
            return False
    return True


def held_up(workspace: Workspace) -> bool:
    """True when a run waits for a device that no run has, as while its last user is cleared up."""
    desk = said(workspace).desk
    with opened(workspace) as registry:
        queue = tickets(workspace, registry, desk)
    return not desk.paused and any(
        sharing.obstacle(device, ticket.need, ())
        for ticket in queue
        if not ticket.obstacle
        for device in ticket.devices
        if device.is_gpu and not leases.holders(device)
    )
