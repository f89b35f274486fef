"""Leases on devices: one locked file per device, the same for all workspaces of a user."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grpotui.launch.machine.devices import Device
from grpotui.launch.machine.locks import is_held, try_lock
from grpotui.stream import encode_line, parse_line, read_json
from grpotui.workspace import RunDir, Workspace, runtime_dir


@dataclass(frozen=True, slots=True)
class Holder:
    """The run that has a device."""

    run: str
    workspace: str

    def seen_from(self, workspace: Workspace) -> str:
        """Return the run as it is called in a workspace: one of another goes by that one's folder, too."""
        return self.run if self.workspace == str(workspace.root) else f"{self.run} of {self.workspace}"


def _path(device: Device) -> Path:
    return runtime_dir() / f"{device.key}.lease"


def acquire(device: Device, run: RunDir) -> int | None:
    """Lease a device for a run; return the descriptor that runner and trainer keep, None when it is taken."""
    fd = try_lock(_path(device))
    if fd is None:
        return None
    line = encode_line({"run": run.id, "workspace": str(run.root), "time": time.time()})
    try:
        os.ftruncate(fd, 0)
        os.pwrite(fd, line, 0)
    except OSError:
        os.close(fd)
        raise
    return fd


def keep_fresh(lease: int) -> None:
    """Touch a lease, so that cleaners of temporary files leave it alone."""
    with suppress(OSError):
        os.utime(lease)


def holder(device: Device) -> Holder | None:
    """Return who has a device; None when it is free."""
    path = _path(device)
    return read_holder(path) if is_held(path) else None


def read_holder(lease: Path) -> Holder:
    """Return who wrote a lease last."""
    data = read_json(lease) or {}
    return Holder(str(data.get("run") or "an unknown run"), str(data.get("workspace") or ""))


def _note(workspace: Workspace) -> Path:
    digest = hashlib.sha256(os.fsencode(workspace.root)).hexdigest()[:16]
    return runtime_dir() / f"{digest}.waiting"


def wait_elsewhere(workspace: Workspace, waits: bool) -> None:
    """Note, or no longer note, that runs of a workspace wait for a device that another workspace has."""
    note = _note(workspace)
    if not waits:
        note.unlink(missing_ok=True)
    elif not note.exists():
        note.write_bytes(encode_line({"workspace": str(workspace.root)}))


def waiting_elsewhere(but: Workspace) -> Iterator[Workspace]:
    """Yield the other workspaces of this user that wait for a device."""
    for note in runtime_dir().glob("*.waiting"):
        data = parse_line(note.read_bytes()) or {}
        workspace = Workspace(Path(str(data.get("workspace"))))
        if not workspace.exists():
            note.unlink(missing_ok=True)
        elif workspace.root != but.root:
            yield workspace
