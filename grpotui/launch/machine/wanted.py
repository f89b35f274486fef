"""Which devices a run may have here, and what this machine has not of what it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grpotui import format as fmt
from grpotui.launch.machine import devices, sharing
from grpotui.launch.machine.device import CPU, Device
from grpotui.launch.machine.sharing import Need
from grpotui.presets.sections import LaunchSettings

GB = 10**9


def wanted(
    policy: object, settings: LaunchSettings, detect: Callable[[], Sequence[Device]] = devices.detect
) -> tuple[tuple[Device, ...], Need]:
    """Return the devices that a run may have, best first, and what it needs of them.

    That is a GPU if its ``policy`` lets it and there is one, else the CPU. ``detect`` tells which there are;
    raises what that raises.
    """
    alone = Need(1, int(settings.memory * GB), settings.slots_per_device)
    if policy == "cpu":
        return (CPU,), alone
    gpus = tuple(device for device in detect() if device.is_gpu)
    if not gpus and policy != "cuda":
        return (CPU,), alone
    return gpus, Need(max(settings.devices, settings.processes), alone.memory, alone.slots)


def lacking(found: Sequence[Device], need: Need) -> str:
    """Return what this machine has not, however long a run waits; empty when it has all."""
    if not found:
        return "no GPU that it may use"
    if len(found) < need.devices:
        return f"needs {need.devices} GPUs, and may use {len(found)}"
    if not need.memory:
        return ""
    if len([device for device in found if sharing.size_of(device) >= need.memory]) < need.devices:
        most = max(map(sharing.size_of, found))
        return f"needs {fmt.size(need.memory)} of a device, and the largest has {fmt.size(most)}"
    return ""
