"""When somebody last looked at the app, so that Runs can say what happened since."""

from __future__ import annotations

import time
from collections.abc import Callable

from grpotui.registry.desk import DeskReader, write_look
from grpotui.workspace import Workspace

SITTING = 15 * 60.0
"""Seconds without a key after which a person has gone; what follows is another sitting."""
EVERY = 120.0
"""Seconds between two lines in the file while somebody is there: what a kill can cost at most."""


class Looks:
    """Follows a person's sittings. ``since`` is what they last saw before this one."""

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.time) -> None:
        self._workspace = workspace
        self._clock = clock
        desk = DeskReader(workspace).read()
        now = clock()
        self._seen, self._since = now, desk.looked_at
        if desk.looked_at is not None and 0 <= now - desk.looked_at < SITTING:
            self._since = desk.since
        self._written = 0.0

    @property
    def since(self) -> float | None:
        """Unix time of the last look before this sitting; None when there was none.

        Once nobody is here any more, it is the time when they left: for whoever comes back.
        """
        return self._seen if self._clock() - self._seen > SITTING else self._since

    def touch(self) -> None:
        """Somebody is here."""
        now = self._clock()
        if now - self._seen > SITTING:
            self._since = self._seen
            self._written = 0.0
        self._seen = now

    def keep(self, at_once: bool = False) -> None:
        """Write the last look down, now and then; ``at_once`` when the app is left."""
        if self._seen > self._written and (at_once or self._seen - self._written >= EVERY):
            self._written = self._seen
            write_look(self._workspace, self._seen, self._since)
