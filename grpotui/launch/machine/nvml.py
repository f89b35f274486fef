"""NVIDIA's management library: which GPUs there are, and what goes on on one. Loaded lazily."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from typing import Any

from grpotui.launch.machine.device import Device
from grpotui.launch.machine.use import Use

_NODES = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg")


@cache
def binding() -> Any:
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


def gpus() -> list[Device]:
    """Return every GPU of this machine; the instances of one that is divided (MIG) in its place."""
    nvml = binding()
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


def use(device: Device) -> Use:
    """Return what goes on on a GPU; nothing where there is no driver."""
    nvml = binding()
    if nvml is None:
        return Use()
    try:
        handle = nvml.nvmlDeviceGetHandleByUUID(device.key)
        running = nvml.nvmlDeviceGetComputeRunningProcesses(handle)
        used = _used_memory(nvml, handle)
    except nvml.NVMLError as error:
        return Use(error=str(error))
    processes = {int(process.pid): _memory_of(process) for process in running}
    return Use(used, processes, _utilisation(nvml, handle))


def _memory_of(process: Any) -> int:
    return int(getattr(process, "usedGpuMemory", None) or 0)


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


def _utilisation(nvml: Any, handle: Any) -> int | None:
    """Return the percent of the last second in which the GPU worked; MIG instances do not say."""
    with suppress(nvml.NVMLError, AttributeError):
        return int(nvml.nvmlDeviceGetUtilizationRates(handle).gpu)
    return None
