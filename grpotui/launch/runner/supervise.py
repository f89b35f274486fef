"""The trainer's process: a child of this runner, or one taken over from a runner that died."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grpotui.launch.machine.identity import Identity
from grpotui.launch.machine.ranks import ranks_of

_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a process ended; both None when nobody was there to see it."""

    code: int | None = None
    signal: int | None = None


UNKNOWN = Outcome()


class Trainer(Protocol):
    """What a runner needs of the process that it supervises."""

    identity: Identity | None

    def wait(self, seconds: float) -> bool:
        """Wait at most so long for the end; True once it came."""

    def ask(self) -> None:
        """Send TERM to the leader, or to the ranks that it launched; to each of them once."""

    def kill(self) -> None:
        """Send KILL to the whole process group."""

    def reap(self) -> None:
        """Collect dead descendants that came to this process."""

    @property
    def outcome(self) -> Outcome:
        """How it ended."""


def adopt_orphans(wanted: bool) -> None:
    """Make this process the parent of its descendants' orphans, or stop being it (Linux)."""
    import ctypes  # slow to load, and only runners want it

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0)


class Asking:
    """TERM, once for each process that shall hear it; CONT too, for one that is suspended.

    A launcher of ranks is not told while it has any: it would kill them when their time is over, and they end
    by themselves once they have saved.
    """

    def __init__(self, launched: bool) -> None:
        self._launched = launched
        self._told: set[Identity] = set()

    def tell(self, leader: Identity | None) -> None:
        """Send both."""
        if leader is None:
            return
        found = set(ranks_of(leader) if self._launched else ())
        if not found and not self._told:  # it launches nobody, or nobody yet
            found = {leader}
        for who in found - self._told:
            for number in (signal.SIGTERM, signal.SIGCONT):
                who.send(number)
        self._told |= found


class Child:
    """A trainer that this process started, in a session of its own; ``launched``: it starts ranks.

    Raises OSError when it cannot be started.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: int,
        keep: Sequence[int],
        launched: bool = False,
    ) -> None:
        self._asking = Asking(launched)
        self._process = subprocess.Popen(
            argv,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=keep,
        )
        self.identity = Identity.of(self._process.pid)
        self._pidfd: int | None = os.pidfd_open(self._process.pid)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long for the end; True once it came."""
        self.reap()
        if self._process.returncode is None:
            _wait_readable(self._pidfd, seconds)
            self.reap()
        return self._process.returncode is not None

    def reap(self) -> None:
        """Collect dead children; the trainer's own status is left to its Popen object.

        A plain ``waitpid(-1)`` would take that status away, and Popen then reports 0 for a killed trainer.
        """
        while True:
            try:
                info = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if info is None:
                return
            if info.si_pid == self._process.pid:
                self._process.poll()
            else:
                os.waitpid(info.si_pid, 0)

    def ask(self) -> None:
        """Send TERM to the leader, or to the ranks that it launched; to each of them once."""
        if self._process.returncode is None:
            self._asking.tell(self.identity)

    def kill(self) -> None:
        """Send KILL to the whole process group."""
        if self._process.returncode is None:
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)

    @property
    def outcome(self) -> Outcome:
        """Exit code, or the signal that ended it."""
        code = self._process.returncode
        if code is None:
            return UNKNOWN
        return Outcome(signal=-code) if code < 0 else Outcome(code=code)


class Adopted:
    """A trainer that lost its runner; its exit code cannot be known."""

    outcome = UNKNOWN

    def __init__(self, identity: Identity, launched: bool = False) -> None:
        self.identity: Identity | None = identity
        self._asking = Asking(launched)
        self._who = identity
        self._pidfd = identity.open()

    def wait(self, seconds: float) -> bool:
        """Wait at most so long for the end; True once it came."""
        if self._who.alive():
            _wait_readable(self._pidfd, seconds)
        return not self._who.alive()

    def reap(self) -> None:
        """Nothing to collect: descendants of an adopted trainer go to init."""

    def ask(self) -> None:
        """Send TERM to the leader, or to the ranks that it launched; to each of them once."""
        self._asking.tell(self._who)

    def kill(self) -> None:
        """Send KILL to the whole process group."""
        if self._who.alive():
            with suppress(OSError):
                os.killpg(self._who.pid, signal.SIGKILL)


def _wait_readable(pidfd: int | None, seconds: float) -> None:
    """Sleep until a process ends (its pidfd becomes readable) or the time is over."""
    select.select([] if pidfd is None else [pidfd], [], [], seconds)
