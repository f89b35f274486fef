"""What a person does to the queue: hold, release, move, give priority, pause."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Literal, get_args

from grpotui.errors import UserError
from grpotui.launch.journal import known_run
from grpotui.launch.queue.known import said
from grpotui.launch.queue.moving import PATIENCE, tick
from grpotui.launch.queue.tickets import Ticket, tickets
from grpotui.records import Status
from grpotui.registry import connect, sync
from grpotui.registry.desk import write_paused, write_turn
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace

Where = Literal["up", "down", "top", "bottom"]
WHERE: tuple[Where, ...] = get_args(Where)
_APART = 0.001
"""Seconds between places that are given anew."""


def hold(workspace: Workspace, run_id: str, held: bool = True) -> None:
    """Keep a queued run from starting, or let it go. Raises UserError when it is not queued."""
    _require_queued(workspace, run_id)
    write_turn(workspace, run_id, held=held)
    _go_on(workspace, not held)


def prioritize(workspace: Workspace, run_id: str, priority: int) -> None:
    """Let a queued run start before those of lower priority. Raises UserError when it is not queued."""
    _require_queued(workspace, run_id)
    write_turn(workspace, run_id, priority=priority)
    _go_on(workspace)


def pause(workspace: Workspace, paused: bool = True) -> None:
    """Start nothing more, or go on; what runs is left alone. Raises UserError."""
    workspace.require_writable()
    write_paused(workspace, paused)
    _go_on(workspace, not paused)


def move(workspace: Workspace, run_id: str, where: Where) -> int:
    """Move a queued run and return its place, from 1; it takes the priority of those that it goes between.

    Raises UserError when it is not queued.
    """
    _require_queued(workspace, run_id)
    with closing(connect(workspace)) as connection:
        sync(connection, workspace)
        queue = tickets(workspace, Registry(connection, workspace), said(workspace).desk)
    old = next((at for at, ticket in enumerate(queue) if ticket.run.id == run_id), None)
    if old is None:
        raise UserError(f"{run_id} is not in the queue any more")
    last = len(queue) - 1
    new = {"up": max(old - 1, 0), "down": min(old + 1, last), "top": 0, "bottom": last}[where]
    if new != old:
        ticket = queue.pop(old)
        queue.insert(new, ticket)
        _write_place(workspace, queue, new, queue[new + 1] if new < old else queue[new - 1])
        _go_on(workspace)
    return new + 1


def _write_place(workspace: Workspace, queue: Sequence[Ticket], at: int, beside: Ticket) -> None:
    """Write down the place of the run at ``at``, which it shares the priority of ``beside`` for.

    All of that priority get new ones where there is no room between two.
    """
    peers = [t for t in queue if t.priority == beside.priority or t is queue[at]]
    spot = peers.index(queue[at])
    before, after = peers[:spot], peers[spot + 1 :]
    low = before[-1].place if before else after[0].place - 2 * _APART
    high = after[0].place if after else before[-1].place + 2 * _APART
    place = (low + high) / 2
    if low < place < high:
        write_turn(workspace, queue[at].run.id, priority=beside.priority, place=place)
        return
    first = min(ticket.place for ticket in peers)
    for number, ticket in enumerate(peers):
        write_turn(workspace, ticket.run.id, priority=beside.priority, place=first + number * _APART)


def _require_queued(workspace: Workspace, run_id: str) -> None:
    workspace.require_writable()
    _, known = known_run(workspace, run_id)
    if known.status is not Status.QUEUED:
        raise UserError(f"{run_id} is {known.status}: only a queued run has a place in the queue")


def _go_on(workspace: Workspace, wanted: bool = True) -> None:
    if wanted:
        tick(workspace, PATIENCE)
