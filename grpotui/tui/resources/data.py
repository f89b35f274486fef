"""Fetches what the Resources screen shows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

from grpotui import format as fmt
from grpotui.errors import UserError
from grpotui.launch import pruning
from grpotui.launch.machine import devices, leases, sharing
from grpotui.launch.machine.device import Device
from grpotui.launch.machine.sharing import Holder
from grpotui.launch.queue import Standing, standing
from grpotui.registry import browse
from grpotui.registry.opening import opened
from grpotui.tui.resources.view import CheckpointRow, DeviceUse, ResourcesSnapshot, short_words
from grpotui.workspace import Workspace

LOOK_AGAIN = 120.0
"""Seconds between two looks at the disk while nobody asks for it."""


def read(workspace: Workspace) -> ResourcesSnapshot:
    """Return devices, checkpoints and the disk. Raises UserError, sqlite3.Error or OSError."""
    found = pruning.checkpoints(workspace)
    disk = pruning.disk(workspace)
    with opened(workspace) as registry:
        line = standing(workspace, registry)
        known = browse.summaries(registry.connection, [run.run_id for run in found])
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
    short = pruning.short_of_space(disk.free, found)
    return ResourcesSnapshot(
        time.time(), _uses(workspace), rows, disk.free, disk.total, short, _queue_words(line), line.paused
    )


def _queue_words(line: Standing) -> str:
    if not line.entries:
        return ""
    words = f"{len(line.entries)} queued"
    if line.ends is None:
        return words
    return f"{words}, all done in {'' if line.complete else 'at least '}{fmt.duration(line.ends)}"


def _uses(workspace: Workspace) -> tuple[DeviceUse, ...]:
    """Return every device that this process sees, and those that runs have which it does not see."""
    seen = devices.detect()
    known: list[tuple[Device, Holder]] = []
    with suppress(OSError, UserError):
        known = leases.held()
    found = {device.key: device for device in (*seen, *(device for device, _ in known))}
    return tuple(
        _use(workspace, device, [holder for there, holder in known if there.key == device.key])
        for device in found.values()
    )


def _use(workspace: Workspace, device: Device, there: Sequence[Holder]) -> DeviceUse:
    if not device.is_gpu:
        return DeviceUse(device.label, _names(workspace, there), bool(there))
    now = sharing.look(device)
    stranger = sharing.foreign(device, now, there)
    return DeviceUse(
        f"{device.label}  {device.name}",
        ", ".join(filter(None, (_names(workspace, there), stranger))),
        bool(there) and not stranger,
        f"{fmt.size(now.used)} of {fmt.size(device.memory)}",
        "" if now.utilisation is None else f"{now.utilisation} %",
    )


def _names(workspace: Workspace, there: Sequence[Holder]) -> str:
    return ", ".join(holder.seen_from(workspace) for holder in there)


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
