"""What people said of a workspace's queue, read as its log grows: the log may be long."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from grpotui.registry.desk import Desk, DeskReader
from grpotui.registry.sweeps import SweepReader
from grpotui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Said:
    """What holds now."""

    desk: Desk
    most: Mapping[str, int]
    """Sweep -> how many of its runs may be live at once, where it was said."""


class _Log:
    def __init__(self, workspace: Workspace) -> None:
        self._lock = threading.Lock()
        self._desk, self._sweeps = DeskReader(workspace), SweepReader(workspace)

    def read(self) -> Said:
        with self._lock:
            sweeps = self._sweeps.read().values()
            return Said(self._desk.read(), {s.id: s.max_parallel for s in sweeps if s.max_parallel})


@lru_cache(maxsize=8)
def _log(workspace: Workspace) -> _Log:
    return _Log(workspace)


def said(workspace: Workspace) -> Said:
    """Return what people said so far. Any thread may ask."""
    return _log(workspace).read()
