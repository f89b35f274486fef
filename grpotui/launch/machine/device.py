"""What a run can be given to train on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grpotui.records import as_int

FAKE_KEY = "FAKE-"
"""How the keys of fake devices begin; NVML's begin with ``GPU-`` or ``MIG-``."""


@dataclass(frozen=True, slots=True)
class Device:
    """A GPU, a MIG instance of one, the CPU, or a fake GPU, which is the CPU under another name."""

    key: str
    """"cpu", NVML's UUID, or such as "FAKE-00000000-0000-0000-0000-000000000001"."""
    label: str
    """``GPU 0``, ``GPU 1:0``, ``CPU``, ``fake 1``."""
    name: str
    memory: int = 0
    """Bytes; 0 for the CPU."""

    @property
    def is_gpu(self) -> bool:
        """True for anything but the CPU: a fake one is queued for as a GPU is."""
        return self.key != "cpu"

    @property
    def is_fake(self) -> bool:
        """True for one whose runs train on the CPU."""
        return self.key.startswith(FAKE_KEY)

    @classmethod
    def from_json(cls, data: object) -> Device | None:
        """Read what :meth:`to_json` made; None for anything else."""
        if not isinstance(data, Mapping) or not data.get("key"):
            return None
        key, label, name = (str(data.get(part) or "") for part in ("key", "label", "name"))
        return cls(key, label or key, name, as_int(data.get("memory")))

    def to_json(self) -> dict[str, Any]:
        """Return the form that stands in leases and in ``process.json``."""
        return {"key": self.key, "label": self.label, "name": self.name, "memory": self.memory}


CPU = Device("cpu", "CPU", "CPU")


def label_of(devices: Sequence[Device]) -> str:
    """Return devices in a few letters: ``CPU``, ``GPU 0+1``, ``fake 1``."""
    labels = [device.label for device in devices]
    kinds = {label.partition(" ")[0] for label in labels}
    if len(kinds) != 1 or len(labels) == 1:
        return ", ".join(labels)
    return f"{kinds.pop()} {'+'.join(label.partition(' ')[2] for label in labels)}"
