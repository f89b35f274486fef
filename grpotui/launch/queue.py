"""The queue: which run starts next, where, and what the others wait for. There is no daemon."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

from grpotui.errors import UserError
from grpotui.launch.journal import State, asked_of, next_attempt, state
from grpotui.launch.machine import devices, leases
from grpotui.launch.machine.devices import CPU, Device
from grpotui.launch.machine.locks import is_held, locked
from grpotui.launch.reconcile import settle_all
from grpotui.launch.runner.ending import Ending, record
from grpotui.launch.runner.spawn import RunnerError, spawn
from grpotui.records import Status
from grpotui.registry import connect, index_run, sync
from grpotui.registry.queries import Registry
from grpotui.workspace import RunDir, Workspace

PATIENCE = 15.0
"""Seconds that a request waits for another process that moves the queue on."""
OLD = "queued before a reboot or in another copy of the workspace: resume it to start"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A queued run and the devices that it may have, best first."""

    run: RunDir
    state: State
    devices: tuple[Device, ...]

    @property
    def obstacle(self) -> str:
        """Why the run will not start by itself, whatever gets free; empty when it will."""
        if not self.state.is_of(self.run):
            return OLD
        return "" if self.devices else "no GPU that it may use"


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
            return _start_all(connection, workspace, tickets(workspace, registry))


def tickets(workspace: Workspace, registry: Registry) -> list[Ticket]:
    """Return what is queued, longest waiting first."""
    found = []
    for summary in registry.queued():
        run = workspace.run(summary.id)
        known = state(run)
        if known.status is Status.QUEUED:
            found.append(Ticket(run, known, _wanted(run)))
    return sorted(found, key=lambda ticket: ticket.state.time)


def _wanted(run: RunDir) -> tuple[Device, ...]:
    """Return the devices that a run's policy allows: a GPU if it may and there is one, else the CPU."""
    asked = asked_of(run)
    policy = asked.get("device")
    if policy == "cpu":
        return (CPU,)
    visible = asked.get("cuda_visible_devices")
    found = devices.detect(visible if isinstance(visible, str) else None)
    gpus = tuple(device for device in found if device.is_gpu)
    return gpus if gpus or policy == "cuda" else (CPU,)


def _start_all(connection: sqlite3.Connection, workspace: Workspace, queue: Sequence[Ticket]) -> list[str]:
    if not queue:
        with suppress(UserError, OSError):  # no verb needs the leases then
            leases.wait_elsewhere(workspace, False)
        return []
    started: list[str] = []
    taken: set[str] = set()
    elsewhere = False
    for ticket in queue:
        for device in ticket.devices if not ticket.obstacle else ():
            if device.key in taken:
                continue
            lease = _lease(device, ticket.run)
            if lease is None:
                taken.add(device.key)
                holder = leases.holder(device)
                elsewhere |= holder is not None and holder.workspace != str(workspace.root)
                continue
            try:
                if _start(workspace, ticket.run, device, lease):
                    taken.add(device.key)
                    started.append(ticket.run.id)
            finally:
                os.close(lease)
            index_run(connection, ticket.run)
            break
    leases.wait_elsewhere(workspace, elsewhere)
    return started


def _lease(device: Device, run: RunDir) -> int | None:
    """Lease a device unless another run has it or somebody else's process uses it."""
    lease = leases.acquire(device, run)
    if lease is not None and devices.used_by_others(device):
        os.close(lease)
        return None
    return lease


def _start(workspace: Workspace, run: RunDir, device: Device, lease: int) -> bool:
    """Start the next attempt of a queued run; False when somebody else has, or when it cannot start."""
    with locked(run.runner_lock) as lock:
        if lock is None or state(run).status is not Status.QUEUED:
            return False
        attempt = next_attempt(run)
        for stale in (run.request_json, run.result_json, run.exit_json):
            stale.unlink(missing_ok=True)
        try:
            spawn(workspace, run, attempt, lock, lease=lease, device=device.key)
        except RunnerError as error:
            record(run, attempt, Ending(Status.FAILED, str(error)))
            return False
    return True


def held_up(workspace: Workspace) -> bool:
    """True when a run waits for a GPU that no run has, as while its last user is cleared up."""
    with closing(connect(workspace)) as connection:
        queue = tickets(workspace, Registry(connection, workspace))
    wanted = {device for ticket in queue if not ticket.obstacle for device in ticket.devices if device.is_gpu}
    return any(leases.holder(device) is None for device in wanted)


def waiting(workspace: Workspace) -> dict[str, str]:
    """Return what each queued run waits for, by run id, next one first."""
    with closing(connect(workspace)) as connection:
        queue = tickets(workspace, Registry(connection, workspace))
    ahead: dict[str, str] = {}
    found: dict[str, str] = {}
    for ticket in queue:
        if is_held(ticket.run.runner_lock):
            found[ticket.run.id] = "starting"
            continue
        first = next((ahead[d.key] for d in ticket.devices if d.key in ahead), None)
        if ticket.obstacle:
            found[ticket.run.id] = ticket.obstacle
            continue
        found[ticket.run.id] = f"behind {first}" if first else _busy(workspace, ticket.devices)
        ahead.update({device.key: ticket.run.id for device in ticket.devices})
    return found


def _busy(workspace: Workspace, wanted: Sequence[Device]) -> str:
    """Return who has the devices, such as "CPU busy with arithmetic-x3f2"."""
    reasons = []
    for device in wanted:
        reason = ""
        with suppress(OSError):
            holder = leases.holder(device)
            reason = f"busy with {holder.seen_from(workspace)}" if holder else devices.used_by_others(device)
        if not reason:
            return f"{device.label} is free: starts in a moment"
        reasons.append(f"{device.label} {reason}")
    return "; ".join(reasons)
