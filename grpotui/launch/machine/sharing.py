"""Whether a run may have a device: who has it, what they left free, and who else uses it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpotui import format as fmt
from grpotui.launch.machine import fakes, nvml
from grpotui.launch.machine.device import Device
from grpotui.launch.machine.identity import DEVICES_VARIABLE, RUN_VARIABLE, variables
from grpotui.launch.machine.memory import main_memory
from grpotui.launch.machine.use import Use
from grpotui.records import as_int
from grpotui.workspace import RUNTIME_VARIABLE, Workspace

IN_USE_SHARE = 0.05
"""Share of a GPU's memory that may be in use by nobody known before the GPU counts as taken."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a run needs."""

    devices: int = 1
    memory: int = 0
    """Bytes of each device; 0 where it was not said."""
    slots: int = 0
    """Runs that it may share a device with, itself included; 0 leaves that to the memory."""

    def slots_on(self, device: Device) -> int:
        """Return how many runs it shares a device with, itself included; 0 for as many as fit.

        On the CPU the memory does not tell how many there is time for.
        """
        return self.slots or (0 if self.memory and device.is_gpu else 1)


ALONE = Need()


@dataclass(frozen=True, slots=True)
class Holder:
    """A run that has a device, or a slot of it."""

    run: str
    workspace: str
    slot: int = 0
    slots: int = 1
    """Runs that may be there together as far as it goes; 0 for as many as fit."""
    memory: int = 0
    """Bytes that it asked for; 0 where it did not say."""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Holder:
        """Read a lease; one of an older version has its device alone."""
        return cls(
            str(data.get("run") or "an unknown run"),
            str(data.get("workspace") or ""),
            as_int(data.get("slot")),
            as_int(data.get("slots"), 1),
            as_int(data.get("memory")),
        )

    def to_json(self) -> dict[str, Any]:
        """Return what a lease says of its holder."""
        return {
            "run": self.run,
            "workspace": self.workspace,
            "slot": self.slot,
            "slots": self.slots,
            "memory": self.memory,
        }

    def seen_from(self, workspace: Workspace) -> str:
        """Return the run as it is called in a workspace: one of another goes by that one's folder, too."""
        return self.run if self.workspace == str(workspace.root) else f"{self.run} of {self.workspace}"


def look(device: Device) -> Use:
    """Return what goes on on a device now; of the CPU, its memory."""
    if device.is_fake:
        return fakes.use(device)
    if device.is_gpu:
        return nvml.use(device)
    total, free = main_memory()
    return Use(total - free)


def size_of(device: Device) -> int:
    """Return a device's memory in bytes."""
    return device.memory if device.is_gpu else main_memory()[0]


def obstacle(device: Device, need: Need, there: Sequence[Holder], workspace: Workspace | None = None) -> str:
    """Return why a run cannot have a device now, such as "used by another user, 61 GB"; empty when it can.

    ``there`` are the runs that have it, ``workspace`` is where they are named from.
    """
    limit = min((slots for slots in (need.slots_on(device), *(h.slots for h in there)) if slots), default=0)
    if there and limit and len(there) >= limit:
        names = ", ".join(h.seen_from(workspace) if workspace else h.run for h in there)
        return f"busy with {names}"
    use = look(device)
    if device.is_gpu and (stranger := foreign(device, use, there)):
        return stranger
    free = free_memory(device, use, there)
    if need.memory and free < need.memory:
        has = f"{fmt.size(max(0, free))} free of {fmt.size(size_of(device))}"
        return f"has {has}, {fmt.size(need.memory)} needed"
    return next((f"busy with what {run} left behind" for run in strays(device, there)), "")


def strays(device: Device, there: Sequence[Holder]) -> list[str]:
    """Return the runs whose processes go on on a device that they do not hold any more.

    The ranks of a run of several processes do not inherit the lease from the program that starts them.
    """
    ours = {holder.run for holder in there}
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            marks = variables(int(entry.name), (RUN_VARIABLE, DEVICES_VARIABLE, RUNTIME_VARIABLE))
            here = marks[RUNTIME_VARIABLE] == os.environ.get(RUNTIME_VARIABLE, "")
            if here and device.key in marks[DEVICES_VARIABLE].split(",") and marks[RUN_VARIABLE] not in ours:
                found.append(marks[RUN_VARIABLE])
    return found


def foreign(device: Device, use: Use, there: Sequence[Holder]) -> str:
    """Return who else uses a GPU, such as "used by another user, 61 GB"; empty for nobody.

    In a container the driver shows no processes: then memory tells, unless a run of ours has the device.
    """
    if use.error:
        return f"does not answer ({use.error})"
    ours = {holder.run for holder in there}
    others = [pid for pid in use.processes if _run_of(pid) not in ours]
    unknown = not use.processes and (not there or bool(use.by))
    if not others and not (unknown and use.used > IN_USE_SHARE * device.memory):
        return ""
    used = use.used - sum(size for pid, size in use.processes.items() if pid not in others)
    return f"{use.by or _owner(others)}, {fmt.size(max(0, used))}"


def free_memory(device: Device, use: Use, there: Sequence[Holder]) -> int:
    """Return the bytes of a device that nobody uses or has asked for.

    A run that asked for memory may not have taken it yet: it counts with the larger of both.
    """
    asked = {holder.run: holder.memory for holder in there}
    taken = dict.fromkeys(asked, 0)
    for pid, size in use.processes.items():
        if (run := _run_of(pid)) in taken:
            taken[run] += size
    if device.is_fake:
        others = use.used
    elif any(taken.values()):
        others = use.used - sum(taken.values())
    else:  # nobody can tell whose it is
        others = max(0, use.used - sum(asked.values()))
    return size_of(device) - max(0, others) - sum(max(asked[run], taken[run]) for run in asked)


def _run_of(pid: int) -> str:
    """Return the run that a process belongs to; empty for one of somebody else."""
    return variables(pid, (RUN_VARIABLE,))[RUN_VARIABLE]


def _owner(pids: Sequence[int]) -> str:
    known = {}
    for pid in pids:
        with suppress(OSError):
            known[pid] = Path(f"/proc/{pid}").stat().st_uid
    if not known:
        return "in use by unknown processes"
    own = next((pid for pid, owner in known.items() if owner == os.getuid()), None)
    return (
        "used by another user" if own is None else f"used by a process of yours outside grpotui (pid {own})"
    )
