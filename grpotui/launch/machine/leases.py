"""Leases on devices: a locked file per device and slot, the same for all workspaces of a user."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from grpotui.launch.machine import sharing
from grpotui.launch.machine.device import Device
from grpotui.launch.machine.locks import is_held, locked, try_lock
from grpotui.launch.machine.sharing import Holder, Need
from grpotui.stream import encode_line, parse_line, read_json
from grpotui.workspace import RunDir, runtime_dir

_PATIENCE = 5.0  # seconds
_MOST = 4096  # bytes of a lease that are read


@dataclass(frozen=True, slots=True)
class Lease:
    """A device that a run has, or one of its slots."""

    device: Device
    slot: int
    """From 0."""
    fd: int
    """Runner and trainer inherit it: the kernel frees the lease when the last copy is closed."""

    @classmethod
    def inherited(cls, fd: int) -> Lease:
        """Return the lease that a descriptor holds. Raises OSError when it is none."""
        data = parse_line(os.pread(fd, _MOST, 0)) or {}
        device = Device.from_json(data.get("device"))
        if device is None:
            raise OSError(f"descriptor {fd} is no lease")
        return cls(device, Holder.from_json(data).slot, fd)

    def to_json(self) -> dict[str, Any]:
        """Return the form that stands in ``process.json``."""
        return {**self.device.to_json(), "slot": self.slot}

    def keep_fresh(self) -> None:
        """Touch the file, so that cleaners of temporary files leave it alone."""
        with suppress(OSError):
            os.utime(self.fd)

    def close(self) -> None:
        """Let go of this copy."""
        os.close(self.fd)


def _path(device: Device, slot: int) -> Path:
    return runtime_dir() / (f"{device.key}.slot{slot}.lease" if slot else f"{device.key}.lease")


def acquire(devices: Sequence[Device], run: RunDir, need: Need = sharing.ALONE) -> list[Lease]:
    """Lease as many of the devices as a run needs, the least busy first; none when there are not enough.

    Only one process at a time does this, so that runs which need two devices never hold one each.
    Raises OSError when a lease cannot be written.
    """
    with locked(runtime_dir() / "leases.lock", _PATIENCE) as mine:
        if mine is None:
            return []
        known = [(device, holders(device)) for device in devices]
        taken: list[Lease] = []
        try:
            for device, there in sorted(known, key=lambda pair: len(pair[1])):
                if len(taken) < need.devices and not sharing.obstacle(device, need, there):
                    taken += _take(device, run, need, there)
        except OSError:
            release(taken)
            raise
        if len(taken) == need.devices:
            return taken
        release(taken)
        return []


def release(leases: Sequence[Lease]) -> None:
    """Let go of these copies."""
    for lease in leases:
        lease.close()


def _take(device: Device, run: RunDir, need: Need, there: Sequence[Holder]) -> list[Lease]:
    """Lease a slot that is free; empty when somebody who does not ask for the lock was quicker."""
    slot = next(slot for slot in count() if all(holder.slot != slot for holder in there))
    fd = try_lock(_path(device, slot))
    if fd is None:
        return []
    holder = Holder(run.id, str(run.root), slot, need.slots_on(device), need.memory)
    line = encode_line({**holder.to_json(), "device": device.to_json(), "time": time.time()})
    try:
        os.ftruncate(fd, 0)
        os.pwrite(fd, line, 0)
    except OSError:
        os.close(fd)
        raise
    return [Lease(device, slot, fd)]


def holders(device: Device) -> list[Holder]:
    """Return who has a device, by slot; empty when it is free."""
    found = [_path(device, 0), *runtime_dir().glob(f"{device.key}.slot*.lease")]
    held = (Holder.from_json(read_json(path) or {}) for path in found if is_held(path))
    return sorted(held, key=lambda holder: holder.slot)


def held() -> list[tuple[Device, Holder]]:
    """Return every lease that somebody has, of devices that this process does not see, too."""
    found = []
    for path in sorted(runtime_dir().glob("*.lease")):
        if is_held(path):
            data = read_json(path) or {}
            key = path.stem.partition(".slot")[0]
            found.append(
                (Device.from_json(data.get("device")) or Device(key, key, key), Holder.from_json(data))
            )
    return found
