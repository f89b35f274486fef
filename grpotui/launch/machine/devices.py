"""Which devices there are, and whether somebody else's process uses one. NVML is loaded lazily."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from grpotui import format as fmt

IN_USE_SHARE = 0.05
"""Share of a GPU's memory that may be in use by nobody known before the GPU counts as taken."""
_NODES = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg")


@dataclass(frozen=True, slots=True)
class Device:
    """Something that one run at a time can have: a GPU, a MIG instance of one, or the CPU."""

    key: str
    """"cpu", or NVML's UUID."""
    label: str
    name: str
    memory: int = 0
    """Bytes; 0 for the CPU."""

    @property
    def is_gpu(self) -> bool:
        """True for anything but the CPU."""
        return self.key != "cpu"


CPU = Device("cpu", "CPU", "CPU")


@cache
def _nvml() -> Any:
    """Return the initialised NVML binding, or None where there is no NVIDIA driver."""
    if not any(map(os.path.exists, _NODES)):
        return None
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml


def driver() -> tuple[str, str]:
    """Return the version of the NVIDIA driver, and what is wrong with it; both empty where there is none."""
    if not any(map(os.path.exists, _NODES)):
        return "", ""
    import pynvml

    try:
        pynvml.nvmlInit()
        return _text(pynvml.nvmlSystemGetDriverVersion()), ""
    except pynvml.NVMLError as error:
        return "", str(error)


def detect(visible: str | None = None) -> list[Device]:
    """Return every device that a run may have, GPUs in NVML's order first, the CPU last.

    ``visible`` limits the GPUs as ``CUDA_VISIBLE_DEVICES`` does; None takes this process's own variable.
    """
    if visible is None:
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return [*_visible(gpus(), visible), CPU]


def gpus() -> list[Device]:
    """Return every GPU of this machine; the instances of one that is divided (MIG) in its place."""
    nvml = _nvml()
    if nvml is None:
        return []
    found: list[Device] = []
    with suppress(nvml.NVMLError):
        for index in range(nvml.nvmlDeviceGetCount()):
            handle = nvml.nvmlDeviceGetHandleByIndex(index)
            found += _instances(nvml, handle, index) or [_device(nvml, handle, f"GPU {index}")]
    return found


def _device(nvml: Any, handle: Any, label: str) -> Device:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle).total
    return Device(_text(nvml.nvmlDeviceGetUUID(handle)), label, _text(nvml.nvmlDeviceGetName(handle)), memory)


def _instances(nvml: Any, handle: Any, index: int) -> list[Device]:
    """Return the MIG instances of a GPU; empty when it is not divided."""
    found = []
    with suppress(nvml.NVMLError):
        if not nvml.nvmlDeviceGetMigMode(handle)[0]:
            return []
        for number in range(nvml.nvmlDeviceGetMaxMigDeviceCount(handle)):
            with suppress(nvml.NVMLError):
                instance = nvml.nvmlDeviceGetMigDeviceHandleByIndex(handle, number)
                found.append(_device(nvml, instance, f"GPU {index}:{number}"))
    return found


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _visible(found: list[Device], visible: str | None) -> list[Device]:
    """Keep what ``CUDA_VISIBLE_DEVICES`` names, by index or beginning of a UUID, in its order."""
    if visible is None:
        return found
    kept: list[Device] = []
    for token in (part.strip() for part in visible.split(",")):
        if token.isdecimal():
            named = [d for d in found if d.label == f"GPU {token}" or d.label.startswith(f"GPU {token}:")]
        else:
            named = [d for d in found if token and d.key.startswith(token)]
        if not named:
            break  # CUDA ignores all that follows an unknown device
        kept += [device for device in named if device not in kept]
    return kept


def used_by_others(device: Device) -> str:
    """Return why a device that no run of ours has is not free, such as "used by another user, 61 GB".

    Empty when it is free. In a container the driver shows no processes: then memory alone tells.
    """
    nvml = _nvml() if device.is_gpu else None
    if nvml is None:
        return ""
    try:
        handle = nvml.nvmlDeviceGetHandleByUUID(device.key)
        pids = [process.pid for process in nvml.nvmlDeviceGetComputeRunningProcesses(handle)]
        used = _used_memory(nvml, handle)
    except nvml.NVMLError as error:
        return f"does not answer ({error})"
    if not pids and used <= IN_USE_SHARE * device.memory:
        return ""
    return f"{_owner(pids)}, {fmt.size(used)}"


def free_memory(device: Device) -> int:
    """Return the bytes of a GPU that nobody uses; all of them when it does not say."""
    nvml = _nvml() if device.is_gpu else None
    if nvml is None:
        return device.memory
    try:
        return max(0, device.memory - _used_memory(nvml, nvml.nvmlDeviceGetHandleByUUID(device.key)))
    except nvml.NVMLError:
        return device.memory


def _used_memory(nvml: Any, handle: Any) -> int:
    """Return the bytes in use, less what the driver keeps for itself and what a desktop draws with."""
    try:
        used = nvml.nvmlDeviceGetMemoryInfo(handle, version=nvml.nvmlMemory_v2).used
    except (nvml.NVMLError, TypeError, AttributeError):
        used = nvml.nvmlDeviceGetMemoryInfo(handle).used
    with suppress(nvml.NVMLError):
        for process in nvml.nvmlDeviceGetGraphicsRunningProcesses(handle):
            used -= process.usedGpuMemory or 0
    return max(0, int(used))


def _owner(pids: list[int]) -> str:
    owners = list(_owners(pids))
    if not owners:
        return "in use by unknown processes"
    if any(owner == os.getuid() for owner in owners):
        return f"used by a process of yours outside grpotui (pid {pids[0]})"
    return "used by another user"


def _owners(pids: list[int]) -> Iterator[int]:
    for pid in pids:
        with suppress(OSError):
            yield Path(f"/proc/{pid}").stat().st_uid


@cache
def describe() -> str:
    """Return the devices in one line for people."""
    cores = len(os.sched_getaffinity(0))
    processor = f"CPU, {cores} core{'s' if cores != 1 else ''}"
    found = [device for device in detect() if device.is_gpu]
    if not found:
        return f"{processor}, no GPU"
    return ", ".join(f"{d.label} {d.name} {fmt.size(d.memory)}" for d in found) + f", {processor}"
