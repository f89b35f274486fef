"""Fetches what the Resources screen shows."""

from __future__ import annotations

import time
from contextlib import closing, suppress

from grpotui import format as fmt
from grpotui.errors import UserError
from grpotui.launch import pruning
from grpotui.launch.machine import devices, leases, sharing
from grpotui.launch.machine.device import Device
from grpotui.registry import browse, connect
from grpotui.tui.resources.view import CheckpointRow, DeviceUse, ResourcesSnapshot, short_words
from grpotui.workspace import Workspace

LOOK_AGAIN = 120.0
"""Seconds between two looks at the disk while nobody asks for it."""


def read(workspace: Workspace) -> ResourcesSnapshot:
    """Return devices, checkpoints and the disk. Raises UserError, sqlite3.Error or OSError."""
    found = pruning.checkpoints(workspace)
    disk = pruning.disk(workspace)
    with closing(connect(workspace)) as connection:
        known = browse.summaries(connection, [run.run_id for run in found])
    rows = tuple(
        CheckpointRow(
            run_id=run.run_id,
            run=known.get(run.run_id),
            steps=tuple(c.step for c in run.checkpoints),
            kept=tuple(sorted(run.kept)),
            size=run.size,
            spare=run.spare_size,
        )
        for run in found
    )
    uses = tuple(_use(workspace, device) for device in devices.detect())
    short = pruning.short_of_space(disk.free, found)
    return ResourcesSnapshot(time.time(), uses, rows, disk.free, disk.total, short)


def _use(workspace: Workspace, device: Device) -> DeviceUse:
    label = f"{device.label}  {device.name}  {fmt.size(device.memory)}" if device.is_gpu else device.label
    with suppress(OSError, UserError):
        if there := leases.holders(device):
            return DeviceUse(label, ", ".join(holder.seen_from(workspace) for holder in there), ours=True)
        return DeviceUse(label, sharing.obstacle(device, sharing.ALONE, ()))
    return DeviceUse(label, "")


class DiskWatch:
    """Looks now and then whether checkpoints still fit on the disk."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._next = 0.0
        self._said = ""

    def warning(self) -> str:
        """Return what is wrong, in one line; empty when nothing is, or when it cannot be told."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + LOOK_AGAIN
            self._said = ""
            with suppress(OSError):
                free = pruning.disk(self._workspace).free
                short = pruning.short_of_space(free, pruning.checkpoints(self._workspace))
                self._said = short_words(free, short)
        return self._said
