"""Queued runs in their order, and what each may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grpotui import format as fmt
from grpotui.errors import UserError
from grpotui.launch.journal import State, asked_of, config_of, state
from grpotui.launch.machine import devices, sharing
from grpotui.launch.machine.device import CPU, Device
from grpotui.launch.machine.sharing import Need
from grpotui.presets import launch_settings
from grpotui.records import RunSummary, Status
from grpotui.registry.desk import Desk, Turn
from grpotui.registry.queries import Registry
from grpotui.workspace import RunDir, Workspace

OLD = "queued before a reboot or in another copy of the workspace: resume it to start"
HELD = "held, until it is released"
GB = 10**9


@dataclass(frozen=True, slots=True)
class Ticket:
    """A queued run, what it needs, and the devices that it may have, best first."""

    run: RunDir
    summary: RunSummary
    state: State
    devices: tuple[Device, ...]
    need: Need = sharing.ALONE
    priority: int = 0
    place: float = 0.0
    """Among those of its priority, the lowest starts first."""
    held: bool = False
    trouble: str = ""
    """What is wrong with what it asks for."""

    @property
    def obstacle(self) -> str:
        """Why the run will not start by itself, whatever gets free; empty when it will."""
        if not self.state.is_of(self.run):
            return OLD
        return self.trouble or (HELD if self.held else "")


def tickets(workspace: Workspace, registry: Registry, desk: Desk) -> list[Ticket]:
    """Return what is queued, in the order in which it starts."""
    found = []
    for summary in registry.queued():
        run = workspace.run(summary.id)
        known = state(run)
        if known.status is Status.QUEUED:
            found.append(_ticket(run, summary, known, desk.turns.get(run.id, Turn())))
    return sorted(found, key=lambda ticket: (-ticket.priority, ticket.place))


def _ticket(run: RunDir, summary: RunSummary, known: State, turn: Turn) -> Ticket:
    asked, config = asked_of(run), config_of(run)
    found: tuple[Device, ...] = ()
    trouble, need = "", sharing.ALONE
    try:
        found, need = allowed(asked, config)
        trouble = lacking(found, need)
    except UserError as error:
        trouble = str(error)
    return Ticket(
        run=run,
        summary=summary,
        state=known,
        devices=found,
        need=need,
        priority=launch_settings(config).priority if turn.priority is None else turn.priority,
        place=known.time if turn.place is None else turn.place,
        held=turn.held,
        trouble=trouble,
    )


def allowed(asked: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[tuple[Device, ...], Need]:
    """Return the devices that a run may have, and what it needs of them.

    That is a GPU if it may and there is one, else the CPU; GPUs as they were visible when it was launched.
    Raises UserError when that cannot be read.
    """
    settings = launch_settings(config)
    alone = Need(1, int(settings.memory * GB), settings.slots_per_device)
    policy = asked.get("device")
    if policy == "cpu":
        return (CPU,), alone
    visible, fake = asked.get("cuda_visible_devices"), asked.get("fake_devices")
    found = devices.detect(
        visible if isinstance(visible, str) else None, fake if isinstance(fake, str) else ""
    )
    gpus = tuple(device for device in found if device.is_gpu)
    if not gpus and policy != "cuda":
        return (CPU,), alone
    return gpus, Need(settings.devices, alone.memory, alone.slots)


def lacking(found: tuple[Device, ...], need: Need) -> str:
    """Return what this machine has not, however long a run waits; empty when it has all."""
    if not found:
        return "no GPU that it may use"
    if len(found) < need.devices:
        return f"needs {need.devices} GPUs, and may use {len(found)}"
    if len([device for device in found if sharing.size_of(device) >= need.memory]) < need.devices:
        most = max(map(sharing.size_of, found))
        return f"needs {fmt.size(need.memory)} of a device, and the largest has {fmt.size(most)}"
    return ""
