"""What a person does to the queue: hold, release, move, give priority, pause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from grpotui.errors import UserError
from grpotui.launch.journal import known_run
from grpotui.launch.machine.locks import is_held
from grpotui.launch.queue.known import said
from grpotui.launch.queue.moving import PATIENCE, scheduling, tick
from grpotui.launch.queue.tickets import Ticket, tickets
from grpotui.records import Status
from grpotui.registry.desk import Turn, write_paused, write_turn
from grpotui.registry.opening import opened
from grpotui.workspace import Workspace

Where = Literal["up", "down", "top", "bottom"]
WHERE: tuple[Where, ...] = get_args(Where)
_APART = 0.001
"""Seconds between places that are given anew."""


def hold(workspace: Workspace, run_id: str, held: bool = True) -> None:
    """Keep a queued run from starting, or let it go. Raises UserError when it is not queued."""
    with scheduling(workspace):
        _require_queued(workspace, run_id)
        write_turn(workspace, run_id, held=held)
    if not held:
        tick(workspace, PATIENCE)


def toggle_hold(workspace: Workspace, run_id: str) -> bool:
    """Hold a queued run, or release it; return whether it is held now. Raises UserError."""
    held = not said(workspace).desk.turns.get(run_id, Turn()).held
    hold(workspace, run_id, held)
    return held


def prioritize(workspace: Workspace, run_id: str, priority: int) -> None:
    """Let a queued run start before those of lower priority. Raises UserError when it is not queued."""
    with scheduling(workspace):
        _require_queued(workspace, run_id)
        write_turn(workspace, run_id, priority=priority)
    tick(workspace, PATIENCE)


def pause(workspace: Workspace, paused: bool = True) -> list[str]:
    """Start nothing more, or go on; return what that starts. What runs is left alone. Raises UserError."""
    with scheduling(workspace):
        write_paused(workspace, paused)
    return [] if paused else tick(workspace, PATIENCE)


def toggle_pause(workspace: Workspace) -> bool:
    """Pause the queue, or let it go on; return whether it is paused now. Raises UserError."""
    paused = not said(workspace).desk.paused
    pause(workspace, paused)
    return paused


def move(workspace: Workspace, run_id: str, where: Where) -> int:
    """Move a queued run and return its place, from 1; it takes the priority of those that it goes between.

    Raises UserError when it is not queued.
    """
    with scheduling(workspace), opened(workspace, indexed=True) as registry:
        _require_queued(workspace, run_id)
        queue = tickets(workspace, registry, said(workspace).desk)
        old = next(at for at, ticket in enumerate(queue) if ticket.run.id == run_id)
        last = len(queue) - 1
        new = {"up": max(old - 1, 0), "down": min(old + 1, last), "top": 0, "bottom": last}[where]
        if new != old:
            queue.insert(new, queue.pop(old))
            _write_place(workspace, queue, new, queue[new + 1] if new < old else queue[new - 1])
    tick(workspace, PATIENCE)
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
    run, known = known_run(workspace, run_id)
    if known.status is not Status.QUEUED or is_held(run.runner_lock):
        status = Status.STARTING if known.status is Status.QUEUED else known.status
        raise UserError(f"{run_id} is {status}: only a queued run has a place in the queue")
