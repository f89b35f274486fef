"""Which devices there are, as far as a process or a run may see them."""

from __future__ import annotations

import os
from functools import cache

from grpotui import format as fmt
from grpotui.launch.machine import fakes, nvml
from grpotui.launch.machine.device import CPU, Device

VISIBLE_VARIABLE = "CUDA_VISIBLE_DEVICES"


def detect(visible: str | None = None, fake: str | None = None) -> list[Device]:
    """Return every device that a run may have, GPUs in NVML's order first, the CPU last.

    ``visible`` limits the GPUs as ``CUDA_VISIBLE_DEVICES`` does; ``fake`` puts fake ones in their place, ""
    none. None takes this process's own variable. Raises UserError for a ``fake`` that cannot be read.
    """
    wanted = fakes.spec() if fake is None else fake
    if wanted:
        return [*fakes.gpus(wanted), CPU]
    return [*_visible(nvml.gpus(), os.environ.get(VISIBLE_VARIABLE) if visible is None else visible), CPU]


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


@cache
def describe() -> str:
    """Return the devices in one line for people."""
    cores = len(os.sched_getaffinity(0))
    processor = f"CPU, {cores} core{'s' if cores != 1 else ''}"
    found = [device for device in detect() if device.is_gpu]
    if not found:
        return f"{processor}, no GPU"
    return ", ".join(f"{d.label} {d.name} {fmt.size(d.memory)}" for d in found) + f", {processor}"
