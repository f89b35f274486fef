"""Fake GPUs, to try queues and sweeps on a machine without: their runs train on the CPU.

``GRPOTUI_FAKE_DEVICES`` is how many there are, ``2``, or how many of how many GB, ``2x24``. The file
``fake-devices.json`` in the runtime folder plays other people's use, and may change at any time:
``{"fake 0": {"used": 61e9, "utilisation": 97, "by": "another user", "pids": [4711]}}``.
"""

from __future__ import annotations

import os
import re
from typing import Any

from grpotui.errors import UserError
from grpotui.launch.machine.device import FAKE_KEY, Device
from grpotui.launch.machine.use import Use
from grpotui.records import as_float, as_int
from grpotui.stream import read_json
from grpotui.text import clean
from grpotui.workspace import runtime_dir

FAKE_VARIABLE = "GRPOTUI_FAKE_DEVICES"
USE_FILE = "fake-devices.json"
_SPEC = re.compile(r"\s*(\d{1,2})\s*(?:x\s*(\d+(?:\.\d+)?)\s*)?")
_USUAL_GB = 24.0
NAME = "(trains on the CPU)"


def spec() -> str | None:
    """Return what this process's environment says of fake devices; None when it says nothing."""
    return os.environ.get(FAKE_VARIABLE)


def gpus(wanted: str | None) -> list[Device]:
    """Return the fake devices of a spec. Raises UserError when it is none."""
    if not wanted:
        return []
    match = _SPEC.fullmatch(wanted)
    if match is None:
        raise UserError(f"{FAKE_VARIABLE}={clean(wanted, 40)!r}: write how many, 2, or 2x24 for 24 GB each")
    memory = int(float(match[2] or _USUAL_GB) * 1e9)
    return [Device(_key(index), f"fake {index}", NAME, memory) for index in range(int(match[1]))]


def _key(index: int) -> str:
    return f"{FAKE_KEY}00000000-0000-0000-0000-{index:012d}"


def use(device: Device) -> Use:
    """Return what the file says of a fake device; of runs of ours it knows nothing."""
    said: Any = (read_json(runtime_dir() / USE_FILE) or {}).get(device.label)
    if not isinstance(said, dict):
        return Use(utilisation=0)
    pids = said.get("pids")
    return Use(
        int(as_float(said.get("used")) or 0),
        dict.fromkeys(map(as_int, pids), 0) if isinstance(pids, list) else {},
        as_int(said.get("utilisation")),
        by=clean(str(said.get("by") or ""), 60),
    )
