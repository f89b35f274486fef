"""Tables as docs/performance.md holds them, under a line that says where and when they were made."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]


def processor() -> str:
    """Return the name that the processor gives itself."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def commit() -> str:
    """Return the commit that is measured; ``+`` behind it when files differ from it."""
    argv = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--exclude=*"]
    with suppress(OSError):
        return subprocess.run(argv, capture_output=True, text=True).stdout.strip() or "unknown"
    return "unknown"


def circumstances() -> None:
    """Print command, commit, date, machine and load."""
    name = Path(sys.argv[0]).resolve().relative_to(ROOT).with_suffix("")
    module = ".".join(part for part in name.parts if part != "__main__")
    command = " ".join(["python -m", module, *sys.argv[1:]])
    load = os.getloadavg()[0]
    date = time.strftime("%Y-%m-%d")
    print(f"`{command}`, {commit()}, {date}, {os.cpu_count()} x {processor()}, load {load:.1f}\n", flush=True)


def heading(*titles: str) -> None:
    """Print a table's first two lines."""
    row(*titles)
    row(*["---"] * len(titles))


def row(*cells: object) -> None:
    """Print one line of a table."""
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return the median, and lowest and highest behind it when there are several."""
    middle = f"{statistics.median(values):.{digits}f}"
    return f"{middle} ({min(values):.{digits}f}-{max(values):.{digits}f})" if len(values) > 1 else middle


def processor_time(deed: Callable[[], object]) -> float:
    """Return the processor seconds of this process that a deed took."""
    began = time.process_time()
    deed()
    return time.process_time() - began
