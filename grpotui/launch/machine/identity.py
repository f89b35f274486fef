"""Who a process is beyond its number, and which processes belong to a run."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grpotui.records import as_int
from grpotui.workspace import RunDir

RUN_VARIABLE = "GRPOTUI_RUN_ID"
"""Environment variable that marks a trainer and all its descendants with the run's id."""
PLACE_VARIABLE = "GRPOTUI_RUN_PLACE"
"""Beside it: :func:`place` of the run, which a copy of the workspace does not share."""
DEVICES_VARIABLE = "GRPOTUI_DEVICES"
"""Beside it: the keys of the devices that the run was given, parted by commas."""

_STATE, _PARENT, _TICKS = (
    0,
    1,
    19,
)  # places in /proc/PID/stat after the command's bracket (fields 3, 4, 22)


@cache
def boot_id() -> str:
    """Return the kernel's id of this boot; empty where there is none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def place(run: RunDir) -> int:
    """Return a number that survives moving the run's folder and that a copy does not have (0: unknown)."""
    try:
        return os.stat(run.events).st_ino
    except OSError:
        return 0


def _fields(pid: int) -> list[bytes]:
    """Return what stands behind the command in /proc/PID/stat; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return []


def _stat(pid: int) -> tuple[bytes, int] | None:
    """Return a process's state and its start in clock ticks since boot; None when it is gone."""
    try:
        fields = _fields(pid)
        return fields[_STATE], int(fields[_TICKS])
    except (IndexError, ValueError):
        return None


def children(pid: int) -> list[int]:
    """Return the processes whose parent this one is."""
    wanted = str(pid).encode()
    numbers = [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdecimal()]
    return [number for number in numbers if _fields(number)[_PARENT : _PARENT + 1] == [wanted]]


def ticks(pid: int) -> int | None:
    """Return a process's start in clock ticks since boot; None when it is gone or a zombie."""
    found = _stat(pid)
    return None if found is None or found[0] in (b"Z", b"X") else found[1]


@dataclass(frozen=True, slots=True)
class Identity:
    """A process of this boot: its number may be given again, together with its start it is not."""

    pid: int
    ticks: int

    @classmethod
    def of(cls, pid: int) -> Identity | None:
        """Return who has this number now; None when nobody has."""
        started = ticks(pid)
        return None if started is None else cls(pid, started)

    @classmethod
    def from_json(cls, data: object) -> Identity | None:
        """Read ``{"pid", "ticks"}``; None for anything else."""
        if not isinstance(data, Mapping):
            return None
        pid, started = as_int(data.get("pid")), as_int(data.get("ticks"), -1)
        return cls(pid, started) if pid > 1 and started >= 0 else None

    def to_json(self) -> dict[str, int]:
        """Return the form that stands in ``process.json``."""
        return {"pid": self.pid, "ticks": self.ticks}

    def alive(self) -> bool:
        """True while this very process runs (a zombie does not)."""
        return ticks(self.pid) == self.ticks

    def suspended(self) -> bool:
        """True while this very process is stopped by a signal or a debugger."""
        found = _stat(self.pid)
        return found is not None and found[1] == self.ticks and found[0] in (b"T", b"t")

    def open(self) -> int | None:
        """Return a pidfd of this very process, which no later process can inherit; None when it is gone."""
        try:
            fd = os.pidfd_open(self.pid)
        except OSError:
            return None
        if self.alive():
            return fd
        os.close(fd)
        return None

    def send(self, number: signal.Signals) -> bool:
        """Send a signal to this very process; False when it is gone or not ours."""
        fd = self.open()
        if fd is None:
            return False
        try:
            signal.pidfd_send_signal(fd, number)
        except OSError:
            return False
        finally:
            os.close(fd)
        return True


def marks(run: RunDir) -> dict[str, str]:
    """Return the environment that marks a run's processes."""
    return {RUN_VARIABLE: run.id, PLACE_VARIABLE: str(place(run))}


def environment(pid: int) -> list[bytes] | None:
    """Return the ``NAME=value`` entries that a process was started with; None when they cannot be read."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return None


def variables(pid: int, names: Sequence[str]) -> dict[str, str]:
    """Return what a process was started with, under these names; empty text for what it has not."""
    started_with = dict(entry.partition(b"=")[::2] for entry in environment(pid) or ())
    return {name: os.fsdecode(started_with.get(name.encode(), b"")) for name in names}


def bears_marks(pid: int, wanted: Mapping[str, str]) -> bool | None:
    """True when a process carries these marks; None when its environment cannot be read."""
    found = environment(pid)
    return (
        None if found is None else all(f"{name}={value}".encode() in found for name, value in wanted.items())
    )


def marked(run: RunDir, known: Mapping[str, str] | None = None) -> list[Identity]:
    """Return every living process that carries the run's marks, this one left out.

    ``known`` are the marks as they were while the run's folder was there.
    """
    wanted = marks(run) if known is None else known
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal() and bears_marks(int(entry.name), wanted):
            who = Identity.of(int(entry.name))
            if who is not None and who.pid != os.getpid():
                found.append(who)
    return found
