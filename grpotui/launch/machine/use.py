"""What goes on on a device, whoever does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Use:
    """One look at a device. Bytes."""

    used: int = 0
    """Memory in use, whoever has it."""
    processes: Mapping[int, int] = field(default_factory=dict)
    """Process id -> bytes, 0 where the driver does not say; empty in a container, which is shown none."""
    utilisation: int | None = None
    """Percent; None where the device does not say."""
    error: str = ""
    """Why the device does not answer."""
    by: str = ""
    """Who uses it, where that is known without the processes."""
