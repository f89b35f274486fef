"""Main memory: how much there is, and whether the kernel killed something for want of it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_GROUP = Path("/sys/fs/cgroup")
_COUNTERS = (Path("/proc/vmstat"), _GROUP / "memory.events")


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


def main_memory() -> tuple[int, int]:
    """Return (total, free) bytes that a process may have here; (0, 0) where the system does not say."""
    found = {"MemTotal": 0, "MemAvailable": 0}
    with suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            name, _, size = line.partition(":")
            if name in found:
                found[name] = int(size.split()[0]) * 1024
    total, free = found["MemTotal"], found["MemAvailable"]
    with suppress(OSError, ValueError):  # "max" is no number: then there is no limit
        limit = int((_GROUP / "memory.max").read_text())
        used = int((_GROUP / "memory.current").read_text())
        total, free = min(total, limit), min(free, limit - used)
    return total, free
