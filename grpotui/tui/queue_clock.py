"""Moves the queue on while the app is open, and rings when a verdict changes."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from grpotui.registry import connect
from grpotui.registry.browse import last_verdict_at
from grpotui.tui.trouble import TROUBLE, one_line

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui

TICK_SECONDS = 2.0
"""How often the app looks for ended runs and free devices, where no runner is left to do it."""
TICK_SHARE = 50
"""A look that took long is followed by a pause of so many times its CPU time: thousands of runs cost 2 %."""


class QueueClock:
    """Looks now and then, in one thread at a time."""

    def __init__(self, app: GrpoTui) -> None:
        self._app = app
        self.busy = False
        self._next = 0.0
        self.heard: float | None = None
        """When a verdict changed last, as far as was seen."""

    def tick(self, at_once: bool = False) -> None:
        """Notice ended runs, take in new ones and move the queue on, unless that is under way."""
        if not self.busy and (at_once or time.monotonic() >= self._next):
            self.busy = True
            self._app.run_worker(self._look, thread=True, group="tick")

    def _look(self) -> None:
        from grpotui.launch import queue

        began = time.thread_time()
        try:
            self._app.looks.keep()
            queue.tick(self._app.workspace)
            self._listen()
        except TROUBLE as error:
            if not get_current_worker().is_cancelled:
                self._app.log.error(one_line(error))
        finally:
            self._next = time.monotonic() + TICK_SHARE * (time.thread_time() - began)
            self.busy = False

    def _listen(self) -> None:
        """Ring the terminal's bell when a verdict of any run has changed since the last look."""
        if not self._app.settings.bell:
            return
        with closing(connect(self._app.workspace)) as connection:
            now, before = last_verdict_at(connection), self.heard
        self.heard = now
        if before is not None and now > before:
            self._app.call_from_thread(self._app.bell)
