"""What the training libraries must find in the environment before they are imported, and on what to train."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from pathlib import Path

from grpotui.errors import UserError
from grpotui.presets.sections import DEVICES, FAKE_LABEL_VARIABLE
from grpotui.train.ranks import join_ranks_on_cpu

_ACCELERATORS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
"""Device files of NVIDIA's driver, of WSL's and of AMD's."""

_ALWAYS = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}


@dataclass(frozen=True, slots=True)
class Device:
    """Where a run trains. ``label`` is for people: ``cpu``, ``cpu (fake 0)`` or ``cuda:0 NVIDIA H200``."""

    kind: str
    label: str

    @property
    def is_cpu(self) -> bool:
        """True when the settings that TRL needs on a CPU apply."""
        return self.kind == "cpu"


def prepare_environment(asked: str) -> None:
    """Set the variables that torch and the hub read when they are imported.

    On a CPU that is shared, torch's threads spin against each other (ten times slower for small models), so
    there it gets one, unless the user said otherwise. ``cpu`` hides the GPUs: no memory of theirs is touched.
    """
    os.environ.update(_ALWAYS)
    asked = "cpu" if FAKE_LABEL_VARIABLE in os.environ else asked
    if asked == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    if asked == "cpu" or not _may_have_gpu():
        os.environ.setdefault("OMP_NUM_THREADS", "1")


def _may_have_gpu() -> bool:
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path(file).exists() for file in _ACCELERATORS)


def peak_memory(device: Device) -> int:
    """Return the most bytes that this process has taken so far, of the GPU's memory or of main memory."""
    if device.is_cpu:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    import torch

    return int(torch.cuda.max_memory_reserved())


LIMIT_VARIABLE = "GRPOTUI_MEMORY_LIMIT"
"""Environment variable: bytes of main memory that a run on the CPU may take for its work."""


def limit_memory(device: Device) -> None:
    """Let torch's allocator say that memory has run out, as a GPU's does, where a limit is set.

    It goes beyond what is mapped by now, libraries and model. A GPU's driver maps far more than it uses.
    """
    limit = os.environ.get(LIMIT_VARIABLE, "")
    if device.is_cpu and limit.isdecimal():
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + int(limit)
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def resolve(asked: str) -> Device:
    """Return the device for ``auto``, ``cpu`` or ``cuda``; the CPU where the GPUs are fake.

    Raises UserError for another word, or when a GPU was asked for and torch sees none.
    """
    import torch

    if asked not in DEVICES:
        raise UserError(f"unknown device {asked!r}: expected one of {', '.join(DEVICES)}")
    fake = os.environ.get(FAKE_LABEL_VARIABLE, "")
    asked = "cpu" if fake else asked
    if asked != "cpu" and torch.cuda.is_available():
        index = int(os.environ.get("LOCAL_RANK", "0"))
        return Device("cuda", f"cuda:{index} {torch.cuda.get_device_name(index)}")
    if asked == "cuda":
        raise UserError(
            f"device cuda was asked for, but torch {torch.__version__} sees no GPU: use device cpu, or "
            "install a torch that fits the driver"
        )
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)
    join_ranks_on_cpu()
    return Device("cpu", f"cpu ({fake})" if fake else "cpu")
