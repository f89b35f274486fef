"""Queued runs in their order, what each may have, and what is kept for those further ahead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grpotui import format as fmt
from grpotui.errors import UserError
from grpotui.launch.journal import State, asked_of, config_of, state
from grpotui.launch.machine import devices, leases, sharing
from grpotui.launch.machine.device import CPU, Device
from grpotui.launch.machine.sharing import Need
from grpotui.presets import launch_settings
from grpotui.records import Status
from grpotui.registry.queries import Registry
from grpotui.workspace import RunDir, Workspace

OLD = "queued before a reboot or in another copy of the workspace: resume it to start"
GB = 10**9


@dataclass(frozen=True, slots=True)
class Ticket:
    """A queued run, what it needs, and the devices that it may have, best first."""

    run: RunDir
    state: State
    devices: tuple[Device, ...]
    need: Need = sharing.ALONE
    trouble: str = ""
    """What is wrong with what it asks for."""

    @property
    def obstacle(self) -> str:
        """Why the run will not start by itself, whatever gets free; empty when it will."""
        if not self.state.is_of(self.run):
            return OLD
        return self.trouble


def tickets(workspace: Workspace, registry: Registry) -> list[Ticket]:
    """Return what is queued, longest waiting first."""
    found = []
    for summary in registry.queued():
        run = workspace.run(summary.id)
        known = state(run)
        if known.status is Status.QUEUED:
            found.append(_ticket(run, known))
    return sorted(found, key=lambda ticket: ticket.state.time)


def _ticket(run: RunDir, known: State) -> Ticket:
    asked = asked_of(run)
    try:
        found, need = allowed(asked, config_of(run))
    except UserError as error:
        return Ticket(run, known, (), trouble=str(error))
    return Ticket(run, known, found, need, lacking(found, need))


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
    """Return what this machine has not and never will have for a run; empty when it has all."""
    if not found:
        return "no GPU that it may use"
    if len(found) < need.devices:
        return f"needs {need.devices} GPUs, and may use {len(found)}"
    large = [device for device in found if sharing.size_of(device) >= need.memory]
    if len(large) < need.devices:
        most = max(map(sharing.size_of, found))
        return f"needs {fmt.size(need.memory)} of a device, and the largest has {fmt.size(most)}"
    return ""


class Board:
    """Which devices are kept for runs further ahead: a run that waits for two is not overtaken for ever."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def open_to(self, ticket: Ticket) -> list[Device]:
        """Return the devices that a run may have as far as those ahead of it go."""
        return [device for device in ticket.devices if device.key not in self._kept]

    def ahead_of(self, ticket: Ticket) -> str:
        """Return the first run that a run's devices are kept for."""
        return next((self._kept[device.key] for device in ticket.devices if device.key in self._kept), "")

    def keep_for(self, ticket: Ticket) -> None:
        """Keep as many devices as a waiting run needs: those that look like being free first."""
        for device in sorted(self.open_to(ticket), key=_distance)[: ticket.need.devices]:
            self._kept[device.key] = ticket.run.id


def _distance(device: Device) -> tuple[bool, int]:
    there = leases.holders(device)
    return bool(device.is_gpu and sharing.foreign(device, sharing.look(device), there)), len(there)
