"""Whether the kernel killed something for want of memory."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_COUNTERS = (Path("/proc/vmstat"), Path("/sys/fs/cgroup/memory.events"))


def oom_kills() -> int:
    """Return how many processes the kernel has killed for memory, as machine and control group count them."""
    total = 0
    for file in _COUNTERS:
        with suppress(OSError, ValueError):
            for line in file.read_text().splitlines():
                name, _, count = line.partition(" ")
                if name == "oom_kill":
                    total += int(count)
    return total
