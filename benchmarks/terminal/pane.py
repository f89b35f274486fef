"""One command in one pane of a private tmux server, watched from the outside: nothing is put into it.

What is measured is what a person over SSH and tmux sees. Linux only: time and memory come from /proc.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

COLUMNS, ROWS = 200, 50
_TICK = os.sysconf("SC_CLK_TCK")
_OPTIONS = (
    ("-g", "status", "off"),
    ("-g", "remain-on-exit", "on"),
    ("-g", "window-size", "manual"),
    ("-s", "escape-time", "0"),
    ("-g", "history-limit", "0"),
)


def tree(pid: int) -> list[int]:
    """Return a process and its descendants."""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def processor_seconds(pids: Sequence[int]) -> float:
    """Return user and system time of processes and of the children that they have waited for."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            total += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return total / _TICK


def memory_mib(pids: Sequence[int], field: str = "VmRSS") -> float:
    """Return the resident memory of processes together; ``VmHWM`` is its peak."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            found = re.search(rf"{field}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
            total += int(found[1]) if found else 0
    return total / 1024


class Pane:
    """Starts ``argv`` when entered, ends it when left; ``started`` is when (unix seconds)."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self.pid = 0
        self.started = 0.0
        self._argv, self._environment, self._folder = argv, environment, folder
        self._own = tempfile.TemporaryDirectory(prefix="bench.")
        self._path = Path(self._own.name)

    def __enter__(self) -> Pane:
        """Make server and pane first, so that tmux's own start is not in the time."""
        go, size = self._path / "go", ("-x", str(COLUMNS), "-y", str(ROWS))
        os.mkfifo(go)
        environment = {"TERM": "tmux-256color", "COLORTERM": "truecolor", **self._environment}
        exports = " ".join(f"export {name}={shlex.quote(value)};" for name, value in environment.items())
        script = f"{exports} read _ < {shlex.quote(str(go))}; exec {shlex.join(self._argv)}"
        shell = ("bash", "-c", script)
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(self._folder), *shell)
        for option in _OPTIONS:
            self._tmux("set-option", *option)
        self._tmux("resize-window", *size)
        self._tmux("pipe-pane", "-o", f"exec cat > {shlex.quote(str(self._path / 'bytes'))}")
        self.pid = int(self._tmux("display-message", "-p", "#{pane_pid}"))
        self.started = time.time()
        go.write_text("\n")
        return self

    def __exit__(self, *error: object) -> None:
        pids = tree(self.pid)
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            time.sleep(0.5)
        self._tmux("kill-server")
        self._own.cleanup()

    def _tmux(self, *arguments: str) -> str:
        argv = ["tmux", "-S", str(self._path / "socket"), *arguments]
        return subprocess.run(argv, capture_output=True, text=True, errors="replace").stdout

    def screen(self) -> str:
        """Return the text on the screen."""
        return self._tmux("capture-pane", "-p")

    def colours(self) -> str:
        """Return the screen with its colours: a cursor that moved shows too."""
        return self._tmux("capture-pane", "-p", "-e")

    def send(self, key: str) -> float:
        """Press a key; return when."""
        now = time.time()
        self._tmux("send-keys", key)
        return now

    def bytes_out(self) -> int:
        """Return how many bytes the program has written to its terminal."""
        with suppress(OSError):
            return (self._path / "bytes").stat().st_size
        return 0

    def processor(self) -> float:
        """Return the processor seconds that the program and its children have used."""
        return processor_seconds(tree(self.pid))

    def memory(self, field: str = "VmRSS") -> float:
        """Return MiB."""
        return memory_mib(tree(self.pid), field)
