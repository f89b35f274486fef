"""Ending what does not end by itself: requests, grace, and the sweep of what a trainer left behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from grpotui.launch.machine.identity import Identity, marked
from grpotui.secrecy import without_secrets
from grpotui.stream import read_json, write_json
from grpotui.text import clean
from grpotui.workspace import RunDir

SWEEP_GRACE = 2.0
"""Seconds between TERM and KILL for what a trainer left behind."""
_PAUSE = 0.02


class Stoppable(Protocol):
    """What can be asked to stop, and made to."""

    def ask(self) -> None:
        """Ask the leader alone, or each rank, once: workers must not die in the middle of a step."""

    def kill(self) -> None:
        """End the whole process group at once."""


@dataclass(frozen=True, slots=True)
class Request:
    """What ``request.json`` asks for."""

    reason: str = ""
    force: bool = False
    """Do not wait for the rest of the grace."""


def write_request(run: RunDir, reason: str, *, force: bool = False, save: bool = True) -> None:
    """Ask a running run to stop; without ``save`` its trainer writes no further checkpoint.

    Raises OSError when the disk refuses.
    """
    request = {"action": "stop", "reason": clean(reason), "force": force, "save": save, "time": time.time()}
    write_json(run.request_json, without_secrets(request))


def read_request(run: RunDir) -> Request | None:
    """Return the request to stop that a run has, if it has one."""
    data = read_json(run.request_json) or {}
    if data.get("action") != "stop":
        return None
    return Request(str(data.get("reason") or ""), data.get("force") is True)


class StopWatch:
    """Follows a run's requests: TERM when asked, KILL when the grace is over."""

    def __init__(self, run: RunDir, target: Stoppable, grace: float) -> None:
        self.asked: Request | None = None
        self.killed = False
        self._run = run
        self._target = target
        self._grace = grace
        self._deadline = 0.0
        self._seen: tuple[int, int] | None = None

    def poll(self) -> None:
        """Act on what is due."""
        request = self._news()
        if request is not None:
            self.order(request)
        if self.asked is None or self.killed:
            return
        if time.monotonic() >= self._deadline:
            self._target.kill()
            self.killed = True
        else:
            self._target.ask()  # ranks that have come up since

    def order(self, request: Request) -> None:
        """Ask the trainer to stop; a second, forced request ends the grace."""
        if self.asked is None:
            self.asked = request
            self._deadline = time.monotonic() + self._grace
            self._target.ask()
        if request.force:
            self.asked = replace(self.asked, force=True)
            self._deadline = time.monotonic()

    def _news(self) -> Request | None:
        """Return a request that was not seen before."""
        try:
            stat = os.stat(self._run.request_json)
        except OSError:
            return None
        seen = (stat.st_ino, stat.st_mtime_ns)
        if seen == self._seen:
            return None
        self._seen = seen
        return read_request(self._run)


def sweep(
    run: RunDir,
    reap: Callable[[], object] = lambda: None,
    grace: float = SWEEP_GRACE,
    known: Mapping[str, str] | None = None,
) -> int:
    """End every process that carries the run's marks: TERM, and after ``grace`` seconds KILL.

    Returns how many there were at first. ``reap`` is called while waiting, for a caller that is their parent;
    ``known`` are the marks of a run whose folder may be gone.
    """
    first = marked(run, known)
    _signal(first, signal.SIGTERM)
    deadline = time.monotonic() + grace
    left = first
    while left and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        reap()
        left = marked(run, known)
    for _ in range(10):  # a process may fork while it is being killed
        if not left:
            break
        _signal(left, signal.SIGKILL)
        time.sleep(_PAUSE)
        reap()
        left = marked(run, known)
    return len(first)


def _signal(processes: list[Identity], number: signal.Signals) -> None:
    for process in processes:
        process.send(number)
