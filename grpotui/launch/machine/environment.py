"""The environments of runner and trainer."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from grpotui.launch.machine.device import Device, label_of
from grpotui.launch.machine.identity import DEVICES_VARIABLE, PLACE_VARIABLE, RUN_VARIABLE, marks
from grpotui.presets.sections import FAKE_LABEL_VARIABLE
from grpotui.records import as_float
from grpotui.workspace import RunDir

TRAINER_VARIABLE = "GRPOTUI_TRAINER_MODULE"
"""For tests only: the module that runs in place of ``grpotui.train``."""

GRACE = 120.0
"""Seconds that a trainer has to finish its step and save; a step may be long."""
GRACE_VARIABLE = "GRPOTUI_STOP_GRACE"
"""Environment variable (seconds) that replaces :data:`GRACE`."""
SHUTDOWN_VARIABLE = "TORCH_ELASTIC_SHUTDOWN_TIMEOUT"
"""torchrun's seconds between TERM and KILL of its ranks: 30 unless something is said."""

_QUIET = {
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "VLLM_NO_USAGE_STATS": "1",
    "WANDB_ERROR_REPORTING": "false",
}


def python(module: str, *arguments: str) -> list[str]:
    """Return the argv of a module; the folder it starts in cannot shadow other modules (``-P``)."""
    return [sys.executable, "-P", "-m", module, *arguments]


def seconds_from(variable: str, usual: float) -> float:
    """Return the seconds that an environment variable says; ``usual`` where it says none."""
    try:
        found = as_float(float(os.environ[variable]))
    except (KeyError, ValueError):
        found = None
    return usual if found is None else max(0.0, found)


def runner_environment() -> dict[str, str]:
    """Return our environment without the marks of a run that we may be part of ourselves."""
    marks = (RUN_VARIABLE, PLACE_VARIABLE, DEVICES_VARIABLE, FAKE_LABEL_VARIABLE)
    return {k: v for k, v in os.environ.items() if k not in marks}


def trainer_environment(run: RunDir, devices: Sequence[Device], base: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a run's trainer on the CPU, or on one or more GPUs.

    SPT_NOENV keeps programs that rename themselves from overwriting the marks. PYTHONSAFEPATH does for ranks
    what ``-P`` does for their launcher, which has to leave them as much time to save as we leave it. vLLM
    talks to its workers on this machine only.
    """
    keys = [device.key for device in devices]
    env = {**base, **_QUIET, **marks(run), DEVICES_VARIABLE: ",".join(keys)}
    env |= {"PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1", "SPT_NOENV": "1"}
    env.setdefault("VLLM_HOST_IP", "127.0.0.1")
    env.setdefault(SHUTDOWN_VARIABLE, f"{seconds_from(GRACE_VARIABLE, GRACE):.0f}")
    fake = any(device.is_fake for device in devices)
    if fake or not any(device.is_gpu for device in devices):
        env["CUDA_VISIBLE_DEVICES"] = ""
        env.setdefault("OMP_NUM_THREADS", "1")
    else:
        env["CUDA_VISIBLE_DEVICES"] = ",".join(keys)
        env["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    if fake:
        env[FAKE_LABEL_VARIABLE] = label_of(devices)
    return env


def trainer_module() -> str:
    """Return the module that trains."""
    return os.environ.get(TRAINER_VARIABLE) or "grpotui.train"
