"""What the Resources screen shows: plain records, no I/O."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui import format as fmt
from grpotui.records import RunSummary


@dataclass(frozen=True, slots=True)
class DeviceUse:
    """A device and who has it."""

    label: str
    use: str
    """Empty when it is free."""
    ours: bool = False
    memory: str = ""
    """Such as "3.4 GB of 24 GB"; empty for the CPU."""
    busy: str = ""
    """Such as "97 %"; empty where the device does not say."""


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """The checkpoints of one run. Sizes in bytes."""

    run_id: str
    run: RunSummary | None
    """None while the registry does not know it."""
    steps: tuple[int, ...]
    kept: tuple[int, ...]
    size: int
    spare: int
    """What pruning frees."""


@dataclass(frozen=True, slots=True)
class ResourcesSnapshot:
    """Everything at one moment."""

    time: float = 0.0
    devices: tuple[DeviceUse, ...] = ()
    rows: tuple[CheckpointRow, ...] = ()
    """Largest first."""
    free: int = 0
    total: int = 0
    short_of: int = 0
    """Bytes of the largest checkpoint when two of them do not fit any more; else 0."""
    queue: str = ""
    """How many runs wait and when all are likely to be done; empty when none waits."""
    paused: bool = False
    """True while nothing of the queue starts."""

    @property
    def size(self) -> int:
        """Bytes of all checkpoints."""
        return sum(row.size for row in self.rows)

    @property
    def spare(self) -> int:
        """Bytes that pruning every run frees."""
        return sum(row.spare for row in self.rows)


def short_words(free: int, short_of: int) -> str:
    """Return the warning about the disk; empty when there is room."""
    if not short_of:
        return ""
    return f"disk: {fmt.size(free)} free, less than two checkpoints of {fmt.size(short_of)}"
