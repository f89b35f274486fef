"""The real app under a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grpotui.workspace import Workspace
from tests.launch.lab import until

_ESCAPE = re.compile(rb"\x1b\[[0-9;?<>=]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]")


class Terminal:
    """A terminal of 120x35 with the app in it. What the app draws is read all the time."""

    def __init__(self, workspace: Workspace, *verb: str, cwd: Path | None = None) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 35, 120, 0, 0))
        seen = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        argv = [sys.executable, "-m", "grpotui", "--workspace", str(workspace.root), *verb]
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env={**seen, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(slave)
        self.drawn = b""
        self._closing = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with suppress(OSError):
            while not self._closing:
                if select.select([self.master], [], [], 0.05)[0]:
                    self.drawn += os.read(self.master, 65536)

    @property
    def text(self) -> str:
        """Everything that was drawn so far, without control sequences."""
        return self.since(0)

    def since(self, place: int) -> str:
        """What was drawn from a byte on, without control sequences."""
        return _ESCAPE.sub(b"", self.drawn[place:]).decode(errors="replace")

    def wait_for(self, words: str, seconds: float = 30, since: int = 0) -> None:
        def drawn() -> str:
            return self.since(since)

        until(lambda: words in drawn(), lambda: f"no {words!r} in {drawn()[-3000:]!r}", seconds)

    def after(self, keys: str, words: str) -> None:
        """Type keys and wait for words that are drawn because of them."""
        place = len(self.drawn)
        self.press(keys)
        self.wait_for(words, 60, since=place)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def hang_up(self) -> None:
        """Close the terminal, as a lost SSH connection does."""
        self._closing = True
        self._reader.join()
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    def close(self) -> None:
        """End the app the hard way if it still runs, and wait for it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.hang_up()


def _take_terminal() -> None:
    """Make the pseudo-terminal the controlling one, so that its end sends SIGHUP."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextmanager
def terminal(workspace: Workspace, *verb: str, cwd: Path | None = None) -> Iterator[Terminal]:
    opened = Terminal(workspace, *verb, cwd=cwd)
    try:
        yield opened
    finally:
        opened.close()
