"""The environments of runner and trainer."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from grpotui.launch.machine.identity import PLACE_VARIABLE, RUN_VARIABLE, marks
from grpotui.records import as_float
from grpotui.workspace import RunDir

TRAINER_VARIABLE = "GRPOTUI_TRAINER_MODULE"
"""For tests only: the module that runs in place of ``grpotui.train``."""

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
    return {k: v for k, v in os.environ.items() if k not in (RUN_VARIABLE, PLACE_VARIABLE)}


def trainer_environment(run: RunDir, device: str, base: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a run's trainer on a device, "cpu" or a GPU's UUID.

    SPT_NOENV keeps programs that rename themselves from overwriting the marks.
    """
    env = {**base, **_QUIET, **marks(run), "PYTHONUNBUFFERED": "1", "SPT_NOENV": "1"}
    if device == "cpu":
        env["CUDA_VISIBLE_DEVICES"] = ""
        env.setdefault("OMP_NUM_THREADS", "1")
    else:
        env["CUDA_VISIBLE_DEVICES"] = device
        env["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    return env


def trainer_argv(run: RunDir, attempt: int) -> list[str]:
    """Return the command line of a run's trainer."""
    module = os.environ.get(TRAINER_VARIABLE) or "grpotui.train"
    return python(module, str(run.path), "--attempt", str(attempt))
