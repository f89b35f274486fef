"""What each queued run waits for."""

from __future__ import annotations

from collections.abc import Sequence

from grpotui.errors import UserError
from grpotui.launch.machine import leases, sharing
from grpotui.launch.machine.device import Device
from grpotui.launch.machine.locks import is_held
from grpotui.launch.queue.board import Board
from grpotui.launch.queue.known import said
from grpotui.launch.queue.tickets import Ticket, tickets
from grpotui.registry.opening import opened
from grpotui.workspace import Workspace

PAUSED = "the queue is paused"
STARTING = "starting"


def waiting(workspace: Workspace) -> dict[str, str]:
    """Return what each queued run waits for, by run id, next one first."""
    known = said(workspace)
    with opened(workspace) as registry:
        queue = tickets(workspace, registry, known.desk)
        board = Board(registry.live(), known.most)
    return reasons(workspace, queue, board, known.desk.paused)


def reasons(workspace: Workspace, queue: Sequence[Ticket], board: Board, paused: bool) -> dict[str, str]:
    """Return what each of the tickets waits for, by run id."""
    found: dict[str, str] = {}
    for ticket in queue:
        if is_held(ticket.run.runner_lock):
            found[ticket.run.id] = STARTING
            board.started(ticket)
        elif ticket.obstacle or paused:
            found[ticket.run.id] = ticket.obstacle or PAUSED
        elif most := board.limit_of_sweep(ticket):
            found[ticket.run.id] = f"{most} of its sweep are live, as many as may be"
        else:
            found[ticket.run.id] = _reason(workspace, ticket, board)
            board.keep_for(ticket)
    return found


def _reason(workspace: Workspace, ticket: Ticket, board: Board) -> str:
    """Return who has the devices, such as "CPU busy with arithmetic-x3f2"."""
    wanted = board.open_to(ticket)
    if len(wanted) < ticket.need.devices:
        return f"behind {board.ahead_of(ticket)}"
    found = {device.label: _obstacle(workspace, ticket, device) for device in wanted}
    free = [label for label, reason in found.items() if not reason]
    if len(free) >= ticket.need.devices:
        return f"{free[0]} is free: starts in a moment"
    busy = "; ".join(f"{label} {reason or 'is free'}" for label, reason in found.items())
    return busy if ticket.need.devices == 1 else f"needs {ticket.need.devices}: {busy}"


def _obstacle(workspace: Workspace, ticket: Ticket, device: Device) -> str:
    try:
        return sharing.obstacle(device, ticket.need, leases.holders(device), workspace)
    except (OSError, UserError):
        return ""
